"""Dates as departments write them, whole or in part, and the school year that follows from a birth date."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal
from unicodedata import normalize

from tsunagu.japanese.numerals import replace_kanji_numerals
from tsunagu.vocabulary.dates import JST

DatePrecision = Literal["year", "month", "day"]
DateNote = Literal["after_era_end", "before_era_start", "lunar_calendar", "approximate"]
SchoolGrade = Literal["E3", "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "H1", "H2", "H3"]

_GRADES: Final[tuple[SchoolGrade, ...]] = (
    *("E3", "P1", "P2", "P3", "P4", "P5", "P6"),
    *("J1", "J2", "J3", "H1", "H2", "H3"),
)


@dataclass(frozen=True, slots=True)
class Era:
    """One era: the western year before its first, and its first and last day."""

    name: str
    letter: str
    code: int
    year_zero: int
    start: date
    end: date


# Eras of the register's 元号 code 1 to 5. The day an era changes belongs to both, except in 1989 and 2019.
ERAS: Final = (
    Era("明治", "M", 1, 1867, date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", 2, 1911, date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", 3, 1925, date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", 4, 1988, date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", 5, 2018, date(2019, 5, 1), date.max),
)
_ERA_BY_SPELLING: Final = {
    spelling: era for era in ERAS for spelling in (era.name, era.name[0], era.letter, str(era.code))
}
# Japan counted months by the moon until 2 December 1872; an era date before that is no calendar day of ours.
_GREGORIAN_SINCE_YEAR = 1873
_EARLIEST_YEAR = 1800


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, to the month or to the year.

    `note` says what a person should know before trusting it: the era had already ended or not yet begun on
    that day, the date is of the lunar calendar, or the text itself said "about".
    """

    year: int
    month: int | None = None
    day: int | None = None
    note: DateNote | None = None

    @property
    def precision(self) -> DatePrecision:
        """The finest part that is known."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def earliest(self) -> date:
        """The first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


def parse_date(text: str, *, era: str | int | None = None) -> PartialDate | None:
    """Read a date in any habit of Japanese offices.

    Western (2024-04-01, 2024/4/1, 20240401, 2024年4月, 202404, 2024) and era dates (令和6年4月1日, R6.4.1,
    R060401, 令和元年, 昭64, 5060401 with the register's era code), in any width and in kanji numerals; a time
    of day, a weekday and words such as 生 or 頃 may follow. A month or day written 00, 99 or 不詳 is unknown.

    Args:
        text: The field as typed.
        era: The era of a column that leaves it out: name, letter or 元号 code.

    Returns:
        The date with a note where it deserves doubt. None when the text holds no date or an impossible one
        (令和6年2月30日): nothing is repaired. `is_unknown_date` tells a stated 不詳 from an unreadable text.
    """
    if (moment := _ZONED.fullmatch(text.strip())) is not None:
        return _read_moment(moment)
    plain = _strip_surroundings(text)
    is_approximate = bool(_ABOUT.search(plain))
    plain = _FUZZY.sub("", plain)
    for pattern in _WESTERN:
        if match := pattern.fullmatch(plain):
            return _note_approximate(_build_date(int(match["y"]), match), is_approximate)
    for pattern in _ERA_DATES:
        if match := pattern.fullmatch(plain):
            return _note_approximate(_build_era_date(_ERA_BY_SPELLING[match["era"]], match), is_approximate)
    known_era = _ERA_BY_SPELLING.get(str(era).upper()) if era is not None else None
    for pattern in _ERALESS if known_era else ():
        if known_era and (match := pattern.fullmatch(plain)):
            return _note_approximate(_build_era_date(known_era, match), is_approximate)
    return None


def show_era_date(day: date) -> str:
    """令和9年4月1日; the first year of an era is 元年."""
    era = next(one for one in reversed(ERAS) if one.start <= day)
    year = day.year - era.year_zero
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def is_unknown_date(text: str) -> bool:
    """Tell whether a text states that the date is not known (不詳, 00000000, 9999/99/99)."""
    return bool(_UNKNOWN.fullmatch(_SPACE.sub("", normalize("NFKC", text))))


def school_cohort(birth_date: date) -> int:
    """Return the school year (April to March) a child is counted in by birth.

    Born on 1 April belongs to the year before: by law a child reaches an age at the end of the day before
    the birthday.
    """
    return birth_date.year - ((birth_date.month, birth_date.day) < (4, 2))


def school_grade(cohort: int, on: date) -> SchoolGrade | None:
    """Return the grade a cohort is in on a day: E3 the year before school, P1 to P6, J1 to J3, H1 to H3.

    The grade follows from age alone, as Japanese schools promote everyone; None before and after.
    """
    school_year = on.year - (on.month < 4)
    years_since_e3 = school_year - (cohort + 6)
    return _GRADES[years_since_e3] if 0 <= years_since_e3 < len(_GRADES) else None


