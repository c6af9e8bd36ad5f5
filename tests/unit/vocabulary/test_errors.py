"""Anticipated errors keep their three sentences; exit codes and fictional codes mean one thing each."""

import pytest

from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason
from tsunagu.vocabulary.municipality import FICTIONAL_MUNICIPALITY_CODES, is_fictional
from tsunagu.vocabulary.tables import ColumnType, Table, Zone, day, flag, identifier, integer, number, text


def test_the_three_sentences_stay_apart():
    error = TsunaguError("起きたこと。", why="理由。", todo="すること。")
    assert (error.what, error.why, error.todo) == ("起きたこと。", "理由。", "すること。")
    assert str(error) == "起きたこと。\n理由。\nすること。"


def test_an_error_without_a_reason_has_no_empty_line():
    assert str(TsunaguError("起きたこと。", todo="すること。")) == "起きたこと。\nすること。"


def test_an_error_that_names_no_code_of_its_own_is_a_bug():
    assert TsunaguError("x").exit_code is ExitCode.BUG


def test_exit_codes_are_distinct_and_keep_the_shells_own():
    assert len({int(code) for code in ExitCode}) == len(ExitCode)
    assert (ExitCode.DONE, ExitCode.USAGE, ExitCode.INTERRUPTED) == (0, 2, 130)
    # 126 and above are the shell's: not executable, not found, killed by a signal.
    assert all(code < 126 for code in ExitCode if code is not ExitCode.INTERRUPTED)


@pytest.mark.parametrize("code", sorted(FICTIONAL_MUNICIPALITY_CODES))
def test_fictional_codes(code):
    assert is_fictional(code)


@pytest.mark.parametrize("code", ["131016", "99999", "999999 ", "９９９９９９", "", "999997"])
def test_everything_else_is_treated_as_real(code):
    assert not is_fictional(code)


def test_the_three_values_and_the_reasons_are_written_as_the_stores_hold_them():
    assert [value.value for value in Knowledge] == ["value", "nothing", "unknown"]
    assert len({reason.value for reason in UnknownReason}) == len(UnknownReason)


def test_a_table_names_its_columns_in_order():
    table = Table(
        Zone.FACTS,
        "sample",
        "one sample",
        (
            identifier("a", "x"),
            text("b", "x"),
            day("c", "x"),
            integer("d", "x"),
            number("e", "x"),
            flag("f", "x"),
        ),
    )
    assert table.full_name == "facts.sample"
    assert table.column_names == ("a", "b", "c", "d", "e", "f")
    assert [column.type for column in table.columns] == [
        ColumnType.BIGINT,
        ColumnType.VARCHAR,
        ColumnType.DATE,
        ColumnType.INTEGER,
        ColumnType.DOUBLE,
        ColumnType.BOOLEAN,
    ]
