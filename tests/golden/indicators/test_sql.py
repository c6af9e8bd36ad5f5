"""The SQL that a shipped indicator of each kind becomes, step by step.

A change of the generator shows here as text. To accept it: `python tests/golden/indicators/test_sql.py`.
"""

from datetime import date
from pathlib import Path

import pytest
import sqlglot

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.indicators import IndicatorKind
from tsunagu.indicators.compile import compile_items, compile_needs, compile_verdicts
from tsunagu.indicators.resolve import build_plan
from tsunagu.indicators.steps import Step
from tsunagu.vocabulary.dates import AsOf

EXPECTED = Path(__file__).parent / "expected"
AS_OF = AsOf(date(2025, 7, 31))
INDICATORS = {
    "count": "treatment_not_reported",
    "sum": "nursery_absent_days",
    "distinct_periods": "absent_days_this_year",
    "latest": "language_score",
    "days_since": "days_since_seen_at_school_or_health",
    "state_at": "school_aid_category",
    "spell": "absent_run_days",
    "missing": "checkup_month_18_missing",
    "change": "absent_days_change",
    "change_of_latest": "language_score_change",
    "household": "siblings_on_council_register",
}


def compile_one(name: str) -> list[Step]:
    catalog = open_catalog(on=date(2026, 4, 1))
    asked = catalog.indicators[name]
    others = [catalog.indicators[other] for other in asked.references]
    plan = build_plan([*others, asked], catalog.items, catalog.feeds.values(), as_of=AS_OF)
    items = [step for steps in compile_items(plan) for step in steps]
    need, *_ = compile_needs(plan)
    return [need, *items, *compile_verdicts(plan)]


def render(name: str) -> str:
    return f"-- {name}, as of {AS_OF}\n\n" + "\n\n".join(f"{step.sql};" for step in compile_one(name)) + "\n"


@pytest.mark.parametrize("kind", INDICATORS)
def test_the_sql_is_as_written_down(kind: str) -> None:
    assert render(INDICATORS[kind]) == (EXPECTED / f"{kind}.sql").read_text("utf-8")


def test_every_kind_has_its_golden_file() -> None:
    catalog = open_catalog(on=date(2026, 4, 1))
    assert {catalog.indicators[name].kind for name in INDICATORS.values()} == set(IndicatorKind)
    assert {path.stem for path in EXPECTED.glob("*.sql")} == set(INDICATORS)


@pytest.mark.parametrize("kind", INDICATORS)
def test_the_sql_can_be_said_in_sparks_dialect(kind: str) -> None:
    """Whether Spark computes the same is for a machine with Spark; here, that nothing is untranslatable."""
    for step in compile_one(INDICATORS[kind]):
        (translated,) = sqlglot.transpile(
            step.select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        assert "FILTER" not in translated


@pytest.mark.slow
def test_each_item_is_read_once() -> None:
    for name in INDICATORS.values():
        tables = [table for step in compile_one(name) for table in list_fact_tables(step)]
        facts = [table for table in tables if table not in ("closure", "subject_person")]
        assert len(facts) == len(set(facts))


def list_fact_tables(step: Step) -> list[str]:
    tree = sqlglot.parse_one(step.select, read="duckdb")
    return [table.name for table in tree.find_all(sqlglot.exp.Table) if table.db == "facts"]


if __name__ == "__main__":
    for kind, name in INDICATORS.items():
        (EXPECTED / f"{kind}.sql").write_text(render(name), "utf-8")
