"""Excel workbooks as departments keep them: titles, merged headings, readings beside the names, further sheets."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from tsunagu.fiction.almanac import day_of
from tsunagu.fiction.writing import Table, era_text

_NINE = time(9)
_WORKBOOK = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}


@dataclass(frozen=True)
class SheetStyle:
    """How a department lays out a workbook.

    Args:
        name: Of the sheet with the table.
        above: Row and text of the lines above; `{day}` is the reference date in the era calendar.
        header_row: Row of the headings, from 0.
        groups: Headings merged over some columns in the row above: first column, last column, text.
        readings: Pairs of headings: the name, and the reading that Excel keeps hidden in the cell of the name.
        counted: Headings whose numbers are formulas in a last row 合計.
        blank_rows: Rows below the table that hold a format and nothing else.
        before: Further sheets in front of the table: name and rows.
        behind: Further sheets behind it.
    """

    name: str
    above: tuple[tuple[int, str], ...] = ()
    header_row: int = 0
    groups: tuple[tuple[int, int, str], ...] = ()
    readings: tuple[tuple[str, str], ...] = ()
    counted: tuple[str, ...] = ()
    blank_rows: int = 0
    before: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    behind: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()


def write_workbook(path: Any, table: Table, style: SheetStyle, day: date) -> None:
    """Write a workbook with nothing in the file that depends on the machine or the clock.

    Args:
        path: The file.
        table: Headings and lists of cells: texts, whole numbers, dates; empty texts stay empty.
        style: How it is laid out.
        day: The day it speaks for, which the file also says it was made on.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _WORKBOOK)
    book.set_properties({"created": datetime.combine(day, _NINE), "author": "つなぐ市"})
    for name, rows in style.before:
        _write_note(book, name, rows)
    _write_table(book, table, style, day)
    for name, rows in style.behind:
        _write_note(book, name, rows)
    book.close()
    path.write_bytes(_store_plainly(buffer.getvalue(), _list_readings(table, style)))


def _write_table(book: Any, table: Table, style: SheetStyle, day: date) -> None:
    dates, bold = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"bold": True})
    page = book.add_worksheet(style.name)
    for row, text in style.above:
        page.write_string(row, 0, text.format(day=era_text(day_of(day), 0)), bold)
    for first, last, text in style.groups:
        if first == last:
            page.write_string(style.header_row - 1, first, text, bold)
        else:
            page.merge_range(style.header_row - 1, first, style.header_row - 1, last, text, bold)
    page.write_row(style.header_row, 0, list(table), bold)
    rows = list(zip(*table.values(), strict=True))
    for number, cells in enumerate(rows, start=style.header_row + 1):
        _write_cells(page, number, cells, dates)
    for number in range(style.blank_rows):
        page.write_blank(style.header_row + 1 + len(rows) + number, 0, None, bold)
    if style.counted:
        _write_totals(page, table, style, len(rows))


def _write_cells(page: Any, number: int, cells: Sequence[object], dates: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, date):
            page.write_datetime(number, column, cell, dates)
        elif isinstance(cell, int):
            page.write_number(number, column, cell)
        elif cell:
            page.write_string(number, column, str(cell))


def _write_totals(page: Any, table: Table, style: SheetStyle, size: int) -> None:
    first, below = style.header_row + 1, style.header_row + 1 + size
    below += style.blank_rows
    page.write_string(below, 0, "合計")
    for column, (header, cells) in enumerate(table.items()):
        if header in style.counted:
            letter = chr(ord("A") + column)
            total = sum(cell for cell in cells if isinstance(cell, int))
            page.write_formula(below, column, f"=SUM({letter}{first + 1}:{letter}{below})", None, total)


def _write_note(book: Any, name: str, rows: tuple[tuple[str, ...], ...]) -> None:
    page = book.add_worksheet(name)
    for number, cells in enumerate(rows):
        page.write_row(number, 0, cells)


def _list_readings(table: Table, style: SheetStyle) -> dict[str, str]:
    """What was typed for each name: Excel keeps it, and shows it as ルビ when asked."""
    readings: dict[str, str] = {}
    for name, kana in style.readings:
        pairs = zip(table[name], table[kana], strict=True)
        # A row that slipped by a column has a number or a date where the name should be.
        readings |= {str(text): str(typed) for text, typed in pairs if typed and isinstance(text, str)}
    return readings


def _store_plainly(packed: bytes, readings: Mapping[str, str]) -> bytes:
    """The same workbook uncompressed (compressed bytes differ between zlib versions), with readings added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(target, "w") as plain:
        for entry in source.infolist():
            content = source.read(entry)
            if readings and entry.filename == "xl/sharedStrings.xml":
                content = _add_readings(content.decode("utf-8"), readings).encode("utf-8")
            info = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain.writestr(info, content, zipfile.ZIP_STORED)
    return target.getvalue()


def _add_readings(strings: str, readings: Mapping[str, str]) -> str:
    written = {escape(text): escape(typed) for text, typed in readings.items()}

    def add(found: re.Match[str]) -> str:
        text = found[1]
        if text not in written:
            return found[0]
        run = f'<rPh sb="0" eb="{len(text)}"><t>{written[text]}</t></rPh><phoneticPr fontId="1"/>'
        return f"<si><t>{text}</t>{run}</si>"

    return re.sub("<si><t>([^<]*)</t></si>", add, strings)
