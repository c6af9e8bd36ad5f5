"""Drawing households: who lives together, how old they are, and what they are called.

A household is drawn as a row of slots (core person, spouse, the core's parents, up to four children, one more);
an empty slot holds NEVER as its birth day. All households of a call are drawn at once.
"""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS
from tsunagu.fiction.arrays import (
    NEVER,
    NOBODY,
    Bools,
    Floats,
    Ints,
    Rng,
    choose,
    draw,
    extend,
    rank_within,
    whole_numbers,
)
from tsunagu.fiction.names import Names
from tsunagu.fiction.people import (
    CHILD,
    CORE,
    FATHER,
    GRANDCHILD,
    LODGER,
    MOTHER,
    PARTNER,
    RESIDENT,
    SIBLING,
    SPOUSE,
    City,
    Families,
    Households,
    People,
)
from tsunagu.fiction.places import add_houses

SLOT_ROLES = np.array([CORE, SPOUSE, FATHER, MOTHER, CHILD, CHILD, CHILD, CHILD, SIBLING])
CHILD_SLOTS = slice(4, 8)
_ADULT_AT_HOME = 0.5
_TWIN_SHARE = 0.018
# Who goes by a 通称: Chinese and Korean residents, and all others.
_ALIAS_SHARES = (0.45, 0.15)


@dataclass
class Plan:
    """Households as slots: `birth`, `sex`, `role` are (n_household, 9); NEVER = nobody in the slot."""

    birth: Ints
    sex: Ints
    role: Ints
    is_lone: Bools

    def __len__(self) -> int:
        """Number of households."""
        return len(self.birth)


def plan_families(rng: Rng, size: int, today: int, *, oldest_years: float = 21.5) -> Plan:
    """Households with at least one child under 18 among `size` drawn ones (the others are dropped)."""
    plan = _empty_plan(rng, size)
    plan.is_lone = draw(rng, 0.098, size)
    ages = _draw_child_ages(rng, size, oldest_years)
    plan.birth[:, CHILD_SLOTS] = np.where(ages > 0, today - whole_numbers(ages * YEAR_DAYS), NEVER)
    oldest = np.maximum(ages[:, 0], 0.1)
    first_birth_age = np.clip(rng.normal(np.where(plan.is_lone, 27.0, 30.3), 4.6), 17, 43)
    mother = oldest + first_birth_age
    father = np.clip(mother + rng.normal(1.7, 3.8, size), oldest + 18, oldest + 58)
    _place_parents(rng, plan, today, mother, father)
    _place_grandparents(rng, plan, today)
    _make_grandparent_households(rng, plan, today)
    has_child: Bools = np.any((ages > 0) & (ages < 18), axis=1)
    return choose_plan(plan, has_child)


def plan_childless(rng: Rng, size: int, today: int) -> Plan:
    """Households without a child under 18: single people and couples of all ages, some with a grown child."""
    plan = _empty_plan(rng, size)
    kind = choose(rng, [0.26, 0.15, 0.18, 0.08, 0.15, 0.18], size)
    lowest = np.array([19, 35, 65, 24, 45, 65])[kind]
    highest = np.array([35, 65, 95, 41, 65, 90])[kind]
    age = lowest + rng.random(size) * (highest - lowest)
    couple = kind >= 3
    women_share = np.array([0.45, 0.42, 0.66, 0.03, 0.03, 0.03])[kind]
    plan.sex[:, 0] = np.where(rng.random(size) < women_share, 2, 1)
    plan.sex[:, 1] = 3 - plan.sex[:, 0]
    plan.birth[:, 0] = today - whole_numbers(age * YEAR_DAYS)
    spouse_age = np.clip(age + rng.normal(-1.5, 3, size), 19, 99)
    plan.birth[:, 1] = np.where(couple, today - whole_numbers(spouse_age * YEAR_DAYS), NEVER)
    grown = (kind == 4) & draw(rng, 0.5, size)
    grown_age = np.clip(np.minimum(age, spouse_age) - rng.uniform(24, 33, size), 18.1, 45)
    plan.birth[:, 4] = np.where(grown, today - whole_numbers(grown_age * YEAR_DAYS), NEVER)
    return plan


