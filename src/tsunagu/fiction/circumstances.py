"""What weighs on families and children, from when to when: the causes behind everything the departments record.

Nobody in the city writes these down as such. Each kind is one spell a person at most.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month, day_of, school_grade
from tsunagu.fiction.arrays import (
    NEVER,
    NOBODY,
    Bools,
    Floats,
    Ints,
    Rng,
    choose,
    draw,
    open_stream,
    whole_numbers,
)
from tsunagu.fiction.people import City

HARDSHIP, ISOLATION, NEGLECT, VIOLENCE = "economic_hardship", "isolation", "neglect", "violence"
PARENT_ILLNESS, YOUNG_CARER, NON_ATTENDANCE = "parent_illness", "young_carer", "non_attendance"
PERINATAL, DEVELOPMENT, ILLNESS = "perinatal_depression", "developmental_need", "illness"
KINDS = (
    HARDSHIP, ISOLATION, NEGLECT, VIOLENCE, PARENT_ILLNESS, YOUNG_CARER, NON_ATTENDANCE, PERINATAL, DEVELOPMENT, ILLNESS,
)  # fmt: skip


@dataclass
class Spell:
    """One spell for each unit (family or person): NEVER as start means none. Severity 1 to 3."""

    start: Ints
    end: Ints
    severity: Ints

    def level(self, rows: Ints, day: int | Ints) -> Ints:
        """Severity on a day, 0 outside the spell."""
        active = (self.start[rows] <= day) & (self.end[rows] > day)
        return np.where(active, self.severity[rows], 0)


@dataclass(frozen=True)
class Circumstances:
    """The spell of every kind for every person of the city."""

    spells: dict[str, Spell]

    def level(self, kind: str, persons: Ints, day: int | Ints) -> Ints:
        """Severity (0 to 3) of a kind for people on a day."""
        return self.spells[kind].level(persons, day)


def draw_circumstances(city: City, seed: int, months: list[Month]) -> Circumstances:
    """Draw every kind, causes before effects."""
    rng = open_stream(seed, "circumstances")
    first, last = months[0].first, months[-1].last
    families = _draw_family_spells(city, rng, first, last)
    spells = {kind: _spread_to_people(city, families[kind]) for kind in families}
    spells[DEVELOPMENT] = _draw_lifelong(city, rng)
    size = len(city.people)
    spells[ILLNESS] = _limit_to_life(city, draw_spells(rng, np.full(size, 0.012), 500, first, last))
    spells[PERINATAL] = _draw_perinatal(city, rng, spells)
    spells[YOUNG_CARER] = _draw_young_carers(city, rng, spells, first, last)
    spells[NON_ATTENDANCE] = _draw_non_attendance(city, rng, spells, months)
    return Circumstances({kind: spells[kind] for kind in KINDS})


def draw_spells(rng: Rng, rate: Floats, mean_days: float, first: int, last: int) -> Spell:
    """Spells in a steady state: `rate` of the units are in one at any time, `mean_days` long on average."""
    size = len(rate)
    rate = np.minimum(rate, 0.85)
    there = draw(rng, rate, size)
    comes = ~there & draw(rng, 1 - np.exp(-rate * (last - first) / mean_days), size)
    length = 30 + whole_numbers(rng.exponential(mean_days - 30, size))
    start = np.where(
        there, first - whole_numbers(rng.exponential(mean_days, size)), rng.integers(first, last, size)
    )
    end = np.where(there, first + length, start + length)
    has = there | comes
    severity = 1 + choose(rng, [0.52, 0.31, 0.17], size)
    return Spell(np.where(has, start, NEVER), np.where(has, end, NEVER), np.where(has, severity, 0))


def _draw_family_spells(city: City, rng: Rng, first: int, last: int) -> dict[str, Spell]:
    table = city.families
    strain = np.clip(table.strain / 1000, -2.5, 2.5)
    lone = (table.father == NOBODY) | (table.parted_on < first) | (table.mother == NOBODY)
    mother = np.maximum(table.mother, 0)
    foreign = city.people.nation[mother] > 0
    hardship = draw_spells(rng, np.where(lone, 0.38, 0.075) * np.exp(0.45 * strain - 0.1), 1100, first, last)
    _follow_parting(rng, hardship, table.parted_on, first)
    poor = hardship.start < NEVER
    isolated_rate = 0.035 * np.exp(0.4 * strain - 0.08) * np.where(foreign, 2.5, 1) * np.where(poor, 1.6, 1)
    isolation = draw_spells(rng, isolated_rate * np.where(lone, 1.5, 1), 800, first, last)
    alone = isolation.start < NEVER
    illness = draw_spells(rng, 0.03 * np.exp(0.3 * strain - 0.05) * np.where(poor, 1.5, 1), 800, first, last)
    neglect_rate = 0.004 * np.exp(0.9 * strain - 0.4) * np.where(poor, 3.0, 1) * np.where(alone, 3.0, 1)
    neglect = draw_spells(rng, neglect_rate, 650, first, last)
    violent = table.violent_from < NEVER
    severity = np.where(violent, 1 + choose(rng, [0.5, 0.33, 0.17], len(table)), 0)
    violence = Spell(table.violent_from, table.violent_to, severity)
    return {
        HARDSHIP: hardship,
        ISOLATION: isolation,
        NEGLECT: neglect,
        VIOLENCE: violence,
        PARENT_ILLNESS: illness,
    }


def _follow_parting(rng: Rng, hardship: Spell, parted_on: Ints, first: int) -> None:
    """A parting within the period brings hardship to many families that had none."""
    hit = (
        (hardship.start == NEVER)
        & (parted_on >= first)
        & (parted_on < NEVER)
        & draw(rng, 0.42, len(parted_on))
    )
    hardship.start[hit] = parted_on[hit]
    hardship.end[hit] = parted_on[hit] + 200 + whole_numbers(rng.exponential(800, int(hit.sum())))
    hardship.severity[hit] = 1 + choose(rng, [0.5, 0.32, 0.18], int(hit.sum()))


def _spread_to_people(city: City, family: Spell) -> Spell:
    """A family's spell for its children and its parents."""
    people, table = city.people, city.families
    of_person = people.family.copy()
    for parent in (table.mother, table.father):
        known = parent >= 0
        of_person[parent[known]] = np.flatnonzero(known)
    inside = of_person >= 0
    rows = np.maximum(of_person, 0)
    spell = Spell(
        np.where(inside, family.start[rows], NEVER),
        np.where(inside, family.end[rows], NEVER),
        np.where(inside, family.severity[rows], 0),
    )
    return _limit_to_life(city, spell)


