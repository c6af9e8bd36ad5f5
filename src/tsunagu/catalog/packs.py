"""Packs: the declared rules that put a child in front of people, one purpose each, with their own examples.

Points and floors are the only two ways to a level. A floor can raise it; nothing can lower it: not arithmetic,
not a protective fact, not an unknown.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise, product
from typing import Annotated, Self

from pydantic import Field, model_validator

from tsunagu.catalog.words import Adoption, Definition, Identifier, PositiveDays, Title

UNKNOWN_CLASS = "unknown"
"""The class every axis of a look-up has beside its own: the records do not say."""

MOST_POINTS = 2


class NeedLevel(StrEnum):
    """How strongly the rules put a child in front of people; never the child's worth or danger.

    `unknown` stands above `no_finding`: too little is known to say that nothing was found.
    """

    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    WATCH = "watch"
    UNKNOWN = "unknown"
    NO_FINDING = "no_finding"

    @property
    def rank(self) -> int:
        """Higher is louder; `no_finding` is 0."""
        return len(NeedLevel) - 1 - list(NeedLevel).index(self)


class Owner(StrEnum):
    """Who fills an item in: the records, or one of the people around the child."""

    AUTOMATIC = "automatic"
    HOMEROOM = "homeroom"
    SPECIAL_NEEDS = "special_needs"
    SCHOOL_NURSE = "school_nurse"
    OFFICE = "office"
    MANAGEMENT = "management"
    COMMUNITY = "community"


class FilledBy(StrEnum):
    """Whether records answer an item, or people do (it then stays blank here)."""

    DATA = "data"
    PEOPLE = "people"


class NothingMeans(StrEnum):
    """What it says about an item when the source covers the time and holds nothing about the child.

    `none`: it did not happen, so no point (no absence, no arrears). `not_measured`: nobody looked (no survey
    sheet, no health check), so the item is unknown.
    """

    NONE = "none"
    NOT_MEASURED = "not_measured"


class Strength(StrEnum):
    """How much a reason weighs, in words: one point, two points, a red flag."""

    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


class Comparison(StrEnum):
    """How an indicator is compared."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS_ONE_OF = "is_one_of"
    IS_NOTHING = "is_nothing"


class Condition(Definition):
    """One comparison of one indicator; exactly one of the four ways is written."""

    indicator: Identifier
    at_least: float | None = None
    at_most: float | None = None
    is_one_of: tuple[Identifier, ...] = ()
    is_nothing: bool = False
    """True: known that nothing happened (not: unknown). Only protective facts may use it."""

    @model_validator(mode="after")
    def _check_one_way(self) -> Self:
        ways = (self.at_least is not None, self.at_most is not None, bool(self.is_one_of), self.is_nothing)
        if sum(ways) != 1:
            raise ValueError("at_least・at_most・is_one_of・is_nothing のうち、ちょうど一つを書きます")
        return self

    @property
    def comparison(self) -> Comparison:
        """Which of the four ways is written."""
        if self.at_least is not None:
            return Comparison.AT_LEAST
        if self.at_most is not None:
            return Comparison.AT_MOST
        return Comparison.IS_ONE_OF if self.is_one_of else Comparison.IS_NOTHING

    @property
    def threshold(self) -> float | None:
        """The number compared with; None for words and for `is_nothing`."""
        return self.at_least if self.at_least is not None else self.at_most


class Step(Condition):
    """A cut point: when it is met, the item has these points (the highest met step counts)."""

    points: int = Field(ge=1, le=MOST_POINTS)


