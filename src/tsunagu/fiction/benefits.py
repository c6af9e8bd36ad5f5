"""Which benefits each child's family is entitled to in every month, and which it really receives.

The rules are our own: openly simple, the same in every year, with all parameters here. They look like the Japanese
schemes whose names they bear, and must never be taken for them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tsunagu.fiction.almanac import YEAR_DAYS, Month, is_child
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Floats, Ints, draw, rank_within, whole_numbers
from tsunagu.fiction.circumstances import HAPPENINGS, HARDSHIP, KINDS
from tsunagu.fiction.people import GRANDCHILD

if TYPE_CHECKING:
    from tsunagu.fiction.records import Records

Grid = npt.NDArray[np.int8]

CHILD_ALLOWANCE, REARING_ALLOWANCE, SCHOOL_AID = "child_allowance", "child_rearing_allowance", "school_aid"
LONE_PARENT_MEDICAL, PUBLIC_ASSISTANCE = "lone_parent_medical", "public_assistance"
# Classes of each benefit, numbered from 1; 0 is not entitled (or not received).
CLASSES = {
    CHILD_ALLOWANCE: ("under_three", "three_and_over", "third_child"),
    REARING_ALLOWANCE: ("full", "partial", "suspended"),
    SCHOOL_AID: ("public_assistance", "near_poor"),
    LONE_PARENT_MEDICAL: ("covered",),
    PUBLIC_ASSISTANCE: ("covered",),
}
FULL, PARTIAL, SUSPENDED = 1, 2, 3

# Yearly income: median of couples and lone parents, spread of its logarithm, what hardship leaves by severity.
COUPLE_YEN, LONE_YEN, INCOME_SPREAD = 6_400_000, 2_700_000, 0.42
HARDSHIP_LEAVES = (1.0, 0.52, 0.38, 0.25)
# Limits: for the first child, and for each further one.
FULL_BELOW_YEN, PARTIAL_BELOW_YEN, EACH_CHILD_YEN = 1_900_000, 3_850_000, 380_000
AID_BELOW_YEN, AID_EACH_CHILD_YEN = 2_700_000, 380_000
ASSISTED_BELOW_YEN, ASSISTED_EACH_CHILD_YEN = 900_000, 250_000
# Share of entitled families that apply by themselves, and most months until the first payment.
TAKE_UP = {
    CHILD_ALLOWANCE: 0.985, REARING_ALLOWANCE: 0.88, SCHOOL_AID: 0.80, LONE_PARENT_MEDICAL: 0.84, PUBLIC_ASSISTANCE: 0.45,
}  # fmt: skip
LONGEST_WAIT_MONTHS = {
    CHILD_ALLOWANCE: 2, REARING_ALLOWANCE: 4, SCHOOL_AID: 1, LONE_PARENT_MEDICAL: 3, PUBLIC_ASSISTANCE: 1,
}  # fmt: skip
_DECIDED_FROM_MONTH = 6


@dataclass(frozen=True)
class Benefits:
    """Every benefit month by month: grids of (child, month column) hold a class, 0 for none."""

    children: Ints
    entitled: dict[str, Grid]
    received: dict[str, Grid]

    def entitled_class(self, benefit: str, persons: Ints, column: int) -> Ints:
        """What people are entitled to in a month, 0 for nothing or for people who are no children."""
        return self._read(self.entitled[benefit], persons, column)

    def received_class(self, benefit: str, persons: Ints, column: int) -> Ints:
        """What is received for people in a month, 0 for nothing."""
        return self._read(self.received[benefit], persons, column)

    def list_recipients(self, benefit: str, column: int) -> Ints:
        """Children for whom a benefit is received in a month."""
        return self.children[self.received[benefit][:, column] > 0]

    def _read(self, grid: Grid, persons: Ints, column: int) -> Ints:
        place = np.searchsorted(self.children, persons)
        safe = np.minimum(place, max(len(self.children) - 1, 0))
        known = self.children[safe] == persons
        return np.where(known, whole_numbers(grid[safe, column]), 0)


def decide_benefits(records: "Records") -> Benefits:
    """Follow every child through the months: entitled by the rules, received where the family applied."""
    people = records.city.people
    children = np.flatnonzero(
        is_child(people.birth, records.months[0].first) | (people.birth > records.months[0].first)
    )
    size, count = len(children), len(records.months)
    benefits = Benefits(
        children,
        {benefit: np.zeros((size, count), dtype=np.int8) for benefit in CLASSES},
        {benefit: np.zeros((size, count), dtype=np.int8) for benefit in CLASSES},
    )
    helped_from = _find_help(records)[children]
    alone_before = records.is_lone_parent_child(children, records.months[0].first - 30)
    for column, month in enumerate(records.months):
        here = np.flatnonzero(
            records.is_resident(children, month.first) & is_child(people.birth[children], month.first)
        )
        alone = np.zeros(size, dtype=bool)
        alone[here] = records.is_lone_parent_child(children[here], month.first)
        scene = _Scene(children[here], column, month.first, alone[here], alone_before[here])
        for benefit, classes in _entitle(records, scene).items():
            benefits.entitled[benefit][here, column] = classes
        alone_before = alone
    for benefit in CLASSES:
        _receive(records, benefits, benefit, helped_from)
    return benefits


@dataclass(frozen=True)
class _Scene:
    """The resident children of a month, and whether one parent brings them up now and did a month before."""

    children: Ints
    column: int
    day: int
    is_alone: Bools
    was_alone: Bools


def estimate_income_yen(records: "Records", children: Ints, is_alone: Bools, day: int) -> Floats:
    """Yearly income of the household that brings up each child, as nobody but the tax office knows it."""
    people = records.city.people
    earning = records.city.families.earning[np.maximum(people.family[children], 0)] / 1000
    usual = np.where(is_alone, LONE_YEN, COUPLE_YEN)
    level = records.circumstances.level(HARDSHIP, children, day)
    income: Floats = usual * np.exp(INCOME_SPREAD * earning) * np.array(HARDSHIP_LEAVES)[level]
    return income


def _entitle(records: "Records", scene: _Scene) -> dict[str, Ints]:
    """(child,) class of every benefit in one month."""
    people, children, day = records.city.people, scene.children, scene.day
    family = people.family[children]
    has_family = family >= 0
    siblings = np.bincount(family[has_family], minlength=len(records.city.families))
    more = np.maximum(siblings[np.maximum(family, 0)] - 1, 0)
    income = estimate_income_yen(records, children, scene.is_alone, day)
    at_home = has_family & ~records.is_in_care(children, day)
    # A month and a half after a parting at the earliest, in whole months; or brought up by grandparents.
    alone = (scene.is_alone & scene.was_alone) | (records.role_at(children, day) == GRANDCHILD)
    alone &= at_home & (people.away_from[children] > day)
    limit = income - EACH_CHILD_YEN * more
    rearing = np.where(limit < FULL_BELOW_YEN, FULL, np.where(limit < PARTIAL_BELOW_YEN, PARTIAL, SUSPENDED))
    assisted = at_home & (income < ASSISTED_BELOW_YEN + ASSISTED_EACH_CHILD_YEN * more)
    pupil = _is_pupil(records, children, scene.column) & has_family
    near_poor = pupil & (income < AID_BELOW_YEN + AID_EACH_CHILD_YEN * more)
    return {
        CHILD_ALLOWANCE: _rank_for_allowance(records, children, day),
        REARING_ALLOWANCE: np.where(alone, rearing, 0),
        SCHOOL_AID: np.where(pupil & assisted, 1, np.where(near_poor, 2, 0)),
        LONE_PARENT_MEDICAL: np.where(alone & (rearing < SUSPENDED), 1, 0),
        PUBLIC_ASSISTANCE: np.where(assisted, 1, 0),
    }


def _rank_for_allowance(records: "Records", children: Ints, day: int) -> Ints:
    """1 under three, 2 above, 3 for third and further children of a family."""
    people = records.city.people
    family = people.family[children]
    order = np.lexsort((people.birth[children], family))
    rank = np.empty(len(children), dtype=np.int64)
    rank[order] = rank_within(family[order])
    third = (rank >= 2) & (family != NOBODY)
    young = (day - people.birth[children]) < 3 * YEAR_DAYS
    return np.where(third, 3, np.where(young, 1, 2))


def _is_pupil(records: "Records", children: Ints, column: int) -> Bools:
    schooling = records.schooling
    pupil = np.zeros(len(records.city.people), dtype=bool)
    pupil[schooling.persons[schooling.school[:, column] != NOBODY]] = True
    pupils: Bools = pupil[children]
    return pupils


def _find_help(records: "Records") -> Ints:
    """(person,) first day somebody helped the family out of hardship: then it applies for what it is entitled to."""
    table = records.circumstances.happenings
    first = np.full(len(records.city.people), NEVER)
    helps = (table.happening == HAPPENINGS.index("help_started")) & (table.kind == KINDS.index(HARDSHIP))
    np.minimum.at(first, table.person[helps], table.day[helps])
    return first


def _receive(records: "Records", benefits: Benefits, benefit: str, helped_from: Ints) -> None:
    """Fill the grid of what is received: after a wait, and for a while after the entitlement is over."""
    rng = records.stream("benefits", benefit)
    families, people = len(records.city.families), len(records.city.people)
    child = benefits.children
    family = records.city.people.family[child]
    applies = draw(rng, TAKE_UP[benefit], families)[family]
    wait = rng.integers(0, LONGEST_WAIT_MONTHS[benefit] + 1, families)[family]
    overrun = (rng.integers(0, 12, people) // 10)[child]
    streak, gap = np.zeros(len(child), dtype=np.int64), np.full(len(child), 99)
    before = np.zeros(len(child), dtype=np.int64)
    for column, month in enumerate(records.months):
        entitled = whole_numbers(benefits.entitled[benefit][:, column])
        streak = np.where(entitled > 0, streak + 1, 0)
        gap = np.where(entitled > 0, 0, gap + 1)
        asked = applies | (helped_from < month.first)
        fresh = (entitled > 0) & asked & ((streak > wait) | (column == 0))
        kept = (entitled > 0) & (before > 0)
        late = (entitled == 0) & (before > 0) & (gap <= overrun)
        if benefit == SCHOOL_AID:
            before = _grant_for_year(month, entitled, fresh, before)
        else:
            before = np.where(fresh | kept, entitled, np.where(late, before, 0))
        benefits.received[benefit][:, column] = before


def _grant_for_year(month: Month, entitled: Ints, fresh: Bools, before: Ints) -> Ints:
    """School aid is decided from June on and stays until March, whatever happens in between."""
    granted = np.zeros_like(before) if month.month == 4 else before
    if 4 <= month.month < _DECIDED_FROM_MONTH:
        return granted
    return np.where(granted > 0, granted, np.where(fresh, entitled, 0))
