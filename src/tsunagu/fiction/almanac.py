"""Days, months, school days: the calendar of the fictional city.

A day is a whole number (days since 1970-01-01), so that every event is plain integer arithmetic.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from tsunagu.fiction.arrays import Bools, Ints, whole_numbers

EPOCH = date(1970, 1, 1)
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Month:
    """A calendar month; `last` is its last day (inclusive)."""

    year: int
    month: int
    first: int
    last: int

    @property
    def code(self) -> str:
        """YYYYMM, as files write it."""
        return f"{self.year}{self.month:02d}"

    @property
    def school_year(self) -> int:
        """The year in which the school year of this month began (April to March)."""
        return self.year if self.month >= 4 else self.year - 1

    def day(self, number: int) -> int:
        """The day number of the `number`-th of this month."""
        return self.first + number - 1


def day_of(when: date) -> int:
    """Day number of a date."""
    return (when - EPOCH).days


def date_of(day: int) -> date:
    """Date of a day number."""
    return EPOCH + timedelta(days=int(day))


def list_months(start: date, count: int) -> list[Month]:
    """The `count` months from the month of `start`."""
    months = []
    year, month = start.year, start.month
    for _ in range(count):
        following = date(year + month // 12, month % 12 + 1, 1)
        months.append(Month(year, month, day_of(date(year, month, 1)), day_of(following) - 1))
        year, month = following.year, following.month
    return months


def split_days(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month of every day number."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = whole_numbers(dates.astype("datetime64[Y]")) + 1970
    return years, whole_numbers(months) % 12 + 1, whole_numbers(dates - months) + 1


def school_cohort(birth: Ints) -> Ints:
    """The year in whose April-to-March a child was born; 1 April belongs to the year before."""
    years, months, _ = split_days(birth - 1)
    return np.where(months >= 4, years, years - 1)


def school_grade(birth: Ints, school_year: int) -> Ints:
    """Grade in a school year: 1 to 6 elementary, 7 to 9 junior high, others not of school age."""
    return school_year - school_cohort(birth) - 6


@lru_cache(maxsize=64)
def list_holidays(year: int) -> frozenset[date]:
    """National holidays of a year by today's rules (equinoxes by the usual approximation)."""
    days = {date(year, month, day) for month, day in _FIXED_HOLIDAYS}
    days |= {_nth_monday(year, month, nth) for month, nth in ((1, 2), (7, 3), (9, 3), (10, 2))}
    leap = (year - 1980) // 4
    days.add(date(year, 3, int(20.8431 + 0.242194 * (year - 1980) - leap)))
    days.add(date(year, 9, int(23.2488 + 0.242194 * (year - 1980) - leap)))
    substitutes = set()
    for holiday in sorted(days):
        moved = holiday + timedelta(days=1)
        while holiday.weekday() == 6 and moved in days:
            moved += timedelta(days=1)
        if holiday.weekday() == 6:
            substitutes.add(moved)
    return frozenset(days | substitutes)


_FIXED_HOLIDAYS = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (nth - 1))


@lru_cache(maxsize=512)
def list_school_days(month: Month) -> tuple[int, ...]:
    """Day numbers on which the schools of the city teach in a month."""
    holidays = list_holidays(month.year)
    return tuple(
        day
        for day in range(month.first, month.last + 1)
        if (when := date_of(day)).weekday() < 5 and when not in holidays and not _is_vacation(when)
    )


def _is_vacation(when: date) -> bool:
    spot = (when.month, when.day)
    return spot >= (12, 25) or spot <= (1, 6) or (3, 25) <= spot <= (4, 7) or (7, 21) <= spot <= (8, 31)


def day_of_school_year(year: int, offset: int) -> int:
    """Day number `offset` days after 1 April of a year."""
    return day_of(date(year, 4, 1)) + offset


def age_years(birth: Ints, day: int) -> Ints:
    """Completed years of age on a day, good enough to a day (a leap day counts as a quarter)."""
    return whole_numbers(np.floor((day - birth + 0.25) / YEAR_DAYS))


def is_child(birth: Ints, day: int) -> Bools:
    """Born and not yet 18 on a day."""
    return (birth <= day) & (age_years(birth, day) < 18)
