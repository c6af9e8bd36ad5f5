"""What somebody writes about a child, before it is kept."""

from dataclasses import dataclass
from datetime import date

from tsunagu.access.models import Staff
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
