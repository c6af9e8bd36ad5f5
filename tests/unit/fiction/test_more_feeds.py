"""The files beyond the main ones tell the same story as the lives and the other files."""

import itertools
import re
from collections import Counter, defaultdict
from datetime import date

STAMP = re.compile(r"_(\d{8})\.")


def person_of(read_truth, system: str) -> dict[str, int]:
    return {
        row["source_key"]: row["person_id"] for row in read_truth("source_person") if row["system"] == system
    }


def list_burdened(read_truth, *kinds: str) -> set[int]:
    return {row["person_id"] for row in read_truth("circumstance") if row["kind"] in kinds}


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


def test_nursery_marks_agree_with_the_monthly_list(read_rows) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    handed_over = {row["対象年月"] for row in read_rows("保育所出欠")}
    facilities = {(row["対象年月"], row["施設コード"]) for row in read_rows("保育所出欠")}
    seen = set()
    for row in read_rows("保育所出欠"):
        mark = (row["児童番号"], row["欠席等年月日"], row["対象年月"])
        if row["出欠"] == "欠席" and row["児童番号"] and mark not in seen:
            counted[row["対象年月"], row["児童番号"]] += 1
            seen.add(mark)
    compared = wrong = 0
    for row in read_rows("保育所在籍"):
        month = STAMP.search(row["_file"])[1][:6]
        if (month, row["施設コード"]) in facilities and row["児童番号"] and row["当月欠席日数"].isdecimal():
            compared += 1
            wrong += counted[month, row["児童番号"]] != int(row["当月欠席日数"])
    assert len(handed_over) >= 33
    assert compared > 5_000
    assert wrong / compared < 0.01


def test_bullied_and_troubled_children_are_seen_by_the_nurse(read_rows, read_truth) -> None:
    persons = person_of(read_truth, "school_office")
    burdened = list_burdened(read_truth, "bullying", "violence", "neglect", "non_attendance")
    visits: Counter[int] = Counter()
    for row in read_rows("保健室来室記録"):
        if row["学籍番号"]:
            visits[persons[f"{row['学籍番号']}:{row['学校コード']}"]] += 1
    means = {
        is_burdened: sum(visits[who] for who in group) / len(group)
        for is_burdened in (True, False)
        if (group := [who for who in set(persons.values()) if (who in burdened) == is_burdened])
    }
    assert means[True] > 2 * means[False]


def test_a_pupil_is_at_the_nurses_once_a_minute(read_rows) -> None:
    keys = Counter(
        (row["学校コード"], row["学籍番号"], row["来室年月日"], row["来室時刻"])
        for row in read_rows("保健室来室記録")
        if row["学籍番号"] and row["来室年月日"] != "2024/02/30"
    )
    assert sum(count > 1 for count in keys.values()) < 6


def test_more_pupils_who_are_bullied_say_so(read_rows, read_truth) -> None:
    persons = person_of(read_truth, "school_office")
    spells: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for row in read_truth("circumstance"):
        if row["kind"] == "bullying":
            spells[row["person_id"]].append((row["started_on"], row["ended_on"] or date(2100, 1, 1)))
    said: dict[bool, list[bool]] = {True: [], False: []}
    for row in read_rows("学校生活アンケート"):
        if row["学籍番号"] and row["いじめられたこと"] in ("ある", "ない"):
            day = date(*map(int, row["実施年月日"].split("/")))
            who = persons[f"{row['学籍番号']}:{row['学校コード']}"]
            said[any(start <= day < end for start, end in spells[who])].append(
                row["いじめられたこと"] == "ある"
            )
    assert share(said[True]) > 0.35
    assert 0.02 < share(said[False]) < 0.09


def test_scores_of_the_mothers_mood_are_only_there_when_somebody_was_met(read_rows) -> None:
    rows = read_rows("乳児家庭訪問")
    assert {row["訪問結果"] for row in rows} >= {"面会", "不在", "辞退", "里帰り中"}
    asked = [row["訪問結果"] for row in rows if row["EPDS合計点"].isdecimal()]
    assert Counter(asked).most_common(1)[0][0] == "面会"
    assert share([result == "面会" for result in asked]) > 0.98
    unvisited = [row for row in rows if row["訪問結果"] in ("辞退", "里帰り中")]
    assert share([row["訪問年月日"] == "" for row in unvisited]) > 0.9


def test_bills_of_antenatal_checks_come_one_to_three_months_later(read_rows) -> None:
    waits = []
    for row in read_rows("妊婦健診"):
        year, month, _ = map(int, row["受診年月日"].split("/"))
        billed = row["_file"].split("_")[1]
        waits.append((int(billed[:4]) - year) * 12 + int(billed[4:]) - month)
    assert share([1 <= wait <= 3 for wait in waits]) > 0.99
    assert len({(row["届出番号"], row["受診票番号"]) for row in read_rows("妊婦健診")}) > 0.98 * len(waits)


