"""Cycles, headers that look like My Number, suggestions, fact tables."""

import pytest

from tsunagu.catalog.cycles import list_cycles
from tsunagu.catalog.feed_checks import looks_like_my_number
from tsunagu.catalog.items import Item, get_fact_table
from tsunagu.catalog.problems import DefinitionProblem, DefinitionsError, suggest


@pytest.mark.parametrize(
    ("references", "cycles"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
        ({"a": ["nobody"]}, []),
        ({"a": ["a"]}, [("a",)]),
        ({"b": ["c"], "c": ["a"], "a": ["b"]}, [("a", "b", "c")]),
        ({"x": ["b"], "b": ["c"], "c": ["b"], "d": ["d"]}, [("b", "c"), ("d",)]),
    ],
)
def test_rings_are_found_once(references, cycles) -> None:
    assert list_cycles(references) == cycles


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        ("個人番号", True),
        ("個人番号（12桁）", True),
        ("マイナンバー", True),
        ("ﾏｲﾅﾝﾊﾞｰ", True),
        ("ＭＹＮＵＭＢＥＲ", True),
        ("my_number", True),
        ("My Number", True),
        ("特定個人情報", True),
        ("宛名番号", False),
        ("個人履歴番号", False),
        ("整理番号", False),
        ("電話番号", False),
    ],
)
def test_headers_of_my_number_are_seen(header: str, is_one: bool) -> None:
    assert looks_like_my_number(header) is is_one


def test_a_suggestion_is_made_only_when_close() -> None:
    assert suggest("atendance", ["attendance", "vaccination"]) == "「attendance」のことですか。"
    assert suggest("zzz", ["attendance", "vaccination"]) == ""
    assert suggest("zzz", []) == ""


def test_a_long_list_of_problems_is_cut_and_counted() -> None:
    problems = [DefinitionProblem("x.yaml", line, "bad_value", "悪い。", "直す。") for line in range(1, 41)]
    error = DefinitionsError(problems)
    assert len(error.problems) == 40
    assert "40件" in str(error)
    assert "ほか10件" in str(error)


@pytest.mark.parametrize(
    ("kind", "dates"), [("event", ["occurred_on"]), ("state", ["valid_from", "valid_to"])]
)
def test_a_fact_table_has_the_dates_of_its_kind(kind: str, dates: list[str]) -> None:
    item = Item.model_validate(
        {
            "id": "thing",
            "title": {"ja": "もの"},
            "department": "health",
            "kind": kind,
            "holder": "健康課",
            "values": {"weight_kg": {"title": {"ja": "体重"}, "type": "number", "unit": "kg"}},
        }
    )
    table = get_fact_table(item)
    assert table.full_name == "facts.thing"
    assert list(table.column_names) == [
        "subject_id",
        *dates,
        "weight_kg",
        "known_from",
        "record_id",
        "feed",
        "file_id",
        "row",
    ]
