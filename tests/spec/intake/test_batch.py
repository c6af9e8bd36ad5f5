"""Promises about handing over many files at once."""

from datetime import date

from tsunagu.store.head import load_head

STAY = "番号,氏名,園,開始日,終了日"


def test_folders_are_walked_and_files_go_in_as_they_became_known(town):
    town.write("x_20240605.csv", f"{STAY}\n1,甲,は,2024-04-01,", day="2024-06-05")
    town.write("x_20240501.csv", f"{STAY}\n1,甲,い,2024-04-01,", day="2024-05-01")
    town.write("a_20240531.csv", f"{STAY}\n1,甲,ろ,2024-04-01,", day="2024-06-05")
    town.write(".hidden", "x", day="2024-06-05")
    town.write("~$x.xlsx", "x", day="2024-06-05")
    outcomes = town.take(town.inbox)
    assert [outcome.file.name for outcome in outcomes] == [
        "x_20240501.csv",
        "a_20240531.csv",
        "x_20240605.csv",
    ]
    assert {outcome.status for outcome in outcomes} == {"accepted"}


def test_a_file_named_twice_goes_in_once(town):
    path = town.write("x_20240605.csv", f"{STAY}\n1,甲,い,2024-04-01,")
    assert len(town.take(path, path, town.inbox)) == 1


def test_a_refused_file_does_not_stop_the_others(town):
    town.write("a_20240605.csv", "what,is,this\n1,2,3")
    town.write("b_20240605.csv", f"{STAY}\n1,甲,い,2024-04-01,")
    assert [outcome.status for outcome in town.take(town.inbox)] == ["refused", "accepted"]


def test_each_file_is_a_commit_of_its_own_in_one_entry(town):
    for day in ("2024-05-01", "2024-06-05"):
        town.write(f"x_{day.replace('-', '')}.csv", f"{STAY}\n1,甲,{day},2024-04-01,", day=day)
    town.take(town.inbox)
    committed = [line for line in town.journal if line["event"] == "committed"]
    assert len(committed) == 2
    assert len({line["entry"] for line in committed}) == 1
    assert load_head(town.home).sequence == 2


def test_progress_is_told_file_by_file(town):
    heard = []
    town.hand_over(
        "x_20240605.csv", f"{STAY}\n1,甲,い,2024-04-01,", report=lambda outcome: heard.append(outcome.feed)
    )
    assert heard == ["education/stays"]


def test_a_check_tells_the_same_and_keeps_nothing(town):
    text = f"{STAY}\n1,甲,い,2024-04-01,\n2,乙,い,いつか,"
    checked = town.check("x_20240605.csv", text)
    assert (checked.status, checked.rows, checked.kept, checked.problems) == (
        "checked",
        2,
        1,
        {"bad_date": 1},
    )
    assert load_head(town.home).tables == {}
    assert not any(town.home.temporary.iterdir())
    taken = town.hand_over("x_20240605.csv", text)
    assert (taken.rows, taken.kept, taken.problems) == (checked.rows, checked.kept, checked.problems)
    assert town.check("x_20240605.csv", text).status == "already"


def test_a_check_refuses_like_intake(town):
    assert town.check("x_20240605.csv", f"{STAY}\n1,甲").refusal.code == "wrong_cell_count"


def test_an_old_delivery_may_be_taken_in_today(town):
    """Adoption is asked for the day of loading, not for the day the file speaks of."""
    outcome = town.hand_over("x_20200605.csv", f"{STAY}\n1,甲,い,2020-04-01,", received_on=date(2020, 6, 7))
    assert outcome.status == "accepted"


def test_the_outcome_says_what_was_found(town):
    outcome = town.hand_over("x_20240605.csv", f"{STAY}\n1,〓田,い,2024-04-01,", encoding="cp932")
    assert (outcome.encoding, outcome.gaiji, outcome.feed) == ("cp932", 1, "education/stays")
    assert {name: change.new for name, change in outcome.changes.items()} == {"identity": 1, "stay": 1}
