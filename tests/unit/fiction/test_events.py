"""Everything the city promises to live through happens in it, and comes from the mechanism named for it.

`LIFE` and `CIRCUMSTANCES` count, in one city, what each mechanism alone brings about. The mutant is a city in which all
of them are switched off: there each count must be nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tsunagu.fiction import burdens, households, life
from tsunagu.fiction.almanac import YEAR_DAYS, is_child
from tsunagu.fiction.build import Plan, make_records
from tsunagu.fiction.circumstances import (
    BULLYING,
    CAUSES,
    DEVELOPMENT,
    ENDINGS,
    FOREIGN,
    HARDSHIP,
    ISOLATION,
    LONE_PARENT,
    NEGLECT,
    NO_CAUSE,
    NON_ATTENDANCE,
    PARENT_ILLNESS,
    PERINATAL,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.people import (
    BIRTH,
    COMMUTER,
    DEATH,
    EVACUEE,
    FATHER,
    FOSTER,
    GRANDCHILD,
    HOME,
    MOTHER,
    MOVE_IN,
    MOVE_OUT,
    MOVE_WITHIN,
    PARTNER,
)
from tsunagu.fiction.records import Records

PROMISED = (
    HARDSHIP,
    NEGLECT,
    VIOLENCE,
    YOUNG_CARER,
    NON_ATTENDANCE,
    BULLYING,
    ISOLATION,
    PERINATAL,
    DEVELOPMENT,
)
PLAN = Plan(children=4000, seed=2, start=date(2023, 4, 1), months=18, feeds="main")
NEVER_DAY = 1 << 39
"""Days above stand for never."""


def first_day(records: Records) -> int:
    return records.months[0].first


def count_entries(event: int) -> Callable[[Records], int]:
    """Register entries of an event within the period (a family placed or taken back is moved, too)."""

    def count(records: Records) -> int:
        entries = records.history.entries
        return int(((entries.event == event) & (entries.day >= first_day(records))).sum())

    return count


def count_days(days: np.ndarray, records: Records) -> int:
    return int(((days >= first_day(records)) & (days < NEVER_DAY)).sum())


def follows_own_entry(records: Records) -> np.ndarray:
    """(entry,) whether the entry before is the same person's."""
    person = records.history.entries.person
    return np.append(-1, person[:-1]) == person


def before(values: np.ndarray) -> np.ndarray:
    return np.append(-1, values[:-1])


def count_moves_within(records: Records) -> int:
    """Whole households at another address: nobody who leaves a family or is placed elsewhere."""
    entries = records.history.entries
    moved = (entries.event == MOVE_WITHIN) & (entries.day >= first_day(records)) & follows_own_entry(records)
    return int((moved & (entries.household == before(entries.household))).sum())


def count_unmarried_partners(records: Records) -> int:
    """Men who become the partner of a household; those of the first day are it from their first entry on."""
    entries = records.history.entries
    became = (entries.role == PARTNER) & (before(entries.role) != PARTNER) & follows_own_entry(records)
    return int(became.sum())


def count_renamed_children(records: Records) -> int:
    """Children whose surname changed after their parents had parted or married anew."""
    entries, people = records.history.entries, records.city.people
    child = is_child(people.birth[entries.person], first_day(records))
    changed = follows_own_entry(records) & (entries.surname != before(entries.surname))
    return int((child & changed).sum())


def count_under_roof_of_grandparents(records: Records) -> int:
    return int(np.isin(records.history.entries.role, (FATHER, MOTHER)).sum())


def count_brought_up_by_grandparents(records: Records) -> int:
    return int((records.history.entries.role == GRANDCHILD).sum())


def count_placed(kind: int) -> Callable[[Records], int]:
    return lambda records: int((records.city.care.kind == kind).sum())


def count_returned(records: Records) -> int:
    care = records.city.care
    eighteen = records.city.people.birth[care.person] + 17.9 * YEAR_DAYS
    return int(((care.end < NEVER_DAY) & (care.end < eighteen)).sum())


