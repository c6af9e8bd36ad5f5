"""Children who cannot live with their parents: temporary custody, foster families and homes, and the way back."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month, is_child
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, draw, extend, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, NEGLECT, NON_ATTENDANCE, VIOLENCE
from tsunagu.fiction.moves import days_for, notify
from tsunagu.fiction.people import (
    CHILD,
    CORE,
    FOSTER,
    HOME,
    LODGER,
    MOVE_WITHIN,
    RESIDENT,
    SPOUSE,
    Care,
    City,
    Households,
    write_log,
)
from tsunagu.fiction.places import add_houses

_IN_CARE_AT_FIRST = 0.0015
_CUSTODY_A_MONTH = (0.0, 0.0015, 0.006, 0.022)
_PLACED_AFTER_CUSTODY = 0.35
_RETURN_A_MONTH = 0.012
_FOSTER_SHARE = 0.3
_HURT_A_MONTH = (0.0, 0.001, 0.004, 0.013)
_HOME_LOST_A_MONTH = (0.0, 0.0, 0.0004, 0.002)
_LONG_ABSENCE_DAYS = 90


def place_some(city: City, rng: Rng, today: int) -> None:
    """Children who are in care already on the first day (before anybody is entered in the register)."""
    people = city.people
    strain = np.where(people.family >= 0, city.families.strain[people.family], 0) / 1000
    age = (today - people.birth) / YEAR_DAYS
    young = (people.role == CHILD) & (people.status == RESIDENT) & (age > 1) & (age < 17.5)
    young &= (people.is_registered == 1) & (people.hidden_from == NEVER) & (people.away_from == NEVER)
    chosen = np.flatnonzero(young & draw(rng, _IN_CARE_AT_FIRST * np.exp(strain), len(people)))
    start = today - np.minimum(rng.integers(60, 2500, len(chosen)), today - people.birth[chosen] - 20)
    _place(city, rng, chosen, whole_numbers(start), today)
    people.settled[chosen] = np.maximum(start, people.since[chosen])


def look_after(city: City, rng: Rng, month: Month) -> None:
    """One month: who is hurt, taken into custody, placed, brought home; who loses the home or the school."""
    _return_home(city, rng, month)
    for kind in (VIOLENCE, NEGLECT):
        _take_into_custody(city, rng, month, kind)
    _note_rare(city, rng, month, VIOLENCE, _HURT_A_MONTH, "emergency_treatment")
    _note_rare(city, rng, month, HARDSHIP, _HOME_LOST_A_MONTH, "home_lost")
    spell = city.burdens.of[NON_ATTENDANCE].now
    day = spell.since + _LONG_ABSENCE_DAYS
    long = np.flatnonzero((spell.severity >= 2) & (day >= month.first) & (day <= month.last))
    city.burdens.note("long_absence", NON_ATTENDANCE, long, day[long])


def _note_rare(
    city: City, rng: Rng, month: Month, kind: str, rates: tuple[float, ...], happening: str
) -> None:
    children, severity = _list_children_under(city, month, kind)
    hit = children[draw(rng, np.array(rates)[severity], len(children))]
    day = rng.integers(month.first, month.last + 1, len(hit))
    city.burdens.note(happening, kind, hit, day)


def _list_children_under(city: City, month: Month, kind: str) -> tuple[Ints, Ints]:
    """Resident minors whose family is under a circumstance, with its severity."""
    people = city.people
    families = people.family[: len(people)]
    under = city.burdens.is_under(kind, families) & (people.status == RESIDENT)
    children = np.flatnonzero(under & is_child(people.birth, month.first))
    return children, city.burdens.now(kind)[families[children]]


def _take_into_custody(city: City, rng: Rng, month: Month, kind: str) -> None:
    people = city.people
    children, severity = _list_children_under(city, month, kind)
    taken = children[draw(rng, np.array(_CUSTODY_A_MONTH)[severity], len(children))]
    day = days_for(rng, month, taken)
    city.burdens.note("temporary_custody", kind, taken, day)
    placed = draw(rng, _PLACED_AFTER_CUSTODY, len(taken)) & _may_move(city, taken, month)
    child, when = taken[placed], day[placed]
    if not len(child):
        return
    city.burdens.note("placed_in_care", kind, child, when)
    _place(city, rng, child, when, month.first)
    people.settled[child] = when
    write_log(city, child, MOVE_WITHIN, when, notify(city, rng, child, when, month.last, late_share=0.0))


def _may_move(city: City, children: Ints, month: Month) -> Bools:
    people = city.people
    may = city.is_free(month.first)[people.household[children]] & (people.role[children] == CHILD)
    may &= (people.hidden_from[children] == NEVER) & (people.is_registered[children] == 1)
    return np.asarray(may, dtype=bool)


def _place(city: City, rng: Rng, children: Ints, start: Ints, today: int) -> None:
    """Give children a place: with foster parents where there are any, or in a home, each a household of its own."""
    people = city.people
    parents = _list_foster_parents(city, rng, today, len(children))
    fostered = np.flatnonzero(draw(rng, _FOSTER_SHARE, len(children)))[: len(parents)]
    kind = np.full(len(children), HOME)
    kind[fostered] = FOSTER
    extend(
        city.care,
        Care(children, kind, start, np.full(len(children), NEVER), people.household[children]),
    )
    people.household[children[fostered]] = people.household[parents[: len(fostered)]]
    people.role[children[fostered]] = LODGER
    homes = children[kind == HOME]
    if len(homes) and not len(city.care_homes):
        city.care_homes = add_houses(city.houses, city.places, rng, 2, in_flats=0.0)
    houses = city.care_homes[homes % 2] if len(homes) else homes
    ones = np.ones_like(homes)
    people.household[homes] = len(city.households) + np.arange(len(homes))
    people.role[homes] = CORE
    extend(city.households, Households(houses, homes, ones * 0, ones))


def _list_foster_parents(city: City, rng: Rng, today: int, count: int) -> Ints:
    """Heads of couples between 35 and 62 without a child at home, one for each child at most."""
    people = city.people
    size = city.members_per_household()[people.household]
    age = (today - people.birth) / YEAR_DAYS
    has_spouse = np.zeros(len(city.households), dtype=bool)
    has_spouse[people.household[(people.role == SPOUSE) & (people.status == RESIDENT)]] = True
    able = (people.role == CORE) & (people.status == RESIDENT) & (size == 2) & (age > 35) & (age < 62)
    able &= has_spouse[people.household] & (people.is_registered == 1)
    parents = np.flatnonzero(able & city.is_free(today)[people.household])
    return parents[np.argsort(rng.random(len(parents)), kind="stable")[:count]]


def _return_home(city: City, rng: Rng, month: Month) -> None:
    """Some children go back to their mother; at eighteen the placement is over in any case."""
    care, people = city.care, city.people
    rows = np.flatnonzero(care.end == NEVER)
    child = care.person[rows]
    gone = (people.status[child] != RESIDENT) | ~is_child(people.birth[child], month.first)
    care.end[rows[gone]] = month.first
    mother = people.mother[child]
    known = np.maximum(mother, 0)
    free = city.is_free(month.first)
    can = ~gone & (mother != NOBODY) & (people.status[known] == RESIDENT) & (people.role[known] <= SPOUSE)
    can &= free[people.household[known]] & (people.hidden_from[known] == NEVER)
    back = can & draw(rng, _RETURN_A_MONTH, len(rows)) & (care.start[rows] < month.first - 60)
    child, mother = child[back], mother[back]
    if not len(child):
        return
    day = days_for(rng, month, child)
    care.end[rows[back]] = day
    people.household[child], people.role[child] = people.household[mother], CHILD
    people.settled[child] = day
    city.burdens.note("returned_home", NEGLECT, child, day)
    write_log(city, child, MOVE_WITHIN, day, notify(city, rng, child, day, month.last, late_share=0.0))
