"""今日の仕事: what is to be done, derived from decisions, lists and assignments. A task is never written down.

The row policies decide whose children there are. Reading is recorded first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases import PACKAGE
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act

TASKS_A_PAGE = 50
WARNED_DAYS = 30
"""So long before everybody in charge of a child leaves, it is said."""


class Tab(StrEnum):
    """Where a task stands; one may stand under its time and among those without anybody as well."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    """Within seven days."""
    NEW = "new"
    """Listed, and nobody has decided anything yet."""
    WAITING = "waiting"
    """The team's, and nobody of it has taken it on."""
    HANDOVER = "handover"
    """Whoever is in charge leaves within `WARNED_DAYS`, or has left."""
    UNASSIGNED = "unassigned"
    """Nobody's; only where everybody's tasks are looked at."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do for one child.

    `kind`: `due`, what was decided has a next date; `new`, nobody has decided; `handover`, from `due_on` on nobody is in
    charge any more. `outcome`: what was decided, None for the others. `why_ja`, `why_en`: the written reason, or the run's headline. `due_on` None: no day. `age_ja` None: not listed now.
    """

    person_id: int
    kind: str
    name: str | None
    kana: str | None
    birth_year: int | None
    age_ja: str | None
    age_en: str | None
    grade: str | None
    outcome: str | None
    why_ja: str
    why_en: str
    need_level: str | None
    is_urgent: bool
    due_on: date | None
    time: str
    is_mine: bool
    is_waiting: bool
    in_charge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tasks are asked for. `teams`: of whoever asks. `is_everybodys`: also those of others."""

    tab: Tab
    teams: Sequence[str]
    is_everybodys: bool
    page: int = 1


@dataclass(frozen=True, slots=True)
class Tasks:
    """One page of a tab, and how many tasks each tab has."""

    counts: Mapping[Tab, int]
    page: tuple[Task, ...]


def list_tasks(acting: Acting, asked: Asked) -> Tasks:
    """One page of what is to be done for the purpose in force; inside `acting_as`.

    Raises:
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("task.list", Outcome.READ, "purpose", acting.purpose))
    parameters = {
        "on": acting.on_date,
        "staff_id": acting.staff.pk,
        "teams": list(asked.teams),
        "whose": "all" if asked.is_everybodys else "mine",
        "warned_days": WARNED_DAYS,
        "tab": str(asked.tab),
        "at_most": TASKS_A_PAGE,
        "skipped": (asked.page - 1) * TASKS_A_PAGE,
    }
    ((counts, page),) = DjangoSession(connection).run(read_statement(PACKAGE, "list_tasks"), parameters)
    found = json.loads(counts) if counts else {}
    return Tasks(
        {tab: found.get(str(tab), 0) for tab in Tab},
        tuple(_read_task(one) for one in (json.loads(page) if page else [])),
    )


def _read_task(found: Mapping[str, Any]) -> Task:
    due_on = date.fromisoformat(found["due_on"]) if found["due_on"] else None
    return Task(**{**found, "due_on": due_on, "in_charge": tuple(found["in_charge"])})
