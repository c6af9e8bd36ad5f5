"""The SQL engine and the plain-Python oracle say the same of every child in random worlds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.indicators import compile as compiling
from tsunagu.indicators import measures, verdict
from tsunagu.indicators.nodes import Plan
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason

SEEDS = st.integers(min_value=0, max_value=2**32)
QUICK = settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
SLOW = settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(seed=SEEDS)
def test_engines_agree(laboratory: Any, seed: int) -> None:
    case = laboratory.build_case(seed, n_person=30, n_indicator=18)
    assert laboratory.explain_difference(case) == ""


@pytest.mark.slow
@SLOW
@given(seed=SEEDS, n_person=st.integers(1, 60), n_indicator=st.integers(9, 27))
def test_engines_agree_at_length(laboratory: Any, seed: int, n_person: int, n_indicator: int) -> None:
    case = laboratory.build_case(seed, n_person=n_person, n_indicator=n_indicator)
    assert laboratory.explain_difference(case) == ""


def test_random_worlds_meet_every_state_and_reason(laboratory: Any) -> None:
    """A comparison of empty worlds would prove nothing: the oracle alone shows what the worlds hold."""
    met: Counter[tuple[str, Knowledge, UnknownReason | None, bool]] = Counter()
    for seed in range(25):
        case = laboratory.build_case(seed, n_person=25, n_indicator=18)
        kinds = {one.id: one.kind.value for one in case.indicators}
        for (_, name), cell in laboratory.ask_oracle(case).items():
            met[kinds[name], cell.state, cell.unknown_reason, cell.is_lower_bound] += 1
    kinds_with_value = {kind for kind, state, _, _ in met if state is Knowledge.VALUE}
    assert kinds_with_value == {
        *("count", "sum", "distinct_periods", "latest", "days_since"),
        *("state_at", "spell", "missing", "change", "household"),
    }
    assert {kind for kind, state, _, _ in met if state is Knowledge.NOTHING} == kinds_with_value - {"missing"}
    for kind in kinds_with_value - {"household"}:
        reasons = {reason for other, _, reason, _ in met if other == kind and reason}
        assert reasons >= {
            UnknownReason.NOT_LOADED,
            UnknownReason.MOVED_IN_LATER,
            UnknownReason.NOT_APPLICABLE,
        }
        assert reasons >= {UnknownReason.NEW_SCHOOL_YEAR, UnknownReason.NOT_LINKED}
        assert (kind, Knowledge.VALUE, None, True) in met


def drop_where(fragment: str) -> Callable[..., Any]:
    """A compiler without one of its conditions."""
    original = measures.select_rows

    def select_rows(plan: Plan, item: str, listed: Any) -> Any:
        query = original(plan, item, listed)
        where = query.args["where"].this
        kept = [part for part in where.flatten() if fragment not in part.sql(dialect="duckdb")]
        query.where(*kept, append=False, copy=False)
        return query

    return select_rows


def forget_gaps(*_: Any) -> Any:
    """A compiler for which all time is covered."""
    return verdict.null()


MUTANTS = {
    "known_from is not asked": (compiling, "select_rows", drop_where("f.known_from")),
    "closures are not asked": (compiling, "select_rows", drop_where("EXISTS")),
    "coverage is not asked": (verdict, "_explain_gap", forget_gaps),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_engine_is_caught(laboratory: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module, function, mutant = MUTANTS[name]
    monkeypatch.setattr(module, function, mutant)
    cases = (laboratory.build_case(seed, n_person=30, n_indicator=9) for seed in range(6))
    assert any(laboratory.explain_difference(case) for case in cases)
