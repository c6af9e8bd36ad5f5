"""Server processes whose warden is gone: they are found by the folder they work in, and ended."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# How long to wait after which signal: a server whose warden was killed is ending by itself already.
STEPS = ((None, 3.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_PROCESSES = Path("/proc")
# Somebody's shell may stand in the folder as well; it is left alone.
_PROGRAM = "postgres"


class LeftoverServerError(TsunaguError):
    """A server of an earlier start does not end."""

    exit_code = ExitCode.DATABASE


def list_processes_in(folder: Path) -> list[int]:
    """Ids of PostgreSQL's processes whose working folder is `folder`; empty where the system does not tell."""
    if not folder.exists():
        return []
    wanted = _identify(folder)
    processes = [entry for entry in _PROCESSES.iterdir() if entry.name.isdigit()]
    return [
        int(entry.name)
        for entry in processes
        if _identify(entry / "cwd") == wanted and _read_program(entry) == _PROGRAM
    ]


def _read_program(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _identify(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:  # a process that has ended meanwhile, or is somebody else's
        return None
    return found.st_dev, found.st_ino


def end_leftovers(data: Path) -> None:
    """Wait for what still works in `data` to end, then make it; afterwards nobody holds the data.

    Where the system does not tell who works in a folder, nothing is done: PostgreSQL then looks at `postmaster.pid`
    itself and refuses to start beside a living server.

    Raises:
        LeftoverServerError: some process ignores even that.
    """
    if not _PROCESSES.is_dir():
        return
    for number, seconds in STEPS:
        for process in list_processes_in(data) if number else []:
            _send(process, number)
        if wait_until(lambda: not list_processes_in(data), seconds=seconds):
            return
    raise LeftoverServerError(
        "前に動かしたデータベースのプロセスが終わりません。",
        why="同じデータを二つのデータベースが開くと、壊れます。",
        todo="機械を再起動してから、もう一度実行してください。",
    )


def remove_marks(*marks: Path) -> None:
    """Remove what an ended server left behind to say that it runs.

    Its number may belong to another program by now, or to a dead process that nobody has buried; PostgreSQL would
    take that for a living server and refuse to start.
    """
    if _PROCESSES.is_dir():
        for mark in marks:
            mark.unlink(missing_ok=True)


def _send(process: int, number: signal.Signals | None) -> None:
    if number is not None:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            return


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Ask again and again, for `seconds` at most; whether it became so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
