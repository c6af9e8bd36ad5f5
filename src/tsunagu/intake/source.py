"""One file's bytes as rows in the engine: what kind of file it is, which feed, and its cells in `intake_raw`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tsunagu.catalog.feeds import Feed, FileKind
from tsunagu.intake.detect import DecodedText, decode_text
from tsunagu.intake.match import Layout, match_feed
from tsunagu.intake.my_number import check_headers
from tsunagu.intake.read_csv import load_csv, read_header
from tsunagu.intake.read_excel import Workbook, load_sheet
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

EXCEL = "excel"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose feed is known. `encoding` is the text encoding found, or `excel`."""

    layout: Layout
    encoding: str
    gaiji_characters: int
    load: Callable[[Engine], None]


def open_source(content: bytes, file_name: str, feeds: Collection[Feed], folder: Path) -> Source:
    """Find out what the file is. Nothing of it is in the engine before `load`.

    Raises:
        FileRefusedError: empty, unreadable, of no known feed, or with a My Number column.
    """
    if not content:
        raise refuse_empty()
    if content.startswith((_ZIP, _OLE)):
        return _open_excel(content, file_name, [f for f in feeds if f.format.kind is FileKind.EXCEL])
    return _open_text(content, file_name, [f for f in feeds if f.format.kind is FileKind.CSV], folder)


def refuse_empty() -> FileRefusedError:
    """The refusal of a file without a row."""
    return FileRefusedError(
        "empty_file",
        "データの行が一つもありません。",
        why="該当者がいないのか、出力に失敗したのかを区別できません。",
        todo="送り元に確かめ、正しいファイルをもらってください。",
    )


def _open_excel(content: bytes, file_name: str, feeds: Sequence[Feed]) -> Source:
    workbook = Workbook(content)

    def read(feed: Feed) -> Sequence[str]:
        return _check(workbook.read_header(feed.format.sheet, feed.format.header_row))

    layout = match_feed(feeds, file_name, read)
    file_format = layout.feed.format

    def load(engine: Engine) -> None:
        load_sheet(
            engine,
            workbook,
            sheet=file_format.sheet,
            header_row=file_format.header_row,
            width=layout.width,
        )

    return Source(layout, EXCEL, 0, load)


def _open_text(content: bytes, file_name: str, feeds: Sequence[Feed], folder: Path) -> Source:
    found: list[tuple[DecodedText, Layout]] = []
    refusal: FileRefusedError | None = None
    for text in decode_text(content, folder):
        try:
            found.append((text, match_feed(feeds, file_name, _make_reader(text))))
        except FileRefusedError as error:
            refusal = refusal or error
    if not found:
        raise refusal or refuse_empty()
    # Well-formed in two encodings, and the headings fit in both: the feed says which it expects first.
    text, layout = min(found, key=_rank_encoding)
    file_format = layout.feed.format

    def load(engine: Engine) -> None:
        load_csv(
            engine,
            text,
            delimiter=file_format.delimiter,
            header_row=file_format.header_row,
            width=layout.width,
        )

    return Source(layout, text.encoding.value, text.gaiji_characters, load)


def _make_reader(text: DecodedText) -> Callable[[Feed], Sequence[str]]:
    known: dict[tuple[str, int], list[str]] = {}

    def read(feed: Feed) -> Sequence[str]:
        place = (feed.format.delimiter, feed.format.header_row)
        if place not in known:
            known[place] = read_header(text.path, *place)[0]
        return _check(known[place])

    return read


def _check(headers: list[str]) -> list[str]:
    check_headers(headers)
    return headers


def _rank_encoding(candidate: tuple[DecodedText, Layout]) -> int:
    text, layout = candidate
    expected = layout.feed.format.encodings
    return expected.index(text.encoding) if text.encoding in expected else len(expected)
