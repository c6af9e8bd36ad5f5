"""A plan as named steps of set-based SQL: shared tables first, then each item, then each indicator."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from tsunagu.indicators.expressions import alias, day, inner, number, query, read, truth, word
from tsunagu.indicators.measures import group_by_item, select_groups, select_rows
from tsunagu.indicators.nodes import Declared, Household, Plan
from tsunagu.indicators.ordered import select_ordered
from tsunagu.indicators.relatives import select_household
from tsunagu.indicators.steps import Step
from tsunagu.indicators.tables import INDICATOR_VALUE
from tsunagu.indicators.verdict import list_parts, select_verdict

RESULT = "runs_indicator_value"


def compile_needs(plan: Plan) -> tuple[Step, ...]:
    """Which times must be covered (`ind_need`), and how long each feed's last delivery speaks (`ind_stale`)."""
    needs = {
        (part.source.item, part.resets, part.source.scope.value, part.span.end)
        for declared in plan.indicators
        for part in list_parts(declared)
    }
    need_rows = [
        (word(item), truth(resets), word(scope), day(end)) for item, resets, scope, end in sorted(needs)
    ]
    # The first row matches nothing; it is there for plans without a feed.
    stale_rows: list[tuple[exp.Expr, ...]] = [(word(""), word(""), number(0))]
    stale_rows += [
        (word(item), word(feed), number(days)) for (item, feed), days in sorted(plan.stale_after_days.items())
    ]
    return (
        Step("ind_need", _list_literals(("item", "resets", "scope_kind", "window_end"), need_rows)),
        Step("ind_stale", _list_literals(("item", "feed", "stale_after_days"), stale_rows)),
    )


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
