"""How other systems spell the same cell: dates, months, grades, phone numbers, codes.

Each turn takes one cell (a text, or a date or number of a workbook) and gives one back. What it does not understand,
a mistake for example, it leaves as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

Cell: TypeAlias = object
Turn: TypeAlias = Callable[[Cell], Cell]

_NARROW = str.maketrans("０１２３４５６７８９－", "0123456789-")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_WESTERN = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
_ERA_WORDS = re.compile(r"(平成|令和)(元|\d{1,2})年(\d{1,2})月(\d{1,2})日")
_ERA_DOTS = re.compile(r"([HR])(\d{1,2})\.(\d{1,2})\.(\d{1,2})")
_ERA_DIGITS = re.compile(r"([HR])(\d\d)(\d\d)(\d\d)")
_ERA_MONTH = re.compile(r"(平成|令和)(元|\d{1,2})年(\d{1,2})月")
_YEAR_ZERO = {"平成": 1988, "H": 1988, "令和": 2018, "R": 2018}
_REIWA = (2019, 5, 1)


def same(cell: Cell) -> Cell:
    """The cell as it is."""
    return cell


def as_text(cell: Cell) -> str:
    """A workbook's cell as the text a CSV file would hold."""
    return cell.strftime("%Y/%m/%d") if isinstance(cell, date) else str(cell)


def split_date(cell: Cell) -> tuple[int, int, int] | None:
    """Year, month and day of a date as the offices of the city write it, possible or not."""
    if isinstance(cell, date):
        return cell.year, cell.month, cell.day
    text = str(cell).translate(_NARROW)
    if found := _WESTERN.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    for pattern in (_ERA_WORDS, _ERA_DOTS, _ERA_DIGITS):
        if found := pattern.fullmatch(text):
            return _year_of(found[1], found[2]), int(found[3]), int(found[4])
    return None


def _year_of(era: str, year: str) -> int:
    return _YEAR_ZERO[era] + (1 if year == "元" else int(year))


def write_as(pattern: str) -> Turn:
    """A turn that writes dates in a pattern of `y`, `m`, `d`: `{y}-{m:02d}-{d:02d}`."""

    def turn(cell: Cell) -> Cell:
        parts = split_date(cell)
        return cell if parts is None else pattern.format(y=parts[0], m=parts[1], d=parts[2])

    return turn


dashed = write_as("{y}-{m:02d}-{d:02d}")
slashed = write_as("{y}/{m:02d}/{d:02d}")
short_slashed = write_as("{y}/{m}/{d}")
compact = write_as("{y}{m:02d}{d:02d}")
in_words = write_as("{y}年{m}月{d}日")


def in_era(cell: Cell) -> Cell:
    """R6.4.1."""
    parts = split_date(cell)
    if parts is None or parts < (1989, 1, 8):
        return cell
    letter = "R" if parts >= _REIWA else "H"
    return f"{letter}{parts[0] - _YEAR_ZERO[letter]}.{parts[1]}.{parts[2]}"


def in_era_words(cell: Cell) -> Cell:
    """令和6年4月1日."""
    parts = split_date(cell)
    if parts is None or parts < (1989, 1, 8):
        return cell
    era = "令和" if parts >= _REIWA else "平成"
    return f"{era}{parts[0] - _YEAR_ZERO[era]}年{parts[1]}月{parts[2]}日"


def as_date(cell: Cell) -> Cell:
    """A real date where there is such a day."""
    parts = split_date(cell)
    try:
        return cell if parts is None else date(*parts)
    except ValueError:
        return cell


def as_number(cell: Cell) -> Cell:
    """A real number where the text is a whole one."""
    return int(cell) if isinstance(cell, str) and cell.isascii() and cell.isdecimal() else cell


def western_month(cell: Cell) -> Cell:
    """令和6年4月 and 202404 as 2024/04."""
    text = str(cell)
    if found := _ERA_MONTH.fullmatch(text):
        return f"{_year_of(found[1], found[2])}/{int(found[3]):02d}"
    return f"{text[:4]}/{text[4:]}" if re.fullmatch(r"\d{6}", text) else cell


def compact_month(cell: Cell) -> Cell:
    """令和6年4月 and 2024/04 as 202404."""
    return str(western_month(cell)).replace("/", "")


def month_in_words(cell: Cell) -> Cell:
    """202404 as 2024年4月."""
    text = str(cell)
    return f"{text[:4]}年{int(text[4:])}月" if re.fullmatch(r"\d{6}", text) else cell


def recode(codes: Mapping[str, str]) -> Turn:
    """A turn that spells codes in another way."""
    return lambda cell: codes.get(str(cell), cell)


def wide(cell: Cell) -> Cell:
    """Full-width digits."""
    return cell.translate(_WIDE) if isinstance(cell, str) else cell


def bracketed_phone(cell: Cell) -> Cell:
    """090-0123-4567 as (090)0123-4567."""
    parts = str(cell).split("-")
    return f"({parts[0]}){parts[1]}-{parts[2]}" if len(parts) == 3 else cell


def plain_phone(cell: Cell) -> Cell:
    """Digits only."""
    return str(cell).replace("-", "").replace("－", "")


def one_space(cell: Cell) -> Cell:
    """A narrow space between the parts of a name."""
    return str(cell).replace("　", " ")


def no_space(cell: Cell) -> Cell:
    """The parts of a name without anything between."""
    return str(cell).replace("　", "").replace(" ", "")


def honorific(cell: Cell) -> Cell:
    """A name as written on an envelope."""
    return f"{cell} 様" if cell else cell
