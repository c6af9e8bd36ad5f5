"""Incoming statements against the versions already known: new versions, closures, and nothing for the rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tsunagu.catalog.feeds import WhenOmitted
from tsunagu.catalog.items import ItemKind
from tsunagu.intake.checks import list_row_problems
from tsunagu.intake.mapping import Plan
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
    """Versions of one target that this delivery made and ended."""

    new: int = 0
    closed: int = 0


def stage_versions(writer: Writer, target: Target, against: Against) -> ChangeCounts:
    """Compare `intake_incoming` with what is known and stage new versions; closures wait in `intake_closing`."""
    segments = list_overlapping(writer, target.table, against.tags, target.name)
    if not segments:
        return ChangeCounts(new=_append_first(writer, target, against))
    writer.attach_segments(target.table, segments)
    closure = _attach_closures(writer, target)
    if against.later_files:
        _drop_superseded(writer, target, closure, against)
    _attach_scopes(writer, target, against)
    _compare(writer, target, closure, against)
    new = _append_changed(writer, target, against)
    closed = writer.engine.get_value(
        "INSERT INTO intake_closing SELECT $name, record_id, old_known_from, known_from "
        "FROM intake_change WHERE change IN ('changed', 'ended', 'retracted')",
        name=target.name,
    )
    return ChangeCounts(new=new, closed=int(closed))


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


def _append_first(writer: Writer, target: Target, against: Against) -> int:
    plan = target.plan
    columns = ", ".join(target.content)
    _note_scopes(writer, plan, "SELECT record_id, place, time FROM intake_incoming WHERE states", target)
    return writer.append(
        target.table,
        f"SELECT {columns}, record_id, $known_from AS known_from, $feed AS feed, $file_id AS file_id, row "  # noqa: S608
        "FROM intake_incoming WHERE states",
        tags=_pick_tags(target, against),
        known_from=plan.occasion.known_from,
        feed=plan.feed.id,
        file_id=against.file_id,
    )


def _append_changed(writer: Writer, target: Target, against: Against) -> int:
    columns = ", ".join(target.content)
    changed = "change IN ('new', 'changed', 'ended')"
    _note_scopes(
        writer,
        target.plan,
        f"SELECT record_id, place, time FROM intake_change WHERE {changed}",  # noqa: S608 - constants
        target,
    )
    return writer.append(
        target.table,
        f"SELECT {columns}, record_id, known_from, $feed AS feed, $file_id AS file_id, row "  # noqa: S608
        f"FROM intake_change WHERE {changed}",
        tags=_pick_tags(target, against),
        feed=target.plan.feed.id,
        file_id=against.file_id,
    )


def _note_scopes(writer: Writer, plan: Plan, select: str, target: Target) -> None:
    if plan.scope_readings and target.item is not None:
        writer.engine.run(f"INSERT INTO intake_stated {select}")


def _pick_tags(target: Target, against: Against) -> dict[str, str]:
    if target.name == IDENTITY:
        return {"feed": against.tags["feed"]}
    return dict(against.tags)


def _attach_closures(writer: Writer, target: Target) -> Table:
    closure = RECORD_CLOSURE if target.name == IDENTITY else CLOSURE
    writer.attach(closure, feed=target.plan.feed.id)
    return closure


def _attach_scopes(writer: Writer, target: Target, against: Against) -> None:
    is_scoped = bool(target.plan.scope_readings) and target.item is not None
    segments = list_overlapping(writer, RECORD_SCOPE, against.tags) if is_scoped else []
    writer.attach_segments(RECORD_SCOPE, segments)
    writer.engine.run_file(PACKAGE, "scope_of_versions")


def _write_closed(target: Target) -> str:
    return "true" if target.name == IDENTITY else f"item = '{target.name}'"


def _drop_superseded(writer: Writer, target: Target, closure: Table, against: Against) -> None:
    statement = read_sql(PACKAGE, "superseded_rows").format(
        table=target.table.full_name, closure=closure.full_name, closed=_write_closed(target)
    )
    writer.engine.run(statement, later_files=list(against.later_files))
    list_row_problems(writer.engine, "superseded", "intake_superseded", is_row_dropped=False)
    writer.engine.run("DELETE FROM intake_incoming WHERE row IN (SELECT row FROM intake_superseded)")


def _compare(writer: Writer, target: Target, closure: Table, against: Against) -> None:
    plan, content = target.plan, target.content
    when_omitted = target.item.when_omitted if target.item else WhenOmitted.KEEP
    is_state = target.item is not None and target.item.item.kind is ItemKind.STATE
    speaks = plan.is_snapshot and when_omitted is not WhenOmitted.KEEP
    statement = read_sql(PACKAGE, "compare_versions").format(
        table=target.table.full_name,
        closure=closure.full_name,
        closed=_write_closed(target),
        only="true" if speaks else "v.record_id IN (SELECT record_id FROM intake_incoming)",
        stored=", ".join(f"v.{name}" for name in content),
        same=" AND ".join(f"i.{name} IS NOT DISTINCT FROM o.{name}" for name in content),
        merged=", ".join(_merge_columns(content, is_state=is_state)),
        join="FULL" if speaks else "LEFT",
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
