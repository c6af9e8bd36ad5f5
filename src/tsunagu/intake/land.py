"""One file from its bytes to staged segments: read, check, compare, stage. Every refusal comes before staging."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.intake import checks, my_number, statements, versions
from tsunagu.intake.columns import PART_SEPARATOR, join_parts
from tsunagu.intake.coverage import make_coverage
from tsunagu.intake.deliveries import WHOLE, Delivered, DeliveryLog, Scope, load_deliveries
from tsunagu.intake.mapping import IN_HOUSE_KEYS, Plan, make_plan
from tsunagu.intake.naming import make_occasion
from tsunagu.intake.normalise import TextReader
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.rows import (
    ROWS_AT_ONCE,
    RawPiece,
    Rows,
    get_place,
    get_time,
    iterate_pieces,
    list_time_words,
    read_piece,
)
from tsunagu.intake.source import Source, open_source, refuse_empty
from tsunagu.intake.subjects import SubjectIds
from tsunagu.intake.tables import DELIVERY, RECORD_SCOPE, TABLES
from tsunagu.intake.templates import fill_template
from tsunagu.intake.versions import Against, ChangeCounts, VersionKeeper
from tsunagu.store.commit import Writer
from tsunagu.store.compaction import stage_compaction
from tsunagu.store.facts import COVERAGE
from tsunagu.store.landing import FILE, PROBLEM, identify_content, stage_original
from tsunagu.vocabulary.dates import get_school_year

ROWS_PER_BATCH = 20_000
ScopeKey = tuple[str, ...]
"""Place and time."""
DROPPED_SHARE_REFUSED = 0.5


@dataclass(frozen=True, slots=True)
class Session:
    """What the files of one writer share: texts already read, subject ids, the deliveries so far."""

    writer: Writer
    catalog: Catalog
    log: DeliveryLog
    texts: TextReader
    subjects: SubjectIds
    versions: VersionKeeper


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to be taken in, and how."""

    path: Path
    feeds: Collection[Feed]
    received_on: date | None = None
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes have been read. `file_id` is its content address."""

    incoming: Incoming
    content: bytes
    file_id: str


@dataclass(slots=True)
class Findings:
    """What has been found out about a file so far; a refusal reports as much as is known."""

    file_id: str | None = None
    feed: str | None = None
    encoding: str | None = None
    gaiji_characters: int = 0
    undeclared_columns: int = 0
    rows: int = 0
    dropped: int = 0
    assumed_dates: int = 0
    problems: checks.ProblemList = field(default_factory=checks.ProblemList)
    changes: dict[str, ChangeCounts] = field(default_factory=dict)
    unregistered_items: tuple[str, ...] = ()
    unusual_volume: str | None = None
    is_already_known: bool = False
    repeating_targets: set[str] = field(default_factory=set)


def open_session(writer: Writer, catalog: Catalog) -> Session:
    """Begin taking files in with this writer."""
    return Session(
        writer,
        catalog,
        load_deliveries(writer),
        TextReader(catalog.code_lists),
        SubjectIds(),
        VersionKeeper(writer),
    )


def stage_file(session: Session, incoming: Incoming, findings: Findings) -> Delivered | None:
    """Read, check and stage one file; `findings` is filled on the way. The caller commits.

    Returns:
        The delivery to note once it is committed; None when exactly this file is known already.

    Raises:
        FileRefusedError: nothing has been staged.
    """
    received = _receive(incoming)
    findings.file_id = received.file_id
    source = open_source(received.content, incoming.path.name, incoming.feeds, session.writer.folder)
    layout = source.layout
    findings.feed, findings.encoding = layout.feed.id, source.encoding
    findings.gaiji_characters, findings.undeclared_columns = source.gaiji_characters, layout.undeclared
    occasion = make_occasion(layout.feed, incoming.path, incoming.received_on)
    if source.delivery is not None:
        occasion = replace(occasion, delivery=source.delivery)
    if session.log.find_same(layout.feed.id, received.file_id, occasion.reference_date):
        findings.is_already_known = True
        return None
    plan = make_plan(session.catalog, layout, occasion)
    _check_permission(session.catalog, plan)
    findings.unregistered_items = plan.unregistered_items
    scopes = _read_rows(session, source, plan, findings)
    session.log.check_not_older(layout.feed, occasion, scopes)
    findings.unusual_volume = session.log.check_volume(layout.feed, occasion, scopes)
    if findings.unusual_volume and not incoming.override_reason:
        raise _refuse_volume(findings.unusual_volume)
    _stage_statements(session, plan, received, scopes, findings)
    _stage_bookkeeping(session, plan, received, scopes, findings)
    return Delivered(
        received.file_id,
        plan.feed.id,
        occasion.delivery,
        occasion.reference_date,
        occasion.known_from,
        scopes,
    )


def _receive(incoming: Incoming) -> Received:
    try:
        content = incoming.path.read_bytes()
    except OSError:
        raise FileRefusedError(
            "unreadable_file",
            "ファイルを開けません。",
            why="ファイルがないか、読む権限がありません。",
            todo="場所と権限を確かめて、もう一度実行してください。",
        ) from None
    return Received(incoming, content, identify_content(content))


def _check_permission(catalog: Catalog, plan: Plan) -> None:
    permission = catalog.may_receive(plan.feed.id, on=catalog.opened_for)
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


def _read_rows(session: Session, source: Source, plan: Plan, findings: Findings) -> tuple[Scope, ...]:
    """Read every row: what it says goes into one temporary table per target, what is wrong into `findings`."""
    engine, first_row = session.writer.engine, source.first_row
    for code in source.load(engine):
        findings.problems.add(first_row - 1, None, code, is_dropped=False)
    rows_by_scope: Counter[ScopeKey] = Counter()
    targets = statements.list_targets(plan)
    for number, piece in enumerate(_list_safe_pieces(session, plan, findings.problems, first_row)):
        rows = read_piece(plan, session.texts, piece, first_row)
        checks.list_problems(rows, findings.problems)
        findings.rows += len(rows)
        findings.dropped += int(pc.sum(rows.is_dropped).as_py() or 0)
        findings.assumed_dates += checks.count_assumed(rows)
        rows_by_scope.update(_count_scopes(rows))
        for target in targets:
            if _load_statements(session, target, rows, is_first=number == 0) or number:
                findings.repeating_targets.add(target.name)
    engine.run("DROP TABLE intake_raw")
    if findings.rows == 0 and not plan.feed.may_be_empty:
        raise refuse_empty()
    if findings.dropped > DROPPED_SHARE_REFUSED * findings.rows:
        raise _refuse_dropped(findings)
    if rows_by_scope:
        return tuple(_make_scope(key, count) for key, count in sorted(rows_by_scope.items()))
    # A file without rows still speaks, unless its scope would have stood in the rows.
    return (Scope(WHOLE, "" if plan.scope_readings else "|".join(list_time_words(plan)), 0),)


def _list_safe_pieces(
    session: Session, plan: Plan, problems: checks.ProblemList, first_row: int
) -> Iterable[RawPiece]:
    """The file's rows, once no column holds My Numbers and lone suspects are blanked."""
    engine, width = session.writer.engine, plan.layout.width
    candidates: set[int] = set()
    for piece in iterate_pieces(engine, width):
        candidates |= my_number.find_candidate_columns(piece.columns)
    suspects = my_number.check_values(engine, candidates)
    kept = [position for position in suspects if _is_blanked(plan, position)]
    headers = {position: header for header, position in plan.layout.positions.items()}
    for row, position in my_number.blank_suspects(engine, kept):
        problems.add(row + first_row, headers[position], "my_number", is_dropped=False)
    is_whole = piece.is_last and bool(pc.all(pc.less(piece.row_ids, ROWS_AT_ONCE)).as_py())
    return [piece] if is_whole and not kept else iterate_pieces(engine, width)


