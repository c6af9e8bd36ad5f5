"""Incoming statements against the versions already known: new versions, closures, and nothing for the rest.

The last version of every record of a feed is read from the store once per session and then kept up to date in a
temporary table; feeds whose deliveries speak of one month or school year read only what can overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.feeds import WhenOmitted
from tsunagu.catalog.items import ItemKind
from tsunagu.intake.columns import fill
from tsunagu.intake.pieces import ROWS_AT_ONCE
from tsunagu.intake.said import Said
from tsunagu.intake.statements import IDENTITY, Target
from tsunagu.intake.tables import RECORD_SCOPE
from tsunagu.intake.templates import fill_template
from tsunagu.store.commit import Writer
from tsunagu.store.facts import CLOSURE
from tsunagu.store.head import Segment
from tsunagu.store.identity import RECORD_CLOSURE
from tsunagu.vocabulary.tables import Table

_CHANGE_COLUMNS = (
    *("record_id", "known_from", "_old_known_from", "_change"),
    *("_place", "_time", "_valid_from", "_valid_to", "_content"),
)
TIME_TAGS = ("month", "school_year", "reference_date")
_OVERLAPPING = "intake_overlapping"
_NO_SCOPES = (
    "(SELECT CAST(NULL AS BIGINT) AS record_id, CAST(NULL AS VARCHAR) AS file_id, "
    "CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS time WHERE false)"
)


@dataclass(frozen=True, slots=True)
class Against:
    """What the comparison has to know beside the rows.

    `tags` say which segments can overlap; `same_day_files` spoke for the same reference date; `later_files` became known
    after this one.
    """

    file_id: str
    said: Said
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

    def forget(self) -> None:
        """Read the versions from the store again when they are asked for."""
        self.kept.clear()


def get_incoming_table(target: Target, against: Against) -> str:
    """The table of what the file says of one target."""
    return f"{against.said.tables}.{target.name}"


def stage_versions(keeper: VersionKeeper, target: Target, against: Against) -> ChangeCounts:
    """Compare what the file says with what is known; stage new versions and closures."""
    writer = keeper.writer
    segments = list_overlapping(writer, target.table, against.tags, target.name)
    if not segments:
        return _stage_first(writer, target, against)
    stored = f"({writer.select_segments(target.table, segments)})"
    superseded = _drop_superseded(writer, target, against, stored) if against.later_files else ()
    known = _get_known(keeper, target, against, stored)
    changes = _stage_changes(writer, target, against, known, stored)
    if known != _OVERLAPPING and changes.num_rows:
        writer.engine.run(fill_template("forget_changed", known=known))
        writer.engine.run(fill_template("remember_changed", known=known), file_id=against.file_id)
    closed = int(pc.sum(pc.not_equal(changes.column("_change"), "new")).as_py() or 0)
    new = int(pc.sum(pc.not_equal(changes.column("_change"), "retracted")).as_py() or 0)
    return ChangeCounts(new, closed, superseded)


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
    if segment := against.said.segments.get(target.name):
        return ChangeCounts(new=writer.add_segment(segment, tags=_get_tags(target, against)))
    incoming = get_incoming_table(target, against)
    _note_scopes(writer, target, f"SELECT record_id, _place, _time FROM {incoming} WHERE _states")  # noqa: S608 - declared names
    columns = f"subject_id, record_id, {', '.join(target.content)}, row"
    new = writer.append(
        target.table,
        f"SELECT {columns}, $known_from AS known_from, $feed AS feed, $file_id AS file_id "  # noqa: S608 - declared names
        f"FROM {incoming} WHERE _states",
        tags=_get_tags(target, against),
        known_from=target.plan.occasion.known_from,
        feed=target.plan.feed.id,
        file_id=against.file_id,
    )
    return ChangeCounts(new=new)


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


def _stage_changes(writer: Writer, target: Target, against: Against, known: str, stored: str) -> pa.Table:
    """Stage new versions and closures; returns what `intake_changed` then holds, a row per record changed."""
    noted = []
    with writer.open_segment(target.table, tags=_get_tags(target, against)) as segment:
        for piece in _compare(writer, target, against, known):
            is_said = pc.is_in(piece.column("_change"), value_set=pa.array(["new", "changed"]))
            segment.write(_stamp(piece.filter(is_said), target, against))
            noted.append(piece.select(_CHANGE_COLUMNS))
        changed = pa.concat_tables(noted)
        is_ended = pc.equal(changed.column("_change"), "ended")
        if pc.any(is_ended).as_py():
            ended = _end_versions(writer, target, stored, changed.filter(is_ended))
            segment.write(_stamp(ended, target, against))
            changed = pa.concat_tables(
                [changed.filter(pc.invert(is_ended)), ended.select(_CHANGE_COLUMNS).cast(changed.schema)]
            )
    writer.engine.register("intake_changed", changed)
    if changed.num_rows:
        _note_scopes(
            writer, target, "SELECT record_id, _place, _time FROM intake_changed WHERE _change <> 'retracted'"
        )
        _append_closures(writer, target, against, changed)
    return changed


def _compare(writer: Writer, target: Target, against: Against, known: str) -> Iterator[pa.Table]:
    plan = target.plan
    when_omitted = target.item.when_omitted if target.item else WhenOmitted.KEEP
    speaks = plan.is_snapshot and when_omitted is not WhenOmitted.KEEP
    statement = fill_template(
        "compare_versions",
        incoming=get_incoming_table(target, against),
        known=known,
        content=_list_content(target),
        columns=", ".join(f"i.{name}" for name in target.content),
        join="FULL" if speaks else "LEFT",
        **_name_validity(target),
    )
    return writer.engine.iterate_arrow(
        statement,
        ROWS_AT_ONCE,
        known_from=plan.occasion.known_from,
        is_snapshot=plan.is_snapshot,
        is_kept=when_omitted is WhenOmitted.KEEP,
        is_ended=when_omitted is WhenOmitted.END and _is_state(target),
        reference_date=plan.occasion.reference_date,
        same_day_files=list(against.same_day_files),
    )


def _end_versions(writer: Writer, target: Target, stored: str, ended: pa.Table) -> pa.Table:
    """The last versions of these records, ended on the reference date."""
    now = {name: "$reference_date" if name == "valid_to" else f"v.{name}" for name in target.content}
    columns = ", ".join(f"{value} AS {name}" for name, value in now.items())
    writer.engine.register("intake_ended", ended)
    statement = fill_template(
        "ended_versions",
        stored=stored,
        columns=columns,
        content=", ".join(("v.subject_id", *now.values())),
    )
    return writer.engine.fetch_arrow(statement, reference_date=target.plan.occasion.reference_date)


def _stamp(rows: pa.Table, target: Target, against: Against) -> pa.Table:
    feed = fill(target.plan.feed.id, pa.string(), rows.num_rows)
    file_id = fill(against.file_id, pa.string(), rows.num_rows)
    return rows.append_column("feed", feed).append_column("file_id", file_id)


def _get_tags(target: Target, against: Against) -> dict[str, str]:
    return {"feed": target.plan.feed.id} if target.name == IDENTITY else dict(against.tags)


def _note_scopes(writer: Writer, target: Target, select: str) -> None:
    """Of feeds with scope columns, note where each new version belongs for the deliveries to come."""
    if target.plan.scope_readings and target.item is not None:
        writer.engine.run(f"INSERT INTO intake_stated {select}")


def _append_closures(writer: Writer, target: Target, against: Against, changed: pa.Table) -> None:
    closed = changed.filter(pc.not_equal(changed.column("_change"), "new"))
    closed = closed.rename_columns({"_old_known_from": "version_known_from", "known_from": "known_to"})
    closed = closed.append_column("item", fill(target.name, pa.string(), closed.num_rows))
    table = RECORD_CLOSURE if target.name == IDENTITY else CLOSURE
    writer.append_rows(table, _stamp(closed, target, against), tags={"feed": target.plan.feed.id})


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
