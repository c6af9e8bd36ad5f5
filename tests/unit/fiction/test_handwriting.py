"""Departments write the same child differently, each in its own stubborn way."""

import re
import unicodedata
from collections import defaultdict

import numpy as np

from tsunagu.fiction.almanac import date_of
from tsunagu.fiction.handwriting import AS_REGISTERED, EVERYDAY, GETA, _mistype_births, _spell_table
from tsunagu.fiction.names import load_names


def test_cp932_systems_lose_characters_quietly_or_visibly() -> None:
    names = load_names().surnames
    row = names.texts.index("\U00020bb7田")
    spelled = _spell_table(names, "cp932").to_pylist()
    ways = [spelled[style * len(names.texts) + row] for style in (AS_REGISTERED, EVERYDAY, GETA)]
    assert ways == ["吉田", "吉田", "〓田"]
    assert _spell_table(names, "utf-8").to_pylist()[row] == "\U00020bb7田"
    for text in spelled:
        text.encode("cp932")


def test_cp932_keeps_the_variants_it_has() -> None:
    names = load_names().surnames
    spelled = _spell_table(names, "cp932").to_pylist()
    assert spelled[names.texts.index("髙橋")] == "髙橋"
    assert spelled[len(names.texts) + names.texts.index("髙橋")] == "高橋"


def test_readings_of_the_school_are_half_width(read_rows) -> None:
    readings = [row["フリガナ"] for row in read_rows("学齢簿")]
    half = sum(bool(re.fullmatch("[ｦ-ﾟ 　]+", reading)) for reading in readings)
    assert half / len(readings) > 0.85


def test_a_spelling_stays_with_the_department(read_rows) -> None:
    spellings: dict[str, set[str]] = defaultdict(set)
    for row in read_rows("保育所在籍"):
        if row["児童番号"]:
            spellings[row["児童番号"]].add(row["児童カナ"].replace(" ", "").replace("　", ""))
    changed = sum(len(kinds) > 1 for kinds in spellings.values())
    assert changed / len(spellings) < 0.05


def test_departments_spell_the_same_child_differently(read_rows, read_truth) -> None:
    person = {(row["system"], row["source_key"]): row["person_id"] for row in read_truth("source_person")}
    at_school = {
        person["school_office", f"{row['学籍番号']}:{row['学校コード']}"]: row
        for row in read_rows("学齢簿")
        if row["学籍番号"]
    }
    pairs = [
        (row["住所"], at_school[who]["住所"])
        for row in read_rows("就学援助認定")
        if row["認定番号"] and (who := person["school_aid", f"{row['認定番号']}:{row['年度']}"]) in at_school
    ]
    assert 0.2 < sum(a != b for a, b in pairs) / len(pairs) < 0.98


def test_birth_dates_are_mistyped_now_and_then() -> None:
    births = np.arange(12_000, 20_000).repeat(10)
    typed = _mistype_births(np.random.default_rng(1), births, 0.003)
    wrong = np.flatnonzero(typed != births)
    assert 0.002 < len(wrong) / len(births) < 0.004
    off = typed[wrong] - births[wrong]
    assert {1, 10, 365} <= set(off.tolist())
    swapped = [
        (date_of(births[row]), date_of(typed[row]))
        for row in wrong
        if typed[row] - births[row] not in (1, 10, 365)
    ]
    assert swapped
    assert all((true.month, true.day) == (seen.day, seen.month) for true, seen in swapped)


def test_dates_come_in_several_era_spellings(read_rows) -> None:
    shapes = {re.sub("[0-9]+", "9", re.sub("[０-９]+", "９", row["生年月日"])) for row in read_rows("学齢簿")}
    assert {"平成9年9月9日", "H9.9.9", "平成９年９月９日"} <= shapes


def test_addresses_come_in_several_shapes(read_rows) -> None:
    addresses = [row["住所"] for row in read_rows("学齢簿") if row["住所"]]
    assert any("サンプル県" in text for text in addresses)
    assert any(re.search("[0-9]-[0-9]+-[0-9]", text) for text in addresses)
    assert any(re.search("[０-９]－[０-９]", text) for text in addresses)
    assert all("つなぐ市" in text or unicodedata.east_asian_width(text[0]) == "W" for text in addresses)


def test_old_surnames_survive_at_school(read_rows) -> None:
    renamed = {
        row["宛名番号"]: row["氏名"].split("　")[0]
        for row in read_rows("住民記録_異動")
        if row["最新フラグ"] == "1" and row["異動事由"] in ("05", "03") and row["氏_日本人"]
    }
    first = {row["宛名番号"]: row["氏_日本人"] for row in read_rows("住民記録_全件")}
    changed = {number for number, surname in renamed.items() if first.get(number, surname) != surname}
    assert changed, "somebody's surname changes in three years"


def test_no_department_knows_a_new_surname_before_the_register(read_rows, read_truth) -> None:
    person = {(row["system"], row["source_key"]): row["person_id"] for row in read_truth("source_person")}
    truth = {row["person_id"]: row["name"].split("　")[0] for row in read_truth("person") if row["name"]}
    first = {
        row["宛名番号"]: row["氏_日本人"] for row in read_rows("住民記録_全件") if row["最新フラグ"] == "1"
    }
    renamed = {
        person["resident", number]: surname
        for number, surname in first.items()
        if number and surname and truth[person["resident", number]] != surname
    }
    changes: dict[int, str] = {}
    for row in read_rows("住民記録_異動"):
        who = person.get(("resident", row["宛名番号"]))
        if who in renamed and row["氏_日本人"] != renamed[who]:
            changes[who] = min(changes.get(who, "9"), row["異動年月日"].replace("-", ""))
    early = 0
    for row in read_rows("出欠明細"):
        who = person.get(("school_office", f"{row['学籍番号']}:{row['学校コード']}"))
        if who in changes and row["_file"][5:11] < changes[who][:6]:
            early += row["氏名"].startswith(truth[who]) and not truth[who].startswith(renamed[who])
    assert changes
    assert early == 0
