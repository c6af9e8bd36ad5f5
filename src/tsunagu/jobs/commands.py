"""Long commands: the `tsunagu` command as a child process, followed by the file into which it writes how far it is.

A command commits whole or not at all, so it may be ended at any moment. It ends by itself when the worker is gone.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tsunagu.jobs.queueing import Working
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

STARTER_VARIABLE = "TSUNAGU_STARTED_BY"
_POLL_SECONDS = 0.1
_BUSY_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0


class CommandRefusedError(TsunaguError):
    """The command said why it could not be done."""

    exit_code = ExitCode.NOT_ALLOWED


class CommandFailedError(Exception):
    """The command ended by a fault of ours."""


class WorkStoppedError(Exception):
    """Somebody asked for the end of the work; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended. `result`: what it says of itself; `code`: 0, or that of files which were refused."""

    code: int
    result: Mapping[str, Any]


def run_command(working: Working, arguments: Sequence[str]) -> Finished:
    """Run one command of the installation, and tell how far it is.

    While another process writes into the stores, it waits; only an end that was asked for ends the waiting.

    Args:
        working: the piece of work it belongs to.
        arguments: the command and its options, without `--home`.

    Raises:
        CommandRefusedError: the command refused, in its own words.
        WorkStoppedError: somebody asked for the end.
        CommandFailedError: a fault of ours.
    """
    while True:
        code, said = _run_once(working, arguments)
        if code != ExitCode.BUSY:
            break
        working.tell("ほかの処理が終わるのを待っています")
        _wait(working, _BUSY_SECONDS)
    if code in (ExitCode.DONE, ExitCode.FILE_REFUSED) and "refused" not in said:
        return Finished(code, said.get("result", {}))
    if "refused" in said:
        raise CommandRefusedError(**said["refused"])
    raise CommandFailedError(f"exit code {code}")


def _run_once(working: Working, arguments: Sequence[str]) -> tuple[int, dict[str, Any]]:
    path = make_desk_folder(working.home, "progress") / f"{working.work_id}.jsonl"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    command = [sys.executable, "-m", "tsunagu.cli", "--progress-file", str(path), *arguments]
    try:
        with (
            path.open(encoding="utf-8") as told,
            subprocess.Popen(  # noqa: S603 # our own program; arguments are checked by whoever asks
                [*command, "--home", str(working.home)],
                cwd="/",
                env={**os.environ, STARTER_VARIABLE: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as child,
        ):
            return _follow(working, child, told)
    finally:
        path.unlink(missing_ok=True)


def _follow(working: Working, child: subprocess.Popen[bytes], told: IO[str]) -> tuple[int, dict[str, Any]]:
    said: dict[str, Any] = {}
    try:
        while child.poll() is None:
            _read(working, told, said)
            _wait(working, _POLL_SECONDS)
        _read(working, told, said)
    except BaseException:
        _end(child)
        raise
    return child.returncode, said


def _read(working: Working, told: IO[str], said: dict[str, Any]) -> None:
    for line in _list_whole_lines(told):
        content = json.loads(line)
        if "step" in content:
            working.tell(content["step"], content["done"], content["of"], content.get("words", ""))
        else:
            said.update(content)


def _list_whole_lines(told: IO[str]) -> Iterator[str]:
    """The lines that are there by now; one that is still being written is left for the next time."""
    while True:
        place = told.tell()
        line = told.readline()
        if not line.endswith("\n"):
            told.seek(place)
            return
        yield line


def _wait(working: Working, seconds: float) -> None:
    if working.is_stop_asked():
        raise WorkStoppedError
    time.sleep(seconds)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGINT)
    try:
        child.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def make_desk_folder(home: Path, name: str) -> Path:
    """A private folder of the desk's own inside the home; `var/tmp` is emptied by whoever writes into the stores."""
    folder = home / "var" / "desk" / name
    for one in (folder.parent, folder):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder
