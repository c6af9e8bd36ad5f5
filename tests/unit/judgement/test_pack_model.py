"""What a pack's author cannot write: each refusal is a rule of the house, said in Japanese."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from tsunagu.catalog.packs import NeedLevel, Pack
from tsunagu.catalog.silence import SilenceWatch

DEFINITIONS = Path(__file__).parents[3] / "definitions"
Change = Callable[[dict[str, Any]], object]


def read(name: str) -> dict[str, Any]:
    text = (DEFINITIONS / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, yaml.BaseLoader))  # noqa: S506 - BaseLoader makes text only


SHEET, LOOKUP = read("packs/school_screening_37"), read("packs/child_growth_lookup")


def find(pack: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    return next(one for one in pack[part] if one["id"] == name)


def set_row(pack: dict[str, Any], when: list[str], gives: str) -> None:
    next(row for row in pack["lookup"]["rows"] if row["when"] == when)["gives"] = gives


REFUSED: dict[str, tuple[dict[str, Any], Change, str]] = {
    "an unknown word": (SHEET, lambda p: p.update(score=3), "extra_forbidden"),
    "two comparisons in one condition": (
        SHEET,
        lambda p: find(p, "items", "moved_in")["steps"][0].update(at_most="1"),
        "ちょうど一つ",
    ),
    "three points": (
        SHEET,
        lambda p: find(p, "items", "moved_in")["steps"][1].update(points="3"),
        "less_than",
    ),
    "a heavier value with fewer points": (
        SHEET,
        lambda p: find(p, "items", "moved_in")["steps"].reverse(),
        "点の少ないものから順に",
    ),
    "a milder value with more points": (
        SHEET,
        lambda p: find(p, "items", "moved_in")["steps"][1].update(at_least="0"),
        "より重い値",
    ),
    "an indicator read in two directions": (
        SHEET,
        lambda p: find(p, "items", "growth").update(
            steps=[{"indicator": "move_ins", "at_most": "0", "points": "1"}]
        ),
        "重くなる向き",
    ),
    "points for nothing having happened": (
        SHEET,
        lambda p: find(p, "items", "moved_in").update(
            steps=[{"indicator": "move_ins", "is_nothing": "true", "points": "1"}]
        ),
        "点は付けられません",
    ),
    "a low measurement without saying what none means": (
        SHEET,
        lambda p: find(p, "items", "growth").pop("nothing_means"),
        "not_measured",
    ),
    "people's item with data": (
        SHEET,
        lambda p: find(p, "items", "clothing").update(shows="move_ins"),
        "steps か shows",
    ),
    "data item owned by a person": (
        SHEET,
        lambda p: find(p, "items", "moved_in").update(owner="homeroom"),
        "automatic",
    ),
    "a red flag that is quiet": (SHEET, lambda p: p["floors"][0].update(level="watch"), "medium 以上"),
    "a red flag from nothing": (
        SHEET,
        lambda p: p["floors"][0].update(when=[{"indicator": "move_ins", "is_nothing": "true"}]),
        "緊急の兆しになりません",
    ),
    "a red flag nobody lists": (SHEET, lambda p: p.update(listed_levels=["urgent"]), "必ず名簿に挙げます"),
    "listing children without finding": (
        SHEET,
        lambda p: p["listed_levels"].append("no_finding"),
        "名簿に挙げません",
    ),
    "a gap in the listed levels": (
        SHEET,
        lambda p: p.update(listed_levels=["urgent", "high", "watch"]),
        "途切れずに",
    ),
    "points that say nothing was found": (
        SHEET,
        lambda p: p["levels"].append({"level": "no_finding", "total_at_least": "1"}),
        "該当なし",
    ),
    "an item of no domain": (
        SHEET,
        lambda p: find(p, "items", "moved_in").update(domain="other"),
        "領域と項目",
    ),
    "an id twice": (SHEET, lambda p: p["items"].append(deepcopy(p["items"][0])), "同じ id"),
    "a difficulty of unknown items": (
        SHEET,
        lambda p: p["difficulties"][0].update(items=["no_such_item"]),
        "items に無い",
    ),
    "levels and look-up together": (
        LOOKUP,
        lambda p: p.update(levels=[{"level": "high", "total_at_least": "1"}]),
        "どちらか一方",
    ),
    "a look-up with a hole": (LOOKUP, lambda p: p["lookup"]["rows"].pop(), "対応表に無い組合せ"),
    "a look-up row twice": (
        LOOKUP,
        lambda p: p["lookup"]["rows"].append(deepcopy(p["lookup"]["rows"][0])),
        "二度",
    ),
    "a look-up where unknown means nothing found": (
        LOOKUP,
        lambda p: set_row(p, ["none", "steady", "unknown"], "nothing_found"),
        "該当なし",
    ),
    "a look-up where a heavier class is quieter": (
        LOOKUP,
        lambda p: set_row(p, ["severe", "low", "low"], "watch"),
        "より低い水準",
    ),
    "a look-up where unknown is quieter than the mildest class": (
        LOOKUP,
        lambda p: set_row(p, ["severe", "low", "unknown"], "watch"),
        "より低い水準",
    ),
    "people's items on an axis": (
        LOOKUP,
        lambda p: find(p, "items", "motivation").update(owner="homeroom", filled_by="people", steps=[]),
        "人が記入する項目",
    ),
    "an end before the beginning": (SHEET, lambda p: p.update(valid_to="2019-04-01"), "後の日"),
    "no example child": (SHEET, lambda p: p.update(examples=[]), "too_short"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    pack, change, sentence = REFUSED[name]
    changed = deepcopy(pack)
    change(changed)
    with pytest.raises(ValidationError) as error:
        Pack.model_validate(changed)
    assert sentence in f"{error.value} {[one['type'] for one in error.value.errors()]}"


def test_levels_are_ordered_and_unknown_is_above_no_finding() -> None:
    ordered = sorted(NeedLevel, key=lambda level: level.rank, reverse=True)
    assert [level.value for level in ordered] == [
        "urgent",
        "high",
        "medium",
        "watch",
        "unknown",
        "no_finding",
    ]


def test_a_pack_is_in_force_from_its_first_day_up_to_its_last() -> None:
    pack = Pack.model_validate({**SHEET, "valid_to": "2030-04-01"})
    days = {"2020-03-31": False, "2020-04-01": True, "2030-03-31": True, "2030-04-01": False}
    assert {day: pack.is_valid_on(pack.valid_from.fromisoformat(day)) for day in days} == days


SILENCE = read("silence")
SILENCE_REFUSED: dict[str, Change] = {
    "a last band with an age": lambda w: w["bands"][-1].update(last_school_year="12"),
    "urgent before listed": lambda w: w["bands"][0].update(urgent_after_days="10"),
    "urgent without listed": lambda w: w["bands"][-1].update(urgent_after_days="100"),
    "nobody ever listed": lambda w: w.update(bands=[w["bands"][-1]]),
}


@pytest.mark.parametrize("name", SILENCE_REFUSED)
def test_a_silence_watch_that_would_be_silent_is_refused(name: str) -> None:
    changed = deepcopy(SILENCE)
    SILENCE_REFUSED[name](changed)
    with pytest.raises(ValidationError):
        SilenceWatch.model_validate(changed)
