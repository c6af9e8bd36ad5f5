"""The rows of `jobs_work` as the worker and the clock write them: as the owner of the tables, each in a transaction."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.database.statements import read_statement
from tsunagu.jobs import PACKAGE
from tsunagu.jobs.kinds import Kind, State

MOST_ATTEMPTS = 5
KEPT = timedelta(days=90)
_TELL_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work, in the officer's words; `result` is for the page that shows more of it."""

    words: str
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Working:
    """One piece of work in the worker's hands: what a task is given."""

    server: Server
    home: Path
    work_id: UUID
    kind: Kind
    arguments: Mapping[str, Any]
    asked_by: int | None
    """Number of the member of staff; None: the clock."""
    purpose: str
    _told_at: float = 0.0
    _told_step: str = ""
    _is_stop_asked: bool = False

    def tell(self, step: str, done: int = 0, of: int = 0, words: str = "") -> bool:
        """Say how far the work is; told at most a few times a second, a new step at once.

        Returns:
            Whether somebody wants it to end.
        """
        now = time.monotonic()
        if step == self._told_step and now - self._told_at < _TELL_SECONDS:
            return self._is_stop_asked
        told = {"id": self.work_id, "step": step, "done": done, "of": of, "words": words}
        ((self._is_stop_asked,),) = run_as_owner(self.server, "tell_progress", told)
        self._told_at, self._told_step = now, step
        return self._is_stop_asked

    def is_stop_asked(self) -> bool:
        """Whether somebody wants it to end; asked at most a few times a second."""
        now = time.monotonic()
        if now - self._told_at >= _TELL_SECONDS:
            ((self._is_stop_asked,),) = run_as_owner(self.server, "is_stop_asked", {"id": self.work_id})
            self._told_at = now
        return self._is_stop_asked


def ask_by_clock(server: Server, kind: Kind, arguments: Mapping[str, Any] | None = None) -> None:
    """Ask for work on nobody's behalf, unless the same is waiting already."""
    parameters = {"kind": str(kind), "arguments": json.dumps(dict(arguments or {}))}
    run_as_owner(server, "add_work_unless_waiting", parameters)


def take_up_lost(server: Server) -> None:
    """Let wait again what a worker that is gone had begun; only for the one worker, when it starts."""
    with open_session(server, Login.OWNER) as owner:
        owner.run(read_statement(PACKAGE, "requeue_lost"))
        owner.run(read_statement(PACKAGE, "wait_again"))
        owner.run(read_statement(PACKAGE, "forget_old"), {"before": timezone.now() - KEPT})


def begin_work(server: Server, home: Path, work_id: UUID) -> Working | None:
    """Take one piece of work in hand; nothing when it has ended, was stopped before, or was begun too often."""
    rows = run_as_owner(
        server, "begin_work", {"id": work_id, "at": timezone.now(), "most_attempts": MOST_ATTEMPTS}
    )
    if not rows or rows[0][0] != State.WORKING:
        return None
    _, kind, arguments, asked_by, purpose = rows[0]
    return Working(server, home, work_id, Kind(kind), arguments, asked_by, purpose)


def end_work(server: Server, work_id: UUID, state: State, outcome: Outcome) -> None:
    """Say what became of it."""
    said = {"id": work_id, "at": timezone.now(), "state": str(state), "words": outcome.words}
    run_as_owner(server, "end_work", {**said, "result": json.dumps(dict(outcome.result), ensure_ascii=False)})


def run_as_owner(
    server: Server, statement: str, parameters: Mapping[str, object]
) -> Sequence[tuple[Any, ...]]:
    """One statement of this package in a transaction of its own."""
    with open_session(server, Login.OWNER) as owner:
        return owner.run(read_statement(PACKAGE, statement), parameters)
