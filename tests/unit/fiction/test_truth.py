"""The truth: complete for every key in every file, and consistent with the register."""

from collections.abc import Callable

import pytest

KEYS: dict[str, tuple[str, Callable[[dict[str, str]], str]]] = {
    "住民記録_全件": ("resident", lambda row: row["宛名番号"]),
    "住民記録_異動": ("resident", lambda row: row["宛名番号"]),
    "支援措置対象者": ("address_protection", lambda row: row["宛名番号"]),
    "学齢簿": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "出欠明細": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "出席簿月計": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "定期健康診断": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "学力生活状況調査": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "就学援助認定": ("school_aid", lambda row: f"{row['認定番号']}:{row['年度']}"),
    "給食費未納一覧": ("meal_fee", lambda row: row["整理番号"]),
    "妊娠届出": ("pregnancy", lambda row: row["届出番号"]),
    "乳幼児健診": ("health_center", lambda row: row["宛名番号"]),
    "予防接種": ("health_center", lambda row: row["宛名番号"]),
    "児童扶養手当受給者": (
        "child_rearing_allowance",
        lambda row: f"{row['対象児童宛名番号']}:{row['証書番号']}",
    ),
    "保育所在籍": ("childcare", lambda row: row["児童番号"]),
    "要対協台帳": ("council", lambda row: row["ケース番号"]),
    "保健室来室記録": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "体力運動能力調査": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "学校諸費未納一覧": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "学校生活アンケート": ("school_office", lambda row: f"{row['学籍番号']}:{row['学校コード']}"),
    "児童生徒就学状況": ("school_office", lambda row: f"{row['児童生徒識別子']}:{row['在籍校コード']}"),
    "妊婦健診": ("pregnancy", lambda row: row["届出番号"]),
    "乳児家庭訪問": ("health_center", lambda row: row["宛名番号"]),
    "転入児健診歴": ("health_center", lambda row: row["宛名番号"]),
    "児童手当受給者": ("child_allowance", lambda row: f"{row['児童宛名番号']}:{row['認定番号']}"),
    "生活保護世帯員": ("public_assistance", lambda row: f"{row['世帯員番号']}:{row['保護ケース番号']}"),
    "ひとり親医療費受給者": ("single_parent_medical", lambda row: row["受給者証番号"]),
    "障害者手帳交付": ("disability_certificate", lambda row: f"{row['手帳番号']}:{row['手帳種別']}"),
    "保育所出欠": ("childcare", lambda row: row["児童番号"]),
    "家庭児童相談受付簿": ("family_consultation", lambda row: row["受付番号"]),
    "居住実態把握一覧": ("whereabouts", lambda row: row["管理番号"]),
}


@pytest.fixture(scope="module")
def known(read_truth) -> dict[tuple[str, str], int]:
    rows = read_truth("source_person")
    keys = {(row["system"], row["source_key"]): row["person_id"] for row in rows}
    assert len(keys) == len(rows)
    return keys


@pytest.mark.parametrize("layout", KEYS)
def test_every_key_in_the_files_has_a_person(read_rows, known, layout: str) -> None:
    system, key_of = KEYS[layout]
    keys = {key_of(row) for row in read_rows(layout)}
    complete = {key for key in keys if key and not key.startswith(":") and not key.endswith(":")}
    assert complete
    assert {key for key in complete if (system, key) not in known} == set()


def test_every_person_behind_a_key_is_described(read_truth, known) -> None:
    persons = {row["person_id"] for row in read_truth("person")}
    assert set(known.values()) <= persons


def test_numbers_written_by_the_school_are_the_true_ones(read_rows, read_truth, known) -> None:
    numbers = {row["person_id"]: row["atena_number"] for row in read_truth("person")}
    system, key_of = KEYS["学齢簿"]
    checked = 0
    for row in read_rows("学齢簿"):
        if row["宛名番号"] and row["学籍番号"]:
            assert numbers[known[system, key_of(row)]] == int(row["宛名番号"])
            checked += 1
    assert checked > 100


def test_evacuees_are_at_school_but_not_in_the_register(read_rows, read_truth, known) -> None:
    unregistered = {
        row["person_id"]
        for row in read_truth("person")
        if row["atena_number"] is None and row["birth_date"] is not None
    }
    pupils = {
        known["school_office", KEYS["学齢簿"][1](row)] for row in read_rows("学齢簿") if row["学籍番号"]
    }
    registered = {person for (system, _), person in known.items() if system == "resident"}
    assert unregistered & pupils
    assert not unregistered & registered


def test_lost_children_are_in_the_register_but_at_no_school(read_rows, read_truth, known) -> None:
    away = {row["person_id"]: row["away_from"] for row in read_truth("person") if row["away_from"]}
    assert away
    for row in read_rows("出席簿月計"):
        if row["学籍番号"]:
            person = known["school_office", KEYS["出席簿月計"][1](row)]
            if person in away:
                assert f"{away[person]:%Y%m}" >= row["対象年月"]


def test_unborn_children_have_a_person_without_a_name(read_truth) -> None:
    unborn = [row for row in read_truth("person") if row["birth_date"] is None]
    assert unborn
    assert all(row["name"] is None and row["mother_id"] is not None for row in unborn)


def test_spells_end_after_they_start_and_are_graded(read_truth) -> None:
    spells = read_truth("circumstance")
    assert len({row["kind"] for row in spells}) == 11
    assert all(row["ended_on"] is None or row["ended_on"] > row["started_on"] for row in spells)
    assert {row["severity"] for row in spells} == {1, 2, 3}


def test_outcomes_fall_into_the_period(city, read_truth) -> None:
    days = [row["occurred_on"] for row in read_truth("outcome")]
    assert days
    assert min(days) >= city.first_date
    assert max(days) <= city.last_reference_date
