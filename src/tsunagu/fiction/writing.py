"""How texts, dates and numbers become columns, and columns become CSV files.

A column is a pyarrow string array without nulls. Dates and names are looked up in tables of ready-made strings, so
that writing a file costs a few array operations however many rows it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.fiction.almanac import date_of, day_of, split_days
from tsunagu.fiction.arrays import NEVER, Bools, Ints

Column: TypeAlias = Any
"""A pyarrow string array, one str for all rows, or (for workbooks) a list of cells."""

Table: TypeAlias = dict[str, Column]
"""Headers and columns, in the order of the file."""

_ROWS_A_BLOCK = 40_000
_FIRST_DAY, _LAST_DAY = day_of(date(1880, 1, 1)), day_of(date(2060, 12, 31))
_FIRST_ERA_DAY, _LAST_ERA_DAY = day_of(date(1995, 1, 1)), day_of(date(2034, 12, 31))
_REIWA = day_of(date(2019, 5, 1))
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
ERA_STYLES = 4


@dataclass(frozen=True)
class CsvStyle:
    """How a department's system writes CSV. `above` are lines before the header row."""

    encoding: str
    newline: str = "\r\n"
    bom: bool = False
    quoted: bool = False
    delimiter: str = ","
    above: tuple[str, ...] = ()


CP932 = CsvStyle("cp932")
UTF8_BOM = CsvStyle("utf-8", "\r\n", bom=True)
UTF8 = CsvStyle("utf-8", "\n")
UTF8_BOM_LF = CsvStyle("utf-8", "\n", bom=True)


def write_csv(path: Path, table: Table, style: CsvStyle, *, append: bool = False) -> None:
    """Write a table as CSV, or add its rows to the file. Cells hold no delimiter, quote or line break by design."""
    columns = list(table.values())
    between, around = (f'"{style.delimiter}"', '"') if style.quoted else (style.delimiter, "")
    with path.open("ab" if append else "wb") as file:
        if not append:
            lines = [*style.above, around + between.join(table) + around, ""]
            head = style.newline.join(lines)
            file.write(("\ufeff" + head if style.bom else head).encode(style.encoding))
        for first in range(0, count_rows(columns), _ROWS_A_BLOCK):
            block = [_slice(column, first) for column in columns]
            if around:
                block[0] = pc.binary_join_element_wise(around, block[0], "")
            block[-1] = pc.binary_join_element_wise(block[-1], around + style.newline, "")
            file.write(_encode(pc.binary_join_element_wise(*block, between), style.encoding))


def count_rows(columns: Sequence[Column]) -> int:
    """Length of the arrays among the columns."""
    return max((len(column) for column in columns if not isinstance(column, str)), default=0)


def _slice(column: Column, first: int) -> Column:
    return pa.scalar(column) if isinstance(column, str) else column.slice(first, _ROWS_A_BLOCK)


def _encode(lines: Any, encoding: str) -> bytes:
    """The bytes of a string array, laid end to end."""
    lines = pa.concat_arrays([lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines])
    _, offsets, data = lines.buffers()
    if data is None:
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)
    text: bytes = data.to_pybytes()[ends[lines.offset] : ends[lines.offset + len(lines)]]
    return text if encoding == "utf-8" else text.decode("utf-8").encode(encoding)


def pick(texts: Any, codes: Ints) -> Any:
    """Look codes up in a table of texts (a sequence or a pyarrow array)."""
    table = texts if isinstance(texts, pa.Array) else pa.array(list(texts), pa.string())
    return table.take(pa.array(codes))


def repeat_text(text: str, rows: Ints) -> Any:
    """The same text for each of the rows."""
    return pick([text], np.zeros(len(rows), dtype=np.int64))


def join(*parts: Column) -> Any:
    """Put columns (or fixed texts) one after the other."""
    return pc.binary_join_element_wise(*parts, "")


def blank_where(mask: Bools, column: Any, text: str = "") -> Any:
    """Replace the cells of a mask by a fixed text."""
    return pc.if_else(pa.array(mask), pa.scalar(text), column)


