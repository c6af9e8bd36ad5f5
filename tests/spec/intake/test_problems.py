"""Promises about rows: what is wrong with them is listed, by row and column, and only that is left out."""

import pytest

STAY = "番号,氏名,カナ,生年月日,性別,園,開始日,終了日,特別,料金"
MEASURE = "宛名番号,測定日,身長,歯,予定日,整理"

# header | row | column of the problem | code | is the row dropped
ROW_PROBLEMS = f"""
{STAY}    | 1,甲,コウ,2018-01-02,男,い,,,,              | 開始日 | missing      | 1
{STAY}    | 1,甲,コウ,2018-01-02,男,い,令和6年13月1日,,,  | 開始日 | bad_date     | 1
{STAY}    | 1,甲,コウ,2018-02-30,男,い,2024-04-01,,,     | 生年月日 | bad_date   | 0
{STAY}    | 1,甲,コウ,2018-01-02,男の子,い,2024-04-01,,, | 性別 | unknown_code   | 0
{STAY}    | 1,甲,コウ,2018-01-02,男,い,2024-04-01,,×,   | 特別 | unknown_code   | 0
{STAY}    | 1,甲,コウ,2018-01-02,男,い,2024-04-01,,,ただ | 料金 | bad_yen        | 0
{STAY}    | 1,甲,コウ,2018-01-02,男,い,2024-04-01,,,-5   | 料金 | out_of_range   | 0
{STAY}    | ,甲,コウ,2018-01-02,男,い,2024-04-01,,,      | 番号 | missing        | 1
{MEASURE} | 5,2024-05-01,高い,2,,A001                   | 身長 | bad_number     | 0
{MEASURE} | 5,2024-05-01,1000,2,,A001                   | 身長 | out_of_range   | 0
{MEASURE} | 5,2024-05-01,100,2.5,,A001                  | 歯   | bad_integer    | 0
{MEASURE} | 5,2024-05-01,100,2,,A1                      | 整理 | bad_format     | 0
{MEASURE} | 5,2024-05-01,100,2,2024-05-02,A001          | 測定日 | early        | 0
{MEASURE} | 5,不詳,100,2,,A001                          | 測定日 | missing      | 1
学校,年月,番号,日付,区分 | S1,いつか,7,2024-05-01,欠席         | 年月 | bad_month | 1
"""
GOOD_ROWS = {
    STAY: '2,乙,オツ,2018-01-02,女,ろ,2024-04-01,,○,"1,500円"',
    MEASURE: "6,2024-05-01,99.5,0,,A002",
    "学校,年月,番号,日付,区分": "S1,202405,8,2024-05-01,遅刻",
}


@pytest.mark.parametrize("line", [line for line in ROW_PROBLEMS.strip().splitlines()])
def test_a_bad_cell_is_listed_with_its_place(town, line):
    header, row, column, code, is_dropped = (cell.strip() for cell in line.split("|"))
    outcome = town.hand_over("x_20240605.csv", f"{header}\n{GOOD_ROWS[header]}\n{row}")
    assert outcome.status == "accepted", outcome.refusal
    assert (2, 2 - int(is_dropped)) == (outcome.rows, outcome.kept)
    # The heading is row 1, so the second row of data is row 3.
    assert town.list_problems() == [(3, column, code, int(is_dropped))]
    assert outcome.problems == {code: 1}


def test_a_good_cell_is_no_problem_in_any_spelling(town):
    town.hand_over(
        "x_20240605.csv",
        f"""
        {STAY}
        1,甲,コウ,H30.1.2,男,い,令和6年4月1日,R6.9.30,○,￥1，500
        ２,乙,オツ,20180102,２,ろ,2024/4/1,,,"△０"
        """,
    )
    assert town.list_problems() == []
    assert town.list_known("stay", "place, valid_from, valid_to, is_special, fee", "2024-06-05") == [
        ("い", day(2024, 4, 1), day(2024, 10, 1), True, 1500),
        ("ろ", day(2024, 4, 1), None, False, 0),
    ]


def day(*parts):
    from datetime import date

    return date(*parts)


def test_the_same_record_twice_keeps_the_first_row(town):
    town.hand_over(
        "x_20240605.csv",
        """
        番号,氏名,園,開始日,終了日
        1,甲,い,2024-04-01,
        1,甲,ろ,2024-04-01,
        2,乙,は,2024-04-01,
        """,
    )
    assert town.list_problems() == [(3, None, "duplicate", 1)]
    assert town.list_known("stay", "place", "2024-06-05") == [("い",), ("は",)]


def test_a_late_change_does_not_undo_a_newer_one(town):
    header = "宛名番号,測定日,身長,歯,予定日,整理"
    town.hand_over("x_20240605.csv", f"{header}\n5,2024-05-01,100,2,,A001", day="2024-06-05")
    late = town.hand_over(
        "y_20240510.csv", f"{header}\n5,2024-05-01,90,2,,A001\n6,2024-05-02,80,1,,A001", day="2024-05-10"
    )
    assert late.problems == {"superseded": 1}
    assert town.list_known("measure", "height", "2024-06-30") == [(80.0,), (100.0,)]


def test_a_lone_twelve_digit_number_that_could_be_a_my_number_is_blanked(town):
    town.hand_over(
        "x_20240605.csv",
        """
        番号,氏名,園,開始日,終了日
        1,甲,123456789018,2024-04-01,
        2,乙,123456789012,2024-04-01,
        """,
    )
    assert town.list_problems() == [(2, "園", "my_number", 0)]
    assert town.list_known("stay", "place", "2024-06-05") == [("123456789012",), (None,)]


def test_a_required_cell_blanked_that_way_is_not_listed_as_blank_too(town, feeds):
    strict = {c.header: c for c in feeds["stays"].columns}["園"].model_copy(update={"required": True})
    columns = tuple(strict if c.header == "園" else c for c in feeds["stays"].columns)
    town.catalog = feeds["make_catalog"](feeds["stays"].model_copy(update={"columns": columns}))
    town.hand_over(
        "x_20240605.csv",
        """
        番号,氏名,園,開始日,終了日
        1,甲,123456789018,2024-04-01,
        2,乙,い,2024-04-01,
        """,
    )
    assert town.list_problems() == [(2, "園", "my_number", 0)]
    assert town.list_known("stay", "place", "2024-06-05") == [("い",)]


def test_declared_in_house_keys_may_look_like_anything(town):
    header = "宛名番号,測定日,身長,歯,予定日,整理"
    town.hand_over("x_20240605.csv", f"{header}\n123456789018,2024-05-01,100,2,,A001")
    assert town.list_problems() == []
    assert town.query("SELECT atena_number FROM identity.record") == [("123456789018",)]


def test_blank_rows_are_not_rows(town):
    outcome = town.hand_over(
        "x_20240605.csv",
        "番号,氏名,園,開始日,終了日\n1,甲,い,2024-04-01,\n,,,,\n\n2,乙,,,\n3,丙,は,2024-04-01,",
    )
    assert outcome.rows == 3
    assert town.list_problems() == [(5, "開始日", "missing", 1)]


def test_the_problems_count_in_the_outcome_and_the_journal(town):
    outcome = town.hand_over(
        "x_20240605.csv", "番号,氏名,園,開始日,終了日\n1,甲,い,2024-04-01,\n2,乙,ろ,いつか,"
    )
    assert outcome.message == "1 行を取り込みました（問題 1 件）"
    committed = [line for line in town.journal if line["event"] == "committed"]
    assert committed[-1]["details"]["problems"] == {"bad_date": 1}
    assert committed[-1]["details"]["dropped"] == 1
