"""Indicators: one figure or state about a child, declared in one of ten kinds; no free SQL.

Meaning: docs/explanation/indicators.md. What the words may be combined with is checked here for one indicator,
and in `tsunagu.catalog.indicator_checks` against items, code lists and other indicators.
"""

from enum import StrEnum
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tsunagu.catalog.words import Adoption, Definition, Identifier, PositiveDays, Title


class IndicatorKind(StrEnum):
    """The ten kinds. There is no eleventh for one city: a city combines these in packs."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT_PERIODS = "distinct_periods"
    LATEST = "latest"
    DAYS_SINCE = "days_since"
    STATE_AT = "state_at"
    SPELL = "spell"
    MISSING = "missing"
    CHANGE = "change"
    HOUSEHOLD = "household"


class WindowWord(StrEnum):
    """Windows with a name; `at_as_of` is that single day, and every other window ends with it or before."""

    THIS_SCHOOL_YEAR = "this_school_year"
    LAST_SCHOOL_YEAR = "last_school_year"
    SINCE_BIRTH = "since_birth"
    SINCE_PREGNANCY = "since_pregnancy"
    AT_AS_OF = "at_as_of"


class WindowLength(Definition):
    """The last so many days or months, the day itself included. One of the two."""

    days: PositiveDays | None = None
    months: Annotated[int, Field(gt=0, le=240)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("days か months のどちらか一つを書いてください。")
        return self


class Empty(StrEnum):
    """What "covered, and no row" gives. `missing` belongs to the kind of that name alone."""

    NOTHING = "nothing"
    ZERO = "zero"
    MISSING = "missing"


class Direction(StrEnum):
    """Which end asks for attention. It orders lists and never decides."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"


class PeriodUnit(StrEnum):
    """What `distinct_periods` counts. Weeks begin on Monday, school years on 1 April."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SCHOOL_YEAR = "school_year"


class Consecutive(StrEnum):
    """What makes two rows neighbours in a spell.

    `recorded_days`: no day lies between them on which anybody in the municipality has a row of the item (so
    weekends, holidays and vacations do not break a run of absences). A state's spell counts plain `days`.
    """

    RECORDED_DAYS = "recorded_days"
    DAYS = "days"
    MONTHS = "months"


class Take(StrEnum):
    """Which of several spells counts."""

    LONGEST = "longest"
    LATEST = "latest"


class Measure(StrEnum):
    """What `change` compares with the child's own past."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT_PERIODS = "distinct_periods"
    LATEST = "latest"


class Who(StrEnum):
    """Whom an indicator is about."""

    EVERYONE = "everyone"
    BORN = "born"
    UNBORN = "unborn"
    PUPILS = "pupils"
    NURSERY = "nursery"


class Over(StrEnum):
    """Whose results a household indicator looks at; never the child's own."""

    SIBLINGS = "siblings"
    PARENTS = "parents"
    HOUSEHOLD = "household"


class Condition(Definition):
    """One test on one value of the item; exactly one of the tests is written.

    A value that is not recorded passes only `differs_from` and `is_recorded: false`.
    """

    value: Identifier
    equals: str | None = None
    differs_from: str | None = None
    one_of: tuple[str, ...] | None = Field(default=None, min_length=1)
    at_least: float | None = None
    at_most: float | None = None
    is_recorded: bool | None = None

    @property
    def test(self) -> str:
        """Name of the one test that is written."""
        (name,) = _list_written(self, _CONDITION_TESTS)
        return name

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts compared with, for checking against a code list."""
        if self.one_of is not None:
            return self.one_of
        return tuple(text for text in (self.equals, self.differs_from) if text is not None)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(_list_written(self, _CONDITION_TESTS)) != 1:
            raise ValueError(f"条件には {'、'.join(_CONDITION_TESTS)} のどれか一つを書いてください。")
        return self


_CONDITION_TESTS = ("equals", "differs_from", "one_of", "at_least", "at_most", "is_recorded")


class ResultTest(Definition):
    """What a relative's result must be to count; exactly one test."""

    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(_list_written(self, ("at_least", "at_most", "one_of"))) != 1:
            raise ValueError("counts_when には at_least、at_most、one_of のどれか一つを書いてください。")
        return self


