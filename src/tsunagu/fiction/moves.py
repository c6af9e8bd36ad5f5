"""Moves into, out of and within the city, and how soon anybody tells the register."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month
from tsunagu.fiction.arrays import NEVER, Bools, Ints, Rng, draw, extend, whole_numbers
from tsunagu.fiction.households import plan_childless, plan_families, settle, take_plan
from tsunagu.fiction.names import Names
from tsunagu.fiction.people import (
    CHILD,
    MOVE_IN,
    MOVE_OUT,
    MOVE_WITHIN,
    MOVED_OUT,
    RESIDENT,
    City,
    Protection,
    write_log,
)
from tsunagu.fiction.places import OUTSIDE_TOWNS, add_hidden_houses, add_houses

_OUT_A_MONTH = 0.0028
_WITHIN_A_MONTH = 0.0030


def notify(
    city: City,
    rng: Rng,
    persons: Ints,
    day: Ints,
    month_last: int,
    *,
    longest: int = 12,
    late_share: float = 0.03,
) -> Ints:
    """The day the register hears of an event: within the month, or for a few much later."""
    size = len(persons)
    household = city.people.household[persons]
    first_of_household = np.unique(household, return_inverse=True)[1] if size else household
    groups = int(first_of_household.max()) + 1 if size else 0
    delay = rng.integers(0, longest, groups)[first_of_household]
    is_late = draw(rng, late_share, groups)[first_of_household]
    late = rng.integers(20, 100, groups)[first_of_household]
    known = np.where(is_late, day + late, np.minimum(day + delay, month_last))
    busy = city.households.busy_until
    np.maximum.at(busy, household, np.where(is_late, known, month_last))
    return whole_numbers(known)


def days_for(rng: Rng, month: Month, groups: Ints) -> Ints:
    """One random day of the month for each element, the same within a group."""
    _, place = np.unique(groups, return_inverse=True)
    drawn = rng.integers(month.first, month.last + 1, int(place.max()) + 1 if len(place) else 0)
    return whole_numbers(drawn[place])


def protect(city: City, persons: Ints, group: Ints, start: Ints, end: Ints, kind: int) -> None:
    """Grant address protection: one application a group, the grown-up as applicant, children along."""
    people = city.people
    last = int(city.protection.application.max()) if len(city.protection.application) else 1000
    _, place = np.unique(group, return_inverse=True)
    is_child = start - people.birth[persons] < 18 * YEAR_DAYS
    kinds = np.full(len(persons), kind)
    piece = Protection(last + 1 + place, persons, whole_numbers(is_child), kinds, start, end)
    extend(city.protection, piece)


def move_out(city: City, rng: Rng, month: Month) -> None:
    """Whole households leave the city; young ones more often, the old seldom."""
    movers = _pick_households(city, rng, month, _OUT_A_MONTH)
    persons = city.members(movers)
    leave_city(city, rng, month, persons)


def leave_city(city: City, rng: Rng, month: Month, persons: Ints, day: Ints | None = None) -> None:
    """People are registered as moved out, with the town they went to."""
    if not len(persons):
        return
    people = city.people
    household = people.household[persons]
    when = days_for(rng, month, household) if day is None else day
    town = rng.integers(0, len(OUTSIDE_TOWNS), len(city.households))[household]
    known = notify(city, rng, persons, when, month.last)
    people.status[persons] = MOVED_OUT
    write_log(city, persons, MOVE_OUT, when, known, town)


def move_within(city: City, rng: Rng, month: Month) -> None:
    """Whole households move to another address of the city."""
    movers = _pick_households(city, rng, month, _WITHIN_A_MONTH)
    hidden = city.people.hidden_from[city.households.head[movers]] < NEVER
    movers = movers[~hidden]
    city.households.house[movers] = add_houses(city.houses, city.places, rng, len(movers))
    persons = city.members(movers)
    day = days_for(rng, month, city.people.household[persons])
    city.people.settled[persons] = day
    known = notify(city, rng, persons, day, month.last)
    write_log(city, persons, MOVE_WITHIN, day, known)


def move_in(city: City, names: Names, rng: Rng, month: Month) -> None:
    """New households arrive, about as many as leave; a few come back under their old number."""
    living = city.people.status == RESIDENT
    households = len(np.unique(city.people.household[living]))
    expected = households * _OUT_A_MONTH * 1.12
    family_count = int(rng.poisson(expected * 0.22))
    other_count = int(rng.poisson(expected * 0.78))
    _arrive(city, names, rng, month, family_count, with_children=True)
    _arrive(city, names, rng, month, other_count, with_children=False)
    _come_back(city, rng, month)


def leave_home(city: City, rng: Rng, month: Month) -> None:
    """In March and April grown-up children leave their parents' home and the city."""
    if month.month not in (3, 4):
        return
    people = city.people
    age = (month.last - people.birth) / YEAR_DAYS
    grown = (people.role == CHILD) & (people.status == RESIDENT) & (age >= 18.0) & (age < 23)
    free = city.is_free(month.first)[people.household]
    chosen = np.flatnonzero(grown & free & draw(rng, 0.11, len(people)))
    _, first = np.unique(people.household[chosen], return_index=True)
    leave_city(city, rng, month, chosen[first])


