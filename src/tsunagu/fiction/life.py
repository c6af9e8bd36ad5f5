"""The life of the city: how it stands on the first day, then what happens month by month."""

from collections.abc import Callable

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month, is_child
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, draw, empty, open_stream
from tsunagu.fiction.births import bear_children, begin_pregnancies
from tsunagu.fiction.burdens import weigh
from tsunagu.fiction.care import look_after, place_some
from tsunagu.fiction.deaths import die, remove_lost
from tsunagu.fiction.households import Plan, choose_plan, plan_childless, plan_families, settle, take_plan
from tsunagu.fiction.moves import leave_home, move_in, move_out, move_within, protect
from tsunagu.fiction.names import Names
from tsunagu.fiction.partings import divorce, flee, rename_children, unite
from tsunagu.fiction.people import (
    COMMUTER,
    CORE,
    DEATH,
    DECEASED,
    EVACUEE,
    FIRST_ENTRY,
    FIRST_NUMBER,
    MOVE_OUT,
    MOVED_OUT,
    NUMBERS_A_BLOCK,
    RESIDENT,
    City,
    Families,
    Households,
    People,
    write_log,
)
from tsunagu.fiction.places import OUTSIDE_TOWNS, Places, add_hidden_houses, add_outside_houses, no_houses

RESIDENTS_A_CHILD = 5.1
_FORMER_SHARE = 0.03
_EVACUEE_SHARE = 0.0016
_LOST_SHARE = 0.0006
_COMMUTER_SHARE = 0.002
_FATHER_NEAR_SHARE = 0.4


def found_city(
    places: Places, names: Names, seed: int, children: int, months: list[Month], block: int = 0
) -> City:
    """The city on the first day: `children` resident children, everybody around them, and who left before."""
    rng = open_stream(seed, "founding")
    today = months[0].first
    city = City(
        places,
        no_houses(),
        empty(People),
        empty(Households),
        empty(Families),
        FIRST_NUMBER + block * NUMBERS_A_BLOCK,
    )
    _settle_former(city, names, rng, children, today)
    persons, families = settle(city, names, rng, _plan_children(rng, children, today), today)
    _hide_lone_mothers(city, rng, families, today)
    _lose_families(city, rng, families, today)
    others = max(10, round((children * RESIDENTS_A_CHILD - len(persons)) / 1.68))
    rest, _ = settle(city, names, rng, plan_childless(rng, others, today), today)
    _find_fathers(city, rng, today)
    place_some(city, rng, today)
    everybody = np.concatenate([persons, rest])
    first = city.people.since[everybody]
    write_log(city, everybody, FIRST_ENTRY, first, first)
    _protect_stalked(city, rng, rest, today)
    _settle_evacuees(city, names, rng, children, today)
    _settle_commuters(city, names, rng, children, today)
    begin_pregnancies(city, rng, today - 212, today - 1, children / 19.0)
    return city


def live(
    city: City, names: Names, seed: int, months: list[Month], report: Callable[[int, int], None]
) -> None:
    """Let the months pass. Every month has its own random stream."""
    births_a_year = float(_count_children(city, months[0].first)) / 18.6
    for number, month in enumerate(months):
        rng = open_stream(seed, "life", month.code)
        begin_pregnancies(city, rng, month.first, month.last, births_a_year)
        bear_children(city, names, rng, month)
        weigh(city, rng, month)
        look_after(city, rng, month)
        die(city, rng, month)
        flee(city, rng, month)
        divorce(city, rng, month)
        unite(city, rng, month)
        rename_children(city, rng, month)
        leave_home(city, rng, month)
        move_out(city, rng, month)
        move_within(city, rng, month)
        move_in(city, names, rng, month)
        remove_lost(city, rng, month)
        report(number + 1, len(months))


def _count_children(city: City, day: int) -> int:
    return int((is_child(city.people.birth, day) & (city.people.status == RESIDENT)).sum())


def _plan_children(rng: Rng, children: int, today: int) -> Plan:
    """As many family households as hold `children` children (the last one may hold a few more)."""
    plan = plan_families(rng, max(40, round(children * 0.9)), today)
    minors = is_child(plan.birth, today) & (plan.birth < NEVER)
    total = np.cumsum(minors.sum(axis=1))
    return take_plan(plan, int(np.searchsorted(total, children)) + 1)


