"""Promises about deliveries that their department takes back: from that day on, as if they had never come."""

from datetime import date

import pytest

from tsunagu.intake import withdraw, withdraw_delivery
from tsunagu.intake.withdraw import DeliveryNotFoundError, WithdrawalRefusedError
from tsunagu.store.head import load_head

STAY = "番号,氏名,園,開始日,終了日"
MARK = "学校,年月,番号,日付,区分"
MEASURE = "宛名番号,測定日,身長,歯,予定日,整理"
ONE, TWO = "1,甲,い,2024-04-01,", "2,乙,い,2024-04-01,"


def take_back(town, which, day="2024-06-20", reason="誤った抽出"):
    return withdraw_delivery(
        town.home, town.catalog, str(which), reason=reason, withdrawn_on=date.fromisoformat(day)
    )


class TestWhatItDoes:
    def test_what_only_that_file_said_ends_and_the_past_stays(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        done = take_back(town, "x_20240601.csv")
        assert done.deliveries == 1
        assert {name: (c.new, c.closed) for name, c in done.changes.items()} == {
            "identity": (0, 1),
            "stay": (0, 1),
        }
        assert town.list_known("stay", "place", "2024-06-19") == [("い",)]
        assert town.list_known("stay", "place", "2024-06-20") == []
        assert town.query("SELECT known_to FROM identity.record_closure") == [(date(2024, 6, 20),)]
        assert town.query("SELECT count(*) FROM facts.stay") == [(1,)]

    def test_what_another_file_said_too_stays_in_its_words(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{TWO}\n{ONE}", day="2024-06-05")
        take_back(town, "x_20240601.csv")
        assert town.list_known("stay", "place, row", "2024-06-20") == [("い", 2), ("い", 3)]
        (file_id,) = {row[0] for row in town.list_known("stay", "file_id", "2024-06-20")}
        assert town.query(f"SELECT file_name FROM landing.file WHERE file_id = '{file_id}'") == [  # noqa: S608 - our own id
            ("y_20240605.csv",)
        ]

    def test_what_it_changed_goes_back(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}\n{TWO}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{ONE.replace('い', 'ろ')}", day="2024-06-05")
        assert len(town.list_known("stay", "place", "2024-06-06")) == 2
        take_back(town, "y_20240605.csv")
        assert town.list_known("stay", "place, valid_to", "2024-06-20") == [("い", None), ("い", None)]

    def test_what_it_took_back_comes_back(self, town):
        town.hand_over("a_20240605.csv", f"{MARK}\nS1,202405,1,2024-05-01,欠席\nS1,202405,2,2024-05-02,欠席")
        town.hand_over("b_20240606.csv", f"{MARK}\nS1,202405,1,2024-05-01,欠席", day="2024-06-06")
        assert len(town.list_known("mark", "row", "2024-06-07")) == 1
        take_back(town, "b_20240606.csv")
        assert len(town.list_known("mark", "row", "2024-06-20")) == 2
        # The list of the day after can take it away again: it still belongs to that school and month.
        town.hand_over("c_20240625.csv", f"{MARK}\nS1,202405,2,2024-05-02,欠席", day="2024-06-25")
        assert town.list_known("mark", "occurred_on", "2024-06-25") == [(date(2024, 5, 2),)]

    def test_a_change_that_was_overtaken_counts_again(self, town):
        town.hand_over("x_20240605.csv", f"{MEASURE}\n5,2024-05-01,100,2,,A001", day="2024-06-05")
        late = town.hand_over("y_20240510.csv", f"{MEASURE}\n5,2024-05-01,90,2,,A001", day="2024-05-10")
        assert late.problems == {"superseded": 1}
        take_back(town, "x_20240605.csv")
        assert town.list_known("measure", "height", "2024-06-20") == [(90.0,)]

    def test_it_no_longer_speaks_for_its_days(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{ONE}", day="2024-06-05")
        take_back(town, "x_20240601.csv")
        assert town.query("SELECT covers_from, known_to FROM facts.coverage ORDER BY 1") == [
            (date(2024, 6, 1), date(2024, 6, 20)),
            (date(2024, 6, 5), None),
        ]

    def test_on_the_day_of_receipt_it_counts_from_the_next_day(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}")
        take_back(town, "x_20240605.csv", day="2024-06-05")
        assert len(town.list_known("stay", "row", "2024-06-05")) == 1
        assert town.list_known("stay", "row", "2024-06-06") == []
        assert town.query("SELECT withdrawn_on FROM landing.file") == [(date(2024, 6, 6),)]


class TestWhichOne:
    @pytest.mark.parametrize("by", ["path", "name", "id"])
    def test_by_the_file_its_name_or_its_id(self, town, by):
        path = town.write("x_20240605.csv", f"{STAY}\n{ONE}")
        town.take(path)
        ((file_id,),) = town.query("SELECT file_id FROM landing.file")
        which = {"path": path, "name": path.name, "id": file_id[:8]}[by]
        assert take_back(town, which).file_name == "x_20240605.csv"

    def test_a_file_that_never_came(self, town):
        with pytest.raises(DeliveryNotFoundError, match="見つかりません"):
            take_back(town, "x_20240605.csv")

    def test_two_files_of_one_name_must_be_told_apart(self, town):
        for turn, row in enumerate((ONE, TWO)):
            town.hand_over("x_20240605.csv", f"{STAY}\n{row}", day=f"2024-06-0{turn + 5}")
        with pytest.raises(DeliveryNotFoundError, match="2 件"):
            take_back(town, "x_20240605.csv")

    def test_the_same_bytes_for_another_day_stay(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        path = town.write("x_20240605.csv", f"{STAY}\n{ONE}")
        town.take(path)
        take_back(town, path)
        assert town.query("SELECT file_name FROM landing.file WHERE withdrawn_on IS NOT NULL") == [
            ("x_20240605.csv",)
        ]
        assert town.list_known("stay", "place", "2024-06-30") == [("い",)]

    def test_every_delivery_of_the_same_file_goes(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-05")
        assert take_back(town, "x_20240601.csv").deliveries == 2
        assert town.list_known("stay", "place", "2024-06-30") == []


class TestAfterwards:
    def test_twice_is_once(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}")
        take_back(town, "x_20240605.csv")
        before = load_head(town.home)
        again = take_back(town, "x_20240605.csv", day="2024-06-25")
        assert (again.deliveries, again.changes) == (0, {})
        assert load_head(town.home) == before

    def test_the_same_folder_does_not_bring_it_back(self, town):
        path = town.write("x_20240605.csv", f"{STAY}\n{ONE}")
        town.take(path)
        take_back(town, path)
        (outcome,) = town.take(town.inbox)
        assert (outcome.status, outcome.message) == (
            "withdrawn",
            "取り下げられたファイルなので取り込みません",
        )
        assert town.list_known("stay", "place", "2024-06-30") == []

    def test_received_again_after_that_day_it_counts_again(self, town):
        path = town.write("x_20240605.csv", f"{STAY}\n{ONE}")
        town.take(path)
        take_back(town, path)
        (outcome,) = town.take(path, received_on=date(2024, 6, 21))
        assert outcome.status == "accepted"
        assert town.list_known("stay", "place", "2024-06-20") == []
        assert town.list_known("stay", "place", "2024-06-21") == [("い",)]

    def test_it_no_longer_stands_in_the_way_of_older_files(self, town):
        town.hand_over("y_20240610.csv", f"{STAY}\n{TWO}", day="2024-06-10")
        assert town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01").refusal is not None
        take_back(town, "y_20240610.csv")
        assert town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01").status == "accepted"
        versions = "SELECT count(*) FROM facts.stay GROUP BY record_id, known_from HAVING count(*) > 1"
        assert town.query(versions) == []

    def test_its_problems_are_nobodys_work_any_more(self, town, tmp_path):
        from tsunagu.intake import write_problems

        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}\n2,乙,い,2024-04-01,いつか")
        assert write_problems(town.home, town.catalog, tmp_path / "out.csv") == 1
        take_back(town, "x_20240605.csv")
        assert write_problems(town.home, town.catalog, tmp_path / "out.csv") == 0

    def test_the_journal_has_counts_and_no_reason(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}")
        take_back(town, "x_20240605.csv", reason="山田花子の件")
        line = town.journal[-1]
        assert (line["command"], line["event"], line["details"]["closed"]) == ("withdraw", "committed", 2)
        assert "山田" not in str(town.journal)
        assert town.query("SELECT withdrawal_reason FROM landing.file") == [("山田花子の件",)]

    def test_nothing_is_left_of_the_scratch_installation(self, town):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{ONE}", day="2024-06-05")
        take_back(town, "y_20240605.csv")
        assert list(town.home.temporary.iterdir()) == []
        assert (town.home.keys / "pseudonym.key").is_file()


class TestRefusals:
    def test_without_a_reason(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}")
        with pytest.raises(WithdrawalRefusedError, match="理由"):
            take_back(town, "x_20240605.csv", reason=" ")

    def test_before_it_was_received(self, town):
        town.hand_over("x_20240605.csv", f"{STAY}\n{ONE}")
        with pytest.raises(WithdrawalRefusedError, match="より前"):
            take_back(town, "x_20240605.csv", day="2024-06-01")

    def test_when_the_other_files_can_no_longer_be_read(self, town, feeds):
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{ONE}", day="2024-06-05")
        before = load_head(town.home)
        renamed = feeds["stays"].model_dump(mode="json", exclude_defaults=True)
        renamed["columns"][5]["header"] = "保育園"
        town.catalog = feeds["make_catalog"](type(feeds["stays"]).model_validate(renamed))
        with pytest.raises(WithdrawalRefusedError, match="読み直せません"):
            take_back(town, "y_20240605.csv")
        assert load_head(town.home) == before

    def test_without_the_rebuilding_everything_it_touched_would_be_lost(self, town, monkeypatch):
        """The mutant: the other files are not taken in again."""
        monkeypatch.setattr(withdraw, "_take_in_again", lambda *_: None)
        town.hand_over("x_20240601.csv", f"{STAY}\n{ONE}", day="2024-06-01")
        town.hand_over("y_20240605.csv", f"{STAY}\n{ONE.replace('い', 'ろ')}", day="2024-06-05")
        take_back(town, "y_20240605.csv")
        assert town.list_known("stay", "place", "2024-06-20") == []