class PackItem(Definition):
    """One row of the sheet."""

    id: Identifier
    title: Title
    domain: Identifier
    owner: Owner
    filled_by: FilledBy
    steps: tuple[Step, ...] = ()
    shows: Identifier | None = None
    """An indicator whose value is only written down, without points."""
    nothing_means: NothingMeans = NothingMeans.NONE
    people_add: Title | None = None
    """What the records do not hold and people have to look at beside them."""
    blank_unless_registered: bool = False
    """True: where the register does not allow the data for this purpose, the row stays blank, visibly.
    False: using it without registration is an error of the definitions."""

    @model_validator(mode="after")
    def _check_filling(self) -> Self:
        is_data = self.filled_by is FilledBy.DATA
        if is_data != (self.owner is Owner.AUTOMATIC):
            raise ValueError("filled_by: data の項目の owner は automatic、people の項目は人です")
        if is_data == (not self.steps and self.shows is None):
            raise ValueError("filled_by: data の項目には steps か shows が要り、people の項目には書けません")
        if any(step.is_nothing for step in self.steps):
            raise ValueError("「何もなかった」ことに点は付けられません（is_nothing は protective だけ）")
        if any(step.at_most is not None for step in self.steps) and not self.is_measurement:
            raise ValueError("低い値に点を付ける項目には nothing_means: not_measured が要ります")
        _check_step_order(self.steps)
        return self

    @property
    def is_measurement(self) -> bool:
        """Whether "nothing" leaves the item unknown."""
        return self.nothing_means is NothingMeans.NOT_MEASURED

    @property
    def indicator_ids(self) -> tuple[str, ...]:
        """Indicators the row reads, in order, each once."""
        shown = (self.shows,) if self.shows is not None else ()
        return _list_once((*(step.indicator for step in self.steps), *shown))

    @property
    def most_points(self) -> int:
        """Points when the highest step is met."""
        return max((step.points for step in self.steps), default=0)


class Domain(Definition):
    """A part of the sheet, or an axis of a look-up."""

    id: Identifier
    title: Title


class Difficulty(Definition):
    """A kind of difficulty the pack looks for, by the rows that speak of it."""

    id: Identifier
    title: Title
    items: tuple[Identifier, ...] = Field(min_length=1)


class LevelRule(Definition):
    """Points → level. One of: the total; a domain's points; an item's points; domains with any point."""

    level: NeedLevel
    total_at_least: int | None = Field(default=None, ge=1)
    domain: Identifier | None = None
    item: Identifier | None = None
    points_at_least: int | None = Field(default=None, ge=1)
    domains_with_points_at_least: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _check_one_way(self) -> Self:
        places = (self.total_at_least, self.domain, self.item, self.domains_with_points_at_least)
        if sum(place is not None for place in places) != 1:
            raise ValueError(
                "total_at_least・domain・item・domains_with_points_at_least のうち、ちょうど一つを書きます"
            )
        if (self.points_at_least is not None) != (self.domain is not None or self.item is not None):
            raise ValueError("points_at_least は、domain か item といっしょに書きます")
        if self.level in (NeedLevel.NO_FINDING, NeedLevel.UNKNOWN):
            raise ValueError("点から「該当なし」「情報不足」にはできません")
        return self


class Combination(Definition):
    """Several conditions that must all be met."""

    id: Identifier
    title: Title
    when: tuple[Condition, ...] = Field(min_length=1)
    blank_unless_registered: bool = False
    """As for items."""


class Floor(Combination):
    """A red flag: when every condition is met, the level is at least `level`, whatever the points say."""

    level: NeedLevel

    @model_validator(mode="after")
    def _check_loudness(self) -> Self:
        if self.level.rank < NeedLevel.MEDIUM.rank:
            raise ValueError("緊急の兆しの水準は medium 以上にします")
        if any(condition.is_nothing for condition in self.when):
            raise ValueError("「何もなかった」ことは緊急の兆しになりません")
        return self


class ProtectiveFact(Combination):
    """A fact that speaks for the child's situation. Shown beside the reasons; never lowers anything."""


class AxisClass(Definition):
    """A class of an axis by the axis's points."""

    id: Identifier
    title: Title
    points_at_least: int = Field(ge=0)