class Times(Definition):
    """Which date says when it happened, and which when we learned of it.

    `event` may name a date value of the item; none = `occurred_on`, for states `valid_from`.
    """

    event: Identifier | None = None
    known: Literal["known_from"] = "known_from"


class AppliesTo(Definition):
    """To whom the indicator applies; ages are completed years, both ends included."""

    who: Who = Who.EVERYONE
    from_age_years: int | None = Field(default=None, ge=0, le=19)
    to_age_years: int | None = Field(default=None, ge=0, le=19)


class Due(Definition):
    """The ages, in completed months, between which something is expected once."""

    from_age_months: int = Field(ge=0, le=240)
    until_age_months: int = Field(ge=0, le=240)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.until_age_months < self.from_age_months:
            raise ValueError("until_age_months は from_age_months 以上にしてください。")
        return self


class Indicator(Definition):
    """One indicator. Which of the optional words belong to which kind stands in `_WORDS`."""

    id: Identifier
    title: Title
    sentence: Title
    """Explains a value: `{value}` `{text}` `{unit}` `{event_on}` `{known_on}` `{rows}` are filled in."""
    kind: IndicatorKind
    empty: Empty
    direction: Direction = Direction.NONE
    unit: str = ""
    item: Identifier | None = None
    where: tuple[Condition, ...] = ()
    window: WindowWord | WindowLength | None = None
    times: Times = Times()
    value: Identifier | None = None
    period: PeriodUnit | None = None
    sightings: tuple[Identifier, ...] = ()
    """Items (declared as sightings) of which the latest day anybody saw the child is taken."""
    consecutive: Consecutive | None = None
    take: Take | None = None
    due: Due | None = None
    measure: Measure | None = None
    relatives_indicator: Identifier | None = None
    over: Over | None = None
    counts_when: ResultTest | None = None
    resets_in_april: bool = False
    """The source starts anew each school year: until it has, nothing found is unknown, never "nothing"."""
    quiet_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    """Months in which the source says nothing by its nature (no school in August): they need no delivery."""
    expires_after_days: PositiveDays | None = None
    applies_to: AppliesTo = AppliesTo()
    adoption: Adoption = Adoption()

    @property
    def items(self) -> tuple[str, ...]:
        """The items whose facts it reads itself."""
        return (self.item,) if self.item is not None else self.sightings

    @property
    def references(self) -> tuple[str, ...]:
        """Other indicators it names."""
        return () if self.relatives_indicator is None else (self.relatives_indicator,)

    @model_validator(mode="after")
    def _check(self) -> Self:
        for find_fault in (_find_word_fault, _find_window_fault, _find_empty_fault, _find_sentence_fault):
            fault = find_fault(self)
            if fault:
                raise ValueError(fault)
        return self


_K = IndicatorKind
_KIND_WORDS = (
    "item",
    "where",
    "window",
    "value",
    "period",
    "sightings",
    "consecutive",
    "take",
    "due",
    "measure",
    "relatives_indicator",
    "over",
    "counts_when",
    "expires_after_days",
)
# Kind → (words it needs, words it may have). `days_since` needs `item` or `sightings`.
_WORDS: dict[IndicatorKind, tuple[frozenset[str], frozenset[str]]] = {
    _K.COUNT: (frozenset({"item", "window"}), frozenset({"where"})),
    _K.SUM: (frozenset({"item", "window", "value"}), frozenset({"where"})),
    _K.DISTINCT_PERIODS: (frozenset({"item", "window", "period"}), frozenset({"where"})),
    _K.LATEST: (frozenset({"item", "window", "value"}), frozenset({"where", "expires_after_days"})),
    _K.DAYS_SINCE: (frozenset({"window"}), frozenset({"item", "where", "sightings"})),
    _K.STATE_AT: (frozenset({"item", "window"}), frozenset({"where", "value"})),
    _K.SPELL: (frozenset({"item", "window", "consecutive", "take"}), frozenset({"where"})),
    _K.MISSING: (frozenset({"item", "due"}), frozenset({"where"})),
    _K.CHANGE: (
        frozenset({"item", "window", "measure"}),
        frozenset({"where", "value", "period", "expires_after_days"}),
    ),
    _K.HOUSEHOLD: (frozenset({"relatives_indicator", "over", "counts_when"}), frozenset()),
}
_PLACEHOLDERS = frozenset({"value", "text", "unit", "event_on", "known_on", "rows"})


