"""Hidden causes show in what departments record, and the totals are of a believable size."""

from collections import Counter, defaultdict
from datetime import date

import pytest

MIDDLE = date(2024, 10, 1)


@pytest.fixture(scope="module")
def active(read_truth) -> dict[str, set[int]]:
    """Kind -> people in such a spell in October 2024."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in read_truth("circumstance"):
        if row["started_on"] <= MIDDLE and (row["ended_on"] is None or row["ended_on"] > MIDDLE):
            found[row["kind"]].add(row["person_id"])
    return found


@pytest.fixture(scope="module")
def person_of(read_truth) -> dict[tuple[str, str], int]:
    return {(row["system"], row["source_key"]): row["person_id"] for row in read_truth("source_person")}


@pytest.fixture(scope="module")
def pupils(read_rows, person_of) -> set[int]:
    rows = [row for row in read_rows("学齢簿") if row["_file"] == "学齢簿_20240905.csv" and row["学籍番号"]]
    return {person_of["school_office", f"{row['学籍番号']}:{row['学校コード']}"] for row in rows}


def share(of: set[int], among: set[int]) -> float:
    return len(of & among) / len(among)


def test_hardship_leads_to_school_aid(read_rows, person_of, active, pupils) -> None:
    rows = [row for row in read_rows("就学援助認定") if "_20241031" in row["_file"] and row["認定番号"]]
    aided = {person_of["school_aid", f"{row['認定番号']}:{row['年度']}"] for row in rows}
    poor = pupils & active["economic_hardship"]
    assert 0.5 < share(aided, poor) < 0.95
    assert share(aided, pupils - poor) < 0.15
    assert 0.08 < share(aided, pupils) < 0.2


def test_hardship_leads_to_unpaid_meals(read_rows, person_of, active, pupils) -> None:
    owing = {person_of["meal_fee", row["整理番号"]] for row in read_rows("給食費未納一覧")}
    poor = pupils & active["economic_hardship"]
    assert share(owing, poor) > 3 * share(owing, pupils - poor)


def test_non_attendance_empties_the_classroom(read_rows, person_of, active, pupils) -> None:
    absent: Counter[int] = Counter()
    for row in read_rows("出席簿月計"):
        if row["対象年月"] == "202410" and row["学籍番号"] and row["欠席日数"].isdigit():
            absent[person_of["school_office", f"{row['学籍番号']}:{row['学校コード']}"]] += int(
                row["欠席日数"]
            )
    away = pupils & active["non_attendance"]
    mean = {
        name: sum(absent[p] for p in group) / len(group)
        for name, group in (("a", away), ("b", pupils - away))
    }
    assert mean["a"] > 5
    assert mean["b"] < 1.5
    assert any(absent[person] >= 3 for person in pupils - away), "healthy children fall ill, too"


def test_the_council_knows_some_but_not_all_endangered_children(read_rows, person_of, active) -> None:
    rows = [row for row in read_rows("要対協台帳") if "_20241031" in row["_file"]]
    known = {person_of["council", row["ケース番号"]] for row in rows}
    endangered = {p for kind in ("neglect", "violence") for p in active[kind]} & {
        p for (system, _), p in person_of.items() if system in ("school_office", "health_center")
    }
    assert 0.1 < share(known, endangered) < 0.9


def test_neglect_keeps_children_from_checkups(read_rows, person_of, read_truth) -> None:
    neglected = {
        row["person_id"] for row in read_truth("circumstance") if row["kind"] in ("neglect", "isolation")
    }
    missed: dict[bool, list[bool]] = {True: [], False: []}
    for row in read_rows("乳幼児健診"):
        if row["宛名番号"]:
            missed[person_of["health_center", row["宛名番号"]] in neglected].append(
                row["受診区分"] == "未受診"
            )
    rates = {key: sum(values) / len(values) for key, values in missed.items()}
    assert rates[True] > 1.5 * rates[False]
    assert rates[False] < 0.08


def test_lone_parents_receive_the_allowance_and_couples_do_not(read_rows, city) -> None:
    rows = [row for row in read_rows("児童扶養手当受給者") if row["_file"].endswith("20260131.csv")]
    children = {row["対象児童宛名番号"] for row in rows}
    assert 0.03 < len(children) / city.children < 0.14
    assert len({row["支給区分"] for row in rows} & {"全部支給", "一部支給", "全部停止"}) == 3


def test_the_allowance_list_says_who_receives_it_in_truth(read_rows, person_of, read_truth) -> None:
    classes = {"full": "全部支給", "partial": "一部支給", "suspended": "全部停止"}
    received = {
        row["person_id"]: classes[row["received_class"]]
        for row in read_truth("benefit")
        if row["benefit"] == "child_rearing_allowance"
        and row["received_class"]
        and row["started_on"] <= date(2026, 1, 1)
        and (row["ended_on"] is None or row["ended_on"] > date(2026, 1, 1))
    }
    listed = {
        person_of["child_rearing_allowance", f"{row['対象児童宛名番号']}:{row['証書番号']}"]: row["支給区分"]
        for row in read_rows("児童扶養手当受給者")
        if row["_file"].endswith("20260131.csv") and row["証書番号"] and not row["支給終了年月"]
    }
    # A few rows are wrong on purpose.
    assert len(set(received.items()) ^ set(listed.items())) <= 0.02 * len(received)


def test_marks_and_totals_tell_the_same_story(read_rows) -> None:
    marks = Counter(
        (row["学校コード"], row["学籍番号"])
        for row in read_rows("出欠明細")
        if row["対象年月"] == "202311" and row["出欠区分"] == "欠席"
    )
    totals = {
        (row["学校コード"], row["学籍番号"]): row["欠席日数"]
        for row in read_rows("出席簿月計")
        if row["対象年月"] == "202311" and row["学籍番号"]
    }
    pairs = [(marks[key], int(days)) for key, days in totals.items() if days.isdigit()]
    assert sum(a == b for a, b in pairs) / len(pairs) > 0.97
    assert any(a != b for a, b in pairs), "offices miscount now and then"


@pytest.mark.parametrize(
    ("layout", "header", "value", "low", "high"),
    [
        ("乳幼児健診", "受診区分", "受診", 0.93, 0.99),
        ("妊娠届出", "妊娠の気持ち", "うれしい", 0.75, 0.95),
        ("学齢簿", "特別支援学級", "○", 0.02, 0.06),
        ("予防接種", "接種区分", "接種", 0.96, 1.0),
        ("保育所在籍", "階層区分", "B", 0.01, 0.15),
    ],
)
def test_shares_are_of_a_believable_size(read_rows, layout, header, value, low, high) -> None:
    rows = read_rows(layout)
    assert low < sum(row[header] == value for row in rows) / len(rows) < high


def test_long_absence_is_rare_and_commoner_in_junior_high(read_rows) -> None:
    days: Counter[tuple[str, str]] = Counter()
    for row in read_rows("出席簿月計"):
        if "202404" <= row["対象年月"] <= "202503" and row["欠席日数"].isdigit():
            days[row["学校コード"], row["学籍番号"]] += int(row["欠席日数"])
    rates = {}
    for stage in ("91", "92"):
        pupils = [count for (school, _), count in days.items() if school.startswith(stage)]
        rates[stage] = sum(count >= 30 for count in pupils) / len(pupils)
    assert 0.003 < rates["91"] < 0.05
    assert 0.02 < rates["92"] < 0.12


def test_the_survey_is_a_standard_score(read_rows) -> None:
    scores = [float(row["国語標準得点"]) for row in read_rows("学力生活状況調査") if row["国語標準得点"]]
    mean = sum(scores) / len(scores)
    deviation = (sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5
    assert 48.5 < mean < 51.5
    assert 8.5 < deviation < 11.5
