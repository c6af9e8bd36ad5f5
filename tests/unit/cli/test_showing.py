"""The command line speaks plain lines where nobody watches a terminal, and never shows a hidden count."""

import pytest

from tsunagu.cli.showing import say, say_error, show_progress, show_table
from tsunagu.pipeline.disclosure import Figure
from tsunagu.vocabulary.errors import TsunaguError


def test_an_error_says_what_why_and_what_to_do(capsys):
    say_error(TsunaguError("起きたこと。", why="理由。", todo="すること。"))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "できませんでした: 起きたこと。\n  理由: 理由。\n  次にすること: すること。\n"


def test_an_error_without_a_reason_leaves_no_empty_line(capsys):
    say_error(TsunaguError("起きたこと。"))
    assert capsys.readouterr().err == "できませんでした: 起きたこと。\n"


@pytest.mark.parametrize("text", ["[bold]太字[/bold]", "[/red]", "[こども]", "控え[1]/:smile:.csv"])
def test_brackets_are_text_not_markup(text, capsys):
    say(text)
    say_error(TsunaguError(text))
    out, err = capsys.readouterr()
    assert out == f"{text}\n"
    assert text in err


def test_a_table_is_plain_text_with_numbers_to_the_right(capsys):
    show_table("人数", ("段階", "人数"), [("すべて", 12_345), ("一部", 7)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "人数"
    assert [line.rstrip()[-6:] for line in lines if "すべて" in line or "一部" in line] == [
        "12,345",
        "     7",
    ]
    assert "\x1b" not in "".join(lines)


def test_a_count_in_steps_stands_as_a_range(capsys):
    show_table("人数", ("段階", "人数"), [("すべて", Figure(120, 129)), ("一部", Figure(0, 9))])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines if "すべて" in line or "一部" in line] == [
        "120〜129",
        "10未満",
    ]


def test_brackets_in_a_cell_are_text(capsys):
    show_table("題", ("名前",), [("[red]x[/red]",), ("[/x]",)])
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert "[/x]" in out


def test_progress_is_a_few_plain_lines(capsys):
    with show_progress() as report:
        for done in range(101):
            report("取り込み", done, 100)
        report("判定", 1, 1)
    assert capsys.readouterr().out.splitlines() == [
        "取り込み 0/100",
        "取り込み 25/100",
        "取り込み 50/100",
        "取り込み 75/100",
        "取り込み 100/100",
        "判定 1/1",
    ]


def test_progress_of_nothing_is_one_line(capsys):
    with show_progress() as report:
        report("取り込み", 0, 0)
        report("取り込み", 0, 0)
    assert capsys.readouterr().out == "取り込み 0/0\n"
