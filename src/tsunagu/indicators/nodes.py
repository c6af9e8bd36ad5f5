"""An indicator resolved for one day: small frozen nodes that both engines carry out.

The nodes hold the meaning (docs/explanation/indicators.md); an engine adds nothing to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tsunagu.catalog.feeds import CoverageScope
from tsunagu.catalog.indicators import Consecutive, Empty, Over, PeriodUnit, ResultTest, Take, Who
from tsunagu.catalog.words import ValueType
from tsunagu.vocabulary.dates import AsOf, get_school_year

EARLIEST = date(1900, 1, 1)
"""Stands for "since before the records" wherever a date is needed."""
LATEST = date(2999, 1, 1)
"""Stands for "still" wherever a date is needed."""
DONE, LATE, MISSING = "done", "late", "missing"
"""What an indicator of the kind `missing` answers in words."""


class Since(StrEnum):
    """Where a window begins when it begins with the child's life."""

    BIRTH = "birth"
    PREGNANCY = "pregnancy"


@dataclass(frozen=True, slots=True)
class Span:
    """Days `[start, end)`; with `since` the start is the child's own, and `start` is `EARLIEST`."""

    start: date
    end: date
    since: Since | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on one column; `words` and `number` as the test needs."""

    __test__ = False

    column: str
    test: str
    type: ValueType
    words: tuple[str, ...] = ()
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one item: which, dated by `event`, and for which part of the city the item's feeds speak."""

    item: str
    scope: CoverageScope
    is_state: bool
    event: str
    tests: tuple[Test, ...] = ()
    value: str | None = None
    value_type: ValueType | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows."""

    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a value."""

    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class DistinctPeriods:
    """In how many days, weeks, months or school years there is a row."""

    source: Source
    span: Span
    period: PeriodUnit


@dataclass(frozen=True, slots=True)
class Latest:
    """The value of the latest row."""

    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class DaysSince:
    """Days from the latest row of any of the sources to `as_of`."""

    sources: tuple[Source, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class StateAt:
    """The state on `as_of`: the value, or 1 when no value is asked for."""

    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class Spell:
    """The length of the longest or the latest unbroken run."""

    source: Source
    span: Span
    consecutive: Consecutive
    take: Take


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether something expected once between two ages is there."""

    source: Source
    span: Span
    from_age_months: int
    until_age_months: int


@dataclass(frozen=True, slots=True)
class Change:
    """A figure now less the same figure over an equally long earlier span."""

    now: "Count | Sum | DistinctPeriods"
    before: "Count | Sum | DistinctPeriods"


@dataclass(frozen=True, slots=True)
class ChangeOfLatest:
    """The latest value less the latest value of an earlier day."""

    source: Source
    span: Span


@dataclass(frozen=True, slots=True)
class Household:
    """For how many relatives another indicator's result meets a test."""

    indicator: str
    over: Over
    test: ResultTest


Figure = Count | Sum | DistinctPeriods
Measure = Figure | Latest | StateAt | Spell | Missing | ChangeOfLatest
Node = Measure | DaysSince | Change | Household


@dataclass(frozen=True, slots=True)
class Declared:
    """One indicator for one day: the node, and what its result means."""

    id: str
    node: Node
    empty: Empty
    who: Who
    from_age_years: int | None
    to_age_years: int | None
    expires_after_days: int | None
    calendar: "Calendar"


@dataclass(frozen=True, slots=True, order=True)
class Calendar:
    """What the school year does to covered time.

    `resets`: staleness alone does not carry it over 1 April. `quiet_months`: these need no delivery.
    """

    resets: bool = False
    quiet_months: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """A short key: `plain`, `resets`, `plain_8`, `resets_8_12`."""
        return "_".join(["resets" if self.resets else "plain", *map(str, self.quiet_months)])


@dataclass(frozen=True, slots=True)
class FeedRule:
    """For how long one feed's deliveries of an item speak.

    `is_yearly`: the delivery speaks for its school year to the end (a check-up or survey held once a year).
    """

    stale_after_days: int = 0
    is_yearly: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to be computed for one day. `feed_rules` is by item and feed."""

    as_of: AsOf
    indicators: tuple[Declared, ...]
    feed_rules: Mapping[tuple[str, str], FeedRule]

    @property
    def school_year(self) -> int:
        """The school year that holds `as_of`."""
        return get_school_year(self.as_of)

    @property
    def school_year_start(self) -> date:
        """1 April of that school year."""
        return date(self.school_year, 4, 1)

    @property
    def last_school_year_start(self) -> date:
        """1 April a year before."""
        return date(self.school_year - 1, 4, 1)

    @property
    def end(self) -> date:
        """The first day that no longer counts."""
        return self.as_of + timedelta(days=1)

    @property
    def relatives_indicators(self) -> frozenset[str]:
        """Indicators that must be known of relatives too."""
        return frozenset(
            declared.node.indicator for declared in self.indicators if isinstance(declared.node, Household)
        )


def list_measures(node: Node) -> tuple[Measure, ...]:
    """The measures a node is made of, in order; `DaysSince` and `Household` have none of their own."""
    if isinstance(node, Change):
        return (node.now, node.before)
    return () if isinstance(node, DaysSince | Household) else (node,)


def list_sources(node: Node) -> tuple[Source, ...]:
    """The sources a node reads."""
    if isinstance(node, DaysSince):
        return node.sources
    return tuple(measure.source for measure in list_measures(node))
