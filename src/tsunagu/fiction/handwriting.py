"""How a department writes what it hears: spelling habits and typing mistakes, chosen once for each person.

A department typed a child's name when the child first came to it and keeps that spelling, also after the register
has changed. The habits here are written by hand and know nothing of how the product folds spellings.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.fiction.almanac import split_days
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.names import NameTable
from tsunagu.fiction.places import BUILDINGS, Houses, Places
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    blank_where,
    join,
    pick,
    widen,
    write_dates,
    write_era_dates,
    write_numbers,
)

_FULL = "ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロワヲンヴー　"
_HALF = re.findall(
    "[ｦ-ﾝ][ﾞﾟ]?", "ｧｱｨｲｩｳｪｴｫｵｶｶﾞｷｷﾞｸｸﾞｹｹﾞｺｺﾞｻｻﾞｼｼﾞｽｽﾞｾｾﾞｿｿﾞﾀﾀﾞﾁﾁﾞｯﾂﾂﾞﾃﾃﾞﾄﾄﾞﾅﾆﾇﾈﾉﾊﾊﾞﾊﾟﾋﾋﾞﾋﾟﾌﾌﾞﾌﾟﾍﾍﾞﾍﾟﾎﾎﾞﾎﾟﾏﾐﾑﾒﾓｬﾔｭﾕｮﾖﾗﾘﾙﾚﾛﾜｦﾝｳﾞｰ"
)
_TO_HALF = dict(zip(_FULL, [*_HALF, " "], strict=True))
_ENLARGE = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
_SOFTEN = str.maketrans("ヅヂヲ", "ズジオ")
_GETA = "〓"
_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")
_KANJI_DIGITS = "〇一二三四五六七八九"
_LONG_AGO = 4000

# Ways to write a surname or given name (rows of the tables below).
AS_REGISTERED, EVERYDAY, GETA, ROMAN = range(4)
# Ways to write a reading.
FULL_WIDTH, HALF_WIDTH, HALF_LARGE, FULL_LARGE, FULL_SOFT = range(5)
# Ways to write an address.
OFFICIAL, DIGITS, WIDE_HYPHENS, HYPHENS, NO_BUILDING = range(5)


@dataclass(frozen=True)
class Habits:
    """A department's habits: shares of the ways to write (they need not add up to one)."""

    encoding: str = "cp932"
    name_styles: tuple[float, ...] = (0.72, 0.17, 0.11)
    kana_styles: tuple[float, ...] = (0.0, 0.80, 0.14, 0.0, 0.06)
    separators: tuple[float, ...] = (0.82, 0.10, 0.08)
    address_styles: tuple[float, ...] = (0.25, 0.40, 0.10, 0.15, 0.10)
    surname_lags: tuple[float, ...] = (0.60, 0.20, 0.20)
    address_lags: tuple[float, ...] = (0.80, 0.13, 0.07)
    era_styles: tuple[float, ...] = (0.70, 0.20, 0.07, 0.03)
    birth_error_rate: float = 0.003
    impossible_rate: float = 0.0006
    missing_phone_rate: float = 0.1
    given_slip_rate: float = 0.002
    note_rate: float = 0.0
    trailing_rate: float = 0.0


# What stands behind a name in its cell: nothing, a space nobody sees, or a note.
_NOTES = ("", " ", "（仮）", "（旧姓使用）", "＊", "（要確認）")


def _note_shares(habits: Habits) -> tuple[float, ...]:
    return (habits.note_rate / 4,) * 4


