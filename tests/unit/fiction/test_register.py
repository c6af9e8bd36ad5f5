"""The register: running numbers, the latest entry, relations, and no resident before birth."""

from collections import Counter

import pytest

WRONG = ("2023-02-30", "2024-13-01")


@pytest.fixture(scope="module")
def entries(read_rows) -> list[dict[str, str]]:
    rows = read_rows("住民記録_全件") + read_rows("住民記録_異動")
    return [
        row for row in rows if row["宛名番号"] and row["住民状態"] != "7" and row["異動年月日"] not in WRONG
    ]


def test_the_last_entry_of_a_file_is_the_latest(entries) -> None:
    last: dict[tuple[str, str], int] = {}
    latest: dict[tuple[str, str], list[int]] = {}
    for row in entries:
        key = (row["_file"], row["宛名番号"])
        last[key] = max(last.get(key, 0), int(row["個人履歴番号"]))
        if row["最新フラグ"] == "1":
            latest.setdefault(key, []).append(int(row["個人履歴番号"]))
    assert all(len(numbers) == 1 for numbers in latest.values())
    assert all(numbers[0] == last[key] for key, numbers in latest.items())


def test_a_history_number_means_the_same_entry_for_ever(entries) -> None:
    seen: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in entries:
        key = (row["宛名番号"], row["個人履歴番号"])
        entry = (row["異動年月日"], row["異動事由"], row["住民状態"], row["世帯番号"], row["氏名"])
        assert seen.setdefault(key, entry) == entry


def test_nobody_is_a_resident_before_birth(entries) -> None:
    assert all(
        row["住民となった年月日"] >= row["生年月日"] for row in entries if row["生年月日"] not in WRONG
    )


def test_every_household_of_residents_has_one_head(read_rows) -> None:
    heads = Counter(
        row["世帯番号"]
        for row in read_rows("住民記録_全件")
        if row["続柄コード1"] == "2" and row["住民状態"] == "1"
    )
    households = {row["世帯番号"] for row in read_rows("住民記録_全件") if row["住民状態"] == "1"}
    spoiled = households - set(heads)
    assert max(heads.values()) == 1
    assert len(spoiled) <= 0.002 * len(households)


def test_relations_and_events_are_as_varied_as_life(entries) -> None:
    relations = {row["続柄表記"] for row in entries}
    assert {"世帯主", "妻", "夫", "子", "父", "母", "子の子", "子の妻", "同居人"} <= relations
    events = {row["異動事由"] for row in entries}
    assert {"01", "02", "03", "04", "05", "06", "07", "99"} <= events
    assert {row["続柄コード1"] for row in entries} >= {"2", "02", "2020", "2012"}


def test_full_and_delta_write_a_short_code_differently(read_rows) -> None:
    assert "02" not in {row["続柄コード1"] for row in read_rows("住民記録_全件")}
    assert "2" not in {row["続柄コード1"] for row in read_rows("住民記録_異動")}


def test_twins_have_one_birthday_and_similar_names(read_rows) -> None:
    households: dict[tuple[str, str, str], list[str]] = {}
    for row in read_rows("住民記録_全件"):
        if row["続柄コード1"] == "20" and row["生年月日"] > "2005" and row["名_日本人"]:
            households.setdefault((row["世帯番号"], row["生年月日"], row["性別"]), []).append(
                row["名_日本人"]
            )
    twins = [names for names in households.values() if len(names) > 1]
    assert twins
    assert all(len(set(names)) == len(names) for names in twins)


def test_foreign_residents_have_roman_names_and_some_an_alias(read_rows) -> None:
    foreign = [row for row in read_rows("住民記録_全件") if row["住民種別"] == "2"]
    assert 0.01 < len(foreign) / len(read_rows("住民記録_全件")) < 0.05
    assert all(row["氏名_外国人ローマ字"].isascii() and row["国籍名等"] for row in foreign)
    assert any(row["氏名"][0] > "一" for row in foreign)


def test_era_code_agrees_with_the_birth_date(entries) -> None:
    for row in entries:
        if row["生年月日"] not in WRONG:
            era = 3 if row["生年月日"] < "1989-01-08" else 4 if row["生年月日"] < "2019-05-01" else 5
            assert int(row["生年月日_元号"]) == max(era, 2) or row["生年月日"] < "1926-12-25"
