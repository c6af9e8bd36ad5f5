"""Promises about what a later delivery does to an earlier one: it never changes the past, only what is known since."""

from datetime import date

from tsunagu.intake import versions
from tsunagu.intake.templates import fill_template
from tsunagu.store.head import load_head

STAY = "番号,氏名,園,開始日,終了日"
MARK = "学校,年月,番号,日付,区分"
MEASURE = "宛名番号,測定日,身長,歯,予定日,整理"


class TestCorrections:
    def test_a_changed_row_closes_the_old_version_from_that_day_on(self, town):
        town.hand_over("x_20240501.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-05-01")
        town.hand_over("x_20240601.csv", f"{STAY}\n1,甲,ろ,2024-04-01,", day="2024-06-01")
        assert town.list_known("stay", "place", "2024-04-30") == []
        assert town.list_known("stay", "place", "2024-05-31") == [("い",)]
        assert town.list_known("stay", "place", "2024-06-01") == [("ろ",)]

    def test_the_same_content_makes_no_new_version(self, town):
        town.hand_over("x_20240501.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-05-01")
        outcome = town.hand_over("x_20240601.csv", f"{STAY}\n1,甲,い,2024/4/1,", day="2024-06-01")
        assert {name: (c.new, c.closed) for name, c in outcome.changes.items()} == {
            "identity": (0, 0),
            "stay": (0, 0),
        }

    def test_corrections_on_one_day_follow_each_other(self, town):
        for turn, place in enumerate("いろは"):
            town.hand_over(f"{turn}_20240501.csv", f"{STAY}\n1,甲,{place},2024-04-01,", day="2024-05-01")
        # The first word of the day stays what was known that day, so that a run of that day can be repeated.
        known = [town.list_known("stay", "place", f"2024-05-0{n}") for n in (1, 2, 3, 4)]
        assert known == [[("い",)], [("ろ",)], [("は",)], [("は",)]]
        assert (
            town.query("SELECT count(*) FROM facts.stay GROUP BY record_id, known_from HAVING count(*) > 1")
            == []
        )

    def test_a_record_taken_back_and_stated_again_on_one_day_counts(self, town):
        both = "1,甲,い,2024-04-01,\n2,乙,い,2024-04-01,"
        for turn, rows in enumerate((both, "1,甲,い,2024-04-01,", both.replace("乙", "乙 "))):
            town.hand_over(f"{turn}_20240501.csv", f"{STAY}\n{rows}", day="2024-05-01")
        assert len(town.list_known("stay", "subject_id", "2024-05-03")) == 2

    def test_identity_is_corrected_too(self, town):
        town.hand_over("x_20240501.csv", f"{STAY}\n1,高橋,い,2024-04-01,", day="2024-05-01")
        town.hand_over("x_20240601.csv", f"{STAY}\n1,佐藤,い,2024-04-01,", day="2024-06-01")
        assert town.query("SELECT name FROM identity.record ORDER BY known_from") == [("高橋",), ("佐藤",)]
        assert town.query("SELECT version_known_from, known_to FROM identity.record_closure") == [
            (date(2024, 5, 1), date(2024, 6, 1))
        ]


