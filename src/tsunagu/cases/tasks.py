"""今日の仕事: what is to be done, derived from decisions, lists and assignments. A task is never written down.

The row policies decide whose children there are. Reading is recorded first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record
from tsunagu.access.clock import read_moment
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
    charge any more; `intake`, somebody told of the child, and one of us must see it by `due_at`. `outcome`: what was
    decided, None for the others. `why_ja`, `why_en`: the written reason, the run's headline, what was told. `due_on` None:
    no day. `age_ja` None: not listed now. Of an intake alone: `intake_id`, `due_at`, `told_name`, and whose it is
    (`turn`); its `person_id` None: a child not in the directory.
    """

    person_id: int | None
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
    intake_id: UUID | None = None
    due_at: datetime | None = None
    told_name: str | None = None
    turn: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tasks are asked for. `teams`: of whoever asks. `is_everybodys`: also those of others. `at` None: now."""

    tab: Tab
    teams: Sequence[str]
    is_everybodys: bool
    page: int = 1
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tasks:
    """One page of a tab, and how many tasks each tab has. `unreceived`: intakes that nobody has received."""

    counts: Mapping[Tab, int]
    page: tuple[Task, ...]
    unreceived: int = 0


def list_tasks(acting: Acting, asked: Asked) -> Tasks:
    """One page of what is to be done for the purpose in force; inside `acting_as`.

    Raises:
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("task.list", Outcome.READ, "purpose", acting.purpose))
    parameters = {
        "on": acting.on_date,
        "at": asked.at or read_moment(acting.on_date),
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
        found.get("unreceived", 0),
    )


def _read_task(found: Mapping[str, Any]) -> Task:
    due_on = date.fromisoformat(found["due_on"]) if found["due_on"] else None
    read: dict[str, Any] = {**found, "due_on": due_on, "in_charge": tuple(found["in_charge"])}
    if found["intake_id"]:
        read |= {
            "intake_id": UUID(found["intake_id"]),
            "due_at": datetime.fromisoformat(found["due_at"]),
        }
    return Task(**read)