def replace_where(mask: Bools, column: Column, cell: Any) -> Column:
    """The column, of texts or of cells, with one cell in place of some."""
    if isinstance(column, list):
        return [cell if hit else old for old, hit in zip(column, mask, strict=True)]
    return blank_where(mask, column, str(cell))


def repeat_row(column: Column, row: int) -> Column:
    """The column with the cell of one row once more at its end."""
    if isinstance(column, list):
        return [*column, column[row]]
    return column if isinstance(column, str) else pa.concat_arrays([column, column.slice(row, 1)])


def widen(column: Any) -> Any:
    """The column with full-width digits and hyphens."""
    for narrow, wide in FULL_WIDTH.items():
        column = pc.replace_substring(column, chr(narrow), chr(wide))
    return column


def write_numbers(values: Ints | Bools) -> Any:
    """Whole numbers as text."""
    return pc.cast(pa.array(np.asarray(values, dtype=np.int64)), pa.string())


def write_tenths(values: Ints) -> Any:
    """Tenths (0 to 29999) as a number with one decimal."""
    return pick(_tenths(), np.clip(values, 0, 29_999))


@lru_cache(maxsize=1)
def _tenths() -> Any:
    return pa.array([f"{value // 10}.{value % 10}" for value in range(30_000)])


@lru_cache(maxsize=4)
def _date_texts(separator: str) -> Any:
    iso = pa.array(np.datetime_as_string(np.arange(_FIRST_DAY, _LAST_DAY).astype("datetime64[D]")).tolist())
    return iso if separator == "-" else pc.replace_substring(iso, "-", separator)


def write_dates(days: Ints, separator: str = "/") -> Any:
    """YYYY/MM/DD; the empty text for days outside the calendar (NEVER, -1 is 1969-12-31)."""
    inside = (days >= _FIRST_DAY) & (days < _LAST_DAY)
    return blank_where(~inside, pick(_date_texts(separator), np.where(inside, days - _FIRST_DAY, 0)))


def write_months(days: Ints, separator: str = "/") -> Any:
    """YYYY/MM; the empty text for NEVER."""
    known = days < NEVER
    years, months, _ = split_days(np.where(known, days, 0))
    text = join(write_numbers(years), separator, pick([f"{month:02d}" for month in range(13)], months))
    return blank_where(~known, text)


@lru_cache(maxsize=1)
def _era_texts() -> Any:
    texts: list[str] = []
    for style in range(ERA_STYLES):
        texts += [era_text(day, style) for day in range(_FIRST_ERA_DAY, _LAST_ERA_DAY)]
    return pa.array(texts)


def era_text(day: int, style: int) -> str:
    """A day in the Japanese era calendar; styles: 令和6年4月1日, R6.4.1, full-width digits, R060401."""
    when = date_of(day)
    letter, era, year = ("R", "令和", when.year - 2018) if day >= _REIWA else ("H", "平成", when.year - 1988)
    if style == 1:
        return f"{letter}{year}.{when.month}.{when.day}"
    if style == 3:
        return f"{letter}{year:02d}{when.month:02d}{when.day:02d}"
    text = f"{era}{'元' if year == 1 else year}年{when.month}月{when.day}日"
    return text.translate(FULL_WIDTH) if style == 2 else text


def write_era_dates(days: Ints, styles: Ints) -> Any:
    """Era dates in the given styles; the empty text for days outside 1995 to 2034."""
    inside = (days >= _FIRST_ERA_DAY) & (days < _LAST_ERA_DAY)
    place = styles * (_LAST_ERA_DAY - _FIRST_ERA_DAY) + np.where(inside, days - _FIRST_ERA_DAY, 0)
    return blank_where(~inside, pick(_era_texts(), place))


def write_era_months(days: Ints) -> Any:
    """令和6年4月; the empty text for days outside 1995 to 2034."""
    long_text = write_era_dates(days, np.zeros(len(days), dtype=np.int64))
    return pc.replace_substring_regex(long_text, pattern="月.*$", replacement="月")
