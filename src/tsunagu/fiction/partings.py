"""Couples part, flee from violence, and find new partners; children change names later, or never."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, Month
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Floats, Ints, Rng, draw, extend, whole_numbers
from tsunagu.fiction.circumstances import VIOLENCE
from tsunagu.fiction.deaths import elect_heads, replace_core
from tsunagu.fiction.moves import days_for, leave_city, notify, protect
from tsunagu.fiction.people import (
    CHILD,
    CORE,
    FATHER,
    HOUSEHOLD_CHANGE,
    MOTHER,
    MOVE_WITHIN,
    NAME_CHANGE,
    PARTNER,
    RESIDENT,
    SPOUSE,
    STEPCHILD,
    City,
    Households,
    write_log,
)
from tsunagu.fiction.places import add_hidden_houses, add_houses

_DIVORCE_A_MONTH = 0.00075
_FLIGHT_A_MONTH = 0.016
_UNION_A_MONTH = 0.0022


def divorce(city: City, rng: Rng, month: Month) -> None:
    """Couples part: one leaves, the children stay with or follow the parent who has custody."""
    families = _pick_couples(city, rng, month, _divorce_rates(city, month))
    if not len(families):
        return
    table, people = city.families, city.people
    mother, father = table.mother[families], table.father[families]
    custodian = np.where(draw(rng, 0.88, len(families)), mother, father)
    core = np.where(people.role[mother] == CORE, mother, father)
    spouse = np.where(core == mother, father, mother)
    spouse_leaves = draw(rng, 0.5, len(families)) | _has_elders(city, people.household[core])
    leaver = np.where(spouse_leaves, spouse, core)
    old_household = people.household[core]
    day = days_for(rng, month, families)
    table.is_together[families] = 0
    table.parted_on[families] = np.minimum(table.parted_on[families], day)
    follows = custodian == leaver
    followers = _children_of(city, families[follows], old_household[follows])
    reverting = _revert_names(city, rng, mother, father)
    _schedule_renames(city, rng, families, custodian, reverting, day)
    day_of_family = _by_family(city, families, day)
    group = np.concatenate([leaver, followers])
    group_day = np.concatenate([day, day_of_family[people.family[followers]]])
    _found_households(city, rng, month, leaver, followers, (group, group_day))
    _settle_rest(city, rng, month, old_household, day)


def flee(city: City, rng: Rng, month: Month) -> None:
    """Mothers flee from violence with the children; nobody but the register may learn where to."""
    table, people = city.families, city.people
    violent = city.burdens.is_under(VIOLENCE, np.arange(len(table)))
    families = _pick_couples(city, rng, month, np.where(violent, _FLIGHT_A_MONTH, 0.0))
    families = families[people.sex[table.mother[families]] == 2]
    if not len(families):
        return
    day = days_for(rng, month, families)
    mother, old_household = table.mother[families], people.household[table.mother[families]]
    children = _children_of(city, families, old_household)
    day_of_family = _by_family(city, families, day)
    table.is_together[families] = 0
    table.parted_on[families] = np.minimum(table.parted_on[families], day)
    group = np.concatenate([mother, children])
    families_of = np.concatenate([families, people.family[children]])
    start = day_of_family[families_of] + rng.integers(-14, 12, len(city.families))[families_of]
    ends = draw(rng, 0.1, len(city.families))[families_of]
    end = np.where(ends, start + 365, NEVER)
    protect(city, group, families_of, start, end, kind=int(draw(rng, 0.1, 1)[0]) * 2)
    people.hidden_from[group] = day_of_family[families_of]
    way = rng.random(len(city.families))[families_of]
    _flee_inside(city, rng, month, group[way < 0.5], day_of_family[families_of[way < 0.5]])
    outside = (way >= 0.5) & (way < 0.8)
    leave_city(city, rng, month, group[outside], day_of_family[families_of[outside]])
    people.away_from[group[way >= 0.8]] = day_of_family[families_of[way >= 0.8]]
    gone = np.isin(families, families_of[way < 0.8])
    _settle_rest(city, rng, month, old_household[gone], day[gone])


def unite(city: City, rng: Rng, month: Month) -> None:
    """Lone mothers find a partner: she moves in with him and marries, or he moves in unregistered."""
    table, people = city.families, city.people
    lone = np.flatnonzero((table.is_together == 0) & (table.mother != NOBODY) & (table.united_on == NEVER))
    mother = table.mother[lone]
    age = (month.first - people.birth[mother]) / YEAR_DAYS
    free = city.is_free(month.first)[people.household[mother]] & (people.hidden_from[mother] == NEVER)
    ready = (people.status[mother] == RESIDENT) & (people.role[mother] == CORE) & free & (age < 48)
    ready &= people.away_from[mother] == NEVER
    chosen = lone[ready & draw(rng, _UNION_A_MONTH, len(lone))]
    men = _list_single_men(city, month, len(chosen), rng)
    chosen = chosen[: len(men)]
    order = np.argsort(people.birth[table.mother[chosen]], kind="stable")
    chosen, men = chosen[order], men[np.argsort(people.birth[men], kind="stable")]
    if not len(chosen):
        return
    day = days_for(rng, month, chosen)
    table.former[chosen], table.united_on[chosen] = table.father[chosen], day
    table.father[chosen], table.is_together[chosen] = men, 1
    married = draw(rng, 0.72, len(chosen))
    _marry(city, rng, month, chosen[married], men[married], day[married])
    _move_in_together(city, rng, month, chosen[~married], men[~married], day[~married])


def rename_children(city: City, rng: Rng, month: Month) -> None:
    """Name changes of children that were decided in an earlier month."""
    due = [entry for entry in city.renames if entry[0] <= month.last]
    city.renames = [entry for entry in city.renames if entry[0] > month.last]
    if not due:
        return
    day, persons, surname = (np.array(column, dtype=np.int64) for column in zip(*due, strict=True))
    people = city.people
    here = (people.status[persons] == RESIDENT) & city.is_free(month.first)[people.household[persons]]
    day, persons, surname = day[here], persons[here], surname[here]
    people.surname[persons] = surname
    write_log(city, persons, NAME_CHANGE, day, np.minimum(day + 3, month.last))


def _divorce_rates(city: City, month: Month) -> Floats:
    table = city.families
    strain = np.clip(table.strain / 1000, -2.5, 2.5)
    violent = city.burdens.is_under(VIOLENCE, np.arange(len(table)))
    rates: Floats = _DIVORCE_A_MONTH * np.exp(0.5 * strain - 0.12) * np.where(violent, 4.0, 1.0)
    return rates


def _pick_couples(city: City, rng: Rng, month: Month, rates: Floats) -> Ints:
    """Families of two parents under one roof, free this month, drawn by their rates."""
    table, people = city.families, city.people
    couple = (table.is_together == 1) & (table.mother != NOBODY) & (table.father != NOBODY)
    rows = np.flatnonzero(couple & draw(rng, rates, len(table)))
    mother, father = table.mother[rows], table.father[rows]
    here = (people.status[mother] == RESIDENT) & (people.status[father] == RESIDENT)
    together = people.household[mother] == people.household[father]
    free = city.is_free(month.first)[people.household[mother]]
    young = (month.first - people.birth[mother]) / YEAR_DAYS < 56
    present = people.away_from[mother] == NEVER
    pair = np.minimum(people.role[mother], people.role[father]) == CORE
    chosen = rows[here & together & free & young & present & pair]
    _, first = np.unique(people.household[table.mother[chosen]], return_index=True)
    return whole_numbers(chosen[np.sort(first)])


def _has_elders(city: City, households: Ints) -> Bools:
    people = city.people
    elder = ((people.role == FATHER) | (people.role == MOTHER)) & (people.status == RESIDENT)
    flags = np.zeros(len(city.households), dtype=bool)
    flags[people.household[elder]] = True
    found: Bools = flags[households]
    return found


def _children_of(city: City, families: Ints, homes: Ints) -> Ints:
    """Resident children of the families in the given households (grown-up ones included while at home)."""
    people = city.people
    home = np.full(len(city.families) + 1, NOBODY)
    home[families] = homes
    role = (people.role == CHILD) | (people.role == STEPCHILD)
    at_home = home[people.family] == people.household
    return np.flatnonzero((people.family >= 0) & at_home & role & (people.status == RESIDENT))


def _by_family(city: City, families: Ints, values: Ints) -> Ints:
    table = np.zeros(len(city.families), dtype=np.int64)
    table[families] = values
    return table


def _revert_names(city: City, rng: Rng, mother: Ints, father: Ints) -> Bools:
    """Whoever took the other's name at marriage may take the old one back. True where the mother did."""
    people = city.people
    changes: Bools = (people.maiden[mother] != people.surname[mother]) & draw(rng, 0.6, len(mother))
    people.surname[mother[changes]] = people.maiden[mother[changes]]
    returning = (people.maiden[father] != people.surname[father]) & draw(rng, 0.6, len(mother))
    people.surname[father[returning]] = people.maiden[father[returning]]
    return changes


