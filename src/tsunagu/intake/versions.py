"""Incoming statements against the versions already known: new versions, closures, and nothing for the rest.

The last version of every record of a feed is read from the store once per session and then kept up to date in a
temporary table; feeds whose deliveries speak of one month or school year read only what can overlap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tsunagu.catalog.feeds import WhenOmitted
from tsunagu.catalog.items import ItemKind
from tsunagu.intake.statements import IDENTITY, Target
from tsunagu.intake.tables import RECORD_SCOPE
from tsunagu.intake.templates import fill_template
from tsunagu.store.commit import Writer
from tsunagu.store.facts import CLOSURE
from tsunagu.store.head import Segment
from tsunagu.store.identity import RECORD_CLOSURE
from tsunagu.vocabulary.tables import Table

TIME_TAGS = ("month", "school_year", "reference_date")
_OVERLAPPING = "intake_overlapping"
_NO_SCOPES = (
    "(SELECT CAST(NULL AS BIGINT) AS record_id, CAST(NULL AS VARCHAR) AS file_id, "
    "CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS time WHERE false)"
)


@dataclass(frozen=True, slots=True)
class Against:
    """What the comparison has to know beside the rows.

    `tables` holds what the file says; `tags` say which segments can overlap; `same_day_files` spoke for the same reference date; `later_files`
    became known after this one.
    """

    file_id: str
    tables: str
    tags: Mapping[str, str]
    same_day_files: Sequence[str] = ()
    later_files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Versions of one target that this delivery made and ended; `superseded` rows came too late to count."""

    new: int = 0
    closed: int = 0
    superseded: tuple[int, ...] = ()


@dataclass(slots=True)
class VersionKeeper:
    """The versions known in one session. `kept` names the temporary table of each (feed, target) held so far."""

    writer: Writer
    kept: dict[tuple[str, str], str] = field(default_factory=dict)


def get_incoming_table(target: Target, against: Against) -> str:
    """The table of what the file says of one target."""
    return f"{against.tables}.{target.name}"


def stage_versions(keeper: VersionKeeper, target: Target, against: Against) -> ChangeCounts:
    """Compare what the file says with what is known; stage new versions and closures."""
    writer = keeper.writer
    segments = list_overlapping(writer, target.table, against.tags, target.name)
    if not segments:
        return _stage_first(writer, target, against)
    stored = f"({writer.select_segments(target.table, segments)})"
    superseded = _drop_superseded(writer, target, against, stored) if against.later_files else ()
    known = _get_known(keeper, target, against, stored)
    _compare(writer, target, against, known)
    changes = _stage_changes(writer, target, against, stored)
    if known != _OVERLAPPING and (changes.new or changes.closed):
        parts = {"known": known, "content": _list_content(target), **_name_validity(target)}
        writer.engine.run(fill_template("forget_changed", known=known))
        writer.engine.run(fill_template("remember_changed", **parts), file_id=against.file_id)
    return replace(changes, superseded=superseded)


def list_overlapping(
    writer: Writer, table: Table, tags: Mapping[str, str], target: str | None = None
) -> list[Segment]:
    """Segments of the feed that can hold the same records: those of another month or school year cannot."""
    times = {name: tags[name] for name in TIME_TAGS if name in tags} if target != IDENTITY else {}
    segments = writer.head.list_segments(table.full_name, {"feed": tags["feed"]})
    return [
        segment
        for segment in segments
        if all(segment.tags.get(name, value) == value for name, value in times.items())
    ]


def _stage_first(writer: Writer, target: Target, against: Against) -> ChangeCounts:
    incoming = get_incoming_table(target, against)
    _note_scopes(writer, target, f"SELECT record_id, _place, _time FROM {incoming} WHERE _states")  # noqa: S608 - declared names
    source = f"(SELECT *, $known_from AS known_from FROM {incoming} WHERE _states)"  # noqa: S608 - our own name
    known_from = target.plan.occasion.known_from
    return ChangeCounts(new=_append(writer, target, against, source, known_from=known_from))


def _get_known(keeper: VersionKeeper, target: Target, against: Against, stored: str) -> str:
    """The temporary table of the last versions, made when it is not there yet."""
    is_timeless = target.name == IDENTITY or not set(against.tags) & set(TIME_TAGS)
    key = (target.plan.feed.id, target.name)
    if key in keeper.kept:
        return keeper.kept[key]
    known = f"intake_known_{len(keeper.kept)}" if is_timeless else _OVERLAPPING
    statement = fill_template(
        "known_versions",
        known=known,
        stored=stored,
        closures=f"({_select_closures(keeper.writer, target)})",
        scopes=_select_scopes(keeper.writer, target, against),
        content=_list_content(target),
        **_name_validity(target),
    )
    keeper.writer.engine.run(statement)
    if is_timeless:
        keeper.kept[key] = known
    return known


def _list_content(target: Target) -> str:
    return ", ".join(("subject_id", *target.content))


def _name_validity(target: Target) -> dict[str, str]:
    if _is_state(target):
        return {"valid_from": "valid_from", "valid_to": "valid_to"}
    return {"valid_from": "CAST(NULL AS DATE)", "valid_to": "CAST(NULL AS DATE)"}


