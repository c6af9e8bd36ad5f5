"""A command that somebody else follows: it writes how far it is into a file, and ends with whoever started it.

One line of JSON each: `step`, `done`, `of`; at the end `result`, or `refused` with what, why and todo.
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

STARTER_VARIABLE = "TSUNAGU_STARTED_BY"
_SET_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
_TELL_SECONDS = 0.2
_files: list[Path] = []
"""The file of this process, if it is followed."""


def follow(path: Path) -> None:
    """From now on this command is followed."""
    _files[:] = [path]


def is_followed() -> bool:
    """Whether somebody reads how far this command is."""
    return bool(_files)


def end_with_starter() -> None:
    """Be asked to end when the process that `TSUNAGU_STARTED_BY` names is gone (Linux; elsewhere nothing)."""
    starter = os.environ.pop(STARTER_VARIABLE, "")
    if not starter or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGINT)
    if str(os.getppid()) != starter:
        sys.exit(ExitCode.INTERRUPTED)


def tell_result(result: Mapping[str, Any]) -> None:
    """What became of the command, for whoever follows it; counts and identifiers, never a value."""
    _write({"result": dict(result)})


def tell_refusal(error: TsunaguError) -> None:
    """The command could not do it, in its own words."""
    _write({"refused": {"what": error.what, "why": error.why, "todo": error.todo}})


class FollowedLines:
    """A `Progress` for whoever follows: a line when a stage begins or ends, and a few a second meanwhile."""

    def __init__(self) -> None:
        self._stage = ""
        self._told_at = 0.0

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Tell."""
        now = time.monotonic()
        if stage == self._stage and done != total and now - self._told_at < _TELL_SECONDS:
            return
        self._stage, self._told_at = stage, now
        _write({"step": stage, "done": done, "of": total})


def _write(content: Mapping[str, Any]) -> None:
    for path in _files:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(content, ensure_ascii=False) + "\n")