def _settle_former(city: City, names: Names, rng: Rng, children: int, today: int) -> None:
    """People who left the city or died in the three years before: the register still holds their rows."""
    households = max(4, round(children * RESIDENTS_A_CHILD / 2.0 * _FORMER_SHARE))
    then = today - 1100
    for plan in (
        plan_families(rng, households // 2, then),
        plan_childless(rng, households - households // 3, then),
    ):
        persons, _ = settle(city, names, rng, plan, then)
        people = city.people
        write_log(city, persons, FIRST_ENTRY, people.since[persons], people.since[persons])
        household = people.household[persons]
        left = (then + rng.integers(30, 1090, len(city.households)))[household]
        size = np.bincount(household, minlength=len(city.households))[household]
        died = (size == 1) & (left - people.birth[persons] > 65 * 365)
        people.status[persons] = np.where(died, DECEASED, MOVED_OUT)
        town = np.where(died, NOBODY, rng.integers(0, len(OUTSIDE_TOWNS), len(city.households))[household])
        city.households.busy_until[household] = left
        for event, rows in ((DEATH, died), (MOVE_OUT, ~died)):
            write_log(city, persons[rows], event, left[rows], left[rows] + 2, town[rows])


def _hide_lone_mothers(city: City, rng: Rng, households: Ints, today: int) -> None:
    """Some lone mothers fled here or within the city before the first day and are protected since."""
    head = city.households.head[households]
    people = city.people
    lone = (
        (people.sex[head] == 2) & (people.role[head] == CORE) & (city.members_per_household()[households] > 1)
    )
    alone = ~np.isin(head, city.families.mother[city.families.is_together == 1])
    fleeing = lone & alone & draw(rng, 0.06, len(head))
    if not fleeing.any():
        fleeing = (lone & alone) & (np.cumsum(lone & alone) == 1)
    chosen = households[fleeing]
    city.households.house[chosen] = add_hidden_houses(city.houses, city.places, rng, len(chosen))
    persons = city.members(chosen)
    household = people.household[persons]
    people.hidden_from[persons] = np.minimum(people.since[persons], today - 40)
    start = (today - rng.integers(40, 700, len(city.households)))[household]
    protect(
        city,
        persons,
        household,
        np.maximum(start, people.birth[persons]),
        np.full(len(persons), NEVER),
        kind=0,
    )


def _lose_families(city: City, rng: Rng, households: Ints, today: int) -> None:
    """A few registered families whom nobody can find, from before the first day or some month later."""
    head = city.households.head[households]
    ordinary = households[city.people.hidden_from[head] == NEVER]
    count = max(1, round(len(ordinary) * _LOST_SHARE))
    lost = ordinary[np.argsort(rng.random(len(ordinary)), kind="stable")[:count]]
    gone = today + rng.integers(-500, 900, count)
    city.households.is_fixed[lost] = 1
    day = np.full(len(city.households), NEVER)
    day[lost] = gone
    persons = city.members(lost)
    city.people.away_from[persons] = day[city.people.household[persons]]


def _protect_stalked(city: City, rng: Rng, persons: Ints, today: int) -> None:
    adults = persons[is_grown(city, persons, today)]
    chosen = adults[draw(rng, 0.0002, len(adults))]
    start = today + rng.integers(-300, 900, len(chosen))
    protect(city, chosen, chosen, start, start + 365, kind=1)


def is_grown(city: City, persons: Ints, day: int) -> Bools:
    """Whether each person is 18 or older on a day."""
    return ~is_child(city.people.birth[persons], day)


def _settle_evacuees(city: City, names: Names, rng: Rng, children: int, today: int) -> None:
    """Children who live and go to school here while registered elsewhere, with their mothers."""
    count = max(1, round(children * _EVACUEE_SHARE / 1.7))
    plan = plan_families(rng, count * 6 + 20, today, oldest_years=14)
    has_pupil: Bools = np.any((plan.birth < today - 7 * 365) & (plan.birth > today - 12 * 365), axis=1)
    plan = take_plan(choose_plan(plan, has_pupil), count)
    plan.birth[:, 1:4] = NEVER
    plan.birth[:, 8] = NEVER
    persons, households = settle(city, names, rng, plan, today)
    people = city.people
    city.households.is_fixed[households] = 1
    city.households.house[households] = add_hidden_houses(city.houses, city.places, rng, len(households))
    arrived = today + rng.integers(-600, 900, len(city.households))
    day = np.maximum(arrived[people.household[persons]], people.birth[persons])
    people.since[persons] = people.settled[persons] = day
    people.is_registered[persons] = 0
    people.stay[persons] = EVACUEE
    people.hidden_from[persons] = day
    write_log(city, persons, FIRST_ENTRY, day, day)


def _settle_commuters(city: City, names: Names, rng: Rng, children: int, today: int) -> None:
    """Pupils who live in a town next door and go to school here."""
    count = max(1, round(children * _COMMUTER_SHARE / 1.6))
    plan = plan_families(rng, count * 4 + 20, today, oldest_years=13)
    has_pupil: Bools = np.any((plan.birth < today - 6 * 365) & (plan.birth > today - 13 * 365), axis=1)
    plan = take_plan(choose_plan(plan, has_pupil), count)
    persons, households = settle(city, names, rng, plan, today)
    people = city.people
    city.households.is_fixed[households] = 1
    city.households.house[households] = add_outside_houses(city.houses, city.places, rng, len(households))
    people.is_registered[persons] = 0
    people.stay[persons] = COMMUTER
    write_log(city, persons, FIRST_ENTRY, people.since[persons], people.since[persons])


def _find_fathers(city: City, rng: Rng, today: int) -> None:
    """Some fathers of lone mothers' children live alone elsewhere in the city; half of them share the surname."""
    people, table = city.people, city.families
    age = (today - people.birth) / YEAR_DAYS
    size = city.members_per_household()[people.household]
    alone = (people.role == CORE) & (people.sex == 1) & (people.status == RESIDENT) & (size == 1)
    men = np.flatnonzero(alone & (age > 24) & (age < 58) & (people.nation == 0))
    mother = np.maximum(table.mother, 0)
    lone = (table.mother != NOBODY) & (table.father == NOBODY) & (people.status[mother] == RESIDENT)
    lone &= np.isin(np.arange(len(table)), people.family) & (people.nation[mother] == 0)
    families = np.flatnonzero(lone & draw(rng, _FATHER_NEAR_SHARE, len(table)))[: len(men)]
    men = np.sort(men[np.argsort(rng.random(len(men)), kind="stable")[: len(families)]])
    families = families[np.argsort(people.birth[table.mother[families]], kind="stable")]
    men = men[np.argsort(people.birth[men], kind="stable")]
    table.father[families] = men
    father_of = np.full(len(table) + 1, NOBODY)
    father_of[families] = men
    child = np.flatnonzero(father_of[people.family] != NOBODY)
    people.father[child] = father_of[people.family[child]]
    shares = draw(rng, 0.5, len(families))
    people.surname[men[shares]] = people.maiden[men[shares]] = people.surname[table.mother[families[shares]]]