def _pick_households(city: City, rng: Rng, month: Month, rate: float) -> Ints:
    head = city.households.head
    age = (month.first - city.people.birth[head]) / YEAR_DAYS
    season = 1.9 if month.month in (3, 4) else 0.85
    factor = np.where(age < 40, 2.0, np.where(age < 60, 0.8, 0.25)) * season
    here: Bools = city.is_free(month.first) & (city.people.status[head] == RESIDENT)
    return np.flatnonzero(here & draw(rng, rate * factor, len(head)))


def _arrive(city: City, names: Names, rng: Rng, month: Month, count: int, *, with_children: bool) -> None:
    if not count:
        return
    plan = (
        plan_families(rng, count * 2 + 4, month.first, oldest_years=11)
        if with_children
        else plan_childless(rng, count, month.first)
    )
    plan = take_plan(plan, count)
    persons, households = settle(city, names, rng, plan, month.first)
    people = city.people
    day = days_for(rng, month, people.household[persons])
    people.since[persons] = people.settled[persons] = day
    town = rng.integers(0, len(OUTSIDE_TOWNS), len(city.households))[people.household[persons]]
    _hide_some(city, rng, persons, households, day)
    known = notify(city, rng, persons, day, month.last)
    write_log(city, persons, MOVE_IN, day, known, town)


def _hide_some(city: City, rng: Rng, persons: Ints, households: Ints, day: Ints) -> None:
    """Some lone mothers who arrive have fled: nobody but the register may know where they live."""
    people = city.people
    family = people.family[persons[people.family[persons] >= 0]]
    lone = np.unique(family[city.families.is_together[family] == 0]) if len(family) else family
    mothers = city.families.mother[lone]
    mothers = mothers[(mothers >= 0) & draw(rng, 0.05, len(mothers))]
    hidden = np.intersect1d(people.household[mothers], households)
    city.households.house[hidden] = add_hidden_houses(city.houses, city.places, rng, len(hidden))
    chosen = np.isin(people.household[persons], hidden)
    people.hidden_from[persons[chosen]] = day[chosen]
    start = day[chosen] + rng.integers(-10, 20)
    never = np.full(len(start), NEVER)
    protect(city, persons[chosen], people.household[persons[chosen]], start, never, kind=0)


def _come_back(city: City, rng: Rng, month: Month) -> None:
    head = city.households.head
    gone = np.flatnonzero(
        (city.people.status[head] == MOVED_OUT) & (city.households.busy_until < month.first - 60)
    )
    back = gone[draw(rng, 0.0015, len(gone))]
    flags = np.zeros(len(city.households), dtype=bool)
    flags[back] = True
    people = city.people
    never_hidden = people.hidden_from == NEVER
    persons = np.flatnonzero(flags[people.household] & (people.status == MOVED_OUT) & never_hidden)
    if not len(persons):
        return
    city.households.house[back] = add_houses(city.houses, city.places, rng, len(back))
    day = days_for(rng, month, people.household[persons])
    people.status[persons] = RESIDENT
    people.since[persons] = people.settled[persons] = day
    known = notify(city, rng, persons, day, month.last)
    write_log(city, persons, MOVE_IN, day, known, int(rng.integers(0, len(OUTSIDE_TOWNS))))