def count_twins(records: Records) -> int:
    """Children of one family and one birthday."""
    people = records.city.people
    of_family = np.flatnonzero((people.family >= 0) & (people.birth < NEVER_DAY))
    born = np.stack([people.family[of_family], people.birth[of_family]])
    return int((np.unique(born, axis=1, return_counts=True)[1] > 1).sum())


def count_aliases(records: Records) -> int:
    people = records.city.people
    return int(((people.nation > 0) & (people.alias >= 0)).sum())


def count_fled_before(records: Records) -> int:
    """Protected households that had fled before the first day."""
    people = records.city.people
    return int(((people.hidden_from < first_day(records)) & (people.stay == 0)).sum())


def count_fled(records: Records) -> int:
    """People who flee from violence at home within the period."""
    protection, people = records.city.protection, records.city.people
    both = protection.person[protection.start >= first_day(records) - 14]
    table = records.city.families
    apart = table.parted_on[np.maximum(people.family[both], 0)] >= first_day(records)
    return int((apart & (people.family[both] >= 0) & (people.hidden_from[both] < NEVER_DAY)).sum())


def count_stay(stay: int) -> Callable[[Records], int]:
    return lambda records: int((records.city.people.stay == stay).sum())


def count_unfound(records: Records) -> int:
    """Registered families nobody can find (not those who fled from a known address)."""
    people = records.city.people
    return int(((people.away_from < NEVER_DAY) & (people.hidden_from > NEVER_DAY)).sum())


LIFE: dict[str, Callable[[Records], int]] = {
    "births": count_entries(BIRTH),
    "pregnancies": lambda records: count_days(records.city.pregnancies.notified, records),
    "moves in": count_entries(MOVE_IN),
    "moves out": count_entries(MOVE_OUT),
    "moves within": count_moves_within,
    "deaths": count_entries(DEATH),
    "divorce": lambda records: count_days(records.city.families.parted_on, records),
    "remarriage": lambda records: count_days(records.city.families.united_on, records),
    "unmarried partners": count_unmarried_partners,
    "children renamed": count_renamed_children,
    "three generations": count_under_roof_of_grandparents,
    "brought up by grandparents": count_brought_up_by_grandparents,
    "foster families": count_placed(FOSTER),
    "homes": count_placed(HOME),
    "back from care": count_returned,
    "twins": count_twins,
    "foreign residents with 通称": count_aliases,
    "fled before the first day": count_fled_before,
    "fled within the period": count_fled,
    "whereabouts unknown": count_unfound,
    "evacuees registered elsewhere": count_stay(EVACUEE),
    "pupils from outside": count_stay(COMMUTER),
}


def list_begun(records: Records, kind: str) -> np.ndarray:
    """Stretches of spells that began within the period."""
    return np.flatnonzero(records.circumstances.stretches[kind].since >= first_day(records))


def count_begun(kind: str) -> Callable[[Records], int]:
    return lambda records: len(list_begun(records, kind))


def count_caused(kind: str) -> Callable[[Records], int]:
    """Spells whose cause has a name."""
    return lambda records: int((records.circumstances.stretches[kind].cause != CAUSES.index(NO_CAUSE)).sum())


def count_ended(kind: str) -> Callable[[Records], int]:
    """Spells that are over: faded or helped; a developmental need only when its child has grown up."""
    words = ("grown_up",) if kind == DEVELOPMENT else ("faded", "helped")
    endings = [ENDINGS.index(word) for word in words]
    return lambda records: int(np.isin(records.circumstances.stretches[kind].ending, endings).sum())


CIRCUMSTANCES: dict[str, Callable[[Records], int]] = {
    **{f"{kind} begins": count_begun(kind) for kind in PROMISED},
    **{f"{kind} has causes": count_caused(kind) for kind in PROMISED if kind != DEVELOPMENT},
    **{f"{kind} ends": count_ended(kind) for kind in PROMISED},
}
COUNTS = LIFE | CIRCUMSTANCES