def _is_state(target: Target) -> bool:
    return target.item is not None and target.item.item.kind is ItemKind.STATE


def _compare(writer: Writer, target: Target, against: Against, known: str) -> None:
    plan = target.plan
    when_omitted = target.item.when_omitted if target.item else WhenOmitted.KEEP
    speaks = plan.is_snapshot and when_omitted is not WhenOmitted.KEEP
    statement = fill_template(
        "compare_versions",
        incoming=get_incoming_table(target, against),
        known=known,
        content=_list_content(target),
        join="FULL" if speaks else "LEFT",
        **_name_validity(target),
    )
    writer.engine.run(
        statement,
        known_from=plan.occasion.known_from,
        is_snapshot=plan.is_snapshot,
        is_kept=when_omitted is WhenOmitted.KEEP,
        is_ended=when_omitted is WhenOmitted.END and _is_state(target),
        reference_date=plan.occasion.reference_date,
        same_day_files=list(against.same_day_files),
    )


def _stage_changes(writer: Writer, target: Target, against: Against, stored: str) -> ChangeCounts:
    counts = dict(writer.engine.list_rows("SELECT change, count(*) FROM intake_change GROUP BY change"))
    if not counts:
        return ChangeCounts()
    columns = {
        "incoming": get_incoming_table(target, against),
        "columns": ", ".join(f"i.{n}" for n in target.content),
    }
    selects = [fill_template("new_versions", **columns)]
    marks: dict[str, date] = {}
    if "ended" in counts:
        merged = ("$reference_date" if name == "valid_to" else f"v.{name}" for name in target.content)
        selects.append(fill_template("ended_versions", stored=stored, columns=", ".join(merged)))
        marks["reference_date"] = target.plan.occasion.reference_date
    writer.engine.run(
        f"CREATE OR REPLACE TEMP TABLE intake_version AS {' UNION ALL '.join(selects)}", **marks
    )
    _note_scopes(writer, target, "SELECT record_id, _place, _time FROM intake_version")
    new = _append(writer, target, against, "intake_version")
    closed = sum(count for change, count in counts.items() if change != "new")
    if closed:
        _append_closures(writer, target, against)
    return ChangeCounts(new=new, closed=int(closed))


def _note_scopes(writer: Writer, target: Target, select: str) -> None:
    """Of feeds with scope columns, note where each new version belongs for the deliveries to come."""
    if target.plan.scope_readings and target.item is not None:
        writer.engine.run(f"INSERT INTO intake_stated {select}")


def _append(writer: Writer, target: Target, against: Against, source: str, **parameters: date) -> int:
    columns = f"subject_id, record_id, {', '.join(target.content)}, known_from, row"
    return writer.append(
        target.table,
        f"SELECT {columns}, $feed AS feed, $file_id AS file_id FROM {source}",  # noqa: S608 - declared names
        tags={"feed": target.plan.feed.id} if target.name == IDENTITY else dict(against.tags),
        feed=target.plan.feed.id,
        file_id=against.file_id,
        **parameters,
    )


def _append_closures(writer: Writer, target: Target, against: Against) -> None:
    writer.append(
        RECORD_CLOSURE if target.name == IDENTITY else CLOSURE,
        "SELECT $name AS item, record_id, old_known_from AS version_known_from, known_from AS known_to, "
        "$feed AS feed, $file_id AS file_id FROM intake_change WHERE change <> 'new'",
        tags={"feed": target.plan.feed.id},
        name=target.name,
        feed=target.plan.feed.id,
        file_id=against.file_id,
    )


def _select_closures(writer: Writer, target: Target) -> str:
    """The closures of this target by its feed: record_id, version_known_from, file_id."""
    closure = RECORD_CLOSURE if target.name == IDENTITY else CLOSURE
    segments = writer.head.list_segments(closure.full_name, {"feed": target.plan.feed.id})
    select = f"SELECT record_id, version_known_from, known_to, file_id FROM ({writer.select_segments(closure, segments)})"  # noqa: S608 - declared names
    return select if target.name == IDENTITY else f"{select} WHERE item = '{target.name}'"


def _drop_superseded(writer: Writer, target: Target, against: Against, stored: str) -> tuple[int, ...]:
    """Take out rows about records of which a file received later has already spoken."""
    incoming = get_incoming_table(target, against)
    closures = f"({_select_closures(writer, target)})"
    statement = fill_template("superseded_rows", incoming=incoming, table=stored, closure=closures)
    rows = writer.engine.list_rows(statement, later_files=list(against.later_files))
    numbers = tuple(int(row) for (row,) in rows)
    if numbers:
        writer.engine.run(f"DELETE FROM {incoming} WHERE list_contains($rows, row)", rows=list(numbers))  # noqa: S608 - declared names
    return numbers if target.item is not None else ()


def _select_scopes(writer: Writer, target: Target, against: Against) -> str:
    if not target.plan.scope_readings or target.item is None:
        return _NO_SCOPES
    return f"({writer.select_segments(RECORD_SCOPE, list_overlapping(writer, RECORD_SCOPE, against.tags))})"
