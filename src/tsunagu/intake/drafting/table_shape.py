"""Where the table is in a file nobody has described: encoding, delimiter, sheet, and the rows of its headings."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tsunagu.catalog.formats import Encoding, FileFormat, FileKind
from tsunagu.catalog.workbooks.cells import write_cell
from tsunagu.intake.archives import check_workbook, open_archive
from tsunagu.intake.detect import DecodedText, decode_text
from tsunagu.intake.drafting.words import count_known
from tsunagu.intake.match import fold_header
from tsunagu.intake.my_number import check_headers
from tsunagu.intake.read_csv import join_headings, load_csv, read_header, read_quoted_line
from tsunagu.intake.read_excel import Workbook, load_sheets
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import refuse_empty
from tsunagu.store.engine import Engine

DELIMITERS = (",", "\t", ";", "|")
_ROWS_LOOKED_AT = 40
_LAST_HEADER_ROW = 20
_LEAST_COLUMNS = 2
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_SIGNATURES = (*_ZIP, b"\xd0\xcf\x11\xe0")
_LOOKS_LIKE_DATA = re.compile(r"[\d\s/:.,\-¥%年月日時分RHSTM令和平成昭]+")
_LONGEST_FOOT = 10
_LEAST_OF_A_ROW = 0.35
"""Below this share of the cells that are usually filled, a row at the end of the table is none of its rows."""
_FOOT = re.compile(r"[合小総累]\s*計|計\s*$|※|注[)）]")

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class FoundTable:
    """One table: how to read it, its headings, and the sheets that were not chosen."""

    format: FileFormat
    headings: tuple[str, ...]
    text: DecodedText | None = None
    workbook: Workbook | None = None
    other_sheets: tuple[str, ...] = ()
    words_above: str = ""
    """What stands above the headings and in the sheet's name: it may say what the table is."""

    @property
    def encoding(self) -> str:
        """As it is told to people."""
        return self.text.encoding.value if self.text else "Excel"

    @property
    def last_header_row(self) -> int:
        """The row after which the data begin."""
        return self.format.header_row + self.format.header_rows - 1

    def load(self, engine: Engine) -> None:
        """Fill `intake_raw` with the rows below the headings."""
        width = len(self.headings)
        if self.workbook is not None:
            first = self.last_header_row + 1
            load_sheets(engine, self.workbook, sheets=[self.format.sheet], first_row=first, width=width)
        elif self.text is not None:
            load_csv(
                engine,
                self.text,
                delimiter=self.format.delimiter,
                header_row=self.format.header_row,
                width=width,
                header_rows=self.format.header_rows,
            )


@dataclass(frozen=True, slots=True)
class _Head:
    """Headings found in a block of rows. `likeness`: how much they look like it."""

    row: int
    rows: int
    headings: tuple[str, ...]
    likeness: float


def find_table(content: bytes, folder: Path) -> FoundTable:
    """Find the table.

    Raises:
        FileRefusedError: empty, unreadable, a My Number column, or nothing that looks like a table.
    """
    if not content:
        raise refuse_empty()
    found = _find_in_workbook(content) if content.startswith(_SIGNATURES) else _find_in_text(content, folder)
    check_headers(found.headings)
    return found


def _find_in_workbook(content: bytes) -> FoundTable:
    if content.startswith(_ZIP):
        archive = open_archive(content)
        if not archive.is_workbook:
            raise _refuse_no_table()
        check_workbook(archive)
    workbook = Workbook(content)
    names = workbook.list_sheets(["*"])
    heads: list[tuple[_Head, str]] = []
    for name in names:
        rows = [
            [write_cell(cell) or "" for cell in row]
            for row in (workbook.list_rows(name) or [])[:_ROWS_LOOKED_AT]
        ]
        if (head := _find_head(rows)) is not None:
            heads.append((head, name))
    if not heads:
        raise _refuse_no_table()
    head, sheet = max(heads, key=lambda pair: pair[0].likeness)
    is_only = len(names) == 1
    above = (workbook.list_rows(sheet) or [])[: head.row - 1]
    return FoundTable(
        FileFormat(
            kind=FileKind.EXCEL,
            sheet=None if is_only else sheet,
            header_row=head.row,
            header_rows=head.rows,
        ),
        tuple(workbook.read_header(sheet, head.row, head.rows)),
        workbook=workbook,
        other_sheets=tuple(name for name in names if name != sheet),
        words_above=" ".join([sheet, *(cell for row in above for cell in row if isinstance(cell, str))]),
    )


