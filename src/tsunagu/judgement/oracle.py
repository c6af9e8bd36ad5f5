"""One child, one pack, in plain Python: slow and obvious. The SQL must agree with it; examples run on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tsunagu.catalog.packs import (
    UNKNOWN_CLASS,
    Axis,
    Combination,
    Comparison,
    Condition,
    FilledBy,
    Floor,
    LevelRule,
    NeedLevel,
    Pack,
    PackItem,
)
from tsunagu.vocabulary.knowing import Knowledge

NORMALISED_POINTS = 10


class Truth(IntEnum):
    """Whether a condition is met; `UNDECIDED` when what is known does not tell."""

    NOT_MET = 0
    UNDECIDED = 1
    MET = 2


class ItemState(StrEnum):
    """How far an item is answered. `at_least`: these points are certain, more are possible."""

    FILLED = "filled"
    AT_LEAST = "at_least"
    UNKNOWN = "unknown"
    BLANK = "blank"


class BlankReason(StrEnum):
    """Why an item stays blank."""

    PEOPLE = "people"
    NOT_REGISTERED = "not_registered"


@dataclass(frozen=True, slots=True)
class KnownValue:
    """What is known of one indicator for one child. `is_lower_bound`: the true value may be higher."""

    state: Knowledge
    value: float | None = None
    text: str | None = None
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One row of the sheet for one child."""

    item: PackItem
    state: ItemState
    points: int = 0
    blank_reason: BlankReason | None = None

    @property
    def is_answered(self) -> bool:
        """Whether its points count as known."""
        return self.state in (ItemState.FILLED, ItemState.AT_LEAST)


@dataclass(frozen=True, slots=True)
class DomainResult:
    """One domain for one child. `score` is normalised to 10 over the answered items; None without any."""

    domain: str
    points: int
    answered_items: int
    unknown_items: int
    blank_items: int
    score: float | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pack says about one child."""

    level: NeedLevel
    points_level: NeedLevel
    """The level before floors."""
    items: tuple[ItemResult, ...]
    domains: tuple[DomainResult, ...]
    floors: tuple[str, ...]
    undecided_floors: tuple[str, ...]
    protective: tuple[str, ...]
    gives: str | None
    is_listed: bool

    @property
    def points(self) -> int:
        """The sum over all items."""
        return sum(item.points for item in self.items)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids of items with points and of floors that are met."""
        return (*(row.item.id for row in self.items if row.points > 0), *self.floors)

    @property
    def unknown_items(self) -> tuple[str, ...]:
        """Ids of items that cannot be told."""
        return tuple(row.item.id for row in self.items if row.state is ItemState.UNKNOWN)


_UNKNOWN = KnownValue(Knowledge.UNKNOWN)
Values = Mapping[str, KnownValue]


def judge_one(pack: Pack, values: Values, *, blocked: frozenset[str] = frozenset()) -> Verdict:
    """Judge one child.

    Args:
        pack: the rules.
        values: what is known, by indicator; a missing one is unknown.
        blocked: indicators the register does not allow for the pack's purpose.
    """
    open_values = {name: value for name, value in values.items() if name not in blocked}
    items = tuple(_fill_item(item, open_values, blocked) for item in pack.items)
    domains = tuple(_sum_domain(domain.id, items) for domain in pack.domains)
    points_level, gives = _judge_points(pack, items, domains)
    if points_level is NeedLevel.NO_FINDING and _count_answered(items) < pack.least_known_items:
        points_level = NeedLevel.UNKNOWN
    floors = [(floor, check_all(floor, open_values)) for floor in pack.floors]
    met = [floor for floor, truth in floors if truth is Truth.MET]
    level = apply_floors(points_level, met)
    return Verdict(
        level=level,
        points_level=points_level,
        items=items,
        domains=domains,
        floors=tuple(floor.id for floor in met),
        undecided_floors=tuple(floor.id for floor, truth in floors if truth is Truth.UNDECIDED),
        protective=tuple(one.id for one in pack.protective if check_all(one, open_values) is Truth.MET),
        gives=gives,
        is_listed=level in pack.listed_levels,
    )


def apply_floors(level: NeedLevel, floors: list[Floor]) -> NeedLevel:
    """The loudest of the level and the floors that are met."""
    return max((level, *(floor.level for floor in floors)), key=lambda one: one.rank)


def check(condition: Condition, known: KnownValue, *, is_measurement: bool = False) -> Truth:
    """Whether the condition is met by what is known."""
    if known.state is Knowledge.UNKNOWN:
        return Truth.UNDECIDED
    is_nothing = known.state is Knowledge.NOTHING
    if condition.comparison is Comparison.IS_NOTHING:
        return Truth.MET if is_nothing else Truth.NOT_MET
    if is_nothing:
        return Truth.UNDECIDED if is_measurement else Truth.NOT_MET
    return _compare(condition, known)