def _schedule_renames(
    city: City, rng: Rng, families: Ints, custodian: Ints, reverting: Bools, day: Ints
) -> None:
    people = city.people
    for family, parent, when in zip(families[reverting], custodian[reverting], day[reverting], strict=True):
        children = np.flatnonzero((people.family == family) & (people.status == RESIDENT))
        if parent != city.families.mother[family] or rng.random() > 0.75:
            continue
        later = int(when) + int(rng.integers(31, 150))
        city.renames += [(later, int(child), int(people.surname[parent])) for child in children]


def _found_households(
    city: City, rng: Rng, month: Month, leaver: Ints, followers: Ints, group: tuple[Ints, Ints]
) -> None:
    """Those who leave found a household of their own, in the city or outside."""
    people = city.people
    persons, day = group
    base = len(city.households)
    houses = add_houses(city.houses, city.places, rng, len(leaver), in_flats=0.8)
    zeros = np.zeros_like(leaver)
    extend(city.households, Households(houses, leaver, zeros, zeros))
    new_household = np.full(len(people), NOBODY)
    new_household[leaver] = base + np.arange(len(leaver))
    table = city.families
    parent = np.where(
        new_household[table.mother[people.family[followers]]] >= 0,
        table.mother[people.family[followers]],
        table.father[people.family[followers]],
    )
    people.household[leaver] = new_household[leaver]
    people.household[followers] = new_household[parent]
    people.role[leaver], people.role[followers] = CORE, CHILD
    with_child = np.isin(people.household[persons], people.household[followers])
    stays_rate = np.where(with_child, 0.68, 0.42)
    stays = (rng.random(len(city.households))[people.household[persons]]) < stays_rate
    _move_group(city, rng, month, persons[stays], day[stays])
    leave_city(city, rng, month, persons[~stays], day[~stays])


