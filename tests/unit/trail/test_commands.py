"""`tsunagu audit`, as the checkpointer and an auditor type it."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import typer

from tsunagu.audit import verify
from tsunagu.audit.checkpoints import SigningKeyError
from tsunagu.cli import app
from tsunagu.cli.auditing import CheckpointNotReadError
from tsunagu.database.logins import Login
from tsunagu.trail.keeping import LogBegunError, LogNotBegunError, open_keeping
from tsunagu.trail.proving import NotProvableError
from tsunagu.vocabulary.errors import ExitCode

COMMAND = typer.main.get_command(app)
ADD = "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome) SELECT '', 'x', '', '', '', 'read' FROM generate_series(1, %s)"  # fmt: skip


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]):
    """Types a command; its exit code and what it said."""

    def call(*words: object) -> tuple[int, str]:
        code = COMMAND.main(["audit", *map(str, words)], prog_name="tsunagu", standalone_mode=False)
        return code or 0, capsys.readouterr().out

    return call


def test_from_the_first_key_to_an_auditors_answer(
    audit_home: Path, audit_server, tmp_path: Path, call
) -> None:
    home = ("--home", audit_home)
    with pytest.raises(LogNotBegunError):
        call("checkpoint", tmp_path, *home)
    key = call("begin", *home)[1].split()[-1]
    with pytest.raises(LogBegunError):
        call("begin", *home)
    with psycopg.connect(audit_server.url(Login.APP), autocommit=True) as connection:
        connection.execute(ADD, (5,))
        assert "5 件(前の控えから 5 件)" in call("checkpoint", tmp_path / "out", *home)[1]
        connection.execute(ADD, (2,))
    assert "7 件(前の控えから 2 件)" in call("checkpoint", tmp_path / "later", *home)[1]
    old, new = *(tmp_path / "out").glob("*.note"), *(tmp_path / "later").glob("*.note")
    (page,) = (tmp_path / "later").glob("*.txt")
    groups = " ".join(page.read_text(encoding="utf-8").split("\n\n")[2].split())
    assert call("verify", old, new, "--key", key, *home)[0] == 0
    assert call("verify", "--paper", f"7 {groups}", *home)[0] == 0
    assert call("verify", *home)[0] == ExitCode.USAGE

    assert "7 件" in call("export", tmp_path / "handed", *home)[1]
    log = tmp_path / "handed" / "log.jsonl"
    assert ask_auditor(tmp_path / "handed", old, new, "--key", key) == 0
    log.write_bytes(log.read_bytes().replace(b'"x"', b'"y"', 1))
    assert ask_auditor(tmp_path / "handed", old, new, "--key", key) == 1
    assert call("verify", old, new, "--log", log, *home)[0] == ExitCode.AUDIT
    hand_out_proofs(call, audit_server, home, key, old, new, tmp_path)


def hand_out_proofs(call, server, home, key: str, old: Path, new: Path, folder: Path) -> None:
    """That one checkpoint continues the other, that a row is there; and what cannot be proved."""
    with psycopg.connect(server.url(Login.CHECKPOINTER)) as connection:
        ((row_id,),) = connection.execute("SELECT row_id FROM audit_leaf WHERE leaf_index = 5").fetchall()
    proof = folder / "proof.json"
    assert call("prove", proof, old, new, *home)[0] == 0
    assert verify.main(["--consistency", str(proof), str(old), str(new), "--key", key]) == 0
    assert call("prove", proof, new, "--row", row_id, *home)[0] == 0
    assert verify.main(["--inclusion", str(proof), str(new), "--key", key]) == 0
    for wrong in ((new, old), (old, "--row", row_id), (old, "--row", "x")):
        with pytest.raises(NotProvableError):
            call("prove", proof, *wrong, *home)
    for wrong in ((old,), (proof, new), (folder / "gone.note", new)):
        with pytest.raises(CheckpointNotReadError):
            call("prove", proof, *wrong, *home)


def ask_auditor(folder: Path, *words: object) -> int:
    command = [sys.executable, "-I", "-S", "verify.py", "log.jsonl", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode


def test_a_folder_that_others_can_read_signs_nothing(tmp_path: Path, home, call) -> None:
    assert call("begin", "--home", home.path, "--folder", tmp_path / "own")[0] == 0
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
    (tmp_path / "own" / "checkpoint.key").chmod(0o444)
    with pytest.raises(SigningKeyError):
        open_keeping(tmp_path / "own")
