"""The entry: the day's children and every indicator's value for each of them."""

from collections.abc import Iterable, Mapping, Sequence

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item
from tsunagu.indicators.compile import RESULT, compile_items, compile_needs, compile_verdicts
from tsunagu.indicators.nodes import Plan
from tsunagu.indicators.population import POPULATION_TABLE, build_people, build_population
from tsunagu.indicators.resolve import build_plan
from tsunagu.indicators.steps import Step
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.dates import AsOf

INDICATOR_VALUE_TABLE = RESULT
"""Temporary table with the rows of `runs.indicator_value`."""

__all__ = ["INDICATOR_VALUE_TABLE", "POPULATION_TABLE", "compute_indicators", "compute_plan"]


def compute_indicators(
    engine: Engine,
    indicators: Sequence[Indicator],
    items: Mapping[str, Item],
    feeds: Iterable[Feed],
    *,
    as_of: AsOf,
) -> None:
    """Compute the population and all indicators of one day, in sets.

    Reads: the facts of every item named, `facts.school_enrolment`, `facts.nursery_enrolment`, `facts.residence`,
    `facts.closure`, `facts.coverage`, `facts.person`, `facts.subject_person`, `facts.membership`, `facts.kin`.
    Writes: the temporary tables `runs_population` (as `runs.population`) and `runs_indicator_value` (as
    `runs.indicator_value`; one row per child and indicator, always), for the caller to commit.

    Args:
        engine: with those tables attached.
        indicators: as declared and checked; those that household indicators name must be among them.
        items: every item they name.
        feeds: every feed that states these items.
        as_of: nothing learned of later is used.
    """
    compute_plan(engine, build_plan(indicators, items, feeds, as_of=as_of))


def compute_plan(engine: Engine, plan: Plan) -> None:
    """The same from a resolved plan."""
    build_population(engine, as_of=plan.as_of)
    if not plan.indicators:
        return
    build_people(engine, plan)
    made = [_run(engine, step) for step in compile_needs(plan)]
    school_year_start = plan.school_year_start
    made.append(_make(engine, "gap", as_of=plan.as_of, school_year_start=school_year_start))
    made += [_make(engine, name) for name in ("reach_city", "reach_spell", "reach_person")]
    for steps in compile_items(plan):
        tables = [_run(engine, step) for step in steps]
        engine.run(f"DROP TABLE {tables[0]}")
        made += tables[1:]
    made += [_run(engine, step) for step in compile_verdicts(plan)]
    for table in sorted(set(made) - {RESULT}):
        engine.run(f"DROP TABLE {table}")


def _run(engine: Engine, step: Step) -> str:
    engine.run(step.sql)
    return step.table


def _make(engine: Engine, name: str, **parameters: object) -> str:
    step = Step(f"ind_{name}", read_sql("tsunagu.indicators", name))
    engine.run(step.sql, **parameters)
    return step.table
