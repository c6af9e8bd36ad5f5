"""One file's bytes as rows in the engine: what kind of file it is, which feed, and its cells in `intake_raw`."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tsunagu.catalog.feeds import Delivery, Feed
from tsunagu.catalog.formats import FileKind
from tsunagu.intake import read_fixed, read_json, read_zip
from tsunagu.intake.archives import Archive, check_delivery, check_workbook, open_archive
from tsunagu.intake.detect import DecodedText, decode_text
from tsunagu.intake.lone_tables import find_lone_table
from tsunagu.intake.match import Layout, is_named_for, match_feed
from tsunagu.intake.my_number import check_headers
from tsunagu.intake.read_csv import RAW_FILE, RAW_TABLE, LoadedPart, load_parts, read_header
from tsunagu.intake.read_excel import OLE, SHEET_HEADING, Workbook, load_sheets, refuse_workbook
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

EXCEL = "excel"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BOM = b"\xef\xbb\xbf"
_JSON_STARTS = (b"{", b"[")
_WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose feed is known. `encoding` is the text encoding found, or `excel`.

    `first_row` numbers the first row of data. `load` leaves these columns of the rows in `intake_raw`, and a view of
    all columns in `intake_raw_file`, part by part where there are many rows; of a large text it notes on the way
    whether a condition over all columns holds anywhere. `delivery`: what the file itself says, where its kind can
    say it.
    """

    layout: Layout
    encoding: str
    gaiji_characters: int
    first_row: int
    load: Callable[[Engine, Sequence[int], str], Iterator[LoadedPart]]
    delivery: Delivery | None = None


def open_source(content: bytes, file_name: str, feeds: Collection[Feed], folder: Path) -> Source:
    """Find out what the file is. Nothing of it is in the engine before `load`.

    Raises:
        FileRefusedError: empty, unreadable, of no known feed, or with a My Number column.
    """
    if not content:
        raise refuse_empty()
    by_kind = {kind: [feed for feed in feeds if feed.format.kind is kind] for kind in FileKind}
    if content.startswith(_ZIP):
        archive = _open_archive(content, file_name)
        if archive.is_workbook:
            check_workbook(archive)
            return _open_excel(content, file_name, by_kind[FileKind.EXCEL])
        return _open_zip(archive, file_name, by_kind[FileKind.ZIP], folder)
    if content.startswith(OLE):
        return _open_excel(content, file_name, by_kind[FileKind.EXCEL])
    if _is_json(content, file_name):
        return _open_json(content, file_name, by_kind[FileKind.JSON])
    fixed = [
        feed for feed in by_kind[FileKind.FIXED_WIDTH] if len(feeds) == 1 or is_named_for(feed, file_name)
    ]
    if fixed:
        return _open_fixed(content, file_name, fixed)
    return _open_text(content, file_name, by_kind, folder)


def _as_one_part(
    load: Callable[[Engine], tuple[str, ...]],
) -> Callable[[Engine, Sequence[int], str], Iterator[LoadedPart]]:
    """For kinds whose files are small: every column, all rows in one step."""

    def load_part(engine: Engine, _kept: Sequence[int], _marked: str) -> Iterator[LoadedPart]:
        codes = load(engine)
        engine.run(f"CREATE OR REPLACE TEMP VIEW {RAW_FILE} AS SELECT * FROM {RAW_TABLE}")  # noqa: S608 - constants
        yield LoadedPart(codes)

    return load_part


def refuse_empty() -> FileRefusedError:
    """The refusal of a file without a row."""
    return FileRefusedError(
        "empty_file",
        "データの行が一つもありません。",
        why="該当者がいないのか、出力に失敗したのかを区別できません。",
        todo="送り元に確かめ、正しいファイルをもらってください。",
    )


def _is_json(content: bytes, file_name: str) -> bool:
    """By its name; without a telling name by its first letter."""
    name = file_name.lower()
    start = content[:64].removeprefix(_BOM).lstrip()
    return name.endswith(".json") or (
        start.startswith(_JSON_STARTS) and not name.endswith((".csv", ".tsv", ".txt"))
    )


def _open_archive(content: bytes, file_name: str) -> Archive:
    try:
        return open_archive(content)
    except FileRefusedError as error:
        if error.code == "unreadable_zip" and file_name.lower().endswith(_WORKBOOK_NAMES):
            raise refuse_workbook() from None
        raise


def _open_excel(content: bytes, file_name: str, feeds: Sequence[Feed]) -> Source:
    workbook = Workbook(content)

    def read(feed: Feed, row: int) -> Sequence[str]:
        file_format = feed.format
        headings = workbook.read_header(_list_sheets(workbook, feed)[0], row, file_format.header_rows)
        if row == file_format.header_row:
            check_headers(headings)
        return [*headings, SHEET_HEADING] if headings and file_format.sheets else headings

    layout = match_feed(feeds, file_name, read)
    headings = read(layout.feed, layout.header_row)
    check_headers(headings)
    sheets = _list_sheets(workbook, layout.feed)
    workbook.check_alike(sheets, layout.header_row, layout.feed.format.header_rows)

    @_as_one_part
    def load(engine: Engine) -> tuple[str, ...]:
        load_sheets(
            engine,
            workbook,
            sheets=sheets,
            first_row=layout.first_row,
            width=layout.width,
            is_named=bool(layout.feed.format.sheets),
        )
        return ()

    return Source(layout, EXCEL, 0, layout.first_row, load)


