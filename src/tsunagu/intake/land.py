"""What a file says, compared and staged: new versions, closures and bookkeeping. A refusal leaves nothing staged."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from tsunagu.intake import checks, statements, versions
from tsunagu.intake.coverage import make_coverage
from tsunagu.intake.deliveries import Delivered, DeliveryLog, Scope
from tsunagu.intake.mapping import Plan
from tsunagu.intake.reading import Findings, ReadFile
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.tables import DELIVERY, RECORD_SCOPE, TABLES
from tsunagu.intake.templates import fill_template
from tsunagu.intake.versions import Against, VersionKeeper
from tsunagu.store.commit import Writer
from tsunagu.store.compaction import stage_compaction
from tsunagu.store.facts import COVERAGE
from tsunagu.store.landing import FILE, PROBLEM, identify_delivery, seal_beside, stage_original
from tsunagu.vocabulary.dates import get_school_year


@dataclass(frozen=True, slots=True)
class Session:
    """What the files of one writer share: the deliveries so far, and the versions known."""

    writer: Writer
    log: DeliveryLog
    versions: VersionKeeper

    def discard(self) -> None:
        """Forget what has been staged, and what is remembered of the versions it made."""
        if self.writer.discard():
            self.versions.forget()


def stage_file(session: Session, read: ReadFile, findings: Findings) -> Delivered | None:
    """Compare and stage what one file says; `findings` is filled on the way. The caller commits.

    Returns:
        The delivery to note once it is committed; None when there is nothing to do (`findings.repeat`).

    Raises:
        FileRefusedError: nothing has been staged.
    """
    log, feed, occasion = session.log, read.plan.feed, read.plan.occasion
    try:
        # Asked a second time: when the file was read, the one before it may not have been committed yet.
        findings.repeat = log.find_repeat(feed.id, read.content_id, occasion, read.incoming.list_companions)
        if findings.repeat:
            return None
        log.check_not_older(feed, occasion, read.scopes)
        findings.unusual_volume = log.check_volume(feed, occasion, read.scopes)
        if findings.unusual_volume and not read.incoming.override_reason:
            raise _refuse_volume(findings.unusual_volume)
        earlier = log.count_same(feed.id, read.content_id, occasion)
        file_id = findings.file_id = identify_delivery(
            read.content_id, feed.id, occasion.reference_date, occasion.known_from, earlier
        )
        with _seal_original(session, read) as stage_sealed:
            _stage_statements(session, read, file_id, findings)
            _stage_bookkeeping(session, read, file_id, findings)
            stage_sealed()
    except FileRefusedError:
        session.discard()
        raise
    finally:
        session.writer.engine.run(f"DROP SCHEMA {read.said.tables} CASCADE")
    return Delivered(
        file_id,
        read.content_id,
        log.next_number,
        feed.id,
        occasion.delivery,
        occasion.reference_date,
        occasion.known_from,
        read.scopes,
    )


@contextmanager
def _seal_original(session: Session, read: ReadFile) -> Iterator[Callable[[], None]]:
    """Encrypt the original while the block does its work; the function given stages it, unless it is kept already.

    Raises:
        FileRefusedError: (the function) it no longer holds what was read.
    """
    if session.log.has_bytes(read.content_id):
        yield lambda: None
        return
    with seal_beside(session.writer, read.incoming.path) as wait_for_sealed:

        def stage_sealed() -> None:
            sealed = wait_for_sealed()
            if sealed.content_id != read.content_id:
                sealed.path.unlink()
                raise _refuse_changed()
            stage_original(session.writer, sealed)

        yield stage_sealed


def _stage_statements(session: Session, read: ReadFile, file_id: str, findings: Findings) -> None:
    engine, plan, scopes = session.writer.engine, read.plan, read.scopes
    if plan.scope_readings:
        engine.run(
            "CREATE OR REPLACE TEMP TABLE intake_stated (record_id BIGINT, place VARCHAR, time VARCHAR)"
        )
    against = Against(
        file_id=file_id,
        said=read.said,
        tags=make_tags(plan, scopes),
        same_day_files=session.log.list_same_day_files(plan.feed.id, plan.occasion),
        later_files=session.log.list_later_files(plan.feed.id, plan.occasion),
    )
    delivered = {"place": [scope.place for scope in scopes], "time": [scope.time for scope in scopes]}
    engine.register("intake_delivered", pa.table(delivered))
    for target in statements.list_targets(plan):
        if target.name in read.said.repeating:
            _drop_duplicates(session, target, against, findings)
        changes = versions.stage_versions(session.versions, target, against)
        findings.changes[target.name] = changes
        for row in changes.superseded:
            findings.problems.add(row, None, "superseded", is_dropped=False)


def make_tags(plan: Plan, scopes: Sequence[Scope]) -> dict[str, str]:
    """What a segment says about its content, so that a later delivery reads only what can overlap."""
    tags = {"feed": plan.feed.id}
    months = {scope.month for scope in scopes if scope.month}
    years = {scope.school_year for scope in scopes if scope.school_year}
    years |= {get_school_year(month) for month in months}
    if len(months) == 1:
        tags["month"] = str(months.pop())
    if len(years) == 1:
        tags["school_year"] = str(years.pop())
    if "@reference_date" in plan.feed.scope:
        tags["reference_date"] = str(plan.occasion.reference_date)
    return tags


def _drop_duplicates(
    session: Session, target: statements.Target, against: Against, findings: Findings
) -> None:
    engine, incoming = session.writer.engine, versions.get_incoming_table(target, against)
    engine.run(fill_template("duplicate_rows", incoming=incoming))
    if target.item is not None:
        is_whole_row = len(target.plan.items) == 1
        for (row,) in engine.list_rows("SELECT row FROM intake_duplicate WHERE _states ORDER BY row"):
            findings.problems.add(int(row), None, "duplicate", is_dropped=is_whole_row)
            findings.dropped += is_whole_row
    engine.run(f"DELETE FROM {incoming} WHERE row IN (SELECT row FROM intake_duplicate)")  # noqa: S608 - declared names


def _stage_bookkeeping(session: Session, read: ReadFile, file_id: str, findings: Findings) -> None:
    """The delivery, what was wrong with it, and what it speaks for."""
    writer, plan, scopes = session.writer, read.plan, read.scopes
    writer.append_rows(FILE, _make_file_row(read, file_id, session.log.next_number, findings), tags={})
    writer.append_rows(PROBLEM, checks.make_problem_table(plan, file_id, findings.problems), tags={})
    writer.append_rows(DELIVERY, _make_delivery_rows(plan, scopes, file_id), tags={})
    if plan.scope_readings:
        stated = "SELECT DISTINCT record_id, $file_id AS file_id, place, time FROM intake_stated"
        writer.append(RECORD_SCOPE, stated, tags=make_tags(plan, scopes), file_id=file_id)
    writer.append_rows(COVERAGE, make_coverage(plan, scopes, file_id), tags={})
    tables = [target.table for target in statements.list_targets(plan) if target.item is not None]
    stage_compaction(writer, [*tables, *TABLES], kept_tags=("feed", "school_year"))


def _make_file_row(read: ReadFile, file_id: str, number: int, findings: Findings) -> pa.Table:
    row = {
        "file_id": file_id,
        "content_id": read.content_id,
        "number": number,
        "file_name": read.incoming.path.name,
        "feed": read.plan.feed.id,
        "delivery": read.plan.occasion.delivery.value,
        "known_from": read.plan.occasion.known_from,
        "encoding": findings.encoding,
        "rows": findings.rows,
        "problem_rows": findings.problems.row_count,
        "override_reason": read.incoming.override_reason if findings.unusual_volume else None,
        "withdrawn_on": None,
        "withdrawal_reason": None,
    }
    return pa.table({name: [value] for name, value in row.items()})


def _make_delivery_rows(plan: Plan, scopes: Sequence[Scope], file_id: str) -> pa.Table:
    occasion, count = plan.occasion, len(scopes)
    return pa.table(
        {
            "file_id": [file_id] * count,
            "feed": [plan.feed.id] * count,
            "delivery": [occasion.delivery.value] * count,
            "reference_date": [occasion.reference_date] * count,
            "known_from": [occasion.known_from] * count,
            "place": [scope.place for scope in scopes],
            "time": [scope.time for scope in scopes],
            "rows": [scope.rows for scope in scopes],
        }
    )


def _refuse_volume(unusual: str) -> FileRefusedError:
    return FileRefusedError(
        "unusual_volume",
        f"{unusual}。決めた幅の外です。",
        why="途中で切れたファイルや、抽出条件を誤ったファイルを取り込むと、載っていない人が「いなくなった」ことになります。",
        todo="送り元に確かめてください。正しいなら、理由を付けて（--override-reason）取り込めます。",
    )


def _refuse_changed() -> FileRefusedError:
    return FileRefusedError(
        "changed_file",
        "読んでいる間に、ファイルの中身が変わりました。",
        why="途中まで書かれたファイルを読んだおそれがあります。",
        todo="ファイルの書き出しや複写が終わってから、もう一度取り込んでください。",
    )