def settle(city: City, names: Names, rng: Rng, plan: Plan, today: int) -> tuple[Ints, Ints]:
    """Give the planned households names and addresses and add them to the city.

    Returns:
        The rows of the new people and of the new households. Nothing is logged: the caller knows the event.
    """
    size, base = len(plan), len(city.people)
    present = plan.birth < NEVER
    owner, slot = np.nonzero(present)
    index = np.where(present, base + np.cumsum(present).reshape(present.shape) - 1, NOBODY)
    families = np.arange(size) + len(city.families)
    people = _make_people(names, rng, plan, owner, slot, today)
    people.household = owner + len(city.households)
    role = plan.role[owner, slot]
    is_child = (role == CHILD) | (role == GRANDCHILD)
    people.family = np.where(is_child, families[owner], NOBODY)
    made = _make_families(rng, plan, index, today)
    parents = (role == CORE) | (role == SPOUSE) | (role == PARTNER)
    elders = made.mother[owner] != base + np.arange(len(owner))
    elders &= made.father[owner] != base + np.arange(len(owner))
    people.own_family = np.where(is_child | (parents & ~elders), families[owner], NOBODY)
    people.mother = np.where(is_child, made.mother[owner], NOBODY)
    people.father = np.where(is_child, made.father[owner], NOBODY)
    people.number = _number_people(city, rng, len(owner))
    houses = add_houses(city.houses, city.places, rng, size)
    extend(city.people, people)
    extend(
        city.households,
        Households(houses, _choose_heads(rng, plan, index), np.zeros_like(houses), np.zeros_like(houses)),
    )
    extend(city.families, made)
    return base + np.arange(len(owner)), people.household[np.unique(owner, return_index=True)[1]]


def _empty_plan(rng: Rng, size: int) -> Plan:
    sex = 1 + rng.integers(0, 2, (size, 9))
    sex[:, 0], sex[:, 1], sex[:, 2], sex[:, 3] = 1, 2, 1, 2
    role = np.broadcast_to(SLOT_ROLES, (size, 9)).copy()
    return Plan(
        np.full((size, 9), NEVER), whole_numbers(sex), whole_numbers(role), np.zeros(size, dtype=bool)
    )


def choose_plan(plan: Plan, rows: Bools | slice) -> Plan:
    """The chosen households of a plan."""
    return Plan(plan.birth[rows], plan.sex[rows], plan.role[rows], plan.is_lone[rows])


def take_plan(plan: Plan, count: int) -> Plan:
    """The first `count` households of a plan."""
    return choose_plan(plan, slice(0, count))


def _draw_child_ages(rng: Rng, size: int, oldest_years: float) -> Floats:
    """(size, 4) ages of children, oldest first; 0 for no child. Grown-up children may have left."""
    wished = 1 + choose(rng, [0.27, 0.50, 0.185, 0.045], size)
    gaps = 1.25 + rng.gamma(2.0, 0.9, (size, 4))
    gaps = np.where(rng.random((size, 4)) < _TWIN_SHARE, 0.0, gaps)
    gaps[:, 0] = 0.0
    ages = rng.uniform(0.02, oldest_years, size)[:, None] - np.cumsum(gaps, axis=1)
    born = (np.arange(4) < wished[:, None]) & (ages > 0.003)
    at_home = (ages < 18) | (rng.random((size, 4)) < _ADULT_AT_HOME)
    return np.asarray(np.where(born & at_home, ages, 0.0), dtype=np.float64)


def _place_parents(rng: Rng, plan: Plan, today: int, mother: Floats, father: Floats) -> None:
    size = len(plan)
    lone_father = plan.is_lone & draw(rng, 0.11, size)
    core_is_woman = (plan.is_lone & ~lone_father) | (~plan.is_lone & draw(rng, 0.03, size))
    mother_birth = today - whole_numbers(mother * YEAR_DAYS)
    father_birth = today - whole_numbers(father * YEAR_DAYS)
    plan.sex[:, 0] = np.where(core_is_woman, 2, 1)
    plan.sex[:, 1] = 3 - plan.sex[:, 0]
    plan.birth[:, 0] = np.where(core_is_woman, mother_birth, father_birth)
    spouse = np.where(core_is_woman, father_birth, mother_birth)
    plan.birth[:, 1] = np.where(plan.is_lone, NEVER, spouse)
    plan.role[:, 1] = np.where(draw(rng, 0.007, size), PARTNER, SPOUSE)


