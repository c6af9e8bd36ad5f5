"""Pregnancies and births."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, draw, extend, rank_within, whole_numbers
from tsunagu.fiction.moves import notify
from tsunagu.fiction.names import Names
from tsunagu.fiction.people import (
    BIRTH,
    CHILD,
    CORE,
    GRANDCHILD,
    RESIDENT,
    SPOUSE,
    City,
    People,
    Pregnancies,
    write_log,
)

_LOST_SHARE = 0.015
_TWIN_SHARE = 0.011


def begin_pregnancies(city: City, rng: Rng, first: int, last: int, births_a_year: float) -> None:
    """Pregnancies notified between two days (inclusive)."""
    days = last - first + 1
    count = int(rng.poisson(births_a_year * days / 365.0))
    families = _choose_families(city, rng, first, count)
    size = len(families)
    strain = city.families.strain[families] / 1000
    late = draw(rng, np.where(strain > 1.0, 0.06, 0.008), size)
    weeks = np.where(late, rng.integers(20, 37, size), np.clip(rng.normal(8.6, 1.8, size), 5, 19))
    weeks = whole_numbers(weeks)
    notified = first + rng.integers(0, days, size)
    due = notified + (40 - weeks) * 7
    born = np.maximum(due + whole_numbers(rng.normal(-3, 8.5, size)), notified + 1)
    lost = draw(rng, _LOST_SHARE, size)
    extend(
        city.pregnancies,
        Pregnancies(
            mother=city.families.mother[families],
            family=families,
            notified=notified,
            weeks=weeks,
            due=due,
            born=np.where(lost, NEVER, born),
            is_twin=whole_numbers(draw(rng, _TWIN_SHARE, size)),
            child=np.full(size, NOBODY),
        ),
    )
    city.families.last_birth[families] = due


def bear_children(city: City, names: Names, rng: Rng, month: Month) -> None:
    """The children due in a month whose mothers still live here are born and registered."""
    expected = city.pregnancies
    mother_here = (city.people.status[expected.mother] == RESIDENT) & (
        city.people.away_from[expected.mother] > month.last
    )
    rows = np.flatnonzero((expected.born >= month.first) & (expected.born <= month.last) & mother_here)
    twins = rows[expected.is_twin[rows] == 1]
    order = np.sort(np.concatenate([rows, twins]))
    if not len(order):
        return
    base = len(city.people)
    babies = _make_babies(city, names, rng, order)
    extend(city.people, babies)
    persons = base + np.arange(len(order))
    expected.child[order[::-1]] = persons[::-1]
    known = notify(city, rng, persons, babies.birth, month.last, longest=14, late_share=0.004)
    write_log(city, persons, BIRTH, babies.birth, known)


def _choose_families(city: City, rng: Rng, today: int, count: int) -> Ints:
    """Families in which somebody becomes pregnant: mostly couples, mother around 31, last birth a while ago."""
    families, people = city.families, city.people
    candidates = np.flatnonzero((families.mother != NOBODY) & (families.last_birth < today - 300))
    mother = families.mother[candidates]
    age = (today - people.birth[mother]) / YEAR_DAYS
    at_home = (people.role[mother] == CORE) | (people.role[mother] == SPOUSE)
    free = city.is_free(today)[people.household[mother]]
    weight = np.exp(-(((age - 31.0) / 5.0) ** 2) / 2) * np.where(
        families.is_together[candidates] == 1, 1.0, 0.035
    )
    weight *= (people.status[mother] == RESIDENT) & at_home & (age > 16) & (age < 46) & free
    weight *= np.where(families.last_birth[candidates] > today - 1400, 1.0, 0.6)
    possible = np.flatnonzero(weight > 0)
    keys = rng.exponential(1.0, len(candidates))[possible] / weight[possible]
    return candidates[possible[np.argsort(keys, kind="stable")[:count]]]


def _make_babies(city: City, names: Names, rng: Rng, pregnancies: Ints) -> People:
    people, expected = city.people, city.pregnancies
    size = len(pregnancies)
    mother, family = expected.mother[pregnancies], expected.family[pregnancies]
    together = city.families.is_together[family] == 1
    father = np.where(together, city.families.father[family], NOBODY)
    birth = expected.born[pregnancies]
    sex = whole_numbers(1 + draw(rng, 0.487, size))
    second = rank_within(pregnancies) == 1
    sex[1:] = np.where(second[1:] & draw(rng, 0.65, size - 1), sex[:-1], sex[1:])
    given = _name_babies(names, rng, sex, birth, second)
    older = np.isin(family * 10_000 + given, people.family * 10_000 + people.given)
    given = np.where(older, names.following[given], given)
    father_nation = np.where(father == NOBODY, people.nation[mother], people.nation[father])
    nation = np.where((people.nation[mother] > 0) & (father_nation > 0), people.nation[mother], 0)
    foreign = np.flatnonzero(nation > 0)
    given[foreign] = names.draw_foreign(rng, nation[foreign], sex[foreign])[1]
    takes_fathers = (people.nation[mother] > 0) & (father_nation == 0)
    surname = np.where(takes_fathers, people.surname[father], people.surname[mother])
    role = np.where(people.role[mother] <= SPOUSE, CHILD, GRANDCHILD)
    number = int(people.number.max()) + np.cumsum(rng.integers(1, 9, size))
    return People(
        number=number, birth=birth, sex=sex, surname=surname, maiden=surname,
        alias=np.where(nation > 0, people.alias[mother], NOBODY), given=given, nation=nation, role=role,
        household=people.household[mother], family=family, own_family=family, mother=mother, father=father,
        is_registered=people.is_registered[mother], stay=people.stay[mother],
        status=np.full(size, RESIDENT), since=birth, settled=birth, hidden_from=people.hidden_from[mother],
        away_from=np.full(size, NEVER),
    )  # fmt: skip


def _name_babies(names: Names, rng: Rng, sex: Ints, birth: Ints, second: Bools) -> Ints:
    given = names.draw_given(rng, sex, birth)
    alike = second[1:] & (sex[1:] == sex[:-1])
    given[1:] = np.where(alike, names.look_alikes[given[:-1]], given[1:])
    return given
