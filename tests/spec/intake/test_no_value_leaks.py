"""No cell of a file ever shows in a message, a log, the journal, or the list of problems that is sent back."""

import logging

import pytest

from tsunagu.intake import checks, write_problems

CANARY = "ひみつのなまえ"
STAY = "番号,氏名,カナ,生年月日,性別,園,開始日,終了日,特別,料金"
MEASURE = "宛名番号,測定日,身長,歯,予定日,整理"
LEAKY_FILES = {
    "problems": f"{STAY}\n{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},{CANARY},2024-04-01,{CANARY},{CANARY},{CANARY}",
    "numbers": f"{MEASURE}\n{CANARY},2024-05-01,{CANARY},{CANARY},{CANARY},{CANARY}",
    "mostly bad": f"{STAY}\n1,甲,,,,い,{CANARY},,,\n2,乙,,,,い,{CANARY},,,",
    "a row for a heading": f"{CANARY},{CANARY}2,{CANARY}3,{CANARY}4,園\n1,2,3,4,5",
    "headings without a line end": f"{STAY}{CANARY},{CANARY}2,{CANARY}3,,,い,2024-04-01,,,\n",
    "a heading with a value": f"{STAY}{CANARY}\n",
    "headings with an open quote": STAY.replace(",園", ',"園') + f"\n1,{CANARY},,,,い,2024-04-01,,,\n",
    "too many cells": f"{STAY}\n1,{CANARY},,,,い,2024-04-01,,,,{CANARY}",
    "an open quote": f'{STAY}\n1,"{CANARY},,,,い,2024-04-01,,,',
    "a My Number column": f"{STAY},個人番号\n1,{CANARY},,,,い,2024-04-01,,,,{CANARY}",
}


def gather_words(town, tmp_path, caplog, outcome):
    """Everything that leaves intake for a person's eyes, except the identity and facts zones themselves."""
    out = tmp_path / "problems.csv"
    write_problems(town.home, town.catalog, out)
    problems = town.query("SELECT * FROM landing.problem")
    return "\n".join(
        [
            outcome.message,
            repr(outcome.refusal),
            str(outcome.problems),
            caplog.text,
            out.read_text("utf-8-sig"),
        ]
        + [str(town.journal), str(problems)]
    )


@pytest.mark.parametrize("name", LEAKY_FILES)
def test_no_value_shows(town, tmp_path, caplog, name):
    caplog.set_level(logging.DEBUG)
    outcome = town.hand_over("x_20240605.csv", LEAKY_FILES[name])
    assert outcome.problems or outcome.refusal
    assert CANARY not in gather_words(town, tmp_path, caplog, outcome)


def test_a_message_that_quoted_a_cell_would_be_seen(town, tmp_path, caplog, monkeypatch):
    honest = checks.ProblemList.add

    def quote_the_cell(self, row, column, code, *, is_dropped, message=None):
        honest(self, row, column, code, is_dropped=is_dropped, message=f"値は {CANARY} です")

    monkeypatch.setattr(checks.ProblemList, "add", quote_the_cell)
    outcome = town.hand_over("x_20240605.csv", LEAKY_FILES["problems"])
    assert CANARY in gather_words(town, tmp_path, caplog, outcome)


def test_undeclared_columns_stay_in_landing(town):
    outcome = town.hand_over(
        "x_20240605.csv", f"番号,氏名,園,開始日,終了日,備考,メモ\n1,甲,い,2024-04-01,,{CANARY},{CANARY}"
    )
    assert outcome.undeclared_columns == 2
    for table in ("facts.stay", "identity.record", "landing.problem", "landing.file"):
        assert CANARY not in str(town.query(f"FROM {table}"))


def test_the_original_lies_in_landing_encrypted(town):
    town.hand_over("x_20240605.csv", f"番号,氏名,園,開始日,終了日\n1,{CANARY},い,2024-04-01,")
    (original,) = town.home.var.rglob("*.age")
    assert original.read_bytes().startswith(b"age-encryption.org/")
    assert CANARY.encode() not in original.read_bytes()
