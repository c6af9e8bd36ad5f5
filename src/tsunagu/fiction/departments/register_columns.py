"""The 122 columns of the register export, filled from register entries."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.fiction.almanac import age_years
from tsunagu.fiction.arrays import NOBODY, Bools, Ints, rank_within, whole_numbers
from tsunagu.fiction.people import (
    DECEASED,
    FIRST_ENTRY,
    MOVE_IN,
    MOVE_OUT,
    MOVED_OUT,
    REMOVED,
    RESIDENT,
    Entries,
    list_relation_steps,
)
from tsunagu.fiction.places import BUILDINGS, CITY, MUNICIPALITY_CODE, OUTSIDE_CODE, OUTSIDE_TOWNS, PREFECTURE
from tsunagu.fiction.records import Records
from tsunagu.fiction.surnames import NATIONS
from tsunagu.fiction.writing import (
    FULL_WIDTH,
    Column,
    blank_where,
    join,
    pick,
    repeat_text,
    widen,
    write_dates,
    write_months,
    write_numbers,
)

REGISTER_HEADERS = [
    "市区町村コード",
    "宛名番号",
    "個人履歴番号",
    "個人履歴番号_枝番号",
    "最新フラグ",
    "改製番号",
    "世帯番号",
    "住民種別",
    "住民状態",
    "住民票コード",
    "異動年月日",
    "異動年月日_不詳フラグ",
    "異動届出年月日",
    "届出番号",
    "異動事由",
    "異動区分",
    "通知日",
    "記載等の種別",
    "氏名",
    "氏_日本人",
    "名_日本人",
    "氏名_外国人ローマ字",
    "氏名_フリガナ",
    "氏_日本人_フリガナ",
    "名_日本人_フリガナ",
    "氏名_フリガナ確認状況",
    "性別",
    "性別表記",
    "生年月日_元号",
    "生年月日",
    "生年月日_不詳フラグ",
    "続柄コード1",
    "続柄表記",
    "世帯主氏名",
    "住所_市区町村コード",
    "住所_町字コード",
    "住所_都道府県",
    "住所_市区郡町村名",
    "住所_町字",
    "住所_番地号表記",
    "住所_方書",
    "住所_郵便番号",
    "住民となった年月日",
    "住民となった年月日_不詳フラグ",
    "記載の異動年月日",
    "記載の異動年月日_不詳フラグ",
    "記載の事由",
    "転入前住所_市区町村コード",
    "転入前住所_町字コード",
    "転入前住所_都道府県",
    "転入前住所_市区郡町村名",
    "転入前住所_町字",
    "転入前住所_番地号表記",
    "転入前住所_郵便番号",
    "本籍",
    "本籍_町字",
    "本籍_地番号または、街区符号",
    "本籍_市区町村コード",
    "本籍_町字コード",
    "戸籍_筆頭者",
    "戸籍_筆頭者_氏",
    "戸籍_筆頭者_名",
    "消除の事由",
    "消除の届出年月日",
    "消除の異動年月日",
    "消除の異動年月日_不詳フラグ",
    "住所を定めた年月日",
    "住所を定めた年月日_不詳フラグ",
    "地区管理コード1",
    "記載順位",
    "成年被後見人_該当有無",
    "除票フラグ",
    "除票用データベース登録年月日",
    "履歴選択不可フラグ",
    "処理年月日",
    "改製記載年月日",
    "改製記載年月日_不詳フラグ",
    "選挙人名簿登録有無",
    "国保資格有無",
    "国保資格取得年月日",
    "後期高齢資格有無",
    "後期高齢資格取得年月日",
    "介護資格有無",
    "介護資格取得年月日",
    "年金資格有無",
    "基礎年金番号",
    "年金資格種別",
    "年金資格取得年月日",
    "年金資格喪失年月日",
    "児童手当資格区分",
    "児童手当受給開始年月",
    "統合宛名フラグ",
    "他業務参照不可フラグ",
    "業務ID",
    "削除フラグ",
    "操作者ID",
    "操作年月日",
    "操作時刻",
    "転出届出年月日",
    "転出予定年月日",
    "転出年月日（確定）",
    "転入通知年月日",
    "転出先住所（確定）_市区町村コード",
    "転出先住所（確定）_都道府県",
    "転出先住所（確定）_市区郡町村名",
    "転出先住所（確定）_町字",
    "転出先住所（確定）_番地号表記",
    "転出先住所（確定）_方書",
    "転出先住所（確定）_郵便番号",
    "外国人住民となった年月日",
    "外国人住民となった年月日_不詳フラグ",
    "在留カード等番号",
    "在留カード等番号区分",
    "国籍等_国名コード",
    "国籍名等",
    "第30条45規定区分",
    "住居地の届出の有無",
    "在留資格等コード",
    "在留期間等コード_年",
    "在留期間等コード_月",
    "在留期間等コード_日",
    "在留期間の満了の日",
]

_STEP_WORDS = {
    2: "世帯主", 11: "夫", 12: "妻", 13: "夫（未届）", 14: "妻（未届）", 20: "子", 51: "父", 52: "母", 74: "弟", 84: "妹",
    96: "縁故者", 99: "同居人",
}  # fmt: skip
_ERA_STARTS = np.array(
    ["1868-10-23", "1912-07-30", "1926-12-25", "1989-01-08", "2019-05-01"], dtype="datetime64[D]"
)


def describe_entries(
    records: Records, entries: Entries, number: Ints, is_latest: Ints, day: int, *, is_full: bool
) -> dict[str, Column]:
    """All columns of the given entries as the register exports them on a day."""
    table: dict[str, Column] = dict.fromkeys(REGISTER_HEADERS, "")
    table |= _fixed_columns(day)
    table |= _event_columns(records, entries, number, is_latest)
    table |= _name_columns(records, entries)
    table |= _person_columns(records, entries, is_full=is_full)
    table |= _address_columns(records, entries)
    table |= _removal_columns(entries)
    table |= _entitlement_columns(records, entries, day)
    table |= _foreign_columns(records, entries)
    return table


def _fixed_columns(day: int) -> dict[str, Column]:
    today = str(write_dates(np.array([day]), "-")[0])
    zeros = (
        "異動年月日_不詳フラグ", "住民となった年月日_不詳フラグ", "記載の異動年月日_不詳フラグ", "住所を定めた年月日_不詳フラグ",
        "成年被後見人_該当有無", "履歴選択不可フラグ", "改製記載年月日_不詳フラグ", "統合宛名フラグ", "他業務参照不可フラグ", "削除フラグ",
    )  # fmt: skip
    fixed = dict.fromkeys(zeros, "0")
    codes = ("市区町村コード", "住所_市区町村コード")
    return fixed | dict.fromkeys(codes, MUNICIPALITY_CODE) | {
        "個人履歴番号_枝番号": "1", "改製番号": "1", "業務ID": "01", "操作者ID": "TSUNAGU", "操作時刻": "02:00:00", "処理年月日": today,
        "操作年月日": today, "住所_都道府県": PREFECTURE, "住所_市区郡町村名": CITY, "異動区分": "99", "記載等の種別": "99",
    }  # fmt: skip


def _event_columns(records: Records, entries: Entries, number: Ints, is_latest: Ints) -> dict[str, Column]:
    people = records.city.people
    events = pick([f"{event:02d}" for event in range(100)], entries.event)
    return {
        "宛名番号": write_numbers(people.number[entries.person]),
        "個人履歴番号": write_numbers(number),
        "最新フラグ": write_numbers(is_latest),
        "世帯番号": write_numbers(entries.household + 700_001 + records.number_from(1_000_000)),
        "住民種別": write_numbers(1 + (people.nation[entries.person] > 0)),
        "住民状態": write_numbers(entries.status),
        "住民票コード": join("999", write_numbers(people.number[entries.person])),
        "異動年月日": write_dates(entries.day, "-"),
        "異動届出年月日": write_dates(entries.known, "-"),
        "届出番号": write_numbers(9001 + rank_within(np.zeros_like(entries.person))),
        "異動事由": events,
        "通知日": write_dates(entries.known, "-"),
        "記載の異動年月日": write_dates(entries.since, "-"),
        "記載の事由": events,
        "記載順位": write_numbers(1 + np.minimum(rank_within(entries.household), 20)),
        "処理年月日": write_dates(entries.known, "-"),
    }


def _name_columns(records: Records, entries: Entries) -> dict[str, Column]:
    people, person = records.city.people, entries.person
    foreign = people.nation[person] > 0
    family, family_kana = _surname_texts(records, person, entries.surname)
    given = pick(records.names.given.texts, people.given[person])
    given_kana = pick(records.names.given.kanas, people.given[person])
    head = _full_name_of(records, entries.head, entries.day)
    roman = join(
        pick(records.names.surnames.romans, entries.surname),
        " ",
        pick(records.names.given.romans, people.given[person]),
    )
    return {
        "氏名": join(family, "　", given),
        "氏_日本人": blank_where(foreign, family),
        "名_日本人": blank_where(foreign, given),
        "氏名_外国人ローマ字": blank_where(~foreign, roman),
        "氏名_フリガナ": join(family_kana, "　", given_kana),
        "氏_日本人_フリガナ": blank_where(foreign, family_kana),
        "名_日本人_フリガナ": blank_where(foreign, given_kana),
        "氏名_フリガナ確認状況": write_numbers((person % 11 > 0) * 1),
        "世帯主氏名": head,
        "戸籍_筆頭者": blank_where(foreign, head),
        "戸籍_筆頭者_氏": blank_where(foreign, family),
    }


def _surname_texts(records: Records, person: Ints, surname: Ints) -> tuple[Any, Any]:
    """Registered surname and its reading; the 通称 where there is one."""
    alias = records.city.people.alias[person]
    row = np.where(alias != NOBODY, alias, surname)
    return pick(records.names.surnames.texts, row), pick(records.names.surnames.kanas, row)


def _full_name_of(records: Records, person: Ints, day: Ints) -> Any:
    rows = np.maximum(records.history.row_at(person, day), 0)
    family, _ = _surname_texts(records, person, records.history.entries.surname[rows])
    return join(family, "　", pick(records.names.given.texts, records.city.people.given[person]))


def _person_columns(records: Records, entries: Entries, *, is_full: bool) -> dict[str, Column]:
    people, person = records.city.people, entries.person
    birth = people.birth[person]
    era = np.searchsorted(whole_numbers(_ERA_STARTS), birth, side="right")
    vague = (birth < -8000) & (person % 1013 == 0)
    relations, place = np.unique(entries.relation, return_inverse=True)
    codes = [str(code) if is_full or len(str(code)) > 1 else f"0{code}" for code in relations.tolist()]
    words = [
        "の".join(_STEP_WORDS[step] for step in list_relation_steps(code)) for code in relations.tolist()
    ]
    return {
        "性別": write_numbers(people.sex[person]),
        "性別表記": pick(["", "男", "女"], people.sex[person]),
        "生年月日_元号": write_numbers(era),
        "生年月日": write_dates(birth, "-"),
        "生年月日_不詳フラグ": write_numbers(vague * 1),
        "続柄コード1": pick(codes, place),
        "続柄表記": pick(words, place),
    }


def _address_columns(records: Records, entries: Entries) -> dict[str, Column]:
    houses, places = records.city.houses, records.city.places
    district = houses.district[entries.house]
    town_codes = places.town_codes
    postcodes = [f"999{1001 + number:04d}".translate(FULL_WIDTH) for number in places.town_numbers]
    came = ((entries.event == MOVE_IN) | ((entries.event == FIRST_ENTRY) & (entries.person % 3 == 0))) & (
        entries.outside >= 0
    )
    town = np.maximum(entries.outside, 0)
    outside = blank_where(~came, pick(OUTSIDE_TOWNS, town))
    native = records.city.people.nation[entries.person] == 0
    home = blank_where(~native, pick(places.districts, (district + entries.person * 5) % places.own_count))
    return {
        "住所_町字コード": pick(town_codes, district),
        "住所_町字": pick(places.districts, district),
        "住所_番地号表記": _lot_text(records, entries.house),
        "住所_方書": _building_text(records, entries.house),
        "住所_郵便番号": pick(postcodes, district),
        "住民となった年月日": write_dates(entries.since, "-"),
        "住所を定めた年月日": write_dates(entries.settled, "-"),
        "地区管理コード1": write_numbers(901 + whole_numbers(places.town_numbers)[district]),
        "転入前住所_市区町村コード": blank_where(~came, repeat_text(OUTSIDE_CODE, town)),
        "転入前住所_町字": blank_where(~came, join(outside, "見本町一丁目１番地")),
        "本籍": blank_where(~native, join(PREFECTURE, CITY, home)),
        "本籍_町字": home,
    }


def _lot_text(records: Records, house: Ints) -> Any:
    houses = records.city.houses
    block, number = widen(write_numbers(houses.block[house])), widen(write_numbers(houses.number[house]))
    village = records.city.places.is_village[houses.district[house]] == 1
    return pc.if_else(pa.array(village), join(block, "番地"), join(block, "番", number, "号"))


def _building_text(records: Records, house: Ints) -> Any:
    houses = records.city.houses
    building = houses.building[house]
    name = pick(BUILDINGS, np.maximum(building, 0))
    return blank_where(building < 0, join(name, widen(write_numbers(houses.room[house])), "号室"))


def _removal_columns(entries: Entries) -> dict[str, Column]:
    gone = entries.status != RESIDENT
    left: Bools = entries.status == MOVED_OUT
    town = np.maximum(entries.outside, 0)
    reasons = ["", "", "2", "3", "", "", "", "", "", "9"]
    removed_on = blank_where(~gone, write_dates(entries.day, "-"))
    notified = blank_where(~gone, write_dates(entries.known, "-"))
    moved_on = blank_where(~left, removed_on)
    there = left & (entries.outside >= 0) & (entries.event == MOVE_OUT)
    flags = pick(["0", "1"], gone * 1)
    return {
        "消除の事由": pick(reasons, np.minimum(entries.status, REMOVED)),
        "消除の届出年月日": notified,
        "消除の異動年月日": removed_on,
        "消除の異動年月日_不詳フラグ": blank_where(~gone, repeat_text("0", town)),
        "除票フラグ": flags,
        "除票用データベース登録年月日": notified,
        "転出届出年月日": blank_where(~left, notified),
        "転出予定年月日": moved_on,
        "転出年月日（確定）": moved_on,
        "転出先住所（確定）_市区町村コード": blank_where(~there, repeat_text(OUTSIDE_CODE, town)),
        "転出先住所（確定）_市区郡町村名": blank_where(~there, pick(OUTSIDE_TOWNS, town)),
        "転出先住所（確定）_町字": blank_where(~there, repeat_text("見本町二丁目", town)),
    }


def _entitlement_columns(records: Records, entries: Entries, day: int) -> dict[str, Column]:
    people, person = records.city.people, entries.person
    birth = people.birth[person]
    age = age_years(birth, day)
    alive = entries.status != DECEASED
    native = people.nation[person] == 0
    insured = person % 9 < 2
    is_child = (age < 18) & alive
    return {
        "選挙人名簿登録有無": write_numbers((age >= 18) & native & (entries.status == RESIDENT)),
        "国保資格有無": write_numbers(insured & alive),
        "国保資格取得年月日": blank_where(~insured, write_dates(entries.since, "-")),
        "後期高齢資格有無": write_numbers(age >= 75),
        "介護資格有無": write_numbers(age >= 65),
        "年金資格有無": write_numbers((age >= 20) & (age < 60)),
        "年金資格種別": blank_where((age < 20) | (age >= 60), repeat_text("99", age)),
        "児童手当資格区分": blank_where(~is_child, repeat_text("1", age)),
        "児童手当受給開始年月": blank_where(~is_child, write_months(birth + 31, "-")),
    }


def _foreign_columns(records: Records, entries: Entries) -> dict[str, Column]:
    nation = records.city.people.nation[entries.person]
    native = nation == 0
    ones = np.zeros_like(nation)

    def only_foreign(column: Any) -> Any:
        return blank_where(native, column)

    return {
        "外国人住民となった年月日": only_foreign(write_dates(entries.since, "-")),
        "外国人住民となった年月日_不詳フラグ": only_foreign(pick(["0"], ones)),
        "在留カード等番号区分": only_foreign(pick(["1"], ones)),
        "国籍等_国名コード": only_foreign(pick([f"99{code}" for code in range(len(NATIONS))], nation)),
        "国籍名等": only_foreign(pick(NATIONS, nation)),
        "第30条45規定区分": only_foreign(pick(["1"], ones)),
        "住居地の届出の有無": only_foreign(pick(["1"], ones)),
        "在留資格等コード": only_foreign(pick(["999"], ones)),
        "在留期間等コード_年": only_foreign(pick(["1", "3", "5"], entries.person % 3)),
        "在留期間の満了の日": only_foreign(write_dates(entries.since + 365 * 5, "-")),
    }