def _list_sheets(workbook: Workbook, feed: Feed) -> Sequence[str | None]:
    if feed.format.sheets:
        return workbook.list_sheets(feed.format.sheets) or ["@none"]
    return [feed.format.sheet]


def _open_zip(archive: Archive, file_name: str, feeds: Sequence[Feed], folder: Path) -> Source:
    check_delivery(archive)
    tables = read_zip.TableFolder(archive, folder)
    read_zip.check_complete(tables, feeds)

    def read(feed: Feed, row: int) -> Sequence[str]:
        return read_zip.read_headings(tables, feed) if row == feed.format.header_row else ()

    layout = match_feed(feeds, file_name, read)
    check_headers(read(layout.feed, layout.header_row))
    shape = read_zip.get_shape(layout.feed)
    read_zip.check_members(tables, shape)
    delivery = read_zip.read_delivery(tables, shape)
    text = tables.get_table(shape.rows).text

    @_as_one_part
    def load(engine: Engine) -> tuple[str, ...]:
        return read_zip.load_tables(engine, tables, shape)

    return Source(
        layout, text.encoding.value, tables.count_gaiji(shape), read_zip.FIRST_ROW, load, delivery=delivery
    )


def _open_json(content: bytes, file_name: str, feeds: Sequence[Feed]) -> Source:
    document = read_json.open_document(content)
    check_headers(sorted(document.names))

    @cache
    def read_columns(place: int) -> dict[str, list[str | None]]:
        return read_json.read_columns(document, read_json.get_shape(feeds[place]))

    def read(feed: Feed, row: int) -> Sequence[str]:
        return tuple(read_columns(feeds.index(feed))) if row == feed.format.header_row else ()

    layout = match_feed(feeds, file_name, read)
    read_json.check_my_numbers(document)
    columns = read_columns(feeds.index(layout.feed))

    @_as_one_part
    def load(engine: Engine) -> tuple[str, ...]:
        read_json.load_columns(engine, columns)
        return ()

    gaiji = read_json.count_lost_letters(columns)
    return Source(layout, "utf-8", gaiji, read_json.FIRST_ROW, load)


def _open_fixed(content: bytes, file_name: str, feeds: Sequence[Feed]) -> Source:
    opened = {}
    refusal: FileRefusedError | None = None
    for feed in feeds:
        try:
            opened[feed.id] = read_fixed.open_records(content, feed)
        except FileRefusedError as error:
            refusal = refusal or error
    if refusal is not None and not opened:
        raise refusal

    def read(feed: Feed, row: int) -> Sequence[str]:
        is_there = feed.id in opened and row == feed.format.header_row
        return [field.header for field in read_fixed.get_shape(feed.format).fields] if is_there else ()

    layout = match_feed(feeds, file_name, read)
    records = opened[layout.feed.id]
    texts = read_fixed.decode_records(records)

    @_as_one_part
    def load(engine: Engine) -> tuple[str, ...]:
        read_fixed.load_records(engine, texts)
        return ()

    first_row = records.shape.skip_records + 1
    return Source(layout, records.encoding.value, read_fixed.count_lost_letters(texts), first_row, load)


def _open_text(content: bytes, file_name: str, by_kind: dict[FileKind, list[Feed]], folder: Path) -> Source:
    found: list[tuple[DecodedText, Layout]] = []
    refusal: FileRefusedError | None = None
    texts = decode_text(content, folder)
    for text in texts:
        try:
            found.append((text, match_feed(by_kind[FileKind.CSV], file_name, _make_reader(text))))
        except FileRefusedError as error:
            refusal = refusal or error
    if not found:
        raise find_lone_table(file_name, texts, by_kind[FileKind.ZIP]) or refusal or refuse_empty()
    # Well-formed in two encodings, and the headings fit in both: the feed says which it expects first.
    text, layout = min(found, key=_rank_encoding)
    file_format = layout.feed.format
    check_headers(_make_reader(text)(layout.feed, layout.header_row))

    def load(engine: Engine, kept: Sequence[int], marked: str) -> Iterator[LoadedPart]:
        return load_parts(
            engine,
            text,
            kept,
            marked,
            delimiter=file_format.delimiter,
            header_row=layout.header_row,
            header_rows=file_format.header_rows,
            width=layout.width,
        )

    return Source(layout, text.encoding.value, text.gaiji_characters, layout.first_row, load)


def _make_reader(text: DecodedText) -> Callable[[Feed, int], Sequence[str]]:
    known: dict[tuple[str, int, int], list[str]] = {}

    def read(feed: Feed, row: int) -> Sequence[str]:
        place = (feed.format.delimiter, row, feed.format.header_rows)
        if place not in known:
            known[place] = read_header(text.path, *place)[0]
        if row == feed.format.header_row:
            check_headers(known[place])
        return known[place]

    return read


def _rank_encoding(candidate: tuple[DecodedText, Layout]) -> int:
    text, layout = candidate
    expected = layout.feed.format.encodings
    return expected.index(text.encoding) if text.encoding in expected else len(expected)
