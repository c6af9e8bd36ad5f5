"""Which child is at which school or nursery in which month, and under which number."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month, school_grade
from tsunagu.fiction.arrays import (
    NEVER,
    NOBODY,
    Bools,
    Ints,
    Rng,
    choose,
    draw,
    open_stream,
    rank_within,
    whole_numbers,
)
from tsunagu.fiction.people import COMMUTER, RESIDENT, City, History


@dataclass(frozen=True)
class Schooling:
    """Municipal schools: one row a child, one column a month; -1 where the child is not enrolled.

    Everybody below the end of school age has a row, infants too: rows are only ever appended.

    `number` is the school's own pupil number (学籍番号), kept while the child stays at the school. `room` is the
    class (0 = 1組) of each school year; grades are 1 to 9.
    """

    persons: Ints
    school: Ints
    number: Ints
    grade: Ints
    room: Ints
    is_special: Ints

    def rows_in(self, month: int) -> Ints:
        """Rows of the children enrolled in a month (by column number), school by school, lower grades first."""
        rows = np.flatnonzero(self.school[:, month] != NOBODY)
        return rows[np.lexsort((self.grade[rows, month], self.school[rows, month]))]


@dataclass(frozen=True)
class Nurseries:
    """Nurseries: one row a child, one column a month; facility row or -1. `entered` and `left` are days."""

    persons: Ints
    facility: Ints
    number: Ints
    entered: Ints
    left: Ints


def enrol_pupils(city: City, history: History, seed: int, months: list[Month]) -> Schooling:
    """Follow every child of school age through the months: district school, moves, graduation."""
    rng = open_stream(seed, "schooling")
    persons = np.flatnonzero(school_grade(city.people.birth, months[0].school_year) <= 9)
    size, count = len(persons), len(months)
    from_outside = city.people.stay[persons] == COMMUTER
    never_here = draw(rng, 0.02, size) & ~from_outside
    private_junior = draw(rng, 0.075, size) & ~from_outside
    keeps_school, development = draw(rng, 0.25, size), rng.random(size)
    school = np.full((size, count), NOBODY)
    number = np.full((size, count), NOBODY)
    grade = np.zeros((size, count), dtype=np.int64)
    present = np.full(size, NOBODY)
    present_number = np.full(size, NOBODY)
    serials = np.zeros(len(city.places.school_codes) * 100, dtype=np.int64)
    for column, month in enumerate(months):
        grade[:, column] = school_grade(city.people.birth[persons], month.school_year)
        here = _is_here(city, history, persons, month)
        enrolled = here & (grade[:, column] >= 1) & (grade[:, column] <= 9) & ~never_here
        enrolled &= ~(private_junior & (grade[:, column] >= 7))
        wanted = np.where(enrolled, _district_school(city, history, persons, month, grade[:, column]), NOBODY)
        same_stage = (present < city.places.elementary_count) == (wanted < city.places.elementary_count)
        stays = (present != NOBODY) & enrolled & (wanted != present) & same_stage & keeps_school
        wanted = np.where(stays, present, wanted)
        entry = _entry_years(grade[:, column], month.school_year, is_first=column == 0)
        monthly = open_stream(seed, "schooling", month.code)
        _give_numbers(present, wanted, present_number, serials, entry, monthly)
        present = wanted
        school[:, column], number[:, column] = present, np.where(present == NOBODY, NOBODY, present_number)
    rooms = _assign_rooms(seed, size, months)
    return Schooling(persons, school, number, grade, rooms, whole_numbers(development * 1e6))


def _is_here(city: City, history: History, persons: Ints, month: Month) -> Bools:
    """Resident on the first of the month, and not only on paper."""
    rows = history.row_at(persons, month.first)
    known = (rows != NOBODY) & (city.people.birth[persons] <= month.first)
    safe = np.maximum(rows, 0)
    resident = (history.entries.status[safe] == RESIDENT) & (history.entries.day[safe] <= month.first)
    here: Bools = known & resident & (city.people.away_from[persons] > month.first)
    return here


def _district_school(city: City, history: History, persons: Ints, month: Month, grade: Ints) -> Ints:
    rows = np.maximum(history.row_at(persons, month.first), 0)
    district = city.houses.district[history.entries.house[rows]]
    return np.where(grade <= 6, city.places.elementary_of[district], city.places.junior_of[district])


def _entry_years(grade: Ints, school_year: int, *, is_first: bool) -> Ints:
    """The year a pupil entered the school: on the first day, the one in which the first grade was begun."""
    below = np.where(grade <= 6, grade - 1, grade - 7) if is_first else np.zeros_like(grade)
    return (school_year - below) % 100


def _give_numbers(present: Ints, wanted: Ints, numbers: Ints, serials: Ints, entry: Ints, rng: Rng) -> None:
    """A pupil new to a school gets its next number: two digits of the year of entry, four of the serial."""
    fresh = np.flatnonzero((wanted != present) & (wanted != NOBODY))
    fresh = fresh[np.argsort(rng.random(len(fresh)), kind="stable")]
    series = wanted[fresh] * 100 + entry[fresh]
    numbers[fresh] = entry[fresh] * 10_000 + serials[series] + rank_within(series) + 1
    serials += np.bincount(series, minlength=len(serials))


def _assign_rooms(seed: int, size: int, months: list[Month]) -> Ints:
    """(child, month) class number drawn anew every school year."""
    drawn = {
        year: open_stream(seed, "rooms", str(year)).integers(0, 1 << 20, size)
        for year in {month.school_year for month in months}
    }
    return np.stack([drawn[month.school_year] for month in months], axis=1)


_NURSERY_START_SHARES = (0.16, 0.29, 0.06, 0.04)


def enrol_infants(city: City, history: History, seed: int, months: list[Month]) -> Nurseries:
    """Follow the children of nursery age: most begin in April at the age of one or two."""
    rng = open_stream(seed, "nurseries")
    people = city.people
    last_school_day = whole_numbers(people.birth + 7 * YEAR_DAYS)
    persons = np.flatnonzero((people.birth < months[-1].last) & (last_school_day > months[0].first))
    size = len(persons)
    age_at_start = np.array([0, 1, 2, 3, 99])[choose(rng, [*_NURSERY_START_SHARES, 0.45], size)]
    start = people.birth[persons] + whole_numbers((age_at_start + rng.random(size) * 0.9) * YEAR_DAYS) + 60
    april_only = draw(rng, 0.7, size)
    facility = np.full((size, len(months)), NOBODY)
    present = np.full(size, NOBODY)
    number = 40_000 + np.cumsum(rng.integers(1, 4, size))
    habitual = rng.integers(0, len(city.places.nursery_codes), size)
    entered = np.full(size, NEVER)
    left = np.full(size, NEVER)
    for column, month in enumerate(months):
        too_old = school_grade(people.birth[persons], month.school_year) >= 1
        here = _is_here(city, history, persons, month) & ~too_old & (start <= month.first)
        enters = (
            here
            & (present == NOBODY)
            & ((month.month == 4) | ~april_only | (column == 0))
            & (entered == NEVER)
        )
        leaves = ~here & (present != NOBODY)
        entered[enters] = month.first
        left[leaves] = month.first - 1
        present = np.where(enters, _near_nursery(city, history, persons, month, habitual), present)
        present = np.where(leaves, NOBODY, present)
        facility[:, column] = present
    began_before = entered == months[0].first
    entered[began_before] = np.minimum(entered[began_before], _april_after(start[began_before], months[0]))
    return Nurseries(persons, facility, number, entered, left)


def _near_nursery(city: City, history: History, persons: Ints, month: Month, habitual: Ints) -> Ints:
    rows = np.maximum(history.row_at(persons, month.first), 0)
    district = city.houses.district[history.entries.house[rows]]
    count = len(city.places.nursery_codes)
    return np.where(habitual % 10 < 7, (district * 7 + habitual % 2) % count, habitual)


def _april_after(days: Ints, first: Month) -> Ints:
    """The first of April on or after a day, counted back from the first month of the period."""
    years_back = np.maximum((first.first - days) // 365, 0)
    return whole_numbers(first.first - np.round(years_back * YEAR_DAYS))
