"""From a declared indicator and a day to the nodes: windows become dates, names become columns."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from tsunagu.catalog.feeds import Cadence, Coverage, CoveragePeriod, CoverageScope, Feed
from tsunagu.catalog.indicators import (
    Condition,
    Indicator,
    IndicatorKind,
    Measure,
    WindowLength,
    WindowWord,
)
from tsunagu.catalog.items import Item, ItemKind
from tsunagu.catalog.words import ValueType
from tsunagu.indicators.nodes import (
    EARLIEST,
    Calendar,
    Change,
    ChangeOfLatest,
    Count,
    DaysSince,
    Declared,
    DistinctPeriods,
    FeedRule,
    Figure,
    Household,
    Latest,
    Missing,
    Node,
    Plan,
    Since,
    Source,
    Span,
    Spell,
    StateAt,
    Sum,
    Test,
)
from tsunagu.vocabulary.dates import AsOf, get_school_year

_SINCE = {WindowWord.SINCE_BIRTH: Since.BIRTH, WindowWord.SINCE_PREGNANCY: Since.PREGNANCY}
_NARROWNESS = (CoverageScope.SCHOOL, CoverageScope.FACILITY, CoverageScope.MUNICIPALITY)


def build_plan(
    indicators: Sequence[Indicator], items: Mapping[str, Item], feeds: Iterable[Feed], *, as_of: AsOf
) -> Plan:
    """Resolve indicators for one day.

    Args:
        indicators: as declared and checked; an indicator that another one names must be among them.
        items: every item they name.
        feeds: every feed of those items: which part of the city each speaks for, and for how long.
        as_of: the day.
    """
    known_feeds = tuple(feeds)
    scopes = _find_scopes(known_feeds)
    rules = {
        (item, feed.id): _get_feed_rule(feed, item) for feed in known_feeds for item in feed.stated_items
    }
    declared = tuple(_resolve_indicator(indicator, items, scopes, as_of) for indicator in indicators)
    return Plan(as_of, declared, rules)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def resolve_window(window: WindowWord | WindowLength | None, as_of: AsOf) -> Span:
    """The days a window means; every one ends with `as_of` at the latest."""
    end = as_of + timedelta(days=1)
    if isinstance(window, WindowLength):
        if window.days is not None:
            return Span(end - timedelta(days=window.days), end)
        return Span(add_months(end, -(window.months or 0)), end)
    this_year = date(get_school_year(as_of), 4, 1)
    if window is WindowWord.THIS_SCHOOL_YEAR:
        return Span(this_year, end)
    if window is WindowWord.LAST_SCHOOL_YEAR:
        return Span(add_months(this_year, -12), this_year)
    if window is WindowWord.AT_AS_OF:
        return Span(as_of, end)
    return Span(EARLIEST, end, _SINCE.get(window) if window else None)


def resolve_window_before(window: WindowWord | WindowLength | None, as_of: AsOf) -> Span:
    """The earlier days that a window is compared with: like with like.

    This school year: as many days of the last one. A length: the same length just before. Last school year:
    the one before it.
    """
    now = resolve_window(window, as_of)
    if window is WindowWord.THIS_SCHOOL_YEAR:
        start = add_months(now.start, -12)
        return Span(start, min(start + (now.end - now.start), now.start))
    if window is WindowWord.LAST_SCHOOL_YEAR:
        return Span(add_months(now.start, -12), now.start)
    if isinstance(window, WindowLength) and window.months is not None:
        return Span(add_months(now.end, -2 * window.months), now.start)
    return Span(now.start - (now.end - now.start), now.start)


def _find_scopes(feeds: Iterable[Feed]) -> dict[str, CoverageScope]:
    found: dict[str, set[CoverageScope]] = {}
    for feed in feeds:
        for item in feed.stated_items:
            found.setdefault(item, set()).add(_get_coverage(feed, item).scope)
    # Where feeds differ the narrowest counts: a stretch for the whole city covers every school anyway.
    return {item: min(scopes, key=_NARROWNESS.index) for item, scopes in found.items()}


def _get_coverage(feed: Feed, item: str) -> Coverage:
    rule = feed.items.get(item)
    return (rule.coverage if rule else None) or feed.coverage


def _get_feed_rule(feed: Feed, item: str) -> FeedRule:
    coverage = _get_coverage(feed, item)
    is_yearly = feed.cadence is Cadence.YEARLY and coverage.period is CoveragePeriod.SCHOOL_YEAR
    return FeedRule(coverage.stale_after_days, is_yearly)


def _resolve_indicator(
    indicator: Indicator, items: Mapping[str, Item], scopes: Mapping[str, CoverageScope], as_of: AsOf
) -> Declared:
    return Declared(
        id=indicator.id,
        node=_resolve_node(indicator, items, scopes, as_of),
        empty=indicator.empty,
        who=indicator.applies_to.who,
        from_age_years=indicator.applies_to.from_age_years,
        to_age_years=indicator.applies_to.to_age_years,
        expires_after_days=indicator.expires_after_days,
        calendar=Calendar(
            resets=indicator.resets_in_april or indicator.window is WindowWord.THIS_SCHOOL_YEAR,
            quiet_months=tuple(sorted(set(indicator.quiet_months))),
        ),
    )


def _resolve_node(
    indicator: Indicator, items: Mapping[str, Item], scopes: Mapping[str, CoverageScope], as_of: AsOf
) -> Node:
    if indicator.kind is IndicatorKind.HOUSEHOLD:
        assert indicator.relatives_indicator and indicator.over and indicator.counts_when
        return Household(indicator.relatives_indicator, indicator.over, indicator.counts_when)
    span = resolve_window(indicator.window, as_of)
    if indicator.kind is IndicatorKind.DAYS_SINCE and indicator.sightings:
        sightings = (items[name] for name in indicator.sightings)
        return DaysSince(tuple(_resolve_sighting(item, scopes) for item in sightings), span)
    assert indicator.item is not None
    source = _resolve_source(indicator, items[indicator.item], scopes)
    if indicator.kind is IndicatorKind.CHANGE:
        return _resolve_change(indicator, source, as_of)
    return _resolve_single(indicator, source, span)


def _resolve_single(indicator: Indicator, source: Source, span: Span) -> Node:
    match indicator.kind:
        case IndicatorKind.DAYS_SINCE:
            return DaysSince((source,), span)
        case IndicatorKind.LATEST:
            return Latest(source, span)
        case IndicatorKind.STATE_AT:
            return StateAt(source, span)
        case IndicatorKind.SPELL:
            assert indicator.consecutive and indicator.take
            return Spell(source, span, indicator.consecutive, indicator.take)
        case IndicatorKind.MISSING:
            assert indicator.due
            due = indicator.due
            return Missing(source, span, due.from_age_months, due.until_age_months)
    return _resolve_figure(Measure(indicator.kind.value), indicator, source, span)


def _resolve_figure(measure: Measure | None, indicator: Indicator, source: Source, span: Span) -> Figure:
    if measure is Measure.SUM:
        return Sum(source, span)
    if measure is Measure.DISTINCT_PERIODS:
        assert indicator.period
        return DistinctPeriods(source, span, indicator.period)
    return Count(source, span)


def _resolve_change(indicator: Indicator, source: Source, as_of: AsOf) -> Node:
    now = resolve_window(indicator.window, as_of)
    if indicator.measure is Measure.LATEST:
        return ChangeOfLatest(source, now)
    before = resolve_window_before(indicator.window, as_of)
    return Change(
        _resolve_figure(indicator.measure, indicator, source, now),
        _resolve_figure(indicator.measure, indicator, source, before),
    )


def _resolve_source(indicator: Indicator, item: Item, scopes: Mapping[str, CoverageScope]) -> Source:
    is_state = item.kind is ItemKind.STATE
    tests = [_resolve_condition(condition, item) for condition in indicator.where]
    value_type = item.values[indicator.value].type if indicator.value else None
    if indicator.value and value_type:
        tests.append(Test(indicator.value, "is_recorded", value_type, ("true",)))
    return Source(
        item=item.id,
        scope=scopes.get(item.id, CoverageScope.MUNICIPALITY),
        is_state=is_state,
        event=indicator.times.event or ("valid_from" if is_state else "occurred_on"),
        tests=tuple(tests),
        value=indicator.value,
        value_type=value_type,
    )


def _resolve_sighting(item: Item, scopes: Mapping[str, CoverageScope]) -> Source:
    seen_if = (Test(item.seen_if, "equals", ValueType.FLAG, ("true",)),) if item.seen_if else ()
    return Source(
        item=item.id,
        scope=scopes.get(item.id, CoverageScope.MUNICIPALITY),
        is_state=item.kind is ItemKind.STATE,
        event=item.seen_on or ("valid_from" if item.kind is ItemKind.STATE else "occurred_on"),
        tests=seen_if,
    )


def _resolve_condition(condition: Condition, item: Item) -> Test:
    words = condition.texts
    if condition.is_recorded is not None:
        words = ("true" if condition.is_recorded else "false",)
    number = condition.at_least if condition.at_least is not None else condition.at_most
    return Test(condition.value, condition.test, item.values[condition.value].type, words, number or 0.0)