_SPACE = re.compile(r"\s+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_TIME = re.compile(
    r"(?:(?<=\d)[T ]|(?<=日))\s*\d{1,2}[:時]\d{1,2}(?:[:分]\d{1,2}秒?(?:\.\d+)?|分)?\s*(?:Z|[+-]\d\d:?\d\d)?\s*$"
)
_LEAD = re.compile(r"^(?:西暦|和暦)")
_TAIL = re.compile(r"(?:生まれ|生|付け?|時点|現在)$")
_ABOUT = re.compile(r"約|頃|ごろ|ころ|上旬|中旬|下旬|初旬|推定")
_FUZZY = re.compile(
    r"約|頃|ごろ|ころ|上旬|中旬|下旬|初旬|推定|(?<=年)月日(?:不詳|不明)|(?<=年)(?:不詳|不明)月(?:不詳|不明)日|日?(?:不詳|不明)日?(?=$)|月?(?:不詳|不明)月?日?(?=$)|\?+[月日]?"
)
_UNKNOWN = re.compile(
    r"(?:生?年月日)?(?:不詳|不明|未詳)|(?:\D?0{1,2}|0{4}|9{4})(?:[-/.年]?(?:00|99|0)[-/.月]?(?:00|99|0)日?)"
)
_FIRST_YEAR = re.compile("元(?=年|[-/.]|$)")

_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_MONTH_DAY = r"(?:(?P<m>\d{1,2})(?:月|[-/.](?=\d)|$)(?:(?P<d>\d{1,2})日?)?)?"
_YEAR_END = r"(?:年|[-/.](?=\d)|$)"
_SHORT_YEAR = r"(?P<y>\d{1,2})"
_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])\.?"
_WESTERN = (
    re.compile(rf"(?P<y>\d{{4}}){_YEAR_END}{_MONTH_DAY}", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", re.ASCII),
    re.compile(r"(?P<y>(?:1[89]|2[01])\d\d)(?P<m>\d\d)", re.ASCII),
)
_ERA_DATES = (
    re.compile(rf"{_ERA}{_SHORT_YEAR}{_YEAR_END}{_MONTH_DAY}", re.ASCII),
    re.compile(rf"{_ERA}(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)?", re.ASCII),
    re.compile(r"(?P<era>[1-5])(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)", re.ASCII),
)
_ERALESS = (
    re.compile(rf"{_SHORT_YEAR}{_YEAR_END}{_MONTH_DAY}", re.ASCII),
    re.compile(r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)?", re.ASCII),
)


def _read_moment(moment: re.Match[str]) -> PartialDate | None:
    """The day in Japan of a moment written with its time zone: late in the evening of UTC it is tomorrow."""
    try:
        day = datetime.fromisoformat(moment.group()).astimezone(JST)
    except (ValueError, OverflowError):
        return None
    return PartialDate(day.year, day.month, day.day)


def _strip_surroundings(text: str) -> str:
    plain = _BRACKETED.sub("", _TIME.sub("", normalize("NFKC", text).strip()))
    plain = _TAIL.sub("", _LEAD.sub("", _SPACE.sub("", plain).upper()))
    return replace_kanji_numerals(_FIRST_YEAR.sub("1", plain))


def _build_date(year: int, parts: re.Match[str]) -> PartialDate | None:
    month = _read_part(parts, "m")
    day = _read_part(parts, "d") if month else None
    if year < _EARLIEST_YEAR or (month or 1) > 12 or (year == 9999 and not month):
        return None
    if day and day > monthrange(year, month or 1)[1]:
        return None
    return PartialDate(year, month, day)


def _read_part(parts: re.Match[str], name: str) -> int | None:
    """Read a month or day; 00 and 99 are how systems write an unknown one."""
    written = parts.groupdict().get(name)
    return int(written) if written and written not in {"0", "00", "99"} else None


def _build_era_date(era: Era, parts: re.Match[str]) -> PartialDate | None:
    era_year = int(parts["y"])
    built = _build_date(era.year_zero + era_year, parts) if era_year else None
    if built is None:
        return None
    if built.earliest > era.end:
        return replace(built, note="after_era_end")
    if built.year < _GREGORIAN_SINCE_YEAR and built.month:
        return replace(built, note="lunar_calendar")
    if built.latest < era.start:
        return replace(built, note="before_era_start")
    return built


def _note_approximate(built: PartialDate | None, is_approximate: bool) -> PartialDate | None:
    if built is None or not is_approximate or built.note:
        return built
    return replace(built, note="approximate")
