"""名簿をしぼる: the children listed for a purpose, narrowed step by step; who was left out by which step is kept in sight.

The row policies decide which children there are to be narrowed. Reading is recorded first.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases import PACKAGE
from tsunagu.cases.models import ReceivedRun
from tsunagu.cases.states import STATES
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act

PAGE_ROWS = 50
JUST_BELOW_ROWS = 10
"""Beneath the cut of a capacity, so that nobody just below it goes unseen."""
CAPACITY_AT_MOST = 200
_DAYS = ("last_seen_on", "known_until", "listed_since", "decided_on", "next_action_on")


class Facet(StrEnum):
    """By what the list is narrowed, in the order in which the steps follow each other."""

    LEVEL = "level"
    FLAG = "flag"
    KIND = "kind"
    AGE = "age"
    SCHOOL = "school"
    DISTRICT = "district"
    REGISTERED = "registered"
    UNSEEN = "unseen"
    CONTACT = "contact"
    """Since anybody was in touch or saw the child: contacts noted at the desk, and the departments' records."""
    FRESH = "fresh"
    SINCE = "since"
    DECISION = "decision"
    MEETING = "meeting"
    """Whether somebody decided to bring the child before a meeting; whether it was held nothing tells."""
    STATE = "state"
    """Where the child stands with us, as the last decision has it."""
    CHARGE = "charge"


class Grouping(StrEnum):
    """By what the list is compared with those who are left, to see whether a group is left out."""

    AGE = "age"
    STAGE = "stage"
    SEX = "sex"
    DISTRICT = "district"
    KIND = "kind"


class Order(StrEnum):
    """In which order the children stand; what is equal stands in the order of `NEED`."""

    NEED = "need"
    """Red flags, urgent silence, the level of need, days unseen."""
    UNSEEN = "unseen"
    NEW = "new"
    YOUNG = "young"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What was chosen.

    `chosen`: for each facet the values of which one is enough; no facet without a value. `left_out_by`: shows the
    children that this facet's step left out, in place of those who are left. `capacity`: how many can be visited.
    `has_shares`: how many of each group are left is told as well.
    """

    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    left_out_by: Facet | None = None
    order: Order = Order.NEED
    capacity: int | None = None
    page: int = 1
    has_shares: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One child of the list.

    `name`: None: not to be seen; empty: no record names the child. School, facility, district None: not known, or not
    to be seen.

    `decision`: the last one for the purpose, `none` before the first. `in_charge`: names of staff, or teams.
    """

    person_id: int
    name: str | None
    kana: str | None
    need_level: str | None
    headline_ja: str
    headline_en: str
    has_red_flag: bool
    is_silence_urgent: bool
    days_unseen: int | None
    last_seen_on: date | None
    age_ja: str
    age_en: str
    school_id: str | None
    facility_id: str | None
    district: str | None
    is_protected: bool
    known_until: date | None
    kinds: tuple[str, ...]
    listed_since: date
    is_new: bool
    decision: str
    decided_on: date | None
    next_action_on: date | None
    in_charge: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many it left out, how many of them bear an urgent mark, and how many were left after it."""

    facet: Facet
    left_out: int
    urgent_left_out: int
    left: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many children of one group the list has, and how many of them are left, or above the cut of the capacity."""

    grouping: Grouping
    value: str
    listed: int
    left: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is left.

    `children`: everybody of the run in words ("27000", "27000–27009"), None without a run. `listed`: the run's, for the
    purpose. `visible`: those of them that may be seen by whoever asks. `counts`: (facet, value) → how many, under the
    choices of the other facets. `total`: how many the list has, of which `rows` is one page. `groups`: exact, so not to
    be shown as they are; empty where they were not asked for.
    """

    run: ReceivedRun | None
    visible: int
    counts: Mapping[tuple[Facet, str], int]
    steps: tuple[Step, ...]
    left: int
    total: int
    rows: tuple[Row, ...]
    groups: tuple[GroupCount, ...] = ()


def narrow_children(acting: Acting, narrowing: Narrowing) -> Narrowed:
    """One page of the narrowed list, with the counts behind every choice; inside `acting_as`.

    Raises:
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("list.narrow", Outcome.READ, "purpose", acting.purpose))
    run = ReceivedRun.objects.filter(purpose=acting.purpose, is_current=True).first()
    statement = read_statement(PACKAGE, "narrow_children")
    ((visible, *written),) = DjangoSession(connection).run(statement, _write_parameters(acting, narrowing))
    counts, left_out, page, shares = (json.loads(one) if one else {} for one in written)
    steps = tuple(_list_steps(narrowing, visible, left_out))
    shown = narrowing.left_out_by or ""
    return Narrowed(
        run=run,
        visible=visible,
        counts={(Facet(facet), value): children for facet, value, children in counts},
        steps=steps,
        left=left_out.get("", [0, 0])[0],
        total=left_out.get(shown, [0, 0])[0],
        rows=tuple(_read_row(one) for one in page),
        groups=tuple(GroupCount(Grouping(one), *rest) for one, *rest in shares),
    )


def _write_parameters(acting: Acting, narrowing: Narrowing) -> dict[str, Any]:
    capacity = narrowing.capacity
    at_most = PAGE_ROWS if capacity is None else capacity + JUST_BELOW_ROWS
    return {
        **{str(facet): list(narrowing.chosen.get(facet, ())) for facet in Facet},
        "on": acting.on_date,
        "staff_id": acting.staff.pk,
        "with_shares": narrowing.has_shares,
        "states": json.dumps(STATES),
        "cut": None if narrowing.left_out_by else capacity,
        "shown_left_out": str(narrowing.left_out_by or ""),
        "sort": str(narrowing.order),
        "at_most": at_most,
        "skipped": 0 if capacity is not None else (narrowing.page - 1) * PAGE_ROWS,
    }


def _list_steps(narrowing: Narrowing, visible: int, left_out: Mapping[str, list[int]]) -> Iterator[Step]:
    left = visible
    for facet in Facet:
        if facet in narrowing.chosen:
            children, urgent = left_out.get(facet, [0, 0])
            left -= children
            yield Step(facet, children, urgent, left)


def _read_row(found: Mapping[str, Any]) -> Row:
    days = {name: date.fromisoformat(found[name]) if found[name] else None for name in _DAYS}
    lists = {name: tuple(found[name]) for name in ("kinds", "in_charge")}
    values = {**found, **days, **lists, "is_new": found["since"] == "new"}
    del values["since"]
    return Row(**values)