def _find_in_text(content: bytes, folder: Path) -> FoundTable:
    found: list[tuple[float, _Head, DecodedText, str, Rows]] = []
    for order, text in enumerate(decode_text(content, folder)):
        for delimiter in DELIMITERS:
            rows = _read_rows(text.path, delimiter)
            head = _find_head(rows)
            if head is not None and len(head.headings) >= _LEAST_COLUMNS:
                found.append((head.likeness - 0.01 * order, head, text, delimiter, rows))
    if not found:
        raise _refuse_no_table()
    _, head, text, delimiter, rows = max(found, key=lambda one: one[0])
    encodings = (text.encoding, *(e for e in (Encoding.UTF_8, Encoding.CP932) if e is not text.encoding))
    file_format = FileFormat(
        kind=FileKind.CSV,
        encodings=encodings,
        delimiter=delimiter,
        header_row=head.row,
        header_rows=head.rows,
    )
    above = " ".join(cell for row in rows[: head.row - 1] for cell in row)
    headings = read_header(text.path, delimiter, head.row, head.rows)[0]
    return FoundTable(file_format, tuple(headings), text=text, words_above=above)


def _read_rows(path: Path, delimiter: str) -> Rows:
    rows: Rows = []
    with path.open(encoding="utf-8", newline="\n") as file:
        try:
            for cells in csv.reader(file, delimiter=delimiter):
                rows.append(read_quoted_line(cells, delimiter))
                if len(rows) == _ROWS_LOOKED_AT:
                    break
        except csv.Error:
            pass
    return rows


def _find_head(rows: Sequence[Sequence[str]]) -> _Head | None:
    width = max((_count_width(row) for row in rows), default=0)
    heads = []
    for number in range(min(len(rows), _LAST_HEADER_ROW)):
        for depth in (1, 2):
            head = _judge_head(rows, number, depth, width)
            if head is not None:
                heads.append(head)
    return max(heads, key=lambda head: head.likeness, default=None)


def _judge_head(rows: Sequence[Sequence[str]], number: int, depth: int, width: int) -> _Head | None:
    block = rows[number : number + depth]
    if len(block) < depth or (depth == 2 and not _are_two_levels(block)):
        return None
    headings = [heading.strip() for heading in join_headings(block)]
    while headings and not headings[-1]:
        headings.pop()
    named = [heading for heading in headings if heading]
    if len(named) < _LEAST_COLUMNS or any(_is_data(heading) for heading in named):
        return None
    known = count_known(named) / len(named)
    distinct = len({fold_header(heading) for heading in named}) / len(named)
    width_share = len(named) / max(width, 1)
    below = rows[number + depth : number + depth + 8]
    data = sum(_count_data(row) for row in below) / max(1, sum(_count_width(row) for row in below))
    # A table has a heading in every column, different ones, and something else than headings below.
    likeness = 2 * width_share + 1.5 * known + distinct + 1.5 * data - 0.02 * number - 0.05 * (depth - 1)
    return _Head(number + 1, depth, tuple(headings), likeness)


def _are_two_levels(block: Sequence[Sequence[str]]) -> bool:
    """Whether the upper row has gaps that the lower fills: headings merged across columns or downwards."""
    upper, lower = ([cell.strip() for cell in row] for row in block)
    width = max(len(upper), len(lower))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    both = sum(bool(a) and bool(b) for a, b in zip(upper, lower, strict=True))
    only_lower = sum(not a and bool(b) for a, b in zip(upper, lower, strict=True))
    return bool(upper[0] or lower[0]) and only_lower >= 1 and both >= 1 and sum(map(bool, upper)) >= 2


def _count_width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _count_data(row: Sequence[str]) -> int:
    return sum(_is_data(cell.strip()) for cell in row if cell.strip())


def _is_data(cell: str) -> bool:
    plain = unicodedata.normalize("NFKC", cell).strip()
    return bool(_LOOKS_LIKE_DATA.fullmatch(plain)) and any(sign.isdigit() for sign in plain)


def count_table_rows(rows: Sequence[Sequence[str | None]]) -> int:
    """How many rows there are above totals, notes and blank rows at the end."""
    usual = sorted(_count_filled(row) for row in rows)[len(rows) // 2] if rows else 0
    end = len(rows)
    while end > max(0, len(rows) - _LONGEST_FOOT) and _is_foot(rows[end - 1], usual):
        end -= 1
    return end


def _is_foot(row: Sequence[str | None], usual: int) -> bool:
    first = next((cell.strip() for cell in row if cell and cell.strip()), "")
    return bool(_FOOT.match(first)) or _count_filled(row) < _LEAST_OF_A_ROW * usual


def _count_filled(row: Sequence[str | None]) -> int:
    return sum(bool(cell and cell.strip()) for cell in row)


def _refuse_no_table() -> FileRefusedError:
    return FileRefusedError(
        "no_table",
        "見出しのある表が見つかりません。",
        why="見出しの行が分からないと、どの列が何かを決められません。",
        todo="見出しが一行か二行で、その下にデータの続く表かどうかを確かめてください。",
    )
