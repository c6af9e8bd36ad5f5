"""What no rule may do: worse values, unknowns and protective facts never lower a level; red flags hold."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.catalog.packs import Condition, NeedLevel, Pack
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.yaml_text import read_yaml
from tsunagu.judgement import oracle
from tsunagu.judgement.oracle import KnownValue, Truth, check_all, judge_one
from tsunagu.vocabulary.knowing import Knowledge

DEFINITIONS = Path(__file__).parents[3] / "definitions" / "packs"
SEEDS = st.integers(0, 2**32)


def load_pack(path: Path) -> Pack:
    document = read_yaml(path, path.name)
    pack = build_model(Pack, document.data, document, ())
    assert pack is not None
    return pack


PACKS = [load_pack(path) for path in sorted(DEFINITIONS.glob("*.yaml"))]
NOTHING, UNKNOWN = KnownValue(Knowledge.NOTHING), KnownValue(Knowledge.UNKNOWN)


def list_steps(pack: Pack, indicator: str) -> list[Condition]:
    """What raises by this indicator: steps of items and conditions of red flags, lightest first."""
    steps = [step for item in pack.items for step in item.steps]
    floors = [condition for floor in pack.floors for condition in floor.when]
    found = [one for one in (*steps, *floors) if one.indicator == indicator]
    return sorted(found, key=lambda one: (abs(one.threshold or 0), getattr(one, "points", 0)))


def list_ladder(pack: Pack, indicator: str) -> list[KnownValue]:
    """Known values from the mildest to the heaviest, by the direction in which the pack reads it."""
    steps = list_steps(pack, indicator)
    if not steps:
        return [number(value) for value in range(5)]
    if steps[0].is_one_of:
        return [NOTHING, *(KnownValue(Knowledge.VALUE, text=word) for s in steps for word in s.is_one_of)]
    cuts = sorted({step.threshold or 0 for step in steps})
    values = sorted({cut + change for cut in cuts for change in (-1, -0.25, 0, 0.25, 1)})
    is_low_worse = steps[0].at_most is not None
    return [number(value) for value in (reversed(values) if is_low_worse else values)]


def number(value: float) -> KnownValue:
    return KnownValue(Knowledge.VALUE, value)


def draw_child(random: Random, pack: Pack) -> dict[str, KnownValue]:
    return {
        name: random.choice([UNKNOWN, *list_ladder(pack, name), *list_ladder(pack, name)])
        for name in pack.indicator_ids
    }


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_worse_value_never_lowers_the_level(seed: int) -> None:
    random = Random(seed)
    pack = random.choice(PACKS)
    child = draw_child(random, pack)
    for name in pack.indicator_ids:
        ranks = [judge_one(pack, {**child, name: value}).level.rank for value in list_ladder(pack, name)]
        assert ranks == sorted(ranks), name


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_unknown_never_lowers_below_what_is_known(seed: int) -> None:
    random = Random(seed)
    pack = random.choice(PACKS)
    child = draw_child(random, pack)
    hidden = random.sample(pack.indicator_ids, random.randrange(1, len(pack.indicator_ids)))
    mildest = {**child, **{name: list_ladder(pack, name)[0] for name in hidden}}
    unknown = {**child, **dict.fromkeys(hidden, UNKNOWN)}
    assert judge_one(pack, unknown).level.rank >= judge_one(pack, mildest).level.rank
    assert judge_one(pack, child, blocked=frozenset(hidden)).level.rank >= judge_one(pack, mildest).level.rank


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_a_lower_bound_never_says_less_than_the_plain_value(seed: int) -> None:
    random = Random(seed)
    pack = random.choice(PACKS)
    child = draw_child(random, pack)
    bounded = {
        name: KnownValue(known.state, known.value, known.text, is_lower_bound=True)
        if any(step.at_least is not None for step in list_steps(pack, name))
        else known
        for name, known in child.items()
    }
    assert judge_one(pack, bounded).level.rank >= judge_one(pack, child).level.rank


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_protective_facts_never_change_the_level(seed: int) -> None:
    random = Random(seed)
    pack = random.choice(PACKS)
    child = draw_child(random, pack)
    without = pack.model_copy(update={"protective": ()})
    assert judge_one(pack, child).level is judge_one(without, child).level


def list_lowered_floors(pack: Pack, child: dict[str, KnownValue]) -> list[str]:
    """Red flags that are met and above the level all the same."""
    verdict = judge_one(pack, child)
    met = [floor for floor in pack.floors if check_all(floor, child) is Truth.MET]
    return [floor.id for floor in met if floor.level.rank > verdict.level.rank]


def draw_flagged_child(random: Random, pack: Pack) -> dict[str, KnownValue]:
    """A child with one red flag met, everything else at random; the flag alone gives few points."""
    floor = random.choice(pack.floors)
    return {
        **draw_child(random, pack),
        **{condition.indicator: number(condition.threshold or 0) for condition in floor.when},
    }


def with_silent_arithmetic(pack: Pack) -> Pack:
    """The same red flags over an arithmetic that finds nothing, whatever the points."""
    items = tuple(item.model_copy(update={"steps": item.steps[:1]}) for item in pack.items)
    levels = tuple(rule.model_copy(update={"level": NeedLevel.WATCH}) for rule in pack.levels)
    return pack.model_copy(update={"items": items, "levels": levels})


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_a_red_flag_holds_under_any_arithmetic(seed: int) -> None:
    random = Random(seed)
    pack = random.choice(PACKS)
    child = draw_flagged_child(random, pack)
    for one in (pack, with_silent_arithmetic(pack)):
        assert list_lowered_floors(one, child) == []
        assert judge_one(one, child).is_listed


def test_the_check_of_red_flags_sees_a_judge_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "apply_floors", lambda level, floors: level)
    found = [
        lowered
        for seed in range(50)
        for pack in PACKS
        for lowered in list_lowered_floors(pack, draw_flagged_child(Random(seed), pack))
    ]
    assert found


def test_a_red_flag_is_met_by_a_child_with_nothing_else_known() -> None:
    for pack in PACKS:
        for floor in pack.floors:
            child = {one.indicator: number(one.threshold or 0) for one in floor.when}
            assert judge_one(pack, child).level.rank >= floor.level.rank
