"""Dates and periods. Upper bounds are exclusive; None means open. Nothing here reads the clock."""

from dataclasses import dataclass
from datetime import date
from typing import NewType
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")

AsOf = NewType("AsOf", date)
"""The day for which a computation speaks: only what was known by the end of that day in Japan is used."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days `[start, end)`; `end` None means still open."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a period cannot end before it starts")

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day and (self.end is None or day < self.end)


def get_school_year(day: date) -> int:
    """The Japanese school year (April to March) that holds `day`, by the year it begins in."""
    return day.year if day.month >= 4 else day.year - 1


def get_school_year_period(school_year: int) -> Period:
    """1 April of `school_year` up to, not including, the next 1 April."""
    return Period(date(school_year, 4, 1), date(school_year + 1, 4, 1))
