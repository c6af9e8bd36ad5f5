"""What is learned later, and what lies ahead, changes nothing of a day; missing time is never "nothing"."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.catalog.indicators import Indicator
from tsunagu.indicators import compile as compiling
from tsunagu.indicators import measures, verdict
from tsunagu.indicators.world import Closure, Fact, Person, Stay, World
from tsunagu.vocabulary.dates import AsOf
from tsunagu.vocabulary.knowing import Knowledge

SEEDS = st.integers(min_value=0, max_value=2**32)
FEW = settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def learn_later(world: World, as_of: AsOf, rng: Random) -> World:
    """The world after more has become known than on `as_of`."""
    later = as_of + timedelta(days=rng.randint(1, 30))
    facts = {item: rewrite_later(rows, as_of, later, rng) for item, rows in world.facts.items()}
    closures = [closure for closure in world.closures if closure.known_to <= as_of]
    closures += [
        Closure(item, fact.record_id, fact.known_from, later)
        for item, rows in world.facts.items()
        for fact in rows
        if rng.random() < 0.3
    ]
    coverage = [stretch for stretch in world.coverage if stretch.known_from <= as_of]
    coverage += [
        replace(stretch, known_from=later, covers_from=date(1990, 1, 1), covers_to=date(2030, 1, 1))
        for stretch in world.coverage
        if rng.random() < 0.5
    ]
    return replace(world, facts=facts, closures=tuple(closures), coverage=tuple(coverage))


def rewrite_later(rows: tuple[Fact, ...], as_of: AsOf, later: date, rng: Random) -> tuple[Fact, ...]:
    known = [fact for fact in rows if fact.known_from <= as_of]
    added = [
        replace(fact, known_from=later, record_id=fact.record_id + 10_000)
        for fact in rows
        if rng.random() < 0.7
    ]
    return (*known, *added)


def change_what_lies_ahead(world: World, as_of: AsOf, rng: Random) -> World:
    """The same world with another future: announced ends, states and stays that have not come yet."""
    return replace(
        world,
        facts={
            item: tuple(move_ahead(fact, as_of, rng) for fact in rows) for item, rows in world.facts.items()
        },
        coverage=tuple(
            replace(stretch, covers_to=stretch.covers_to + timedelta(days=rng.randint(0, 90)))
            if stretch.covers_to > as_of
            else stretch
            for stretch in world.coverage
        ),
        stays=tuple(stay for stay in world.stays if stay.valid_from is None or stay.valid_from <= as_of)
        + tuple(Stay(person.person_id, 1, as_of + timedelta(days=1)) for person in world.persons),
        persons=tuple(
            replace(person, died_on=as_of + timedelta(days=rng.randint(1, 9)))
            if person.died_on is None or person.died_on > as_of
            else person
            for person in world.persons
        ),
    )


def move_ahead(fact: Fact, as_of: AsOf, rng: Random) -> Fact:
    columns = dict(fact.columns)
    for name in ("occurred_on", "valid_from", "valid_to"):
        day = columns.get(name)
        if isinstance(day, date) and day > as_of:
            moved = as_of + timedelta(days=rng.randint(1, 400))
            columns[name] = None if name == "valid_to" and rng.random() < 0.5 else moved
    starts, ends = columns.get("valid_from"), columns.get("valid_to")
    if isinstance(starts, date) and isinstance(ends, date) and starts >= ends:
        columns["valid_to"] = fact.columns["valid_to"]
    return replace(fact, columns=columns)


@FEW
@given(seed=SEEDS)
def test_what_is_learned_later_changes_nothing(laboratory: Any, seed: int) -> None:
    case = laboratory.build_case(seed, n_person=30, n_indicator=12)
    later = replace(case, world=learn_later(case.world, case.as_of, Random(seed)))
    assert laboratory.ask_engine(later) == laboratory.ask_engine(case)


@FEW
@given(seed=SEEDS)
def test_what_lies_ahead_changes_nothing(laboratory: Any, seed: int) -> None:
    case = laboratory.build_case(seed, n_person=30, n_indicator=12)
    other = replace(case, world=change_what_lies_ahead(case.world, case.as_of, Random(seed)))
    assert laboratory.ask_engine(other) == laboratory.ask_engine(case)


def drop_conditions(*fragments: str) -> Any:
    """A compiler that looks at what it must not see."""
    original = measures.select_rows

    def select_rows(*arguments: Any) -> Any:
        query = original(*arguments)
        parts = query.args["where"].this.flatten()
        kept = [part for part in parts if not any(word in part.sql(dialect="duckdb") for word in fragments)]
        return query.where(*kept, append=False, copy=False)

    return select_rows


@pytest.mark.parametrize("fragments", [("f.known_from",), ("EXISTS",), ("f.known_from", "EXISTS")])
def test_a_leak_of_later_knowledge_is_caught(
    laboratory: Any, monkeypatch: pytest.MonkeyPatch, fragments: tuple[str, ...]
) -> None:
    """Planted: rows by the day they happened alone, or versions a later delivery has ended."""
    if fragments == ("EXISTS",):
        monkeypatch.setattr(measures, "_select_closures", ignore_when_it_was_known(measures._select_closures))
    else:
        monkeypatch.setattr(compiling, "select_rows", drop_conditions(*fragments))
    case = laboratory.build_case(1, n_person=30, n_indicator=9)
    later = replace(case, world=learn_later(case.world, case.as_of, Random(1)))
    assert laboratory.ask_engine(later) != laboratory.ask_engine(case)


def ignore_when_it_was_known(original: Any) -> Any:
    def select_closures(item: str, as_of: Any) -> Any:
        query = original(item, as_of)
        kept = [
            part
            for part in query.args["where"].this.flatten()
            if "known_to" not in part.sql(dialect="duckdb")
        ]
        return query.where(*kept, append=False, copy=False)

    return select_closures


def build_registered(laboratory: Any, ends_on: date | None) -> Any:
    """One child on a register, with or without an end announced for later."""
    case = laboratory.build_case(1, n_person=1, n_indicator=9)
    as_of = AsOf(date(2025, 7, 31))
    columns = {"valid_from": date(2025, 1, 1), "valid_to": ends_on, "category": "neglect"}
    fact = Fact(11, 1, date(2025, 1, 5), "education/council_registration_a", columns)
    world = World(
        persons=(Person(1, date(2015, 5, 1), 2015),),
        subjects={11: 1},
        facts={"council_registration": (fact,)},
    )
    words = {"id": "registered", "title": {"ja": "登録"}, "sentence": {"ja": "登録"}, "kind": "state_at"}
    words |= {"item": "council_registration", "window": "at_as_of", "empty": "zero"}
    return replace(case, world=world, indicators=(Indicator.model_validate(words),), as_of=as_of)


def test_an_announced_end_is_not_yet_an_end(laboratory: Any) -> None:
    announced, still = (build_registered(laboratory, end) for end in (date(2025, 10, 1), None))
    assert laboratory.ask_engine(announced) == laboratory.ask_engine(still)


def test_a_leak_of_announced_ends_is_caught(laboratory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    original = measures._list_columns

    def list_columns(*arguments: Any) -> Any:
        return (
            part.this.find(verdict.exp.Column) if part.alias == "valid_to" else part
            for part in original(*arguments)
        )

    monkeypatch.setattr(measures, "_list_columns", list_columns)
    announced, still = (build_registered(laboratory, end) for end in (date(2025, 10, 1), None))
    assert laboratory.ask_engine(announced) != laboratory.ask_engine(still)


def list_false_calm(cells: Mapping[tuple[int, str], Any], indicators: tuple[Indicator, ...]) -> list[Any]:
    """Cells that say "nothing", or zero for want of rows, though nothing at all was covered."""
    own = {one.id for one in indicators if one.kind != "household"}
    return [
        key
        for key, cell in cells.items()
        if key[1] in own and cell.evidence_rows == 0 and cell.state is not Knowledge.UNKNOWN
    ]


@FEW
@given(seed=SEEDS)
def test_without_coverage_nothing_is_never_said(laboratory: Any, seed: int) -> None:
    case = laboratory.build_case(seed, n_person=30, n_indicator=12)
    bare = replace(case, world=replace(case.world, coverage=()))
    assert list_false_calm(laboratory.ask_engine(bare), case.indicators) == []


def test_a_false_calm_is_caught(laboratory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "_explain_gap", lambda *_: verdict.null())
    case = laboratory.build_case(3, n_person=30, n_indicator=9)
    bare = replace(case, world=replace(case.world, coverage=()))
    assert list_false_calm(laboratory.ask_engine(bare), case.indicators) != []