def _limit_to_life(city: City, spell: Spell) -> Spell:
    """No spell before birth; a spell over by then never was."""
    start = np.where(spell.start < NEVER, np.maximum(spell.start, city.people.birth), NEVER)
    over = (start < NEVER) & (spell.end <= start)
    return Spell(
        np.where(over, NEVER, start), np.where(over, NEVER, spell.end), np.where(over, 0, spell.severity)
    )


def _draw_lifelong(city: City, rng: Rng) -> Spell:
    size = len(city.people)
    has = draw(rng, np.where(city.people.sex == 1, 0.095, 0.05), size)
    severity = np.where(has, 1 + choose(rng, [0.6, 0.28, 0.12], size), 0)
    return Spell(np.where(has, city.people.birth, NEVER), np.full(size, NEVER), severity)


def _draw_perinatal(city: City, rng: Rng, spells: dict[str, Spell]) -> Spell:
    """Mothers after a birth (the spell is the mother's)."""
    size = len(city.people)
    births = city.pregnancies
    rows = np.flatnonzero(births.child != NOBODY)
    mother, born = births.mother[rows], births.born[rows]
    strained = (spells[HARDSHIP].level(mother, born) > 0) * 0.08 + (
        spells[ISOLATION].level(mother, born) > 0
    ) * 0.14
    hit = draw(rng, 0.075 + strained, len(rows))
    spell = Spell(np.full(size, NEVER), np.full(size, NEVER), np.zeros(size, dtype=np.int64))
    chosen = mother[hit]
    spell.start[chosen] = born[hit] + rng.integers(5, 60, len(chosen))
    spell.end[chosen] = spell.start[chosen] + 60 + whole_numbers(rng.exponential(150, len(chosen)))
    spell.severity[chosen] = 1 + choose(rng, [0.55, 0.32, 0.13], len(chosen))
    return spell


