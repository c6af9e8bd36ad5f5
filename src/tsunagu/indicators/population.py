"""The children of the day, and the people whose results theirs depend on."""

from datetime import date

from tsunagu.indicators.nodes import Household, Plan
from tsunagu.indicators.steps import Step
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.dates import AsOf, get_school_year

POPULATION_TABLE = "runs_population"
"""Temporary table with the rows of `runs.population`."""
_PACKAGE = "tsunagu.indicators"


def build_population(engine: Engine, *, as_of: AsOf) -> None:
    """Make `runs_population`: every child of the day, once, whether or not a school or household is known.

    Reads: `facts.person`, `facts.membership`, `facts.school_enrolment`, `facts.nursery_enrolment`,
    `facts.residence`, `facts.closure`, `facts.coverage`, `facts.subject_person`.
    Writes: `runs_population` (grain and columns: `tables.POPULATION`); also `ind_enrolment` and `ind_roster`.
    """
    school_year = get_school_year(as_of)
    _make(engine, "ind_enrolment", "enrolment", as_of=as_of)
    _make(
        engine,
        "ind_roster",
        "roster",
        as_of=as_of,
        school_year_start=date(school_year, 4, 1),
        last_school_year_start=date(school_year - 1, 4, 1),
    )
    _make(engine, POPULATION_TABLE, "population", as_of=as_of, school_year=school_year)


def build_people(engine: Engine, plan: Plan) -> None:
    """Make `ind_relative` and `ind_people`: relatives only when an indicator asks for them."""
    _make(engine, "ind_relative", "relative", as_of=plan.as_of)
    if not any(isinstance(declared.node, Household) for declared in plan.indicators):
        engine.run("DELETE FROM ind_relative")
    _make(engine, "ind_people", "people", as_of=plan.as_of, school_year=plan.school_year)


def _make(engine: Engine, table: str, name: str, **parameters: object) -> None:
    engine.run(Step(table, read_sql(_PACKAGE, name)).sql, **parameters)
