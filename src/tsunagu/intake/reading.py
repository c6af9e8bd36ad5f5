"""A file from its bytes to what it says, as tables of the engine: nothing here depends on what is known already."""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.intake import checks, my_number, statements
from tsunagu.intake.columns import PART_SEPARATOR, join_parts
from tsunagu.intake.deliveries import WHOLE, DeliveryLog, Repeat, Scope
from tsunagu.intake.mapping import IN_HOUSE_KEYS, Plan, make_plan
from tsunagu.intake.naming import make_occasion
from tsunagu.intake.normalise import TextReader
from tsunagu.intake.pieces import RawPiece, iterate_ahead, iterate_pieces, store_behind
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.rows import (
    Rows,
    get_place,
    get_subject_key,
    get_time,
    list_read_positions,
    list_time_words,
    read_piece,
)
from tsunagu.intake.said import Said
from tsunagu.intake.source import Source, open_source, refuse_empty
from tsunagu.intake.subjects import identify_subjects
from tsunagu.intake.versions import ChangeCounts
from tsunagu.store.engine import Engine
from tsunagu.store.landing import identify_content, identify_delivery

READ_TABLES = "intake_read"
"""A temporary database file beside the engine's memory: what a large file says is compressed as it is written."""
DROPPED_SHARE_REFUSED = 0.5
ScopeKey = tuple[str, ...]
"""Place and time."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to be taken in, and how."""

    path: Path
    feeds: Collection[Feed]
    received_on: date | None = None
    override_reason: str | None = None
    list_companions: Callable[[], Collection[str]] = frozenset
    """Contents of the files handed over together with this one: see `DeliveryLog.find_repeat`."""


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
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file whose rows have been read: its content address, what it speaks for, and what it says."""

    incoming: Incoming
    content_id: str
    plan: Plan
    scopes: tuple[Scope, ...]
    said: Said


@dataclass(slots=True)
class FileReader:
    """What the files of one session share while they are read: texts already read, subject ids.

    `log` is only asked whether a file is known; `is_stopped` ends the reading between two pieces. While one piece of a
    file is worked on over `engine`, the next is loaded over `loading` and the one before stored over `storing`.
    """

    engine: Engine
    loading: Engine
    storing: Engine
    catalog: Catalog
    log: DeliveryLog
    folder: Path
    texts: TextReader
    is_stopped: Event = field(default_factory=Event)
    files: int = 0

    def stop(self) -> None:
        """End what another thread is reading; it raises KeyboardInterrupt there."""
        self.is_stopped.set()
        for engine in (self.loading, self.storing, self.engine):
            engine.interrupt()


def read_file(
    reader: FileReader, incoming: Incoming, findings: Findings, *, is_next: bool
) -> ReadFile | None:
    """Read one file; `findings` is filled on the way. `is_next`: every file before it has been committed.

    Returns:
        What it says; None when there is nothing to do (`findings.repeat`).

    Raises:
        FileRefusedError: the file cannot be taken in, whatever is known already.
    """
    content = _receive(incoming.path)
    content_id = findings.file_id = identify_content(content)
    source = open_source(content, incoming.path.name, incoming.feeds, reader.folder)
    # A large text is a file of its own by now.
    del content
    layout = source.layout
    findings.feed, findings.encoding = layout.feed.id, source.encoding
    findings.gaiji_characters, findings.undeclared_columns = source.gaiji_characters, layout.undeclared
    occasion = make_occasion(layout.feed, incoming.path, incoming.received_on)
    if source.delivery is not None:
        occasion = replace(occasion, delivery=source.delivery)
    findings.repeat = reader.log.find_repeat(layout.feed.id, content_id, occasion, incoming.list_companions)
    if findings.repeat:
        return None
    plan = make_plan(reader.catalog, layout, occasion)
    _check_permission(reader.catalog, plan)
    findings.unregistered_items = plan.unregistered_items
    reader.files += 1
    said = Said(reader.storing, f"{READ_TABLES}.reading_{reader.files}")
    reader.engine.run(f"CREATE SCHEMA {said.tables}")
    if is_next and not plan.scope_readings and not reader.log.list_deliveries(plan.feed.id):
        file_id = identify_delivery(content_id, plan.feed.id, occasion.reference_date, occasion.known_from)
        said.open_segments(statements.list_targets(plan), reader.folder, file_id)
    with closing(said):
        scopes = _read_rows(reader, source, plan, said, findings)
    said.settle()
    return ReadFile(incoming, content_id, plan, scopes, said)


def _receive(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise FileRefusedError(
            "unreadable_file",
            "ファイルを開けません。",
            why="ファイルがないか、読む権限がありません。",
            todo="場所と権限を確かめて、もう一度実行してください。",
        ) from None


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


def _read_rows(
    reader: FileReader, source: Source, plan: Plan, said: Said, findings: Findings
) -> tuple[Scope, ...]:
    """Read every row: what it says goes into `said`, what is wrong into `findings`."""
    rows_by_scope: Counter[ScopeKey] = Counter()
    loaded = _load_pieces(reader.loading, source, plan, findings.problems)
    with closing(iterate_ahead(loaded)) as pieces, store_behind() as store:
        for number, piece in enumerate(pieces):
            rows = read_piece(plan, reader.texts, piece, source.first_row)
            _count_rows(rows, findings)
            rows_by_scope.update(_count_scopes(rows))
            stated = list(_state_rows(reader, rows))
            said.note_repeats(stated, is_first=not number)
            store(partial(said.store, stated, is_first=not number))
    if findings.rows == 0 and not plan.feed.may_be_empty:
        raise refuse_empty()
    if findings.dropped > DROPPED_SHARE_REFUSED * findings.rows:
        raise _refuse_dropped(findings)
    if rows_by_scope:
        return tuple(_make_scope(key, count) for key, count in sorted(rows_by_scope.items()))
    # A file without rows still speaks, unless its scope would have stood in the rows.
    return (Scope(WHOLE, "" if plan.scope_readings else "|".join(list_time_words(plan)), 0),)


def _load_pieces(
    engine: Engine, source: Source, plan: Plan, problems: checks.ProblemList
) -> Generator[RawPiece]:
    """The file's rows, once no column holds My Numbers and lone suspects are blanked."""
    positions, headers = list_read_positions(plan), {p: h for h, p in plan.layout.positions.items()}
    unread = sorted(set(range(plan.layout.width)) - set(positions))
    search, start = my_number.NumberSearch(), 0
    for part in source.load(engine, positions, my_number.write_candidate_condition(unread)):
        for code in part.codes:
            problems.add(source.first_row - 1, None, code, is_dropped=False)
        suspects = search.search(engine, positions, unread if part.is_marked else ())
        kept = [position for position in suspects if _is_blanked(plan, position)]
        for row, position in my_number.blank_suspects(engine, kept):
            problems.add(row + start + source.first_row, headers[position], "my_number", is_dropped=False)
        for piece in iterate_pieces(engine, positions, start):
            yield piece
            start += len(piece.row_ids)
    engine.run("DROP TABLE intake_raw")


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


def _count_rows(rows: Rows, findings: Findings) -> None:
    checks.list_problems(rows, findings.problems)
    findings.rows += len(rows)
    findings.dropped += int(pc.sum(rows.is_dropped).as_py() or 0)
    findings.assumed_dates += checks.count_assumed(rows)


def _state_rows(reader: FileReader, rows: Rows) -> Iterator[tuple[statements.Target, pa.Table]]:
    """What a piece says of each target."""
    plan = rows.plan
    subject_ids = identify_subjects(reader.engine, plan.feed.subject.system, get_subject_key(rows))
    for target in statements.list_targets(plan):
        if reader.is_stopped.is_set():
            raise KeyboardInterrupt
        yield target, statements.make_statements(target, rows, reader.texts, subject_ids)


def _refuse_dropped(findings: Findings) -> FileRefusedError:
    return FileRefusedError(
        "too_many_bad_rows",
        f"{findings.rows:,} 行のうち {findings.dropped:,} 行が、必要な値を読めない行です。",
        why="列がずれているか、様式が変わったおそれがあります。半分以上を捨てて取り込むことはしません。",
        todo="tsunagu feed check で問題の一覧を確かめ、送り元か定義を直してください。",
    )
