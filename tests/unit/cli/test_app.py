"""The last door: dates, usage errors and bugs are told without a trace and without a value."""

import importlib
import sys
from datetime import UTC, date, datetime

import pytest

from tsunagu.cli.app import BadDateError, get_today, main, read_day
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# The package's `app` is the application object, which hides the module of that name.
door = importlib.import_module("tsunagu.cli.app")


def start(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["tsunagu", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code


def start_with(monkeypatch, error):
    """The command as if its body had raised."""

    def fail(**_):
        raise error

    monkeypatch.setattr(door, "app", fail)
    return start(monkeypatch)


def test_a_day():
    assert read_day("2026-03-31", "--as-of") == date(2026, 3, 31)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "令和8年3月31日", "31/03/2026", "2026-3", "２０２６-０３-３１x"]
)
def test_what_is_no_day_is_refused_without_repeating_it(text):
    with pytest.raises(BadDateError) as refusal:
        read_day(text, "--as-of")
    assert refusal.value.exit_code is ExitCode.USAGE
    assert "--as-of" in str(refusal.value)
    assert not text or text not in str(refusal.value)


def test_today_is_japans(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            # Half past three in the afternoon of the 30th in London is already the 31st in Japan.
            return datetime(2026, 3, 30, 15, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(door, "datetime", Clock)
    assert get_today() == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--unknown"], "tsunagu run --help"),
        (["explai"], "tsunagu --help"),
        (["demo", "--children", "5"], "tsunagu demo --help"),
        (["report"], "tsunagu report --help"),
        (["feed", "chekc"], "tsunagu feed --help"),
    ],
)
def test_a_command_that_cannot_be_read(monkeypatch, capsys, arguments, said):
    assert start(monkeypatch, *arguments) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("できませんでした: コマンドの書き方を読めません")
    assert f"次にすること: {said}" in err


def test_no_command_shows_what_there_is(monkeypatch, capsys):
    assert start(monkeypatch) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert "部署のファイルを取り込む" in out + err


@pytest.mark.parametrize("code", list(ExitCode))
def test_every_anticipated_error_has_its_own_exit_code(monkeypatch, capsys, code):
    class AnyError(TsunaguError):
        exit_code = code

    assert start_with(monkeypatch, AnyError("起きたこと。", todo="すること。")) == code
    assert "起きたこと。" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [ValueError("山田 花子"), KeyError("山田 花子"), AssertionError("山田 花子")]
)
def test_a_bug_says_where_and_never_what(monkeypatch, capsys, error):
    assert start_with(monkeypatch, error) == ExitCode.BUG
    out, err = capsys.readouterr()
    assert "予期しない誤り" in err
    assert type(error).__name__ in err
    assert "次にすること" in err
    assert "山田" not in out + err
    assert "Traceback" not in out + err


def test_a_trace_only_when_a_developer_asks(monkeypatch, capsys):
    monkeypatch.setenv("TSUNAGU_DEBUG", "1")
    assert start_with(monkeypatch, ValueError("x")) == ExitCode.BUG
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption(monkeypatch, capsys):
    assert start_with(monkeypatch, KeyboardInterrupt()) == ExitCode.INTERRUPTED
    assert "中断しました" in capsys.readouterr().err