def test_nearly_every_child_has_the_allowance(read_rows, city) -> None:
    rows = [
        row for row in read_rows("児童手当受給者") if "_20260215" in row["_file"] and not row["支給終了年月"]
    ]
    assert 0.85 < len(rows) / city.children < 1.1


def test_public_assistance_is_rare_and_its_children_are_poor(read_rows, read_truth, city) -> None:
    persons, poor = person_of(read_truth, "public_assistance"), list_burdened(read_truth, "economic_hardship")
    keys = {
        f"{row['世帯員番号']}:{row['保護ケース番号']}"
        for row in read_rows("生活保護世帯員")
        if row["世帯員番号"]
    }
    assert {persons[key] for key in keys} <= poor
    last = [row for row in read_rows("生活保護世帯員") if "_20260331" in row["_file"]]
    assert 0.002 < len(last) / city.children < 0.04


def test_single_parents_stand_beside_their_children(read_rows) -> None:
    kinds = Counter(row["対象者区分"] for row in read_rows("ひとり親医療費受給者"))
    assert kinds["親"] > 0.4 * kinds["子"] > 0


def test_certificates_are_held_by_few(read_rows, city) -> None:
    rows = [row for row in read_rows("障害者手帳交付") if "_20260131" in row["_file"]]
    assert 0.008 < len(rows) / city.children < 0.04
    kinds = Counter(row["手帳種別"] for row in read_rows("障害者手帳交付"))
    assert kinds.most_common(1)[0][0] == "療育"
    assert len(kinds) > 1


def test_the_reception_book_grows_and_begins_anew_in_april(read_rows) -> None:
    sizes = Counter(STAMP.search(row["_file"])[1] for row in read_rows("家庭児童相談受付簿"))
    months = sorted(sizes)
    assert all(
        sizes[later] >= sizes[earlier] - 1
        for earlier, later in itertools.pairwise(months)
        if later[4:6] != "04"
    )
    assert sizes["20250430"] < sizes["20250331"] / 3
    numbers = {row["受付番号"] for row in read_rows("家庭児童相談受付簿")}
    assert all(re.fullmatch(r"R\d-\d{4}|", number) for number in numbers)


def test_children_nobody_finds_stay_on_the_list(read_rows, read_truth) -> None:
    rows = read_rows("居住実態把握一覧")
    states = Counter(row["確認状況"] for row in rows)
    assert states["確認中"] > 0
    assert states["確認済"] > 0
    found = [row for row in rows if row["確認状況"] == "確認済"]
    assert all(isinstance(row["確認年月日"], date) for row in found)
    lost = {row["person_id"] for row in read_truth("person") if row["away_from"]}
    persons = person_of(read_truth, "whereabouts")
    missing = {persons[row["管理番号"]] for row in rows if row["確認状況"] == "所在不明" and row["管理番号"]}
    assert missing <= lost


def test_arrivals_bring_their_handbook(read_rows) -> None:
    rows = read_rows("転入児健診歴")
    assert {row["受診確認"] for row in rows} >= {"受診", "未受診"}
    assert all(
        row["受診年月日"] < row["転入年月日"] or row["受診年月日"] == "2024/02/30"
        for row in rows
        if row["受診年月日"]
    )


def test_the_status_list_holds_the_pupils_of_the_roster(read_rows) -> None:
    rosters, lists = (
        {(row["_file"][-12:-4], row[number], row[school]) for row in read_rows(layout) if row[number]}
        for layout, number, school in (
            ("学齢簿", "学籍番号", "学校コード"),
            ("児童生徒就学状況", "児童生徒識別子", "在籍校コード"),
        )
    )
    both = {day for day, *_ in rosters} & {day for day, *_ in lists}
    in_both = [{key for key in keys if key[0] in both} for keys in (rosters, lists)]
    assert len(in_both[0] ^ in_both[1]) < 0.01 * len(in_both[0])


def test_debts_of_school_charges_are_with_the_poor(read_rows, read_truth) -> None:
    persons, poor = person_of(read_truth, "school_office"), list_burdened(read_truth, "economic_hardship")
    rows = [row for row in read_rows("学校諸費未納一覧") if row["学籍番号"]]
    owing = {persons[f"{row['学籍番号']}:{row['学校コード']}"] for row in rows}
    pupils = set(persons.values())
    assert share([who in poor for who in owing]) > 1.5 * share([who in poor for who in pupils])