def _place_grandparents(rng: Rng, plan: Plan, today: int) -> None:
    size = len(plan)
    together = draw(rng, np.where(plan.is_lone, 0.25, 0.105), size)
    which = choose(rng, [0.12, 0.33, 0.55], size)
    grandmother = plan.birth[:, 0] - whole_numbers(np.clip(rng.normal(28, 4, size), 18, 42) * YEAR_DAYS)
    grandfather = grandmother - whole_numbers(rng.normal(2, 3, size) * YEAR_DAYS)
    oldest_allowed = today - whole_numbers(97 * YEAR_DAYS)
    has_father = together & (which != 1) & (grandfather > oldest_allowed)
    has_mother = together & (which != 0) & (grandmother > oldest_allowed)
    plan.birth[:, 2] = np.where(has_father, grandfather, NEVER)
    plan.birth[:, 3] = np.where(has_mother, grandmother, NEVER)
    extra = draw(rng, 0.012, size)
    adult = today - whole_numbers(rng.uniform(19, 60, size) * YEAR_DAYS)
    plan.birth[:, 8] = np.where(extra, adult, NEVER)
    plan.role[:, 8] = np.where(draw(rng, 0.5, size), SIBLING, LODGER)


def _make_grandparent_households(rng: Rng, plan: Plan, today: int) -> None:
    """In a few households grandparents bring the children up: they are the core, the children grandchildren."""
    rows = np.flatnonzero(draw(rng, 0.004, len(plan)) & (plan.birth[:, 3] == NEVER))
    older = whole_numbers(27 * YEAR_DAYS)
    limit = today - whole_numbers(92 * YEAR_DAYS)
    plan.birth[rows, 0] = np.maximum(plan.birth[rows, 0] - older, limit)
    spouse = plan.birth[rows, 1]
    plan.birth[rows, 1] = np.where(spouse < NEVER, np.maximum(spouse - older, limit), NEVER)
    plan.birth[rows, 2] = NEVER
    plan.role[rows, CHILD_SLOTS] = GRANDCHILD


def _choose_heads(rng: Rng, plan: Plan, index: Ints) -> Ints:
    elder = np.where(index[:, 2] != NOBODY, index[:, 2], index[:, 3])
    elder_leads = (elder != NOBODY) & draw(rng, np.where(plan.is_lone, 0.75, 0.5), len(plan))
    return np.where(elder_leads, elder, index[:, 0])


def _make_people(names: Names, rng: Rng, plan: Plan, owner: Ints, slot: Ints, today: int) -> People:
    size = len(plan)
    birth, sex, role = plan.birth[owner, slot], plan.sex[owner, slot], plan.role[owner, slot]
    married_name = names.draw_surnames(rng, size)[owner]
    own_name = names.draw_surnames(rng, len(owner))
    lone_woman = plan.is_lone & (plan.sex[:, 0] == 2) & draw(rng, 0.6, size)
    came_in = (
        (role == SPOUSE)
        | (role == LODGER)
        | (role == PARTNER)
        | ((role == CORE) & (sex == 2) & ~lone_woman[owner])
    )
    maiden = np.where(came_in, own_name, married_name)
    keeps_own = (role == LODGER) | (role == PARTNER)
    surname = np.where(keeps_own, own_name, married_name)
    sibling = _rank_siblings(owner, role)
    given = names.draw_given(rng, sex, birth)
    _liken_twins(names, given, sibling, sex, birth)
    nation, alias = _draw_nations(names, rng, plan, owner, role)
    foreign = np.flatnonzero(nation > 0)
    foreign_surname, foreign_given = names.draw_foreign(rng, nation[foreign], sex[foreign])
    lead = np.unique(owner[foreign], return_index=True)
    shared = foreign_surname[lead[1]][np.searchsorted(lead[0], owner[foreign])]
    surname[foreign] = np.where(came_in[foreign], foreign_surname, shared)
    maiden[foreign] = surname[foreign]
    given[foreign] = foreign_given
    _tell_siblings_apart(names, given, sibling)
    arrived = _draw_arrivals(rng, plan, owner, birth, today)
    ones = np.ones_like(birth)
    return People(
        number=ones, birth=birth, sex=sex, surname=surname, maiden=maiden, alias=alias, given=given, nation=nation,
        role=role, household=ones, family=ones, own_family=ones, mother=ones, father=ones, is_registered=ones, stay=ones * 0, status=ones * RESIDENT, since=arrived,
        settled=arrived, hidden_from=ones * NEVER, away_from=ones * NEVER,
    )  # fmt: skip


