"""The SQL and the plain judge agree on random values, for the shipped packs and for invented ones."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsunagu.catalog.packs import Comparison, Condition, Pack
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.yaml_text import read_yaml
from tsunagu.judgement.judge import judge_packs
from tsunagu.judgement.oracle import ItemState, KnownValue, Verdict, judge_one
from tsunagu.judgement.rules import PackInUse
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.knowing import Knowledge

AS_OF = date(2025, 1, 10)
DEFINITIONS = Path(__file__).parents[3] / "definitions" / "packs"


def load_pack(path: Path) -> Pack:
    document = read_yaml(path, path.name)
    pack = build_model(Pack, document.data, document, ())
    assert pack is not None
    return pack


PACKS = [load_pack(path) for path in sorted(DEFINITIONS.glob("*.yaml"))]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("engine")
    with Engine(spill=folder, readable=[folder]) as engine:
        yield engine


def list_conditions(pack: Pack) -> list[Condition]:
    steps = [step for item in pack.items for step in item.steps]
    return [*steps, *(condition for part in pack.combinations for condition in part.when)]


def list_cut_values(pack: Pack, indicator: str) -> tuple[list[float], list[str]]:
    """Values on and around every cut point, and every word the pack knows."""
    conditions = [condition for condition in list_conditions(pack) if condition.indicator == indicator]
    cuts = [condition.threshold for condition in conditions if condition.threshold is not None]
    words = [word for condition in conditions for word in condition.is_one_of]
    return [cut + step for cut in cuts for step in (-1, -0.5, 0, 0.5, 1)], words


def draw_value(random: Random, pack: Pack, indicator: str, is_growing: bool) -> KnownValue:
    numbers, words = list_cut_values(pack, indicator)
    match random.randrange(6):
        case 0:
            return KnownValue(Knowledge.NOTHING)
        case 1:
            return KnownValue(Knowledge.UNKNOWN)
        case 2:
            return KnownValue(Knowledge.VALUE, text=random.choice([*words, "other", "full|partial"]))
    number = random.choice([*numbers, 0.0, 1000.0, -1000.0])
    return KnownValue(Knowledge.VALUE, number, is_lower_bound=is_growing and random.random() < 0.3)


def draw_child(random: Random, used: PackInUse) -> dict[str, KnownValue]:
    """One child; some indicators have no row at all."""
    return {
        indicator: draw_value(random, used.pack, indicator, indicator in used.growing)
        for indicator in used.pack.indicator_ids
        if random.random() < 0.9
    }


def draw_use(random: Random) -> PackInUse:
    pack = random.choice(PACKS)
    blocked, growing = (frozenset(random.sample(pack.indicator_ids, random.randrange(6))) for _ in range(2))
    return PackInUse(pack, blocked=blocked, growing=growing)


def load_children(engine: Engine, children: list[dict[str, KnownValue]]) -> None:
    rows = [
        {
            "person_id": person,
            "indicator": indicator,
            "state": known.state.value,
            "value": known.value,
            "text_value": known.text,
            "unknown_reason": "not_loaded" if known.state is Knowledge.UNKNOWN else None,
            "is_lower_bound": known.is_lower_bound,
            "latest_event_on": None,
            "latest_known_from": None,
            "evidence_rows": 1,
            "feeds": None,
        }
        for person, values in enumerate(children)
        for indicator, known in values.items()
    ]
    columns = {
        "person_id": pa.int64(),
        "indicator": pa.string(),
        "state": pa.string(),
        "value": pa.float64(),
        "text_value": pa.string(),
        "unknown_reason": pa.string(),
        "is_lower_bound": pa.bool_(),
        "latest_event_on": pa.date32(),
        "latest_known_from": pa.date32(),
        "evidence_rows": pa.int32(),
        "feeds": pa.string(),
    }
    engine.register("runs_indicator_value", pa.Table.from_pylist(rows, schema=pa.schema(columns)))
    people = [
        {"person_id": person, "school_cohort": 2014, "is_unborn": False} for person in range(len(children))
    ]
    engine.register("runs_population", pa.Table.from_pylist(people))


def describe(verdict: Verdict, pack: Pack) -> dict[str, object]:
    items = verdict.items
    touched = {row.item.id for row in items if row.points > 0}
    return {
        "need_level": verdict.level.value,
        "points_level": verdict.points_level.value,
        "overall_class": verdict.gives,
        "points": verdict.points,
        "filled_items": sum(row.is_answered for row in items),
        "blank_items": sum(row.state is ItemState.BLANK for row in items),
        "unknown_items": len(verdict.unknown_items),
        "difficulties": " ".join(one.id for one in pack.difficulties if touched.intersection(one.items)),
        "red_flag": bool(verdict.floors),
        "is_listed": verdict.is_listed,
    }


COLUMNS = (
    "need_level",
    "points_level",
    "overall_class",
    "points",
    "filled_items",
    "blank_items",
    "unknown_items",
    "difficulties",
    "red_flag",
    "is_listed",
)


def list_judgements(engine: Engine) -> list[dict[str, object]]:
    rows = engine.list_rows(
        "SELECT need_level, points_level, overall_class, points, filled_items, blank_items, unknown_items,"
        " difficulties, red_flag, is_listed FROM runs_judgement ORDER BY person_id"
    )
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def list_domains(engine: Engine) -> list[tuple[object, ...]]:
    return engine.list_rows(
        "SELECT person_id, domain, points, score, filled_items, unknown_items, blank_items"
        " FROM runs_domain_score ORDER BY person_id, domain_no"
    )


def list_parts(engine: Engine, kinds: str) -> set[tuple[object, ...]]:
    return set(
        engine.list_rows(
            "SELECT DISTINCT person_id, part FROM runs_reason WHERE position('|' || kind || '|' IN $kinds) > 0",
            kinds=kinds,
        )
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_sql_says_what_the_plain_judge_says(engine: Engine, seed: int) -> None:
    random = Random(seed)
    used = draw_use(random)
    children = [draw_child(random, used) for _ in range(60)]
    load_children(engine, children)
    judge_packs(engine, [used], as_of=AS_OF)
    verdicts = [judge_one(used.pack, values, blocked=used.blocked) for values in children]
    assert list_judgements(engine) == [describe(verdict, used.pack) for verdict in verdicts]
    assert list_domains(engine) == [
        (person, d.domain, d.points, d.score, d.answered_items, d.unknown_items, d.blank_items)
        for person, verdict in enumerate(verdicts)
        for d in verdict.domains
    ]
    assert list_parts(engine, "|raises|floor|") == {
        (person, part) for person, verdict in enumerate(verdicts) for part in verdict.reasons
    }
    assert list_parts(engine, "|protective|") == {
        (person, part) for person, verdict in enumerate(verdicts) for part in verdict.protective
    }
    assert list_parts(engine, "|unknown|") == {
        (person, part)
        for person, verdict in enumerate(verdicts)
        for part in (*verdict.unknown_items, *verdict.undecided_floors)
    }


def test_two_packs_at_once_do_not_mix(engine: Engine) -> None:
    values = {"absent_run_days": KnownValue(Knowledge.VALUE, 15)}
    load_children(engine, [values, {}])
    judge_packs(engine, [PackInUse(pack) for pack in PACKS], as_of=AS_OF)
    found = engine.list_rows(
        "SELECT pack, person_id, need_level FROM runs_judgement ORDER BY pack, person_id"
    )
    assert found == [
        (pack.id, person, judge_one(pack, child).level.value)
        for pack in PACKS
        for person, child in enumerate([values, {}])
    ]


def test_the_comparisons_are_all_in_play() -> None:
    ways = {condition.comparison for pack in PACKS for condition in list_conditions(pack)}
    assert ways >= {Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.IS_ONE_OF}


def test_sql_without_red_flags_is_seen(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    held, removed = "greatest(p.points_rank, coalesce(f.rank, 0))", "p.points_rank"
    child = {"absent_run_days": KnownValue(Knowledge.VALUE, 15)}
    load_children(engine, [child])
    used = PackInUse(next(pack for pack in PACKS if pack.id == "child_growth_lookup"))
    expected = judge_one(used.pack, child).level.value

    def read_mutant(package: str, name: str) -> str:
        text = read_sql(package, name)
        if name == "judgement":
            assert held in text
        return text.replace(held, removed)

    judge_packs(engine, [used], as_of=AS_OF)
    assert list_judgements(engine)[0]["need_level"] == expected
    monkeypatch.setattr("tsunagu.store.engine.read_sql", read_mutant)
    judge_packs(engine, [used], as_of=AS_OF)
    assert list_judgements(engine)[0]["need_level"] != expected
