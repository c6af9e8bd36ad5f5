"""One file from its bytes to staged segments: read, check, compare, stage. Every refusal comes before staging."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.intake import checks, my_number, rows, statements, versions
from tsunagu.intake.coverage import list_coverage, write_coverage_sql
from tsunagu.intake.deliveries import WHOLE, Delivered, DeliveryLog, Scope, load_deliveries
from tsunagu.intake.mapping import TIME_TARGETS, Plan, make_plan
from tsunagu.intake.naming import make_occasion
from tsunagu.intake.normalise import ValueMaps
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import Source, open_source, refuse_empty
from tsunagu.intake.sql_text import quote, quote_value
from tsunagu.intake.tables import DELIVERY, RECORD_SCOPE
from tsunagu.intake.versions import PACKAGE, Against, ChangeCounts
from tsunagu.store.commit import Writer
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.identity import RECORD_CLOSURE
from tsunagu.store.landing import FILE, PROBLEM, has_file, identify_content, stage_original

DROPPED_SHARE_REFUSED = 0.5


@dataclass(frozen=True, slots=True)
class Session:
    """What the files of one writer share: parsed texts, subject ids, the deliveries so far."""

    writer: Writer
    catalog: Catalog
    log: DeliveryLog
    maps: ValueMaps


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to be taken in."""

    path: Path
    content: bytes
    feeds: Collection[Feed]
    received_on: date | None = None
    override_reason: str | None = None

    @property
    def file_id(self) -> str:
        """Its content address."""
        return identify_content(self.content)


@dataclass(slots=True)
class Findings:
    """What has been found out about a file so far; a refusal reports as much as is known."""

    feed: str | None = None
    encoding: str | None = None
    gaiji_characters: int = 0
    undeclared_columns: int = 0
    rows: int = 0
    dropped: int = 0
    assumed_dates: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    changes: dict[str, ChangeCounts] = field(default_factory=dict)
    unregistered_items: tuple[str, ...] = ()
    unusual_volume: str | None = None
    is_already_known: bool = False


def open_session(writer: Writer, catalog: Catalog) -> Session:
    """Make the tables that live as long as the session."""
    checks.make_problem_tables(writer.engine)
    writer.engine.run("CREATE TEMP TABLE intake_subject (system VARCHAR, key VARCHAR, subject_id BIGINT)")
    return Session(writer, catalog, load_deliveries(writer), ValueMaps(writer.engine, catalog.code_lists))


def stage_file(session: Session, incoming: Incoming, findings: Findings) -> Delivered | None:
    """Read, check and stage one file; `findings` is filled on the way. The caller commits.

    Returns:
        The delivery to note once it is committed; None when exactly this file is known already.

    Raises:
        FileRefusedError: nothing has been staged.
    """
    source = open_source(incoming.content, incoming.path.name, incoming.feeds, session.writer.folder)
    layout = source.layout
    findings.feed, findings.encoding = layout.feed.id, source.encoding
    findings.gaiji_characters, findings.undeclared_columns = source.gaiji_characters, layout.undeclared
    if session.log.find_same(layout.feed.id, incoming.file_id):
        findings.is_already_known = True
        return None
    occasion = make_occasion(layout.feed, incoming.path, incoming.received_on)
    plan = make_plan(session.catalog, layout, occasion)
    _check_permission(session.catalog, plan)
    findings.unregistered_items = plan.unregistered_items
    _read_rows(session, source, plan, findings)
    scopes = _list_scopes(session, plan)
    session.log.check_not_older(layout.feed, occasion, scopes)
    findings.unusual_volume = session.log.check_volume(layout.feed, occasion, scopes)
    if findings.unusual_volume and not incoming.override_reason:
        raise _refuse_volume(findings.unusual_volume)
    _stage_statements(session, plan, incoming, scopes, findings)
    _stage_bookkeeping(session, plan, incoming, scopes, findings)
    return Delivered(
        incoming.file_id,
        plan.feed.id,
        occasion.delivery,
        occasion.reference_date,
        occasion.known_from,
        scopes,
    )


def _check_permission(catalog: Catalog, plan: Plan) -> None:
    permission = catalog.may_receive(plan.feed.id, on=plan.occasion.known_from)
    if not permission:
        raise FileRefusedError(
            "not_adopted",
            permission.reason,
            why="採用していない定義で読むと、項目の意味が取り決めと違ったまま使われるおそれがあります。",
            todo="定義を確かめて採用してから、もう一度取り込んでください。",
        )
    if plan.unregistered_items and not plan.items:
        raise FileRefusedError(
            "not_registered",
            "このファイルの項目を使ってよい目的が、この市では一つもありません。",
            why="使う目的と根拠の登録が無い情報は、受け取って保存することができません。",
            todo="必要な項目なら、目的と根拠を台帳に登録してください。不要なら、送り元に送付をやめてもらってください。",
        )