class Handwriting:
    """One department's way of writing people; every method returns a text column."""

    def __init__(self, records: Records, department: str, habits: Habits) -> None:
        """Choose each person's spelling in this department, from a stream of the department's own."""
        rng = records.stream("handwriting", department)
        self._records = records
        people = records.city.people
        size = len(people)
        self._spelling = choose(rng, list(habits.name_styles), size)
        self._kana_style = choose(rng, list(habits.kana_styles), size)
        self._separator = choose(rng, list(habits.separators), size)
        self._address_style = choose(rng, list(habits.address_styles), size)
        self._surname_lag = np.array([0, 150, _LONG_AGO])[choose(rng, list(habits.surname_lags), size)]
        self._address_lag = np.array([0, 120, 900])[choose(rng, list(habits.address_lags), size)]
        self._alias_habit = choose(rng, [0.6, 0.2, 0.2], size)
        self._era_style = choose(rng, list(habits.era_styles), size)
        self._birth = _mistype_births(rng, people.birth, habits.birth_error_rate)
        self._is_impossible = draw(rng, habits.impossible_rate, size)
        slips = draw(rng, habits.given_slip_rate, size) & (people.nation == 0)
        self._given = np.where(slips, records.names.look_alikes[people.given], people.given)
        self._note = choose(
            rng,
            [1 - habits.note_rate - habits.trailing_rate, habits.trailing_rate, *_note_shares(habits)],
            size,
        )
        self._no_phone = draw(rng, habits.missing_phone_rate, size)
        self._phone_style = choose(rng, [0.85, 0.12, 0.03], size)
        names = records.names
        self._spellings = [_spell_table(table, habits.encoding) for table in (names.surnames, names.given)]
        self._kanas = [_kana_table(table) for table in (names.surnames, names.given)]

    def name(self, persons: Ints, day: Ints | int) -> Any:
        """Full name as this department writes it on a day (with an old surname where nobody told it)."""
        surname_row, style = self._surname_row(persons, day)
        surnames, given = self._spellings
        roman = style == ROMAN
        family = pick(surnames, style * len(self._records.names.surnames.texts) + surname_row)
        own = pick(
            given, np.where(roman, ROMAN, 0) * len(self._records.names.given.texts) + self._given[persons]
        )
        separator = pick(["　", " ", ""], np.where(roman, 1, self._separator[persons]))
        if not self._note.any():
            return join(family, separator, own)
        return join(family, separator, own, pick(_NOTES, self._note[persons]))

    def kana(self, persons: Ints, day: Ints | int) -> Any:
        """Reading of the full name."""
        surname_row, _ = self._surname_row(persons, day)
        style = self._kana_style[persons]
        names = self._records.names
        family = pick(self._kanas[0], style * len(names.surnames.texts) + surname_row)
        own = pick(self._kanas[1], style * len(names.given.texts) + self._given[persons])
        half = (style == HALF_WIDTH) | (style == HALF_LARGE)
        spaces = pick(
            ["　", " ", "", " "], np.where(half & (self._separator[persons] < 2), 3, self._separator[persons])
        )
        return join(family, spaces, own)

    def birth(self, persons: Ints) -> Any:
        """Birth date as YYYY/MM/DD."""
        text = write_dates(self._birth[persons])
        return blank_where(self._is_impossible[persons], text, "2017/02/30")

    def birth_days(self, persons: Ints) -> Ints:
        """Birth dates as this department has them, for cells that are real dates."""
        return self._birth[persons]

    def birth_in_era(self, persons: Ints) -> Any:
        """Birth date in the era calendar, in the style this department used for the person."""
        text = write_era_dates(self._birth[persons], self._era_style[persons])
        return blank_where(self._is_impossible[persons], text, "平成29年2月30日")

    def era(self, persons: Ints, days: Ints) -> Any:
        """Another date of a person, in the same style."""
        return write_era_dates(days, self._era_style[persons])

    def address(self, persons: Ints, day: Ints | int) -> Any:
        """Address as this department has it on a day; blank where the only one it could have is protected."""
        records = self._records
        rows, secret = self._address_rows(persons, day)
        style = self._address_style[persons]
        houses = _write_houses(records.city.houses, records.city.places)
        house = records.history.entries.house[rows]
        return blank_where(secret, houses.take(pa.array(style * len(records.city.houses) + house)))

    def postcode(self, persons: Ints, day: Ints | int) -> Any:
        """Postcode of the same address, 999-1234 or digits only."""
        records = self._records
        rows, secret = self._address_rows(persons, day)
        district = records.city.houses.district[records.history.entries.house[rows]]
        codes = [f"999-{1001 + number:04d}" for number in records.city.places.town_numbers]
        plain = [code.replace("-", "") for code in codes]
        return blank_where(secret, pick([*codes, *plain], district + (persons % 7 == 0) * len(codes)))

    def hidden_from(self, persons: Ints) -> Ints:
        """The day from which this department must not learn a new address (NEVER: it may)."""
        return self._records.city.people.hidden_from[persons]

    def _address_rows(self, persons: Ints, day: Ints | int) -> tuple[Ints, Bools]:
        """Register entries this department's addresses come from, and where it may not have any."""
        records = self._records
        hidden_from = self.hidden_from(persons)
        heard = np.minimum(np.asarray(day) - self._address_lag[persons], hidden_from - 1)
        rows = records.history.row_at(persons, heard)
        safe = np.maximum(rows, 0)
        secret: Bools = (rows == NOBODY) | (records.history.entries.day[safe] >= hidden_from)
        return safe, secret

    def phone(self, persons: Ints, day: Ints | int) -> Any:
        """Phone number of the household, where known; never a protected person's."""
        people = self._records.city.people
        family = np.where(
            people.family[persons] >= 0, people.family[persons], 500_000 + people.household[persons]
        )
        family = family + self._records.number_from(431_977)
        scattered = (family * 7_919 + 104_729 * (self._no_phone[persons] & (persons % 3 == 0))) % 10_000_000
        digits = pc.utf8_lpad(write_numbers(scattered), width=7, padding="0")
        front, back = pc.utf8_slice_codeunits(digits, 0, 3), pc.utf8_slice_codeunits(digits, 3, 7)
        dash = pick(["-", "", "－"], self._phone_style[persons])
        text = join("090", dash, "0", front, dash, back)
        silent = self._no_phone[persons] | (self.hidden_from(persons) <= day)
        return blank_where(silent, text)

    def _surname_row(self, persons: Ints, day: Ints | int) -> tuple[Ints, Ints]:
        """Which surname this department knows, and in which spelling."""
        records = self._records
        people = records.city.people
        heard = np.asarray(day) - self._surname_lag[persons]
        rows = np.maximum(records.history.row_at(persons, heard), 0)
        surname = records.history.entries.surname[rows]
        foreign = people.nation[persons] > 0
        alias = people.alias[persons]
        habit = self._alias_habit[persons]
        by_alias = foreign & (alias != NOBODY) & (habit == 0)
        roman = foreign & ~by_alias & (habit == 1)
        style = np.where(roman, ROMAN, np.where(foreign & ~by_alias, AS_REGISTERED, self._spelling[persons]))
        return np.where(by_alias, alias, surname), style


