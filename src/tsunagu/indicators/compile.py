"""A plan as named steps of set-based SQL: shared tables first, then each item, then each indicator."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from tsunagu.indicators.expressions import alias, day, inner, number, query, read, truth, word
from tsunagu.indicators.measures import group_by_item, select_groups, select_rows
from tsunagu.indicators.nodes import Calendar, Declared, Household, Plan
from tsunagu.indicators.ordered import select_ordered
from tsunagu.indicators.relatives import select_household
from tsunagu.indicators.resolve import add_months
from tsunagu.indicators.steps import Step
from tsunagu.indicators.tables import INDICATOR_VALUE
from tsunagu.indicators.verdict import list_parts, select_verdict

RESULT = "runs_indicator_value"
QUIET_YEARS = 25
"""Longer than any child's life."""


def compile_needs(plan: Plan) -> tuple[Step, ...]:
    """Which times must be covered (`ind_need`), for how long feeds speak (`ind_feed`), quiet months."""
    parts = [part for declared in plan.indicators for part in list_parts(declared)]
    needs = {(part.source.item, part.calendar, part.source.scope.value, part.span.end) for part in parts}
    need_rows = [
        (word(item), word(calendar.name), truth(calendar.resets), word(scope), day(end))
        for item, calendar, scope, end in sorted(needs)
    ]
    # The first row of these two matches nothing; it is there for plans without a feed, without a quiet month.
    feed_rows: list[tuple[exp.Expr, ...]] = [(word(""), word(""), number(0), truth(False))]
    feed_rows += [
        (word(item), word(feed), number(rule.stale_after_days), truth(rule.is_yearly))
        for (item, feed), rule in sorted(plan.feed_rules.items())
    ]
    quiet_rows: list[tuple[exp.Expr, ...]] = [(word(""), day(plan.as_of), day(plan.end))]
    quiet_rows += [
        (word(calendar.name), day(start), day(end))
        for calendar in sorted({part.calendar for part in parts})
        for start, end in list_quiet_times(calendar, plan.end)
    ]
    need_columns = ("item", "calendar", "resets", "scope_kind", "window_end")
    return (
        Step("ind_need", _list_literals(need_columns, need_rows)),
        Step("ind_feed", _list_literals(("item", "feed", "stale_after_days", "is_yearly"), feed_rows)),
        Step("ind_quiet", _list_literals(("calendar", "begins_on", "ends_on"), quiet_rows)),
    )


def list_quiet_times(calendar: Calendar, end: date) -> list[tuple[date, date]]:
    """The quiet times of more years than a child's life before `end`, neighbouring months joined."""
    times: list[tuple[date, date]] = []
    for count in range(12 * (end.year - QUIET_YEARS), 12 * end.year + 12):
        month = date(count // 12, count % 12 + 1, 1)
        if month.month not in calendar.quiet_months or month >= end:
            continue
        ends = min(add_months(month, 1), end)
        if times and times[-1][1] == month:
            times[-1] = (times[-1][0], ends)
        else:
            times.append((month, ends))
    return times


def compile_items(plan: Plan) -> Iterator[tuple[Step, ...]]:
    """Per item: its known rows, the grouped measures, the ordered ones. The rows are read once."""
    for item, measures in sorted(group_by_item(plan).items()):
        steps = [Step(f"ind_rows_{item}", _write(select_rows(plan, item, measures)))]
        steps.append(Step(f"ind_groups_{item}", _write(select_groups(item, measures))))
        for named in measures:
            ordered = select_ordered(named)
            if ordered is not None:
                steps.append(Step(f"ind_ordered_{named.name}", _write(ordered)))
        yield tuple(steps)


def compile_verdicts(plan: Plan) -> Iterator[Step]:
    """Per indicator: its rows of the result. Those that relatives are asked for come first."""
    yield Step(RESULT, _write(_select_nothing()))
    households = [declared for declared in plan.indicators if isinstance(declared.node, Household)]
    for declared in plan.indicators:
        if not isinstance(declared.node, Household):
            yield from _compile_own(plan, declared)
    for declared in households:
        assert isinstance(declared.node, Household)
        yield Step(RESULT, _write(select_household(plan, declared, declared.node)), adds=True)


def _compile_own(plan: Plan, declared: Declared) -> Iterator[Step]:
    verdict = select_verdict(plan, declared)
    if declared.id not in plan.relatives_indicators:
        yield Step(RESULT, _write(_of_children(inner(verdict, "verdict"))), adds=True)
        return
    table = f"ind_result_{declared.id}"
    yield Step(table, _write(verdict))
    yield Step(RESULT, _write(_of_children(table)), adds=True)


def _of_children(results: exp.Expr | str) -> exp.Select:
    return query(["*"], results, where=["person_id IN (SELECT person_id FROM runs_population)"])


def _select_nothing() -> exp.Select:
    columns = [read(f"CAST(NULL AS {column.type}) AS {column.name}") for column in INDICATOR_VALUE.columns]
    return query(columns, "runs_population", where=["FALSE"])


def _list_literals(names: tuple[str, ...], rows: Sequence[tuple[exp.Expr, ...]]) -> str:
    selects = (
        exp.Select(expressions=[alias(value, name) for name, value in zip(names, row, strict=True)])
        for row in rows
    )
    return "\nUNION ALL\n".join(select.sql(dialect="duckdb") for select in selects)


def _write(select: exp.Select) -> str:
    return select.sql(dialect="duckdb", pretty=True, copy=False)