@pytest.fixture(scope="module")
def records() -> Records:
    return make_records(PLAN)


@pytest.fixture(scope="module")
def idle() -> Records:
    """A city in which none of it happens."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [
            "begin_pregnancies",
            "bear_children",
            "weigh",
            "look_after",
            "die",
            "flee",
            "divorce",
            "unite",
            "rename_children",
            "leave_home",
            "move_out",
            "move_within",
            "move_in",
            "remove_lost",
            "place_some",
            "_find_fathers",
            "_settle_evacuees",
            "_settle_commuters",
            "_lose_families",
            "_hide_lone_mothers",
        ]:
            patched.setattr(life, name, lambda *_: None)
        patched.setattr(households, "_place_grandparents", lambda *_: None)
        patched.setattr(households, "_make_grandparent_households", lambda *_: None)
        patched.setattr(households, "_TWIN_SHARE", 0.0)
        patched.setattr(households, "_ALIAS_SHARES", (0.0, 0.0))
        return make_records(PLAN)


@pytest.mark.parametrize("name", COUNTS)
def test_it_happens(records: Records, name: str) -> None:
    assert COUNTS[name](records) > 0


@pytest.mark.parametrize("name", COUNTS)
def test_it_does_not_happen_by_itself(idle: Records, name: str) -> None:
    assert COUNTS[name](idle) == 0


def count_caused_by(records: Records, cause: str, effect: str) -> int:
    return int((records.circumstances.stretches[effect].cause == CAUSES.index(cause)).sum())


CAUSED = (
    (LONE_PARENT, HARDSHIP),
    (PARENT_ILLNESS, HARDSHIP),
    (FOREIGN, ISOLATION),
    (HARDSHIP, NEGLECT),
    (ISOLATION, NEGLECT),
    (HARDSHIP, VIOLENCE),
    (PARENT_ILLNESS, YOUNG_CARER),
    (DEVELOPMENT, BULLYING),
    (BULLYING, NON_ATTENDANCE),
    (NEGLECT, NON_ATTENDANCE),
)


@pytest.fixture(scope="module")
def unrelated() -> Records:
    """A city in which no circumstance leads to another, and nothing lies behind several of them."""
    courses = {
        kind: replace(course, strain=0.0, factors=tuple((name, 1.0) for name, _ in course.factors))
        for kind, course in burdens.COURSES.items()
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(burdens, "COURSES", courses)
        return make_records(PLAN)


@pytest.mark.parametrize(("cause", "effect"), CAUSED)
def test_one_circumstance_leads_to_another(records: Records, cause: str, effect: str) -> None:
    assert count_caused_by(records, cause, effect) > 0


@pytest.mark.parametrize(("cause", "effect"), CAUSED)
def test_it_would_not_by_itself(unrelated: Records, cause: str, effect: str) -> None:
    assert count_caused_by(unrelated, cause, effect) == 0


def measure_ratio(records: Records, cause: str, effect: str) -> float:
    """How many times as often children of eight and over are under the effect when under the cause."""
    birth, hits = records.city.people.birth, np.zeros((2, 2))
    for month in records.months[::3]:
        children = np.flatnonzero(is_child(birth, month.first) & (birth < month.first - int(8 * YEAR_DAYS)))
        caused = records.circumstances.level(cause, children, month.first) > 0
        under = records.circumstances.level(effect, children, month.first) > 0
        hits += [[(~caused).sum(), (under & ~caused).sum()], [caused.sum(), (under & caused).sum()]]
    return float((hits[1, 1] / hits[1, 0]) / (hits[0, 1] / hits[0, 0]))


def test_children_of_ill_parents_are_far_oftener_carers(records: Records, unrelated: Records) -> None:
    assert measure_ratio(records, PARENT_ILLNESS, YOUNG_CARER) > 4
    assert measure_ratio(unrelated, PARENT_ILLNESS, YOUNG_CARER) < 3
