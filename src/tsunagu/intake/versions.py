"""Incoming statements against the versions already known: new versions, closures, and nothing for the rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tsunagu.catalog.feeds import WhenOmitted
from tsunagu.catalog.items import ItemKind
from tsunagu.intake.statements import IDENTITY, Target
from tsunagu.intake.tables import RECORD_SCOPE
from tsunagu.store.commit import Writer
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE
from tsunagu.store.head import Segment
from tsunagu.store.identity import RECORD_CLOSURE
from tsunagu.vocabulary.tables import Table

PACKAGE = "tsunagu.intake"
TIME_TAGS = ("month", "school_year", "reference_date")
_NEW = "change IN ('new', 'changed', 'ended')"
_ENDED = "change IN ('changed', 'ended', 'retracted')"


@dataclass(frozen=True, slots=True)
class Against:
    """What the comparison has to know beside the rows.

    `tags` say which segments can overlap; `same_day_files` spoke for the same reference date; `later_files`
    became known after this one.
    """

    file_id: str
    tags: Mapping[str, str]
    same_day_files: Sequence[str] = ()
    later_files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Versions of one target that this delivery made and ended; `superseded` rows came too late to count."""

    new: int = 0
    closed: int = 0
    superseded: tuple[int, ...] = ()


def get_incoming_table(target: Target) -> str:
    """The temporary table of what the file says of one target."""
    return f"intake_in_{target.name}"


def stage_versions(writer: Writer, target: Target, against: Against) -> ChangeCounts:
    """Compare what the file says with what is known; stage new versions, note closures in `intake_closing`."""
    segments = list_overlapping(writer, target.table, against.tags, target.name)
    if not segments:
        return ChangeCounts(new=_append(writer, target, against, get_incoming_table(target), "states"))
    stored = f"({writer.select_segments(target.table, segments)})"
    closures = f"({_select_closures(writer, target)})"
    superseded = _drop_superseded(writer, target, against, stored, closures) if against.later_files else ()
    _make_scopes(writer, target, against)
    _compare(writer, target, against, stored, closures)
    new = _append(writer, target, against, "intake_change", _NEW)
    closed = writer.engine.get_value(
        "INSERT INTO intake_closing SELECT $name, record_id, old_known_from, known_from "  # noqa: S608 - constants
        f"FROM intake_change WHERE {_ENDED}",
        name=target.name,
    )
    return ChangeCounts(new=new, closed=int(closed), superseded=superseded)


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


def _append(writer: Writer, target: Target, against: Against, source: str, condition: str) -> int:
    plan = target.plan
    is_identity = target.name == IDENTITY
    if plan.scope_readings and not is_identity:
        writer.engine.run(
            f"INSERT INTO intake_stated SELECT record_id, place, time FROM {source} WHERE {condition}"  # noqa: S608
        )
    known_from = "known_from" if source == "intake_change" else "$known_from AS known_from"
    marks = {"feed": plan.feed.id, "file_id": against.file_id}
    if source != "intake_change":
        marks["known_from"] = str(plan.occasion.known_from)
    return writer.append(
        target.table,
        f"SELECT subject_id, record_id, {', '.join(target.content)}, {known_from}, "  # noqa: S608 - declared names
        f"$feed AS feed, $file_id AS file_id, row FROM {source} WHERE {condition}",
        tags={"feed": plan.feed.id} if is_identity else dict(against.tags),
        **marks,
    )


def _select_closures(writer: Writer, target: Target) -> str:
    """The closures of this target by its feed: record_id, version_known_from, file_id."""
    closure = RECORD_CLOSURE if target.name == IDENTITY else CLOSURE
    segments = writer.head.list_segments(closure.full_name, {"feed": target.plan.feed.id})
    select = (
        f"SELECT record_id, version_known_from, file_id FROM ({writer.select_segments(closure, segments)})"  # noqa: S608
    )
    return select if target.name == IDENTITY else f"{select} WHERE item = '{target.name}'"


def _drop_superseded(
    writer: Writer, target: Target, against: Against, stored: str, closures: str
) -> tuple[int, ...]:
    """Take out rows about records of which a file received later has already spoken."""
    incoming = get_incoming_table(target)
    statement = read_sql(PACKAGE, "superseded_rows").format(incoming=incoming, table=stored, closure=closures)
    rows = writer.engine.list_rows(statement, later_files=list(against.later_files))
    numbers = tuple(int(row) for (row,) in rows)
    if numbers:
        writer.engine.run(f"DELETE FROM {incoming} WHERE list_contains($rows, row)", rows=list(numbers))  # noqa: S608
    return numbers if target.item is not None else ()


def _make_scopes(writer: Writer, target: Target, against: Against) -> None:
    if not target.plan.scope_readings or target.item is None:
        writer.engine.run_file(PACKAGE, "no_scopes")
        return
    segments = list_overlapping(writer, RECORD_SCOPE, against.tags)
    statement = read_sql(PACKAGE, "scope_of_versions")
    writer.engine.run(statement.format(scopes=f"({writer.select_segments(RECORD_SCOPE, segments)})"))


def _compare(writer: Writer, target: Target, against: Against, stored: str, closures: str) -> None:
    plan, content = target.plan, ("subject_id", *target.content)
    when_omitted = target.item.when_omitted if target.item else WhenOmitted.KEEP
    is_state = target.item is not None and target.item.item.kind is ItemKind.STATE
    speaks = plan.is_snapshot and when_omitted is not WhenOmitted.KEEP
    incoming = get_incoming_table(target)
    statement = read_sql(PACKAGE, "compare_versions").format(
        incoming=incoming,
        table=stored,
        closure=closures,
        stored=", ".join(f"v.{name}" for name in content),
        same=" AND ".join(f"i.{name} IS NOT DISTINCT FROM o.{name}" for name in content),
        merged=", ".join(_merge_columns(content, is_state=is_state)),
        join="FULL" if speaks else "LEFT",
        only="true" if speaks else f"v.record_id IN (SELECT record_id FROM {incoming})",  # noqa: S608
        valid_from="o.valid_from" if is_state else "CAST(NULL AS DATE)",
        valid_to="o.valid_to" if is_state else "CAST(NULL AS DATE)",
    )
    writer.engine.run(
        statement,
        known_from=plan.occasion.known_from,
        is_snapshot=plan.is_snapshot,
        is_kept=when_omitted is WhenOmitted.KEEP,
        is_ended=when_omitted is WhenOmitted.END and is_state,
        reference_date=plan.occasion.reference_date,
        same_day_files=list(against.same_day_files),
    )


def _merge_columns(content: Sequence[str], *, is_state: bool) -> Iterator[str]:
    """The incoming value, else the stored one; a state that was left out ends on the reference date."""
    for name in content:
        stored = "$reference_date" if is_state and name == "valid_to" else f"o.{name}"
        yield f"CASE WHEN i.record_id IS NOT NULL THEN i.{name} ELSE {stored} END AS {name}"
