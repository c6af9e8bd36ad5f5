"""A fictional sample for a drafted feed: made from what each column is, never from a row of the file."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from tsunagu.catalog.feeds import FeedColumn
from tsunagu.catalog.formats import FileFormat
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.words import ValueType

ROWS = 6
_FIRST_DAY = date(2015, 4, 2)
_NAMES = ("見本　一花", "見本　二郎", "試験　三奈", "試験　四葉", "架空　五月", "架空　六花")
_READINGS = (
    "ミホン　イチカ",
    "ミホン　ジロウ",
    "シケン　ミナ",
    "シケン　ヨツバ",
    "カクウ　サツキ",
    "カクウ　リッカ",
)
_PARENTS = ("見本　太郎", "見本　太郎", "試験　花", "試験　花", "架空　望", "架空　望")

_BY_FIELD: Mapping[str, Callable[[int], str]] = {
    "name": lambda row: _NAMES[row],
    "kana": lambda row: _READINGS[row],
    "guardian_name": lambda row: _PARENTS[row],
    "address": lambda row: f"見本町{row + 1}-1",
    "postal_code": lambda row: f"999-000{row + 1}",
    "phone": lambda row: f"0999-00-000{row + 1}",
}


def write_sample(
    file_format: FileFormat, entries: Sequence[FeedColumn], code_lists: Mapping[str, CodeList]
) -> str:
    """The sample as text: what stands above the headings left blank, the headings, a few fictional rows.

    The last row has a code no list knows and an impossible date, so that a reader sees what becomes of them.
    """
    first_by_header = {entry.header: entry for entry in reversed(entries)}
    columns = [first_by_header[header] for header in dict.fromkeys(entry.header for entry in entries)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=file_format.delimiter, lineterminator="\n")
    for _ in range(file_format.header_row - 1):
        writer.writerow(["（題や注記）", *[""] * (len(columns) - 1)])
    writer.writerows(_write_headings([column.header for column in columns], file_format.header_rows))
    for row in range(ROWS):
        writer.writerow([_make_cell(column, row, code_lists) for column in columns])
    return text.getvalue()


def _write_headings(headings: Sequence[str], rows: int) -> list[list[str]]:
    """Headings of two levels taken apart again: the spanning part stands once, over the first of its columns."""
    if rows == 1:
        return [list(headings)]
    upper, lower = [], []
    before = ""
    for heading in headings:
        above, _, below = heading.partition("_")
        upper.append("" if below and above == before else above)
        lower.append(below)
        before = above if below else ""
    return [upper, *[[""] * len(headings) for _ in range(rows - 2)], lower]


def _make_cell(column: FeedColumn, row: int, code_lists: Mapping[str, CodeList]) -> str:
    is_odd = row == ROWS - 1 and not column.required
    if column.codes is not None:
        written = [code.written[0] for code in code_lists[column.codes].codes]
        return "知らない区分" if is_odd else written[row % len(written)]
    if column.type is ValueType.DATE:
        return "2025/13/40" if is_odd else (_FIRST_DAY + timedelta(days=37 * row)).strftime("%Y/%m/%d")
    if column.type is ValueType.YEAR_MONTH:
        return f"2025{row % 12 + 1:02d}"
    if column.type is not ValueType.TEXT:
        least = int(column.minimum or 0)
        return str(least + row)
    field = column.to[0].partition(".")[2]
    make = _BY_FIELD.get(field)
    return make(row) if make else f"{'S' if column.to[0].startswith('scope') else 'X'}{row + 1:03d}"