def _flee_inside(city: City, rng: Rng, month: Month, persons: Ints, day: Ints) -> None:
    people = city.people
    mothers = np.intersect1d(persons, city.families.mother)
    base = len(city.households)
    houses = add_hidden_houses(city.houses, city.places, rng, len(mothers))
    zeros = np.zeros_like(mothers)
    extend(city.households, Households(houses, mothers, zeros, zeros))
    place = np.full(len(people), NOBODY)
    place[mothers] = base + np.arange(len(mothers))
    is_mother = place[persons] >= 0
    parent = np.where(is_mother, persons, city.families.mother[people.family[persons]])
    people.household[persons] = place[parent]
    people.role[persons] = np.where(is_mother, CORE, CHILD)
    _move_group(city, rng, month, persons, day)


def _move_group(city: City, rng: Rng, month: Month, persons: Ints, day: Ints) -> None:
    if not len(persons):
        return
    city.people.settled[persons] = day
    known = notify(city, rng, persons, day, month.last, late_share=0.01)
    write_log(city, persons, MOVE_WITHIN, day, known)


def _settle_rest(city: City, rng: Rng, month: Month, households: Ints, day: Ints) -> None:
    """Those who remain: a new core and head where needed, otherwise just a changed household."""
    replace_core(city, households)
    people = city.people
    members = city.members(households)
    if not len(members):
        return
    when = np.zeros(len(city.households), dtype=np.int64)
    when[households] = day
    known = notify(city, rng, members, when[people.household[members]], month.last, late_share=0.0)
    head = city.households.head[households]
    head_left = (people.household[head] != households) | (people.status[head] != RESIDENT)
    heard = np.zeros(len(city.households), dtype=np.int64)
    heard[people.household[members]] = known
    elect_heads(city, households[head_left], day[head_left], heard[households[head_left]])
    others = members[~np.isin(people.household[members], households[head_left])]
    write_log(city, others, HOUSEHOLD_CHANGE, when[people.household[others]], heard[people.household[others]])


def _list_single_men(city: City, month: Month, count: int, rng: Rng) -> Ints:
    people = city.people
    size = np.bincount(people.household[people.status == RESIDENT], minlength=len(city.households))
    age = (month.first - people.birth) / YEAR_DAYS
    alone = (
        (people.status == RESIDENT)
        & (people.role == CORE)
        & (people.sex == 1)
        & (size[people.household] == 1)
    )
    suitable = (
        alone & (age > 24) & (age < 52) & (people.nation == 0) & city.is_free(month.first)[people.household]
    )
    men = np.flatnonzero(suitable)
    return men[np.argsort(rng.random(len(men)), kind="stable")[:count]]


def _marry(city: City, rng: Rng, month: Month, families: Ints, men: Ints, day: Ints) -> None:
    """Mother and children move to the new husband; most take his name, most children are adopted."""
    people, table = city.people, city.families
    mother, old_household = table.mother[families], people.household[table.mother[families]]
    children = _children_of(city, families, old_household)
    man_of = _by_family(city, families, men)
    adopted = draw(rng, 0.65, len(table))[people.family[children]]
    people.surname[mother] = people.surname[men]
    his_name = people.surname[man_of[people.family[children]]]
    people.surname[children] = np.where(adopted, his_name, people.surname[children])
    people.role[mother] = SPOUSE
    people.role[children] = np.where(adopted, CHILD, STEPCHILD)
    people.household[mother] = people.household[men]
    people.household[children] = people.household[man_of[people.family[children]]]
    day_of = _by_family(city, families, day)
    _move_group(
        city,
        rng,
        month,
        np.concatenate([mother, children]),
        np.concatenate([day, day_of[people.family[children]]]),
    )
    _settle_rest(city, rng, month, old_household, day)


def _move_in_together(city: City, rng: Rng, month: Month, families: Ints, men: Ints, day: Ints) -> None:
    """The new partner is entered in the mother's household as an unregistered husband."""
    people = city.people
    people.household[men] = people.household[city.families.mother[families]]
    people.role[men] = PARTNER
    _move_group(city, rng, month, men, whole_numbers(day))
