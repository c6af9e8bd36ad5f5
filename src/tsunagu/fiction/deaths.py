"""Deaths, new heads of household, and removals from the register by authority."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month
from tsunagu.fiction.arrays import NEVER, Ints, Rng, draw
from tsunagu.fiction.moves import days_for, notify
from tsunagu.fiction.people import (
    CORE,
    DEATH,
    DECEASED,
    FATHER,
    HOUSEHOLD_CHANGE,
    MOTHER,
    REMOVAL,
    REMOVED,
    RESIDENT,
    SPOUSE,
    SPOUSE_FATHER,
    SPOUSE_MOTHER,
    City,
    write_log,
)


def die(city: City, rng: Rng, month: Month) -> None:
    """People die by age; at most one of a household in a month."""
    people = city.people
    age = (month.first - people.birth) / YEAR_DAYS
    hazard = (1.6e-5 * np.exp(0.098 * age) + 1.5e-4) / 12
    alive = (
        (people.status == RESIDENT)
        & city.is_free(month.first)[people.household]
        & (people.birth < month.first)
    )
    dying = np.flatnonzero(alive & draw(rng, hazard, len(people)))
    _, first = np.unique(people.household[dying], return_index=True)
    dying = dying[first]
    if not len(dying):
        return
    day = days_for(rng, month, dying)
    people.status[dying] = DECEASED
    known = notify(city, rng, dying, day, month.last, longest=7, late_share=0.0)
    write_log(city, dying, DEATH, day, known)
    _part_by_death(city, dying, day)
    replace_core(city, people.household[dying])
    was_head = city.households.head[people.household[dying]] == dying
    elect_heads(city, people.household[dying][was_head], day[was_head], known[was_head])


def _part_by_death(city: City, dying: Ints, day: Ints) -> None:
    families = city.families
    gone = np.full(len(city.people), NEVER)
    gone[dying] = day
    for parent in (families.mother, families.father):
        lost = (parent >= 0) & (gone[parent] < NEVER)
        families.parted_on[lost] = np.minimum(families.parted_on[lost], gone[parent[lost]])
        families.is_together[lost] = 0


def replace_core(city: City, households: Ints) -> None:
    """Where the core person is gone, the spouse becomes the core and the in-laws change sides."""
    people = city.people
    here = np.zeros(len(city.households), dtype=bool)
    here[households] = True
    members = np.flatnonzero(here[people.household] & (people.status == RESIDENT))
    has_core = np.zeros(len(city.households), dtype=bool)
    has_core[people.household[members[people.role[members] == CORE]]] = True
    changed = members[~has_core[people.household[members]]]
    swap = np.arange(64)
    swap[[SPOUSE, FATHER, MOTHER, SPOUSE_FATHER, SPOUSE_MOTHER]] = (
        CORE,
        SPOUSE_FATHER,
        SPOUSE_MOTHER,
        FATHER,
        MOTHER,
    )
    people.role[changed] = swap[people.role[changed]]


def elect_heads(city: City, households: Ints, day: Ints, known: Ints) -> None:
    """Households without their head get a new one: core, spouse, then the eldest. Everybody's entry changes."""
    people = city.people
    when, heard = (
        np.zeros(len(city.households), dtype=np.int64),
        np.zeros(len(city.households), dtype=np.int64),
    )
    when[households], heard[households] = day, known
    members = city.members(households)
    if not len(members):
        return
    order = np.lexsort(
        (people.birth[members], np.minimum(people.role[members], 2), people.household[members])
    )
    ranked = members[order]
    _, first = np.unique(people.household[ranked], return_index=True)
    heads = ranked[first]
    city.households.head[people.household[heads]] = heads
    household = people.household[ranked]
    write_log(city, ranked, HOUSEHOLD_CHANGE, when[household], heard[household])


def remove_lost(city: City, rng: Rng, month: Month) -> None:
    """The register strikes out some of those whom nobody has found for more than a year."""
    people = city.people
    lost = (people.away_from < month.first - 400) & (people.status == RESIDENT)
    fixed = city.households.is_fixed[people.household] == 1
    households = np.unique(people.household[lost & fixed])
    struck = households[draw(rng, 0.02, len(households))]
    persons = city.members(struck)
    people.status[persons] = REMOVED
    write_log(city, persons, REMOVAL, month.last, month.last)