def _read_rows(session: Session, source: Source, plan: Plan, findings: Findings) -> None:
    """Make `intake_row` and list its problems."""
    engine, first_row = session.writer.engine, plan.feed.format.header_row + 1
    checks.clear_problems(engine)
    source.load(engine)
    suspects = my_number.check_values(engine, plan.layout.width)
    kept = [position for position in suspects if _is_blanked(plan, position)]
    if kept:
        my_number.blank_suspects(engine, kept)
        checks.list_suspect_problems(engine, plan, first_row)
    engine.run(rows.write_cells_sql(plan, first_row))
    engine.run("DROP TABLE intake_raw")
    session.maps.fill(rows.list_value_sources(plan))
    engine.run(rows.write_rows_sql(plan))
    counts = checks.list_cell_problems(engine, plan)
    findings.rows, findings.dropped, findings.assumed_dates = counts.rows, counts.dropped, counts.assumed
    _count_problems(session, findings)
    if counts.rows == 0 and not plan.feed.may_be_empty:
        raise refuse_empty()
    if counts.dropped > DROPPED_SHARE_REFUSED * counts.rows:
        raise _refuse_dropped(findings)


def _is_blanked(plan: Plan, position: int) -> bool:
    """Whether suspects of this column are blanked: it is kept, and not declared as the in-house key."""
    readings = [reading for reading in plan.readings if reading.position == position]
    targets = {target for reading in readings for target in reading.column.to}
    return bool(readings) and not targets & {"identity.atena_number", "identity.mother_atena_number"}


def _count_problems(session: Session, findings: Findings) -> None:
    found = session.writer.engine.list_rows(
        "SELECT code, count(DISTINCT row) FROM intake_problem GROUP BY code ORDER BY code"
    )
    findings.problems = {code: int(count) for code, count in found}


def _list_scopes(session: Session, plan: Plan) -> tuple[Scope, ...]:
    """The parts of the city and the times that the usable rows speak for."""
    month, year = (_name_value(plan, target) for target in TIME_TARGETS)
    statement = read_sql(PACKAGE, "delivered_scopes").format(month=month, school_year=year)
    found = tuple(
        Scope(place, time, int(count), row_month, row_year)
        for place, time, row_month, row_year, count in session.writer.engine.list_rows(statement)
    )
    if found:
        return found
    # A file without rows still speaks, unless its scope would have stood in the rows.
    return (Scope(WHOLE, "" if plan.scope_readings else "|".join(rows.list_time_words(plan)), 0),)


def _name_value(plan: Plan, target: str) -> str:
    return next((f"v{reading.index}" for reading in plan.list_readings(target)), "NULL")


def _stage_statements(
    session: Session, plan: Plan, incoming: Incoming, scopes: Sequence[Scope], findings: Findings
) -> None:
    engine = session.writer.engine
    engine.run_file(PACKAGE, "new_subjects", system=plan.feed.subject.system)
    engine.run("CREATE OR REPLACE TEMP TABLE intake_stated (record_id BIGINT, place VARCHAR, time VARCHAR)")
    engine.run(
        "CREATE OR REPLACE TEMP TABLE intake_closing "
        "(item VARCHAR, record_id BIGINT, version_known_from DATE, known_to DATE)"
    )
    against = Against(
        file_id=incoming.file_id,
        tags=make_tags(plan, scopes),
        same_day_files=session.log.list_same_day_files(plan.feed.id, plan.occasion),
        later_files=session.log.list_later_files(plan.feed.id, plan.occasion),
    )
    for target in statements.list_targets(plan):
        if target.name == statements.IDENTITY:
            engine.run(statements.write_people_sql(plan))
            session.maps.fill(statements.list_fold_sources(plan))
        engine.run(statements.write_incoming_sql(target))
        _drop_duplicates(session, target, findings)
        findings.changes[target.name] = versions.stage_versions(session.writer, target, against)
    _stage_closures(session, plan, incoming, findings)


def make_tags(plan: Plan, scopes: Sequence[Scope]) -> dict[str, str]:
    """What a segment says about its content, so that a later delivery reads only what can overlap."""
    tags = {"feed": plan.feed.id}
    months = {scope.month for scope in scopes if scope.month}
    years = {scope.school_year for scope in scopes if scope.school_year}
    if len(months) == 1:
        tags["month"] = str(months.pop())
    if len(years) == 1:
        tags["school_year"] = str(years.pop())
    return tags | {word[1:]: str(plan.occasion.get_word(word)) for word in plan.feed.scope}