def _draw_young_carers(city: City, rng: Rng, spells: dict[str, Spell], first: int, last: int) -> Spell:
    """Children from about 9 who look after a parent or younger siblings."""
    people = city.people
    middle = (first + last) // 2
    persons = np.arange(len(people))
    ill = spells[PARENT_ILLNESS].start < NEVER
    age = (middle - people.birth) / YEAR_DAYS
    right_age = (age > 8) & (age < 18.5) & (people.family >= 0)
    siblings = np.bincount(np.maximum(people.family, 0)[age < 18], minlength=len(city.families))
    many = siblings[np.maximum(people.family, 0)] >= 3
    poor = spells[HARDSHIP].level(persons, middle) > 0
    rate = 0.009 * np.where(ill, 9.0, 1) * np.where(many, 2.0, 1) * np.where(poor, 2.0, 1)
    rate *= np.where(spells[NEGLECT].start < NEVER, 2.0, 1) * np.where(people.sex == 2, 1.2, 0.85)
    spell = draw_spells(rng, np.where(right_age, rate, 0.0), 750, first, last)
    spell.start = np.where(
        spell.start < NEVER, np.maximum(spell.start, people.birth + int(8 * YEAR_DAYS)), NEVER
    )
    return _limit_to_life(city, spell)


_NON_ATTENDANCE_BY_GRADE = (0.007, 0.008, 0.010, 0.013, 0.017, 0.020, 0.055, 0.056, 0.046)


def _draw_non_attendance(city: City, rng: Rng, spells: dict[str, Spell], months: list[Month]) -> Spell:
    """Children begin to stay away from school in some grade, most in autumn; for many it lasts for years."""
    people = city.people
    size = len(people)
    persons = np.arange(size)
    spell = Spell(np.full(size, NEVER), np.full(size, NEVER), np.zeros(size, dtype=np.int64))
    by_grade = np.array((0.0, *_NON_ATTENDANCE_BY_GRADE))
    for year in range(months[0].school_year - 3, months[-1].school_year + 1):
        grade = school_grade(people.birth, year)
        pupil = (grade >= 1) & (grade <= 9)
        autumn = day_of_school_year(year, 200)
        rate = by_grade[np.where(pupil, grade, 0)] * _count_burdens(spells, persons, autumn)
        free = (spell.start == NEVER) | (spell.end < months[0].first)
        hit = np.flatnonzero(free & draw(rng, rate, size))
        offset = np.array([10, 60, 155, 185, 285])[choose(rng, [0.2, 0.2, 0.3, 0.15, 0.15], len(hit))]
        spell.start[hit] = day_of_school_year(year, 0) + offset + rng.integers(0, 45, len(hit))
        lasting = np.where(
            draw(rng, 0.4, len(hit)), rng.integers(500, 1500, len(hit)), rng.integers(60, 420, len(hit))
        )
        spell.end[hit] = spell.start[hit] + lasting
        spell.severity[hit] = 1 + choose(rng, [0.42, 0.36, 0.22], len(hit))
    return spell


def _count_burdens(spells: dict[str, Spell], persons: Ints, day: int) -> Floats:
    """How much likelier the other circumstances make staying away from school."""
    factor = np.full(len(persons), 0.78)
    for kind, weight in (
        (DEVELOPMENT, 2.4),
        (NEGLECT, 3.0),
        (YOUNG_CARER, 2.2),
        (VIOLENCE, 2.2),
        (HARDSHIP, 1.5),
    ):
        active: Bools = spells[kind].level(persons, day) > 0
        factor *= np.where(active, weight, 1.0)
    capped: Floats = np.minimum(factor, 12.0)
    return capped


def day_of_school_year(year: int, offset: int) -> int:
    """Day number `offset` days after 1 April of a year."""
    return day_of(date(year, 4, 1)) + offset