def check_all(part: Combination, values: Values) -> Truth:
    """Whether every condition is met: not met as soon as one is not."""
    return min(check(condition, values.get(condition.indicator, _UNKNOWN)) for condition in part.when)


def _compare(condition: Condition, known: KnownValue) -> Truth:
    if condition.comparison is Comparison.IS_ONE_OF:
        if known.text is None:
            return Truth.UNDECIDED
        return Truth.MET if known.text in condition.is_one_of else Truth.NOT_MET
    if known.value is None:
        return Truth.UNDECIDED
    if condition.at_least is not None:
        if known.value >= condition.at_least:
            return Truth.MET
        return Truth.UNDECIDED if known.is_lower_bound else Truth.NOT_MET
    if condition.at_most is not None and known.value <= condition.at_most:
        return Truth.UNDECIDED if known.is_lower_bound else Truth.MET
    return Truth.NOT_MET


def _fill_item(item: PackItem, values: Values, blocked: frozenset[str]) -> ItemResult:
    if item.filled_by is FilledBy.PEOPLE:
        return ItemResult(item, ItemState.BLANK, blank_reason=BlankReason.PEOPLE)
    if blocked.issuperset(item.indicator_ids):
        return ItemResult(item, ItemState.BLANK, blank_reason=BlankReason.NOT_REGISTERED)
    points, possible = 0, 0
    for step in item.steps:
        known = values.get(step.indicator, _UNKNOWN)
        truth = check(step, known, is_measurement=item.is_measurement)
        points = max(points, step.points if truth is Truth.MET else 0)
        possible = max(possible, step.points if truth is Truth.UNDECIDED else 0)
    if item.shows is not None and not _is_shown(item, values.get(item.shows, _UNKNOWN)):
        possible = max(possible, 1)
    if possible <= points:
        return ItemResult(item, ItemState.FILLED, points)
    return ItemResult(item, ItemState.AT_LEAST if points else ItemState.UNKNOWN, points)


def _is_shown(item: PackItem, known: KnownValue) -> bool:
    is_missing = known.state is Knowledge.NOTHING and item.is_measurement
    return known.state is not Knowledge.UNKNOWN and not is_missing


def _count_answered(items: tuple[ItemResult, ...]) -> int:
    return sum(row.is_answered for row in items)


def _sum_domain(domain: str, items: tuple[ItemResult, ...]) -> DomainResult:
    rows = [row for row in items if row.item.domain == domain]
    answered = [row for row in rows if row.is_answered]
    most = sum(row.item.most_points for row in answered)
    points = sum(row.points for row in rows)
    return DomainResult(
        domain=domain,
        points=points,
        answered_items=len(answered),
        unknown_items=sum(row.state is ItemState.UNKNOWN for row in rows),
        blank_items=sum(row.state is ItemState.BLANK for row in rows),
        score=NORMALISED_POINTS * points / most if most else None,
        is_complete=all(row.state is ItemState.FILLED for row in rows),
    )


def _judge_points(
    pack: Pack, items: tuple[ItemResult, ...], domains: tuple[DomainResult, ...]
) -> tuple[NeedLevel, str | None]:
    if pack.lookup is not None:
        by_domain = {domain.domain: domain for domain in domains}
        when = tuple(_find_class(axis, by_domain[axis.domain]) for axis in pack.lookup.axes)
        (row,) = [row for row in pack.lookup.rows if row.when == when]
        return pack.lookup.levels_by_classes[when], row.gives
    met = [rule.level for rule in pack.levels if _is_rule_met(rule, items, domains)]
    return max(met, key=lambda level: level.rank, default=NeedLevel.NO_FINDING), None


def _find_class(axis: Axis, domain: DomainResult) -> str:
    found = next(one for one in axis.classes if domain.points >= one.points_at_least)
    # The mildest class claims that nothing is there; that takes every item of the axis.
    if found is axis.classes[-1] and not domain.is_complete:
        return UNKNOWN_CLASS
    return found.id


def _is_rule_met(rule: LevelRule, items: tuple[ItemResult, ...], domains: tuple[DomainResult, ...]) -> bool:
    if rule.total_at_least is not None:
        return sum(row.points for row in items) >= rule.total_at_least
    if rule.domains_with_points_at_least is not None:
        return sum(domain.points > 0 for domain in domains) >= rule.domains_with_points_at_least
    rows = {row.item.id: row.points for row in items}
    sums = {domain.domain: domain.points for domain in domains}
    points = rows[rule.item] if rule.item is not None else sums[rule.domain or ""]
    return points >= (rule.points_at_least or 0)