class Axis(Definition):
    """One axis of a look-up: a domain whose points fall into classes, the heaviest first."""

    domain: Identifier
    classes: tuple[AxisClass, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        if any(upper.points_at_least <= lower.points_at_least for upper, lower in pairwise(self.classes)):
            raise ValueError("段階は、点の多いものから順に書きます")
        if self.classes[-1].points_at_least != 0:
            raise ValueError("いちばん軽い段階は points_at_least: 0 にします")
        if UNKNOWN_CLASS in (one.id for one in self.classes):
            raise ValueError("unknown という段階は、書かなくても全ての軸にあります")
        return self

    @property
    def class_ids(self) -> tuple[str, ...]:
        """Class ids, the heaviest first, then `unknown`."""
        return (*(one.id for one in self.classes), UNKNOWN_CLASS)


class OverallClass(Definition):
    """A result of the look-up and the level it stands for."""

    id: Identifier
    title: Title
    level: NeedLevel


class LookupRow(Definition):
    """One combination of classes, in the order of the axes, and its overall class."""

    when: tuple[Identifier, ...] = Field(min_length=1)
    gives: Identifier


class Lookup(Definition):
    """A complete table: every combination of classes, `unknown` included, stands in it once."""

    axes: tuple[Axis, ...] = Field(min_length=1, max_length=4)
    classes: tuple[OverallClass, ...] = Field(min_length=2)
    rows: tuple[LookupRow, ...]

    @model_validator(mode="after")
    def _check_rows(self) -> Self:
        expected = set(product(*(axis.class_ids for axis in self.axes)))
        counts = Counter(row.when for row in self.rows)
        _refuse(expected - set(counts), "対応表に無い組合せがあります")
        _refuse(set(counts) - expected, "軸に無い段階の組合せがあります")
        _refuse((when for when, count in counts.items() if count > 1), "同じ組合せが二度あります")
        _refuse({row.gives for row in self.rows} - {one.id for one in self.classes}, "classes に無い総合段階")
        self._check_never_quieter()
        return self

    @property
    def levels_by_classes(self) -> dict[tuple[str, ...], NeedLevel]:
        """The level of every combination."""
        levels = {one.id: one.level for one in self.classes}
        return {row.when: levels[row.gives] for row in self.rows}

    def _check_never_quieter(self) -> None:
        ranks = {when: level.rank for when, level in self.levels_by_classes.items()}
        for when, rank in ranks.items():
            if UNKNOWN_CLASS in when and rank == NeedLevel.NO_FINDING.rank:
                raise ValueError(f"不明を含む組合せ {'・'.join(when)} を「該当なし」にはできません")
            for position, axis in enumerate(self.axes):
                order = [one.id for one in axis.classes]
                here = when[position]
                # Unknown may be anything from the mildest class up, so it is never quieter than the mildest.
                lighter = order[-1] if here == UNKNOWN_CLASS else _find_next(order, here)
                if lighter is None:
                    continue
                if rank < ranks[(*when[:position], lighter, *when[position + 1 :])]:
                    raise ValueError(f"{'・'.join(when)} が、より軽い組合せより低い水準になっています")


class Audience(Definition):
    """Whom the pack judges, by school year of the cohort: 1 = 小1 … 9 = 中3; a missing bound is open.

    A child whose cohort is not known is judged too: nobody is left out for a missing birth date.
    """

    first_school_year: int | None = Field(default=None, ge=-6, le=12)
    last_school_year: int | None = Field(default=None, ge=-6, le=12)


class OtherValues(StrEnum):
    """What an example says about every indicator it does not name."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"


class ExampleChild(Definition):
    """An invented child as a test of the pack.

    A value is written `12`, a code (`quasi_protection`), `nothing`, `unknown`, or `12+` (at least 12: only part
    of the time is covered).
    """

    id: Identifier
    title: str = Field(min_length=1)
    values: dict[Identifier, Annotated[str, Field(min_length=1)]]
    others: OtherValues = OtherValues.UNKNOWN
    level: NeedLevel
    points: int = Field(ge=0)
    reasons: tuple[Identifier, ...] = ()
    """Items with points and floors that are met, in any order."""
    protective: tuple[Identifier, ...] = ()
    unknown: tuple[Identifier, ...] = ()
    """Items whose points cannot be told."""
    gives: Identifier | None = None
    """The overall class, for a look-up."""


class Pack(Definition):
    """A versioned set of rules for one purpose. Either `levels` (points → level) or `lookup`."""

    id: Identifier
    version: int = Field(ge=1)
    title: Title
    purpose: Identifier
    description: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    audience: Audience = Audience()
    difficulties: tuple[Difficulty, ...] = Field(min_length=1)
    domains: tuple[Domain, ...] = Field(min_length=1)
    items: tuple[PackItem, ...] = Field(min_length=1)
    levels: tuple[LevelRule, ...] = ()
    lookup: Lookup | None = None
    floors: tuple[Floor, ...] = ()
    protective: tuple[ProtectiveFact, ...] = ()
    least_known_items: int = Field(default=1, ge=0)
    """With fewer data items known, "nothing found" cannot be said: the level is `unknown`."""
    listed_levels: tuple[NeedLevel, ...] = Field(min_length=1)
    """The levels whose children are put before people."""
    expires_days: PositiveDays
    evidence: str = Field(default="none", min_length=1)
    examples: tuple[ExampleChild, ...] = Field(min_length=1)
    adoption: Adoption = Adoption()

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if (self.lookup is None) == (not self.levels):
            raise ValueError("levels（点から水準へ）か lookup（対応表）の、どちらか一方を書きます")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to は valid_from より後の日にします")
        items_in_order = [item.id for item in self.items]
        items, domains = set(items_in_order), {domain.id for domain in self.domains}
        parts = [*items_in_order, *(part.id for part in self.combinations)]
        _refuse_repeated(parts, "同じ id の項目・緊急の兆し・支えの事実があります")
        _refuse_repeated([domain.id for domain in self.domains], "同じ id の領域があります")
        _refuse({item.domain for item in self.items} ^ domains, "領域と項目が合いません")
        _refuse({row for one in self.difficulties for row in one.items} - items, "items に無い項目です")
        _refuse({rule.item for rule in self.levels if rule.item} - items, "items に無い項目です")
        _refuse({rule.domain for rule in self.levels if rule.domain} - domains, "domains に無い領域です")
        _check_directions(step for item in self.items for step in item.steps)
        self._check_listing()
        self._check_lookup(domains)
        return self

    @property
    def combinations(self) -> tuple[Combination, ...]:
        """Floors, then protective facts."""
        return (*self.floors, *self.protective)

    @property
    def indicator_ids(self) -> tuple[str, ...]:
        """Every indicator the pack reads, in order, each once."""
        rows = (indicator for item in self.items for indicator in item.indicator_ids)
        whens = (condition.indicator for part in self.combinations for condition in part.when)
        return _list_once((*rows, *whens))

    @property
    def required_indicator_ids(self) -> tuple[str, ...]:
        """Indicators whose items must be registered for the purpose, else the definitions are wrong."""
        rows = (one for item in self.items if not item.blank_unless_registered for one in item.indicator_ids)
        parts = (part for part in self.combinations if not part.blank_unless_registered)
        return _list_once((*rows, *(condition.indicator for part in parts for condition in part.when)))

    def is_valid_on(self, day: date) -> bool:
        """Whether the pack is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def _check_listing(self) -> None:
        if NeedLevel.NO_FINDING in self.listed_levels:
            raise ValueError("「該当なし」のこどもは名簿に挙げません")
        for floor in self.floors:
            if floor.level not in self.listed_levels:
                raise ValueError(f"緊急の兆し {floor.id} の水準は、必ず名簿に挙げます（listed_levels）")
        ranks = [level.rank for level in self.listed_levels]
        if any(level.rank > min(ranks) and level not in self.listed_levels for level in NeedLevel):
            raise ValueError("listed_levels は、いちばん高い水準から途切れずに書きます")

    def _check_lookup(self, domains: set[str]) -> None:
        if self.lookup is None:
            return
        _refuse({axis.domain for axis in self.lookup.axes} ^ domains, "軸と領域が合いません")
        if any(item.filled_by is FilledBy.PEOPLE for item in self.items):
            raise ValueError("対応表の規則集には、人が記入する項目を置けません（段階が決まらないため）")


def _find_next(order: list[str], here: str) -> str | None:
    position = order.index(here) + 1
    return order[position] if position < len(order) else None


def _list_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _refuse(wrong: Iterable[object], what: str) -> None:
    shown = sorted("・".join(one) if isinstance(one, tuple) else str(one) for one in wrong)
    if shown:
        raise ValueError(f"{what}: {'、'.join(shown[:5])}")


def _refuse_repeated(names: list[str], what: str) -> None:
    _refuse((name for name, count in Counter(names).items() if count > 1), what)


def _check_step_order(steps: tuple[Step, ...]) -> None:
    by_indicator: dict[str, list[Step]] = {}
    for step in steps:
        by_indicator.setdefault(step.indicator, []).append(step)
    for ladder in by_indicator.values():
        for lower, upper in pairwise(ladder):
            if upper.points <= lower.points:
                raise ValueError("同じ指標の段は、点の少ないものから順に書きます")
            if lower.threshold is None or upper.threshold is None:
                continue
            rise = upper.threshold - lower.threshold
            if (rise if upper.at_least is not None else -rise) <= 0:
                raise ValueError("点が多い段ほど、より重い値にします")


def _check_directions(steps: Iterable[Step]) -> None:
    # One indicator that is worse upwards in one row and downwards in another would make "worse" meaningless.
    ways: dict[str, Comparison] = {}
    for step in steps:
        if ways.setdefault(step.indicator, step.comparison) is not step.comparison:
            raise ValueError(f"指標 {step.indicator} の重くなる向きが、項目によって違います")
