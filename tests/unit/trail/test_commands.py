"""`tsunagu audit`, as the checkpointer and an auditor type it."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from tsunagu.audit.checkpoints import SigningKeyError
from tsunagu.cli import app
from tsunagu.database.logins import Login
from tsunagu.trail.keeping import LogBegunError, LogNotBegunError, open_keeping
from tsunagu.vocabulary.errors import ExitCode

ADD = "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome) SELECT '', 'x', '', '', '', 'read' FROM generate_series(1, %s)"  # fmt: skip


def call(*words: object):
    return CliRunner().invoke(app, ["audit", *map(str, words)])


def test_from_the_first_key_to_an_auditors_answer(audit_home: Path, audit_server, tmp_path: Path) -> None:
    home = ("--home", audit_home)
    assert isinstance(call("checkpoint", tmp_path, *home).exception, LogNotBegunError)
    key = call("begin", *home).stdout.split()[-1]
    assert isinstance(call("begin", *home).exception, LogBegunError)
    with psycopg.connect(audit_server.url(Login.APP), autocommit=True) as connection:
        connection.execute(ADD, (5,))
        assert "5 件(前の控えから 5 件)" in call("checkpoint", tmp_path / "out", *home).stdout
        connection.execute(ADD, (2,))
    assert "7 件(前の控えから 2 件)" in call("checkpoint", tmp_path / "later", *home).stdout
    notes = [*(tmp_path / "out").glob("*.note"), *(tmp_path / "later").glob("*.note")]
    (page,) = (tmp_path / "later").glob("*.txt")
    groups = " ".join(page.read_text(encoding="utf-8").split("\n\n")[2].split())
    assert call("verify", *notes, "--key", key, *home).exit_code == 0
    assert call("verify", "--paper", f"7 {groups}", *home).exit_code == 0
    assert call("verify", *home).exit_code == ExitCode.USAGE

    assert "7 件" in call("export", tmp_path / "handed", *home).stdout
    log = tmp_path / "handed" / "log.jsonl"
    assert ask_auditor(tmp_path / "handed", *notes, "--key", key) == 0
    log.write_bytes(log.read_bytes().replace(b'"x"', b'"y"', 1))
    assert ask_auditor(tmp_path / "handed", *notes, "--key", key) == 1
    assert call("verify", *notes, "--log", log, *home).exit_code == ExitCode.AUDIT


def ask_auditor(folder: Path, *words: object) -> int:
    command = [sys.executable, "-I", "-S", "verify.py", "log.jsonl", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode


def test_a_folder_that_others_can_read_signs_nothing(tmp_path: Path, home) -> None:
    assert call("begin", "--home", home.path, "--folder", tmp_path / "own").exit_code == 0
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
    (tmp_path / "own" / "checkpoint.key").chmod(0o444)
    with pytest.raises(SigningKeyError):
        open_keeping(tmp_path / "own")