def _is_blanked(plan: Plan, position: int) -> bool:
    """Whether suspects of this column are blanked: it is kept, and not declared as the in-house key."""
    readings = [reading for reading in plan.readings if reading.position == position]
    targets = {target for reading in readings for target in reading.column.to}
    return bool(readings) and not targets & set(IN_HOUSE_KEYS)


def _count_scopes(rows: Rows) -> dict[ScopeKey, int]:
    """The parts of the city and the times that the usable rows speak for, with their rows."""
    keys = join_parts([get_place(rows), get_time(rows)], PART_SEPARATOR).filter(pc.invert(rows.is_dropped))
    counted = pc.value_counts(keys).to_pylist()
    return {tuple(entry["values"].split(PART_SEPARATOR)): entry["counts"] for entry in counted}


def _make_scope(key: ScopeKey, count: int) -> Scope:
    place, time = key
    words = dict(part.split("=", 1) for part in time.split("|") if part)
    month, year = words.get("month"), words.get("school_year")
    return Scope(
        place, time, count, date.fromisoformat(month) if month else None, int(year) if year else None
    )


def _load_statements(session: Session, target: statements.Target, rows: Rows, *, is_first: bool) -> bool:
    """Fill the target's table of what the file says; returns whether rows name one record twice."""
    engine = session.writer.engine
    said = statements.make_statements(target, rows, session.texts)
    system = target.plan.feed.subject.system
    said = said.append_column(
        "subject_id", session.subjects.identify(engine, system, said.column("_subject_key"))
    )
    # In pieces, so that the engine's threads share the work of the keyed hash.
    engine.register(
        "intake_statement", pa.Table.from_batches(said.to_batches(max_chunksize=ROWS_PER_BATCH), said.schema)
    )
    name = versions.get_incoming_table(target)
    select = (
        "SELECT subject_id, keyed_id('record', _record_text) AS record_id, row, _place, _time, _states, "  # noqa: S608 - declared names
        f"{', '.join(target.content)} FROM intake_statement"
    )
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {name} AS {select}" if is_first else f"INSERT INTO {name} {select}"
    )
    return bool(pc.count_distinct(said.column("_record_text")).as_py() < said.num_rows)