def _draw_arrivals(rng: Rng, plan: Plan, owner: Ints, birth: Ints, today: int) -> Ints:
    """Day each person became a resident: the household's arrival, or the birth of those born here."""
    household = today - whole_numbers(rng.beta(1.1, 1.6, len(plan)) * 22 * YEAR_DAYS)
    return np.maximum(household[owner], birth)


def _rank_siblings(owner: Ints, role: Ints) -> Ints:
    """0 for the first child of a household (and everybody else), then 1, 2, 3; siblings stand one after another."""
    child = (role == CHILD) | (role == GRANDCHILD)
    return np.where(child, rank_within(np.where(child, owner, NOBODY)), 0)


def _liken_twins(names: Names, given: Ints, sibling: Ints, sex: Ints, birth: Ints) -> None:
    """Twins get similar names."""
    for rank in (1, 2, 3):
        rows = np.flatnonzero(sibling == rank)
        twin = (birth[rows] == birth[rows - 1]) & (sex[rows] == sex[rows - 1])
        given[rows] = np.where(twin, names.look_alikes[given[rows - 1]], given[rows])


def _tell_siblings_apart(names: Names, given: Ints, sibling: Ints) -> None:
    """No two siblings have the same name."""
    for rank in (1, 2, 3):
        rows = np.flatnonzero(sibling == rank)
        for _ in range(rank):
            taken = np.any([given[rows] == given[rows - back] for back in range(1, rank + 1)], axis=0)
            given[rows] = np.where(taken, names.following[given[rows]], given[rows])


def _draw_nations(names: Names, rng: Rng, plan: Plan, owner: Ints, role: Ints) -> tuple[Ints, Ints]:
    """Nationality (0 = Japan) and the row of the 通称 surname (-1: none) of every person."""
    size = len(plan)
    nation = np.where(draw(rng, 0.025, size), 1 + choose(rng, [0.22, 0.3, 0.2, 0.14, 0.08, 0.06], size), 0)
    spouse_nation = np.where(draw(rng, 0.012, size), rng.integers(1, 7, size), nation)
    of_person = np.where(role == SPOUSE, spouse_nation[owner], nation[owner])
    has_alias = draw(rng, np.where((nation == 2) | (nation == 3), *_ALIAS_SHARES), size)
    alias = np.where(has_alias, names.draw_surnames(rng, size), NOBODY)
    return of_person, np.where(of_person > 0, alias[owner], NOBODY)


def _make_families(rng: Rng, plan: Plan, index: Ints, today: int) -> Families:
    size = len(plan)
    core_is_woman = plan.sex[:, 0] == 2
    raised_by_elders = (plan.role[:, CHILD_SLOTS] == GRANDCHILD).any(axis=1)
    mother = np.where(core_is_woman, index[:, 0], index[:, 1])
    father = np.where(core_is_woman, index[:, 1], index[:, 0])
    births = np.where(plan.birth[:, CHILD_SLOTS] < NEVER, plan.birth[:, CHILD_SLOTS], -NEVER)
    strain = rng.normal(0, 1, size)
    zeros = np.zeros(size, dtype=np.int64)
    return Families(
        mother=np.where(raised_by_elders, NOBODY, mother),
        father=np.where(raised_by_elders, NOBODY, father),
        former=zeros + NOBODY,
        united_on=zeros + NEVER,
        strain=whole_numbers(strain * 1000),
        earning=whole_numbers(rng.normal(0, 1, size) * 1000 - strain * 250),
        is_together=whole_numbers(index[:, 1] != NOBODY),
        parted_on=zeros + NEVER,
        made_on=zeros + today,
        last_birth=births.max(axis=1),
    )


def _number_people(city: City, rng: Rng, size: int) -> Ints:
    """In-house person keys: rising, with gaps, never used twice."""
    last = int(city.people.number.max()) if len(city.people) else city.first_number
    return last + np.cumsum(rng.integers(1, 9, size))