def _drop_duplicates(session: Session, target: statements.Target, findings: Findings) -> None:
    engine = session.writer.engine
    total, distinct = engine.get_row("SELECT count(*), count(DISTINCT record_id) FROM intake_incoming")
    if total == distinct:
        return
    engine.run_file(PACKAGE, "duplicate_rows")
    if target.item is not None:
        is_whole_row = len(target.plan.items) == 1
        checks.list_row_problems(
            engine,
            "duplicate",
            "(SELECT row FROM intake_duplicate WHERE states)",
            is_row_dropped=is_whole_row,
        )
        if is_whole_row:
            findings.dropped += total - distinct
    engine.run("DELETE FROM intake_incoming WHERE row IN (SELECT row FROM intake_duplicate)")


def _stage_closures(session: Session, plan: Plan, incoming: Incoming, findings: Findings) -> None:
    writer = session.writer
    if not any(changes.closed for changes in findings.changes.values()):
        return
    closing = "SELECT *, $feed AS feed, $file_id AS file_id FROM intake_closing WHERE item"
    marks = {"feed": plan.feed.id, "file_id": incoming.file_id}
    tags = {"feed": plan.feed.id}
    writer.append(CLOSURE, f"{closing} <> {quote(statements.IDENTITY)}", tags=tags, **marks)
    writer.append(RECORD_CLOSURE, f"{closing} = {quote(statements.IDENTITY)}", tags=tags, **marks)


def _stage_bookkeeping(
    session: Session, plan: Plan, incoming: Incoming, scopes: Sequence[Scope], findings: Findings
) -> None:
    """The original, what was wrong with it, and what it speaks for."""
    writer, file_id = session.writer, incoming.file_id
    _count_problems(session, findings)
    tags = {"feed": plan.feed.id}
    if not has_file(writer, file_id):
        stage_original(writer, incoming.content, file_id)
    writer.append(FILE, _write_file_sql(plan, incoming, findings), tags=tags)
    if findings.problems:
        problems = "SELECT $feed AS feed, $file_id AS file_id, * FROM (SELECT DISTINCT * FROM intake_problem)"
        writer.append(
            PROBLEM,
            f"{problems} ORDER BY row, column_name, code",
            tags=tags,
            feed=plan.feed.id,
            file_id=file_id,
        )
    writer.append(DELIVERY, _write_delivery_sql(plan, scopes, file_id), tags=tags)
    if plan.scope_readings:
        stated = "SELECT DISTINCT record_id, $file_id AS file_id, place, time FROM intake_stated"
        writer.append(RECORD_SCOPE, stated, tags=make_tags(plan, scopes), file_id=file_id)
    # Without rows nobody knows which of the scopes that stand in the rows was meant.
    says_where = scopes[0].rows > 0 or not plan.scope_readings
    stretches = list_coverage(plan, scopes) if says_where else []
    if stretches:
        writer.append(COVERAGE, write_coverage_sql(plan, stretches, file_id), tags=tags)


def _write_file_sql(plan: Plan, incoming: Incoming, findings: Findings) -> str:
    override = quote(incoming.override_reason or "") if findings.unusual_volume else "NULL"
    return (
        f"SELECT {quote(incoming.file_id)} AS file_id, {quote(incoming.path.name)} AS file_name, "  # noqa: S608
        f"{quote(plan.feed.id)} AS feed, {quote(plan.occasion.delivery.value)} AS delivery, "
        f"{quote_value(plan.occasion.known_from)} AS known_from, {quote(findings.encoding or '')} AS encoding, "
        f"{findings.rows} AS rows, (SELECT count(DISTINCT row) FROM intake_problem) AS problem_rows, "
        f"{override} AS override_reason"
    )


def _write_delivery_sql(plan: Plan, scopes: Sequence[Scope], file_id: str) -> str:
    occasion = plan.occasion
    values = ", ".join(f"({quote(scope.place)}, {quote(scope.time)}, {scope.rows})" for scope in scopes)
    return (
        f"SELECT {quote(file_id)} AS file_id, {quote(plan.feed.id)} AS feed, "  # noqa: S608 - quoted
        f"{quote(occasion.delivery.value)} AS delivery, {quote_value(occasion.reference_date)} AS reference_date, "
        f"{quote_value(occasion.known_from)} AS known_from, place, time, rows "
        f"FROM (VALUES {values}) AS t (place, time, rows)"
    )


def _refuse_volume(unusual: str) -> FileRefusedError:
    return FileRefusedError(
        "unusual_volume",
        f"{unusual}。決めた幅の外です。",
        why="途中で切れたファイルや、抽出条件を誤ったファイルを取り込むと、載っていない人が「いなくなった」ことになります。",
        todo="送り元に確かめてください。正しいなら、理由を付けて（--override-reason）取り込めます。",
    )


def _refuse_dropped(findings: Findings) -> FileRefusedError:
    return FileRefusedError(
        "too_many_bad_rows",
        f"{findings.rows:,} 行のうち {findings.dropped:,} 行が、必要な値を読めない行です。",
        why="列がずれているか、様式が変わったおそれがあります。半分以上を捨てて取り込むことはしません。",
        todo="tsunagu feed check で問題の一覧を確かめ、送り元か定義を直してください。",
    )