def _list_written(model: Definition, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(model, name) not in (None, ())]


def _find_word_fault(indicator: Indicator) -> str:
    needed, allowed = _WORDS[indicator.kind]
    written = set(_list_written(indicator, _KIND_WORDS))
    if lacking := sorted(needed - written):
        return f"{indicator.kind} には {'、'.join(lacking)} が要ります。"
    if extra := sorted(written - needed - allowed):
        return f"{indicator.kind} では {'、'.join(extra)} を使えません。"
    if indicator.kind is _K.DAYS_SINCE and (indicator.item is None) == (not indicator.sightings):
        return "days_since には item か sightings のどちらか一つを書いてください。"
    if indicator.kind is _K.DAYS_SINCE and indicator.sightings and indicator.where:
        return "sightings には where を付けられません（見たかどうかは項目の側で決まります）。"
    if indicator.kind is _K.CHANGE:
        return _find_measure_fault(indicator)
    return ""


def _find_measure_fault(indicator: Indicator) -> str:
    needs_value = indicator.measure in (Measure.SUM, Measure.LATEST)
    if needs_value != (indicator.value is not None):
        return "change の value は、measure が sum か latest のときに要り、ほかでは使えません。"
    if (indicator.measure is Measure.DISTINCT_PERIODS) != (indicator.period is not None):
        return "change の period は、measure が distinct_periods のときに要り、ほかでは使えません。"
    if indicator.expires_after_days is not None and indicator.measure is not Measure.LATEST:
        return "change の expires_after_days は、measure が latest のときだけ使えます。"
    return ""


def _find_window_fault(indicator: Indicator) -> str:
    is_at = indicator.window is WindowWord.AT_AS_OF
    if is_at != (indicator.kind is _K.STATE_AT):
        return "window: at_as_of は state_at にだけ使い、state_at にはこれを書いてください。"
    since = (WindowWord.SINCE_BIRTH, WindowWord.SINCE_PREGNANCY)
    if indicator.kind is _K.CHANGE and indicator.measure is not Measure.LATEST and indicator.window in since:
        return "生まれてからの期間には、比べる過去がありません。"
    return ""


def _find_empty_fault(indicator: Indicator) -> str:
    if (indicator.empty is Empty.MISSING) != (indicator.kind is _K.MISSING):
        return "empty: missing は missing にだけ使い、missing にはこれを書いてください。"
    has_no_zero = indicator.kind in (_K.LATEST, _K.DAYS_SINCE) or indicator.measure is Measure.LATEST
    if indicator.empty is Empty.ZERO and (has_no_zero or (indicator.kind is _K.STATE_AT and indicator.value)):
        return "値そのものを答える指標では、記録がないことは0ではありません。empty: nothing にしてください。"
    return ""


def _find_sentence_fault(indicator: Indicator) -> str:
    for template in (indicator.sentence.ja, indicator.sentence.en):
        try:
            named = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        except ValueError:
            return "sentence の { } が閉じていません。"
        if unknown := sorted(named - _PLACEHOLDERS):
            return f"sentence の {{{unknown[0]}}} は使えません。使えるのは {'、'.join(sorted(_PLACEHOLDERS))} です。"
    return ""
