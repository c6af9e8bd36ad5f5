"""What somebody writes about a child, before it is kept."""

from dataclasses import dataclass
from datetime import date, datetime

from tsunagu.access.models import Staff
from tsunagu.cases.intake_models import Informed, Source, Urgency, WasSeen
from tsunagu.cases.models import Verdict
from tsunagu.pipeline.seam import ContactWay, OutcomeKind


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What is decided. `next_action_on`: needed for everything but what closes (`models.CLOSING`)."""

    outcome: OutcomeKind
    reason: str
    next_action_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact that was made."""

    occurred_on: date
    way: ContactWay
    saw_child: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """What is said of one reason. `source`: the feed that is wrong, for `Verdict.WRONG` alone."""

    pack: str
    indicator: str
    verdict: Verdict
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Who is put in charge: a member of staff, or a team."""

    assignee: Staff | None = None
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class NewIntake:
    """What somebody told about a child. `said`: word for word. Texts about the child as they were told."""

    received_at: datetime
    source: Source
    said: str
    was_seen: WasSeen
    urgency: Urgency
    told_by: str = ""
    name: str = ""
    kana: str = ""
    born: str = ""
    place: str = ""
    is_unborn: bool = False
    seen_when: str = ""
    seen_by: str = ""
    tell_also: tuple[Informed, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSighting:
    """One of us saw the child of an intake."""

    occurred_on: date
    way: str
    note: str = ""