def _mistype_births(rng: Rng, birth: Ints, rate: float) -> Ints:
    """Birth days with a few mistakes: a day off, ten days off, a year off, month and day swapped."""
    size = len(birth)
    wrong = np.flatnonzero(draw(rng, rate, size))
    kind = choose(rng, [0.3, 0.2, 0.2, 0.3], len(wrong))
    typed = birth.copy()
    typed[wrong] += np.array([1, 10, 365, 0])[kind]
    swapped = wrong[kind == 3]
    years, months, days = split_days(birth[swapped])
    possible = days <= 12
    text = [
        f"{y:04d}-{d:02d}-{m:02d}"
        for y, m, d in zip(years[possible], months[possible], days[possible], strict=True)
    ]
    typed[swapped[possible]] = whole_numbers(np.array(text, dtype="datetime64[D]")) if text else []
    return np.where(typed > NEVER // 2, birth, typed)


@lru_cache(maxsize=8)
def _cached_spellings(
    texts: tuple[str, ...], everyday: tuple[str, ...], romans: tuple[str, ...], encoding: str
) -> Any:
    registered = [
        text if _fits(text, encoding) else plain for text, plain in zip(texts, everyday, strict=True)
    ]
    geta = ["".join(char if _fits(char, encoding) else _GETA for char in text) for text in texts]
    roman = [text or plain for text, plain in zip(romans, everyday, strict=True)]
    return pa.array([*registered, *everyday, *geta, *roman])


def _spell_table(table: NameTable, encoding: str) -> Any:
    everyday = tuple(table.texts[row] for row in table.everyday)
    return _cached_spellings(table.texts, everyday, table.romans, encoding)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4)
def _cached_kana(kanas: tuple[str, ...]) -> Any:
    half = ["".join(_TO_HALF[char] for char in kana) for kana in kanas]
    large = [kana.translate(_ENLARGE) for kana in kanas]
    half_large = ["".join(_TO_HALF[char] for char in kana) for kana in large]
    soft = [kana.translate(_SOFTEN) for kana in kanas]
    return pa.array([*kanas, *half, *half_large, *large, *soft])


def _kana_table(table: NameTable) -> Any:
    return _cached_kana(table.kanas)


@lru_cache(maxsize=1)
def _write_houses(houses: Houses, places: Places) -> Any:
    """Every address in every style, one style after the other."""
    return pa.concat_arrays([_write_in_style(houses, places, style) for style in range(5)])


def _write_in_style(houses: Houses, places: Places, style: int) -> Any:
    town = pick([_town_text(places, row, style) for row in range(len(places.districts))], houses.district)
    block, number = write_numbers(houses.block), write_numbers(houses.number)
    village = places.is_village[houses.district] == 1
    hyphen = {WIDE_HYPHENS: "－", HYPHENS: "-"}.get(style)
    if hyphen is None:
        numbers = pc.if_else(pa.array(village), join(block, "番地"), join(block, "番", number, "号"))
    else:
        numbers = pc.if_else(pa.array(village), block, join(hyphen, block, hyphen, number))
    if style in (OFFICIAL, WIDE_HYPHENS):
        numbers = widen(numbers)
    return join(town, numbers, _write_buildings(houses, style))


def _write_buildings(houses: Houses, style: int) -> Any:
    if style == NO_BUILDING:
        return pick([""], np.zeros(len(houses), dtype=np.int64))
    name = pick([*BUILDINGS, ""], np.where(houses.building >= 0, houses.building, len(BUILDINGS)))
    room = write_numbers(houses.room)
    if style == OFFICIAL:
        text = join("　", name, widen(room), "号室")
    elif style == DIGITS:
        text = join(" ", name, room, "号")
    else:
        text = join(" ", name, room)
    return blank_where(houses.building < 0, text)


def _town_text(places: Places, row: int, style: int) -> str:
    stem, chome = places.stems[row], places.chome[row]
    if style == OFFICIAL:
        return "".join(places.regions[row]) + places.districts[row]
    town = places.regions[row][1]
    if not chome:
        return town + stem
    if style == WIDE_HYPHENS:
        return stem + str(chome).translate(_DIGITS)
    if style == HYPHENS:
        return f"{town}{stem}{chome}"
    return f"{town}{stem}{chome}丁目" if style == DIGITS else f"{town}{stem}{_KANJI_DIGITS[chome]}丁目"