def _stage_statements(
    session: Session, plan: Plan, received: Received, scopes: Sequence[Scope], findings: Findings
) -> None:
    engine = session.writer.engine
    if plan.scope_readings:
        engine.run(
            "CREATE OR REPLACE TEMP TABLE intake_stated (record_id BIGINT, place VARCHAR, time VARCHAR)"
        )
    against = Against(
        file_id=received.file_id,
        tags=make_tags(plan, scopes),
        same_day_files=session.log.list_same_day_files(plan.feed.id, plan.occasion),
        later_files=session.log.list_later_files(plan.feed.id, plan.occasion),
    )
    delivered = {"place": [scope.place for scope in scopes], "time": [scope.time for scope in scopes]}
    engine.register("intake_delivered", pa.table(delivered))
    for target in statements.list_targets(plan):
        if target.name in findings.repeating_targets:
            _drop_duplicates(session, target, findings)
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


def _drop_duplicates(session: Session, target: statements.Target, findings: Findings) -> None:
    engine, incoming = session.writer.engine, versions.get_incoming_table(target)
    engine.run(fill_template("duplicate_rows", incoming=incoming))
    if target.item is not None:
        is_whole_row = len(target.plan.items) == 1
        for (row,) in engine.list_rows("SELECT row FROM intake_duplicate WHERE _states ORDER BY row"):
            findings.problems.add(int(row), None, "duplicate", is_dropped=is_whole_row)
            findings.dropped += is_whole_row
    engine.run(f"DELETE FROM {incoming} WHERE row IN (SELECT row FROM intake_duplicate)")  # noqa: S608 - declared names


def _stage_bookkeeping(
    session: Session, plan: Plan, received: Received, scopes: Sequence[Scope], findings: Findings
) -> None:
    """The original, what was wrong with it, and what it speaks for."""
    writer, file_id = session.writer, received.file_id
    if not session.log.has_bytes(file_id):
        stage_original(writer, received.content, file_id)
    writer.append_rows(FILE, _make_file_row(plan, received, findings), tags={})
    if not session.log.has_bytes(file_id, plan.feed.id):
        writer.append_rows(PROBLEM, checks.make_problem_table(plan, file_id, findings.problems), tags={})
    writer.append_rows(DELIVERY, _make_delivery_rows(plan, scopes, file_id), tags={})
    if plan.scope_readings:
        stated = "SELECT DISTINCT record_id, $file_id AS file_id, place, time FROM intake_stated"
        writer.append(RECORD_SCOPE, stated, tags=make_tags(plan, scopes), file_id=file_id)
    writer.append_rows(COVERAGE, make_coverage(plan, scopes, file_id), tags={})
    tables = [target.table for target in statements.list_targets(plan) if target.item is not None]
    stage_compaction(writer, [*tables, *TABLES], kept_tags=("feed", "school_year"))


def _make_file_row(plan: Plan, received: Received, findings: Findings) -> pa.Table:
    row = {
        "file_id": received.file_id,
        "file_name": received.incoming.path.name,
        "feed": plan.feed.id,
        "delivery": plan.occasion.delivery.value,
        "known_from": plan.occasion.known_from,
        "encoding": findings.encoding,
        "rows": findings.rows,
        "problem_rows": findings.problems.row_count,
        "override_reason": received.incoming.override_reason if findings.unusual_volume else None,
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


def _refuse_dropped(findings: Findings) -> FileRefusedError:
    return FileRefusedError(
        "too_many_bad_rows",
        f"{findings.rows:,} 行のうち {findings.dropped:,} 行が、必要な値を読めない行です。",
        why="列がずれているか、様式が変わったおそれがあります。半分以上を捨てて取り込むことはしません。",
        todo="tsunagu feed check で問題の一覧を確かめ、送り元か定義を直してください。",
    )
