"""Promises of the mapping language: what each word of a feed's definition makes of a row."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.intake.naming import make_occasion


def take(town, feeds, columns, text, *, name="x_20240605.csv", **changes):
    changes = {"subject": {"system": "test", "column": "番号"}, "record_key": ["番号"]} | changes
    town.catalog = feeds["make_catalog"](feeds["make_feed"]("education/test", columns, **changes))
    outcome = town.hand_over(name, text)
    assert outcome.status == "accepted", outcome.refusal
    return outcome


NUMBER = {"header": "番号", "required": True}
SINCE = {"header": "開始日", "to": ["stay.valid_from"], "type": "date"}


class TestDates:
    def test_an_unknown_day_gives_a_fact_its_earliest_day_and_is_counted(self, town, feeds):
        outcome = take(town, feeds, [NUMBER, SINCE], "番号,開始日\n1,令和6年4月")
        assert town.list_known("stay", "valid_from", "2024-06-05") == [(date(2024, 4, 1),)]
        assert outcome.assumed_dates == 1
        assert outcome.problems == {}

    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("2018-01-02", date(2018, 1, 2)),
            ("平成30年1月2日", date(2018, 1, 2)),
            ("平成30年1月", None),
            ("2018-01-00", None),
            ("不詳", None),
        ],
    )
    def test_a_birth_date_is_a_date_only_when_its_day_is_known(self, town, feeds, written, known):
        birth = {"header": "生年月日", "to": ["identity.birth_date"], "type": "date"}
        take(town, feeds, [NUMBER, birth, SINCE], f"番号,生年月日,開始日\n1,{written},2024-04-01")
        assert town.query("SELECT birth_date, birth_date_text FROM identity.record") == [(known, written)]

    def test_a_flag_may_say_that_the_date_is_a_placeholder(self, town, feeds):
        birth = {
            "header": "生年月日",
            "to": ["identity.birth_date"],
            "type": "date",
            "unknown_when": {"不詳": ["1"]},
        }
        text = "番号,生年月日,不詳,開始日\n1,2018-01-01,１,2024-04-01\n2,2018-01-01,0,2024-04-01"
        take(town, feeds, [NUMBER, birth, {"header": "不詳"}, SINCE], text)
        assert town.query("SELECT birth_date FROM identity.record ORDER BY source_key") == [
            (None,),
            (date(2018, 1, 1),),
        ]

    @pytest.mark.parametrize(
        ("kind", "written", "bound"),
        [
            ("date", "2024-09-30", date(2024, 10, 1)),
            ("date", "令和6年9月", date(2024, 10, 1)),
            ("year_month", "202409", date(2024, 10, 1)),
            ("year_month", "令和6年12月", date(2025, 1, 1)),
        ],
    )
    def test_a_last_day_becomes_the_first_day_no_longer(self, town, feeds, kind, written, bound):
        until = {"header": "終了", "to": ["stay.valid_to"], "type": kind, "is_last_day": True}
        take(town, feeds, [NUMBER, SINCE, until], f"番号,開始日,終了\n1,2024-04-01,{written}")
        assert town.list_known("stay", "valid_to", "2024-06-05") == [(bound,)]


class TestTargets:
    def test_an_entry_counts_only_when_its_condition_holds(self, town, feeds):
        columns = [
            NUMBER,
            {"header": "園", "to": ["stay.place"]},
            {"header": "異動"},
            {**SINCE, "header": "異動日", "when": {"異動": ["転入"]}},
            {"header": "異動日", "to": ["stay.valid_to"], "type": "date", "when": {"異動": ["転出", "退園"]}},
        ]
        text = """
            番号,園,異動,異動日
            1,い,転入,2024-05-01
            2,い,退園,2024-05-02
            3,い,,2024-05-03
        """
        take(town, feeds, columns, text)
        assert town.list_known("stay", "row, valid_from, valid_to", "2024-06-05") == [
            (2, date(2024, 5, 1), None),
            (3, None, date(2024, 5, 2)),
            (4, None, None),
        ]

    def test_of_several_columns_the_first_value_given_wins(self, town, feeds):
        columns = [
            NUMBER,
            {"header": "受診日", "to": ["measure.occurred_on"], "type": "date"},
            {"header": "年月", "to": ["measure.occurred_on"], "type": "year_month"},
        ]
        take(town, feeds, columns, "番号,年月,受診日\n1,202405,\n2,202405,2024-05-20")
        assert town.list_known("measure", "occurred_on", "2024-06-05") == [
            (date(2024, 5, 1),),
            (date(2024, 5, 20),),
        ]

    def test_an_event_needs_its_day_and_a_state_any_value(self, town, feeds):
        columns = [
            NUMBER,
            {"header": "日", "to": ["measure.occurred_on"], "type": "date"},
            {"header": "身長", "to": ["measure.height"], "type": "number"},
            {"header": "園", "to": ["stay.place"]},
        ]
        take(town, feeds, columns, "番号,日,身長,園\n1,,100,い\n2,2024-05-01,,")
        assert town.list_known("measure", "row", "2024-06-05") == [(3,)]
        assert town.list_known("stay", "row", "2024-06-05") == [(2,)]

    def test_an_item_may_be_stated_by_some_rows_only(self, town, feeds):
        columns = [NUMBER, {"header": "最新", "to": ["nothing"]}, SINCE]
        text = "番号,最新,開始日\n1,1,2024-04-01\n2,0,2024-04-01"
        take(town, feeds, columns, text, items={"stay": {"only_when": {"最新": ["1"]}}})
        assert town.list_known("stay", "row", "2024-06-05") == [(2,)]

    def test_an_item_may_be_stated_only_when_one_date_is_after_another(self, town, feeds):
        """Somebody who became a resident after birth moved in; nobody else did, nor where a date is a placeholder."""
        birth = {"header": "生年月日", "to": ["identity.birth_date"], "type": "date"}
        columns = [
            NUMBER,
            birth | {"unknown_when": {"不詳": ["1"]}},
            {"header": "不詳"},
            {"header": "住民日", "to": ["mark.occurred_on"], "type": "date"},
        ]
        text = """
            番号,生年月日,不詳,住民日
            1,2020-05-05,0,2020-05-05
            2,2020-05-05,0,2020-05-06
            3,2020-05-05,0,2012-04-01
            4,2020-05-05,1,2021-04-01
            5,,0,2021-04-01
            6,2020-05-05,0,
            7,2020年5月,0,2021-04-01
        """
        take(town, feeds, columns, text, items={"mark": {"only_after": ["住民日", "生年月日"]}})
        assert town.list_known("mark", "row, occurred_on", "2024-06-05") == [(3, date(2020, 5, 6))]

    def test_an_item_may_have_records_of_its_own(self, town, feeds):
        columns = [
            NUMBER,
            {"header": "園", "to": ["stay.place"]},
            {"header": "確認日", "to": ["mark.occurred_on"], "type": "date"},
        ]
        items = {"mark": {"record_key": ["番号", "確認日"], "when_omitted": "keep"}}
        take(town, feeds, columns, "番号,園,確認日\n1,い,2024-05-01", name="x_20240501.csv", items=items)
        town.hand_over("x_20240604.csv", "番号,園,確認日\n1,い,2024-06-01", day="2024-06-05")
        assert town.list_known("mark", "occurred_on", "2024-06-05") == [
            (date(2024, 5, 1),),
            (date(2024, 6, 1),),
        ]
        assert len(town.list_known("stay", "row", "2024-06-05")) == 1


CONSTANTS = {
    "measure.occurred_on": "@reference_date",
    "stay.valid_from": "@school_year_start",
    "stay.valid_to": "@school_year_end",
}
TEETH = [
    NUMBER,
    {"header": "歯", "to": ["measure.teeth"], "type": "integer"},
    {"header": "園", "to": ["stay.place"]},
]


class TestWords:
    def test_constants_fill_what_no_column_gave(self, town, feeds):
        take(town, feeds, TEETH, "番号,歯,園\n1,2,い", name="x_20240331.csv", constants=CONSTANTS)
        assert town.list_known("measure", "occurred_on", "2024-06-05") == [(date(2024, 3, 31),)]
        assert town.list_known("stay", "valid_from, valid_to", "2024-06-05") == [
            (date(2023, 4, 1), date(2024, 4, 1))
        ]

    def test_a_school_year_in_the_name_wins_over_the_date(self, town, feeds):
        name = "調査_2023年度_20240605.csv"
        take(town, feeds, TEETH, "番号,歯,園\n1,2,い", name=name, constants=CONSTANTS)
        assert town.list_known("stay", "valid_from", "2024-06-05") == [(date(2023, 4, 1),)]

    def test_a_month_in_the_name_is_the_covered_month(self, town, feeds):
        coverage = {"period": "month", "stale_after_days": 30}
        take(town, feeds, TEETH, "番号,歯,園\n1,2,い", name="x_202404_20240605.csv", coverage=coverage)
        assert town.query("SELECT DISTINCT covers_from, covers_to FROM facts.coverage") == [
            (date(2024, 4, 1), date(2024, 5, 1))
        ]

    def test_what_every_snapshot_states_anew_is_kept_by_its_day(self, town, feeds):
        changes = {
            "record_key": ["番号", "@reference_date"],
            "scope": ["@reference_date"],
            "constants": CONSTANTS,
        }
        take(town, feeds, TEETH, "番号,歯,園\n1,2,い\n2,3,い", name="x_20240501.csv", **changes)
        for name, day in (("x_20240601.csv", "2024-06-05"), ("y_20240601.csv", "2024-06-06")):
            text = "番号,歯,園\n1,5,い" if name.startswith("y") else "番号,歯,園\n1,5,い\n2,6,い"
            town.hand_over(name, text, day=day)
        # May stands; of June the corrected file counts.
        assert town.list_known("measure", "occurred_on, teeth", "2024-06-06") == [
            (date(2024, 5, 1), 2),
            (date(2024, 5, 1), 3),
            (date(2024, 6, 1), 5),
        ]

    def test_a_word_in_the_name_makes_it_a_delta(self, town, feeds):
        take(
            town,
            feeds,
            [NUMBER, SINCE],
            "番号,開始日\n1,2024-04-01",
            name="x_20240501.csv",
            delta_when_name_has="異動",
        )
        town.hand_over("異動_20240605.csv", "番号,開始日\n2,2024-05-01")
        assert town.list_known("stay", "valid_to", "2024-06-05") == [(None,), (None,)]
        assert town.query("SELECT delivery FROM landing.file ORDER BY known_from, 1") == [
            ("delta",),
            ("snapshot",),
        ]

    def test_an_empty_file_may_say_nobody(self, town, feeds):
        take(
            town,
            feeds,
            [NUMBER, SINCE],
            "番号,開始日\n1,2024-04-01",
            name="x_20240501.csv",
            may_be_empty=True,
        )
        outcome = town.hand_over("x_20240610.csv", "番号,開始日\n", day="2024-06-10")
        assert outcome.status == "accepted"
        assert town.list_known("stay", "valid_to", "2024-06-10") == [(date(2024, 6, 10),)]
        assert town.query("SELECT count(*) FROM facts.coverage WHERE covers_from = DATE '2024-06-10'") == [
            (1,)
        ]


PEOPLE = [
    {"header": "宛名番号", "to": ["identity.atena_number"], "required": True},
    {"header": "履歴", "to": ["identity.history_number"], "type": "integer", "may_be_absent": True},
    {"header": "枝番", "to": ["identity.history_branch"], "type": "integer", "may_be_absent": True},
    {"header": "氏", "to": ["identity.name"]},
    {"header": "名", "to": ["identity.name"]},
    {"header": "カナ", "to": ["identity.kana"]},
    {"header": "市", "to": ["identity.address"]},
    {"header": "番地", "to": ["identity.address"]},
    {"header": "郵便番号", "to": ["identity.postal_code"]},
    {"header": "電話", "to": ["identity.phone"]},
    {"header": "続柄", "to": ["identity.relationship_code"]},
    SINCE,
]
RESIDENT = {"subject": {"system": "resident", "column": "宛名番号"}, "record_key": ["宛名番号"]}


class TestIdentity:
    def test_names_and_addresses_are_kept_as_written_and_folded(self, town, feeds):
        text = """
            宛名番号,氏,名,カナ,市,番地,郵便番号,電話,続柄,開始日
            000123,髙橋,花子,ﾀｶﾊｼ ﾊﾅｺ,中央一丁目,２番３号,９９９-０００１,（０１２）345-6789,2,2024-04-01
        """
        take(town, feeds, PEOPLE, text, **RESIDENT)
        written = "atena_number, name, kana, address, postal_code, relationship_code, source_key"
        assert town.query(f"SELECT {written} FROM identity.record") == [  # noqa: S608 - our own names
            ("123", "髙橋　花子", "ﾀｶﾊｼ ﾊﾅｺ", "中央一丁目２番３号", "9990001", "02", "123")
        ]
        folded = "name_folded, kana_folded, phone_folded"
        assert town.query(f"SELECT {folded} FROM identity.record") == [  # noqa: S608 - our own names
            ("高橋花子", "タカハシハナコ", "0123456789")
        ]
        (address,) = town.query("SELECT address_folded FROM identity.record")[0]
        assert address
        assert address != "中央一丁目２番３号"

    @pytest.mark.parametrize(("written", "kept"), [("2", "02"), ("02", "02"), ("2020", "2020"), ("", None)])
    def test_relationship_codes_have_two_digits_a_step(self, town, feeds, written, kept):
        text = f"宛名番号,氏,名,カナ,市,番地,郵便番号,電話,続柄,開始日\n1,甲,,,,,,,{written},2024-04-01"
        take(town, feeds, PEOPLE, text, **RESIDENT)
        assert town.query("SELECT relationship_code FROM identity.record") == [(kept,)]

    def test_one_person_has_one_subject_however_the_key_is_padded(self, town, feeds):
        head = "宛名番号,氏,名,カナ,市,番地,郵便番号,電話,続柄,開始日"
        take(
            town,
            feeds,
            PEOPLE,
            f"{head}\n000123,甲,,,,,,,,2024-04-01",
            name="x_20240501.csv",
            **RESIDENT,
        )
        town.hand_over("x_20240605.csv", f"{head}\n１２３,甲,,,,,,,,2024-04-01")
        assert town.query("SELECT count(DISTINCT subject_id), count(*) FROM identity.record") == [(1, 1)]

    def test_history_rows_are_records_of_one_person(self, town, feeds):
        head = "宛名番号,履歴,枝番,氏,名,カナ,市,番地,郵便番号,電話,続柄,開始日"
        rows = "1,1,1,旧姓,,,,,,,,2020-04-01\n1,2,1,新姓,,,,,,,,2024-04-01"
        take(
            town,
            feeds,
            PEOPLE,
            f"{head}\n{rows}",
            **RESIDENT | {"record_key": ["宛名番号", "履歴", "枝番"]},
        )
        assert town.query("SELECT name, history_number FROM identity.record ORDER BY 2") == [
            ("旧姓", 1001),
            ("新姓", 2001),
        ]

    def test_a_number_given_out_anew_every_year_needs_its_year(self, town, feeds):
        columns = [
            NUMBER,
            {"header": "年度", "to": ["scope.school_year"], "type": "integer", "required": True},
            SINCE,
        ]
        columns += [{"header": "氏名", "to": ["identity.name"]}]
        subject = {"system": "aid", "column": "番号", "with_columns": ["年度"]}
        text = "番号,年度,開始日,氏名\n1,2023,2023-07-01,甲\n1,2024,2024-07-01,乙"
        take(town, feeds, columns, text, subject=subject, record_key=["番号", "年度"])
        assert town.query("SELECT source_key, name FROM identity.record ORDER BY 1") == [
            ("1:2023", "甲"),
            ("1:2024", "乙"),
        ]

    def test_facts_carry_no_name_and_identity_no_fact(self, town, feeds):
        text = "宛名番号,氏,名,カナ,市,番地,郵便番号,電話,続柄,開始日\n1,甲野,,,,,,,,2024-04-01"
        take(town, feeds, PEOPLE, text, **RESIDENT)
        facts = str(town.query("SELECT * FROM facts.stay"))
        assert "甲野" not in facts
        assert "甲野" in str(town.query("SELECT * FROM identity.record"))


# period | name of the file | month or school year in the rows | what is covered
COVERAGE = """
none          | x_20240605.csv      | 202405 |
reference_day | x_20240605.csv      | 202405 | 2024-06-05 2024-06-06
history       | x_20240605.csv      | 202405 | 2024-05-06 2024-06-06
month         | x_20240605.csv      | 202405 | 2024-05-01 2024-06-01
month         | x_20240520.csv      | 202405 | 2024-05-01 2024-05-21
school_year   | x_20240605.csv      | 202405 | 2024-04-01 2024-06-06
school_year   | 2023年度_20240605.csv | 202405 | 2023-04-01 2024-04-01
"""


@pytest.mark.parametrize("line", COVERAGE.strip().splitlines())
def test_a_delivery_covers_what_it_could_have_said(town, feeds, line):
    period, name, month, covered = (cell.strip() for cell in line.split("|"))
    columns = [
        NUMBER,
        {"header": "学校", "to": ["scope.school"], "required": True},
        {"header": "年月", "to": ["scope.month"], "type": "year_month", "required": True},
        {"header": "日", "to": ["mark.occurred_on"], "type": "date"},
    ]
    coverage = {"scope": "school", "period": period, "history_days": 30, "stale_after_days": 30}
    text = f"番号,学校,年月,日\n1,S1,{month},2024-05-01\n2,S2,{month},2024-05-01"
    take(town, feeds, columns, text, name=name, coverage=coverage)
    rows = town.query(
        "SELECT scope_kind, scope_id, covers_from, covers_to, known_from FROM facts.coverage ORDER BY 2"
    )
    bounds = tuple(map(date.fromisoformat, covered.split()))
    schools = ("S1", "S2") if bounds else ()
    assert rows == [("school", school, *bounds, date(2024, 6, 5)) for school in schools]


@pytest.mark.parametrize(
    ("name", "month", "school_year"),
    [
        ("月計_202505_20250605.csv", date(2025, 5, 1), 2025),
        ("認定_2024年度_20250605.csv", date(2025, 6, 1), 2024),
        ("９９９９年度_000012_20250605.csv", date(2025, 6, 1), 2025),
    ],
)
def test_the_period_in_a_name(feeds, name, month, school_year):
    occasion = make_occasion(feeds["stays"], Path(name), None)
    assert (occasion.month, occasion.school_year) == (month, school_year)
    assert occasion.get_word("@school_year_end") == date(school_year + 1, 4, 1)
