"""One scan per item: the known rows, then one grouped statement for all measures over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tsunagu.catalog.feeds import CoverageScope
from tsunagu.catalog.indicators import Consecutive
from tsunagu.indicators.expressions import (
    LIFE_COLUMNS,
    Join,
    alias,
    any_of,
    belongs,
    case,
    coalesce,
    column,
    day,
    equals,
    get_period,
    get_value,
    inner,
    is_at_most,
    is_not,
    is_null,
    number,
    order_key,
    query,
    word,
)
from tsunagu.indicators.nodes import (
    EARLIEST,
    Count,
    DaysSince,
    Declared,
    DistinctPeriods,
    Latest,
    Measure,
    Missing,
    Plan,
    Spell,
    StateAt,
    Sum,
    list_measures,
)


@dataclass(frozen=True, slots=True)
class NamedMeasure:
    """A measure and the prefix its columns carry in the item's grouped table."""

    name: str
    measure: Measure


def name_measures(declared: Declared) -> tuple[NamedMeasure, ...]:
    """The measures an indicator needs, each with its own name."""
    node = declared.node
    if isinstance(node, DaysSince):
        return tuple(
            NamedMeasure(f"{declared.id}_{place}", Count(source, node.span))
            for place, source in enumerate(node.sources, start=1)
        )
    names = (declared.id, f"{declared.id}_before")
    return tuple(NamedMeasure(*pair) for pair in zip(names, list_measures(node), strict=False))


def group_by_item(plan: Plan) -> dict[str, list[NamedMeasure]]:
    """All measures of the plan, by the item whose rows they read."""
    grouped: dict[str, list[NamedMeasure]] = {}
    for declared in plan.indicators:
        for named in name_measures(declared):
            grouped.setdefault(named.measure.source.item, []).append(named)
    return grouped


def select_rows(plan: Plan, item: str, measures: Sequence[NamedMeasure]) -> exp.Select:
    """The item's rows known on the day, of the people a result is needed of, ends ahead of the day removed."""
    as_of = day(plan.as_of)
    begins = "valid_from" if measures[0].measure.source.is_state else "occurred_on"
    earliest = _find_earliest(measures)
    # Days on which nobody has a row are found among everybody's rows, not only those of the people asked about.
    kind = "left" if any(_finds_open_days(named.measure) for named in measures) else ""
    return query(
        [
            "l.person_id",
            *_list_columns(measures, as_of),
            *("f.known_from", "f.record_id", "f.feed"),
            *(f"p.{name}" for name in _list_life_columns(measures)),
        ],
        f"facts.{item} AS f",
        joins=[
            Join("facts.subject_person AS l", "l.subject_id = f.subject_id"),
            Join("ind_people AS p", "p.person_id = l.person_id", kind),
        ],
        where=[
            *list_known_conditions(plan.as_of, item, begins),
            *([earliest] if earliest is not None else []),
        ],
    )


def list_known_conditions(as_of: date, item: str, begins: str) -> list[exp.Expr]:
    """What makes a version of an item's row (alias `f`) count on the day: known, not ended, not ahead."""
    on_day = day(as_of)
    return [
        is_at_most(column("known_from", "f"), on_day),
        is_not(exp.Exists(this=_select_closures(item, on_day))),
        any_of(is_at_most(column(begins, "f"), on_day), is_null(column(begins, "f"))),
    ]


def select_groups(item: str, measures: Sequence[NamedMeasure]) -> exp.Select:
    """Per person with a known row: every measure of the item, from one pass over its rows."""
    flags = [
        alias(case((belongs(named.measure), number(1)), default=number(0)), f"{named.name}_is")
        for named in measures
    ]
    return query(
        [
            "person_id",
            "COUNT(*) AS item_rows",
            *(aggregate for named in measures for aggregate in _list_aggregates(named)),
        ],
        inner(query(["*", *flags], f"ind_rows_{item}"), "r"),
        group_by=["person_id"],
    )


def _list_columns(measures: Sequence[NamedMeasure], as_of: exp.Expr) -> Iterator[exp.Expr]:
    sources = [named.measure.source for named in measures]
    names = {source.event for source in sources} | {source.value for source in sources if source.value}
    names |= {test.column for source in sources for test in source.tests}
    if sources[0].is_state:
        names |= {"valid_from", "valid_to"}
    for name in sorted(names):
        found = column(name, "f")
        if name == "valid_to":
            # An end that lies ahead is announced, not yet a fact.
            yield alias(case((is_at_most(found, as_of), found)), name)
        else:
            yield found


def _list_life_columns(measures: Sequence[NamedMeasure]) -> list[str]:
    found = {named.measure.span.since for named in measures}
    return [name for since, name in LIFE_COLUMNS.items() if since in found]


def _finds_open_days(measure: Measure) -> bool:
    return isinstance(measure, Spell) and measure.consecutive is Consecutive.RECORDED_DAYS


def _select_closures(item: str, as_of: exp.Expr) -> exp.Select:
    return query(
        ["1"],
        "facts.closure AS c",
        where=[
            equals(column("item", "c"), word(item)),
            "c.record_id = f.record_id",
            "c.version_known_from = f.known_from",
            is_at_most(column("known_to", "c"), as_of),
        ],
    )


def _find_earliest(measures: Sequence[NamedMeasure]) -> exp.Expr | None:
    # Big items speak for schools; there rows before every window need not be read. Items that speak for the
    # city keep them all: any row shows that the person is known to the source.
    sources = [named.measure.source for named in measures]
    spans = [named.measure.span for named in measures]
    is_plain = len({source.event for source in sources}) == 1 and not sources[0].is_state
    if not is_plain or any(source.scope is CoverageScope.MUNICIPALITY for source in sources):
        return None
    start = min(EARLIEST if span.since else span.start for span in spans)
    return None if start == EARLIEST else is_at_most(day(start), column(sources[0].event, "f"))


def _list_aggregates(named: NamedMeasure) -> Iterator[exp.Expr]:
    measure, name = named.measure, named.name
    event = "valid_from" if isinstance(measure, StateAt) else measure.source.event
    flag = f"{name}_is"

    def of_rows(value: exp.Expr) -> exp.Expr:
        return case((equals(column(flag), number(1)), value))

    yield alias(exp.Sum(this=column(flag)), f"{name}_rows")
    yield alias(exp.Max(this=of_rows(column(event))), f"{name}_event_on")
    yield alias(exp.Max(this=of_rows(column("known_from"))), f"{name}_known_on")
    yield alias(exp.Min(this=of_rows(column("feed"))), f"{name}_first_feed")
    yield alias(exp.Max(this=of_rows(column("feed"))), f"{name}_last_feed")
    if isinstance(measure, Sum):
        yield alias(exp.Sum(this=of_rows(get_value(measure.source)[0])), f"{name}_number")
    elif isinstance(measure, DistinctPeriods):
        periods = exp.Distinct(expressions=[of_rows(get_period(event, measure.period))])
        yield alias(exp.Count(this=periods), f"{name}_number")
    elif isinstance(measure, Missing):
        yield alias(exp.Min(this=of_rows(column(event))), f"{name}_first_on")
    elif isinstance(measure, Latest | StateAt) and measure.source.value:
        value, is_word = get_value(measure.source)
        key = of_rows(order_key(coalesce(column(event), day(EARLIEST))))
        yield alias(exp.ArgMax(this=value, expression=key), f"{name}_text" if is_word else f"{name}_number")