class TestSameBytes:
    def test_the_same_file_again_is_no_work(self, town):
        path = town.write("x_20240601.csv", f"{STAY}\n1,甲,い,2024-04-01,")
        first, again = town.take(path), town.take(path)
        assert (first[0].status, again[0].status) == ("accepted", "already")
        assert again[0].message == "すでに取り込み済み"
        assert town.query("SELECT count(*) FROM landing.file") == [(1,)]

    def test_under_another_name_for_the_same_day_too(self, town):
        text = f"{STAY}\n1,甲,い,2024-04-01,"
        town.hand_over("x_20240601.csv", text)
        assert town.hand_over("copy_20240601.csv", text).status == "already"

    def test_unchanged_for_a_later_day_it_is_news(self, town):
        text = f"{STAY}\n1,甲,い,2024-04-01,"
        town.hand_over("x_20240601.csv", text, day="2024-06-01")
        assert town.hand_over("x_20240605.csv", text, day="2024-06-05").status == "accepted"
        assert town.query("SELECT covers_from FROM facts.coverage WHERE item = 'stay' ORDER BY 1") == [
            (date(2024, 6, 1),),
            (date(2024, 6, 5),),
        ]
        assert town.query("SELECT count(*) FROM facts.stay") == [(1,)]

    def test_a_wrong_file_between_is_undone_by_the_right_one(self, town):
        right, wrong = f"{STAY}\n1,甲,い,2024-04-01,", f"{STAY}\n1,甲,ろ,2024-04-01,\n2,乙,ろ,2024-04-01,"
        for name, text in (("a", right), ("b", wrong), ("a", right)):
            assert town.hand_over(f"{name}_20240605.csv", text).status == "accepted"
        assert town.list_known("stay", "place", "2024-06-30") == [("い",)]
        # Three deliveries, two contents: each has a line and an id of its own.
        assert town.query("SELECT count(DISTINCT file_id), count(DISTINCT content_id) FROM landing.file") == [
            (3, 2)
        ]
        assert town.hand_over("a_20240605.csv", right).status == "already"

    def test_a_folder_with_both_is_no_work_the_second_time(self, town):
        town.write("a_20240605.csv", f"{STAY}\n1,甲,い,2024-04-01,")
        town.write("b_20240605.csv", f"{STAY}\n1,甲,ろ,2024-04-01,")
        first, second = town.take(town.inbox), town.take(town.inbox)
        assert [outcome.status for outcome in (*first, *second)] == ["accepted"] * 2 + ["already"] * 2
        assert town.list_known("stay", "place", "2024-06-30") == [("ろ",)]

    def test_the_same_content_received_on_a_later_day_has_the_last_word(self, town):
        right, wrong = f"{STAY}\n1,甲,い,2024-04-01,", f"{STAY}\n1,甲,ろ,2024-04-01,"
        for day, text in (("05", right), ("07", right), ("06", wrong)):
            outcome = town.hand_over("x_20240605.csv", text, day=f"2024-06-{day}")
        assert outcome.refusal.code == "older_than_known"
        assert town.list_known("stay", "place", "2024-06-30") == [("い",)]

    def test_a_refused_file_may_come_again(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n1,甲,い,いつか,")
        assert town.hand_over("x_20240601.csv", f"{STAY}\n1,甲,い,2024-04-01,").status == "accepted"


class TestOmission:
    def test_a_state_left_out_ends_on_the_reference_date(self, town):
        two = f"{STAY}\n1,甲,い,2024-04-01,\n2,乙,い,2024-04-01,"
        town.hand_over("x_20240501.csv", two, day="2024-05-01")
        town.hand_over("x_20240531.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-06-02")
        assert town.list_known("stay", "valid_from, valid_to", "2024-06-01") == [(date(2024, 4, 1), None)] * 2
        ended = town.list_known("stay", "valid_from, valid_to, row", "2024-06-02")
        assert sorted(ended, key=str) == [
            (date(2024, 4, 1), None, 2),
            (date(2024, 4, 1), date(2024, 5, 31), 0),
        ]

    def test_left_out_again_it_stays_ended(self, town):
        self.test_a_state_left_out_ends_on_the_reference_date(town)
        outcome = town.hand_over("x_20240630.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-07-01")
        assert (outcome.changes["stay"].new, outcome.changes["stay"].closed) == (0, 0)

    def test_listed_again_it_goes_on(self, town):
        self.test_a_state_left_out_ends_on_the_reference_date(town)
        two = f"{STAY}\n1,甲,い,2024-04-01,\n2,乙,い,2024-04-01,"
        town.hand_over("x_20240630.csv", two, day="2024-07-01")
        assert town.list_known("stay", "valid_to", "2024-07-01") == [(None,), (None,)]

    def test_a_correction_for_the_same_day_takes_it_back(self, town):
        two = f"{STAY}\n1,甲,い,2024-04-01,\n2,乙,い,2024-04-01,"
        town.hand_over("x_20240531.csv", two, day="2024-06-01")
        town.hand_over("y_20240531.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-06-03")
        assert town.list_known("stay", "valid_to", "2024-06-03") == [(None,)]
        # Who somebody is does not depend on being listed.
        assert town.query("SELECT count(*) FROM identity.record_closure") == [(0,)]

    def test_a_state_still_to_come_is_taken_back(self, town):
        town.hand_over(
            "x_20240501.csv", f"{STAY}\n1,甲,い,2024-07-01,\n2,乙,い,2024-04-01,", day="2024-05-01"
        )
        town.hand_over("x_20240601.csv", f"{STAY}\n2,乙,い,2024-04-01,", day="2024-06-01")
        assert town.list_known("stay", "valid_from", "2024-06-01") == [(date(2024, 4, 1),)]

    def test_a_delta_says_nothing_about_those_it_does_not_name(self, town):
        town.hand_over("x_20240501.csv", f"{MEASURE}\n1,2024-04-01,90,0,,A001", day="2024-05-01")
        town.hand_over("x_20240601.csv", f"{MEASURE}\n2,2024-05-01,95,0,,A002", day="2024-06-01")
        assert town.list_known("measure", "height", "2024-06-01") == [(90.0,), (95.0,)]

    def test_kept_means_kept(self, town, feeds):
        rule = {"mark": {"when_omitted": "keep"}}
        marks = type(feeds["marks"]).model_validate(
            {**feeds["marks"].model_dump(exclude_defaults=True), "items": rule}
        )
        town.catalog = feeds["make_catalog"](marks)
        _take_two_schools(town)
        town.hand_over("c_20240610.csv", f"{MARK}\nS1,202405,1,2024-05-01,欠席", day="2024-06-10")
        assert len(town.list_known("mark", "row", "2024-06-10")) == 4


class TestScope:
    def test_omission_speaks_only_inside_the_school_and_month_delivered(self, town):
        assert _omit_one(town) == ["S1-05-01", "S2-05-02", "S2-05-03"]

    def test_without_the_guard_the_other_school_would_lose_its_marks(self, town, monkeypatch):
        guard = "WHEN o.place IS NOT NULL AND d.place IS NULL THEN 'kept'"

        def fill_without_guard(name, **parts):
            return fill_template(name, **parts).replace(guard, "")

        assert guard in fill_template("compare_versions", **dict.fromkeys(_PARTS, ""))
        monkeypatch.setattr(versions, "fill_template", fill_without_guard)
        assert _omit_one(town) == ["S1-05-01"]

    def test_another_month_of_the_school_is_left_alone(self, town):
        town.hand_over("a_20240505.csv", f"{MARK}\nS1,202404,1,2024-04-09,欠席", day="2024-05-05")
        town.hand_over("b_20240605.csv", f"{MARK}\nS1,202405,1,2024-05-09,欠席", day="2024-06-05")
        assert len(town.list_known("mark", "row", "2024-06-05")) == 2

    def test_a_pupil_who_changed_schools_belongs_to_the_new_one(self, town):
        town.hand_over("a_20240605.csv", f"{MARK}\nS1,202405,1,2024-05-01,欠席\nS1,202405,2,2024-05-02,欠席")
        town.hand_over("b_20240606.csv", f"{MARK}\nS2,202405,1,2024-05-01,欠席", day="2024-06-06")
        # The old school's new list no longer has the pupil, and takes nothing away.
        town.hand_over("c_20240607.csv", f"{MARK}\nS1,202405,2,2024-05-02,欠席", day="2024-06-07")
        assert len(town.list_known("mark", "row", "2024-06-07")) == 2

    def test_two_months_in_one_file_are_two_scopes(self, town):
        rows = "S1,202404,1,2024-04-09,欠席\nS1,202405,1,2024-05-09,欠席"
        town.hand_over("a_20240605.csv", f"{MARK}\n{rows}", day="2024-06-05")
        town.hand_over("b_20240606.csv", f"{MARK}\nS1,202405,1,2024-05-10,欠席", day="2024-06-06")
        assert town.list_known("mark", "occurred_on", "2024-06-06") == [
            (date(2024, 4, 9),),
            (date(2024, 5, 10),),
        ]

    def test_the_outcome_is_the_same_in_one_session_or_in_many(self, town, make_home, tmp_path):
        texts = {
            "a_20240505.csv": (
                "2024-05-05",
                f"{MARK}\nS1,202404,1,2024-04-09,欠席\nS2,202404,3,2024-04-09,欠席",
            ),
            "b_20240605.csv": ("2024-06-05", f"{MARK}\nS1,202405,1,2024-05-09,欠席"),
            "c_20240606.csv": ("2024-06-06", f"{MARK}\nS1,202404,1,2024-04-10,遅刻"),
            "d_20240607.csv": ("2024-06-07", f"{STAY}\n1,甲,い,2024-04-01,\n2,乙,い,2024-04-01,"),
            "e_20240608.csv": ("2024-06-08", f"{STAY}\n1,甲,ろ,2024-04-01,"),
            "f_20240609.csv": ("2024-06-09", f"{STAY}\n1,甲,ろ,2024-04-01,\n2,乙,い,2024-04-01,2024-06-07"),
        }
        paths = [town.write(name, text, day=day) for name, (day, text) in texts.items()]
        town.take(*paths)
        together = _dump(town)
        town.home = make_home(tmp_path / "second")
        for path in paths:
            town.take(path)
        assert _dump(town) == together


_PARTS = ("columns", "incoming", "known", "content", "valid_from", "valid_to", "join")


def _take_two_schools(town):
    rows = ["S1,202405,1,2024-05-01,欠席", "S1,202405,1,2024-05-08,欠席"]
    rows += ["S2,202405,2,2024-05-02,欠席", "S2,202405,3,2024-05-03,遅刻"]
    town.hand_over("a_20240605.csv", "\n".join([MARK, *rows]))


def _omit_one(town):
    """Both schools deliver May; then S1 sends May again with one mark less. What is known afterwards."""
    _take_two_schools(town)
    town.hand_over("b_20240610.csv", f"{MARK}\nS1,202405,1,2024-05-01,欠席", day="2024-06-10")
    known = town.list_known("mark", "occurred_on", "2024-06-10")
    return [f"S{1 if day.day in (1, 8) else 2}-{day:%m-%d}" for (day,) in known]


def _dump(town):
    """Every version without what depends on the installation's key."""
    hidden = ["subject_id", "record_id"]
    tables = {"facts.mark": hidden, "facts.stay": hidden, "identity.record": hidden}
    tables |= {"facts.closure": hidden[1:], "facts.coverage": ["file_id"]}
    return [
        town.query(f"SELECT * EXCLUDE ({', '.join(columns)}) FROM {table} ORDER BY ALL")  # noqa: S608 - our own names
        for table, columns in tables.items()
    ]


def test_many_small_deliveries_do_not_become_many_segments(town):
    number = 14
    for day in range(1, number + 1):
        text = f"{STAY}\n1,甲,園{day},2024-04-01,"
        town.write(f"x_202405{day:02}.csv", text, day=f"2024-05-{day:02}")
    town.take(town.inbox)
    head = load_head(town.home)
    assert max(len(head.list_segments(name)) for name in head.tables if name != "landing.original") < number
    assert town.list_known("stay", "place", "2024-05-07") == [("園7",)]
    assert town.query("SELECT count(*) FROM facts.stay") == [(number,)]
