"""Measures that look at a child's rows in order: unbroken runs, and the value before the latest one."""

from sqlglot import exp

from tsunagu.catalog.indicators import Consecutive, Take
from tsunagu.indicators.expressions import (
    Join,
    alias,
    belongs,
    column,
    get_state_bounds,
    get_value,
    inner,
    order_key,
    query,
    read,
)
from tsunagu.indicators.measures import NamedMeasure
from tsunagu.indicators.nodes import ChangeOfLatest, Spell

_DAY_NUMBER = "DATE_DIFF('DAY', DATE '1900-01-01', h.event_on)"
_MONTH_NUMBER = "YEAR(h.event_on) * 12 + MONTH(h.event_on)"


def select_ordered(named: NamedMeasure) -> exp.Select | None:
    """The statement of a measure that needs order, over the item's rows; None for the others."""
    measure = named.measure
    if isinstance(measure, ChangeOfLatest):
        return _select_previous(measure)
    if not isinstance(measure, Spell):
        return None
    runs = _select_state_runs(measure) if measure.source.is_state else _select_event_runs(measure)
    return _take_run(runs, measure.take)


def _take_run(runs: exp.Select, take: Take) -> exp.Select:
    # Of equally long runs the latest counts.
    order = "event_on DESC" if take is Take.LATEST else "length DESC, event_on DESC"
    place = f"ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY {order}) AS place"
    ranked = query(["*", place], inner(runs, "runs"))
    columns = ["person_id", "CAST(length AS DOUBLE) AS number", "event_on"]
    return query(columns, inner(ranked, "ranked"), where=["place = 1"])


def _select_event_runs(measure: Spell) -> exp.Select:
    steps = inner(_select_steps(measure), "steps")
    # Neighbouring steps keep the same distance to their rank.
    island = "step - DENSE_RANK() OVER (PARTITION BY person_id ORDER BY step) AS island"
    return query(
        ["person_id", "COUNT(DISTINCT step) AS length", "MAX(event_on) AS event_on"],
        inner(query(["*", island], steps), "islands"),
        group_by=["person_id", "island"],
    )


def _select_steps(measure: Spell) -> exp.Select:
    event, rows = measure.source.event, f"ind_rows_{measure.source.item}"
    hits = query(
        ["person_id", alias(column(event), "event_on")], rows, where=[belongs(measure)], distinct=True
    )
    if measure.consecutive is not Consecutive.RECORDED_DAYS:
        step = _MONTH_NUMBER if measure.consecutive is Consecutive.MONTHS else _DAY_NUMBER
        return query(["h.person_id", "h.event_on", f"{step} AS step"], inner(hits, "h"))
    days = query([alias(column(event), "event_on")], rows, where=[f"{event} IS NOT NULL"], distinct=True)
    numbered = query(["event_on", "ROW_NUMBER() OVER (ORDER BY event_on) AS step"], inner(days, "days"))
    return query(
        ["h.person_id", "h.event_on", "o.step"],
        inner(hits, "h"),
        joins=[Join(inner(numbered, "o"), "o.event_on = h.event_on")],
    )


def _select_state_runs(measure: Spell) -> exp.Select:
    begins, ends = get_state_bounds(measure.span)
    hits = query(
        ["person_id", alias(begins, "begins_on"), alias(ends, "ends_on")],
        f"ind_rows_{measure.source.item}",
        where=[belongs(measure)],
    )
    in_order = "OVER (PARTITION BY person_id ORDER BY begins_on, ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND"
    reached = query(["*", f"MAX(ends_on) {in_order} 1 PRECEDING) AS reached_on"], inner(hits, "hits"))
    is_new = "SUM(CASE WHEN begins_on <= reached_on THEN 0 ELSE 1 END)"
    placed = query(["*", f"{is_new} {in_order} CURRENT ROW) AS island"], inner(reached, "reached"))
    length = "DATE_DIFF('DAY', MIN(begins_on), MAX(ends_on)) AS length"
    return query(
        ["person_id", length, "MAX(ends_on) - 1 AS event_on"],
        inner(placed, "islands"),
        group_by=["person_id", "island"],
    )


def _select_previous(measure: ChangeOfLatest) -> exp.Select:
    event = measure.source.event
    hits = query(
        [
            "person_id",
            alias(column(event), "event_on"),
            alias(get_value(measure.source)[0], "figure"),
            alias(order_key(column(event)), "latest_key"),
            f"DENSE_RANK() OVER (PARTITION BY person_id ORDER BY {event} DESC) AS place",
        ],
        f"ind_rows_{measure.source.item}",
        where=[belongs(measure)],
    )
    latest, before = (
        read(f"MAX_BY(figure, CASE WHEN place = {place} THEN latest_key END)") for place in (1, 2)
    )
    return query(
        [
            "person_id",
            alias(exp.Sub(this=latest, expression=before), "number"),
            "MAX(CASE WHEN place = 2 THEN event_on END) AS needed_from",
        ],
        inner(hits, "hits"),
        group_by=["person_id"],
    )
