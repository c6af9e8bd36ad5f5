"""What こどものページ shows of one child: gathered in one transaction, each panel on its own, so that one may fail alone."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from django.db import transaction

from tsunagu.access.breaking import BreakingView, find_open_breaking, list_reviewing_roles
from tsunagu.access.clock import read_now
from tsunagu.access.queries import list_logs, list_rights_over
from tsunagu.access.session import Acting
from tsunagu.access.trail_reading import Asked, TrailRow, list_child_acts
from tsunagu.cases.intake_reading import IntakeState, list_of_child
from tsunagu.cases.models import SharedVersion
from tsunagu.cases.sharing import list_shared
from tsunagu.cases.states import CaseState, get_state
from tsunagu.catalog.roles import Log, Right
from tsunagu.jobs.kinds import Kind, State
from tsunagu.jobs.models import Work
from tsunagu.jobs.operations import ask_for
from tsunagu.people.models import Contact, Fetched
from tsunagu.people.operations import Person, access_person_by_id, note_opening, reveal_contact
from tsunagu.people.record import (
    FactView,
    Lane,
    RelativeView,
    find_fetched,
    list_contacts,
    list_lanes,
    list_relatives,
)
from tsunagu.web.breaking_words import name_reviewers
from tsunagu.web.child_entries import Entries, list_in_charge, read_entries
from tsunagu.web.child_reasons import Reasons, read_reasons
from tsunagu.web.network import Tie, list_ties

Found = TypeVar("Found")
_ASKED = (
    Right.HEAD,
    Right.CONTACT,
    Right.CONTACT_WITH_REASON,
    Right.FACTS,
    Right.REASONS,
    Right.DECIDE,
    Right.NOTE_CONTACT,
    Right.PLAN_READ,
    Right.BREAK_GLASS,
    Right.TAKE_INTAKE,
    Right.SHARE,
)
_PATIENCE = timedelta(seconds=20)
"""A copy that has not come after so long means that nobody fetches."""
_OLD_DAYS = 90
_LOOKED_DAYS = 90
_OF_CHILDREN = frozenset({Log.OWN_CHILDREN, Log.TEAM})
_ABOUT_CHILDREN = ("child.", "case.", "breaking.")
_logger = logging.getLogger(__name__)


class Copy(StrEnum):
    """How it stands with the child's copy."""

    HERE = "here"
    RENEWED = "renewed"
    """An older one is shown, a newer one on its way."""
    COMING = "coming"
    STUCK = "stuck"
    """It should have come by now."""
    TROUBLE = "trouble"
    CLOSED = "closed"
    """Whoever acts may not see the child's head, so nothing is fetched for them."""


@dataclass(frozen=True, slots=True)
class Panel(Generic[Found]):
    """One part of the page; `has_failed`: it could not be read, and the rest of the page stands."""

    content: Found
    has_failed: bool = False


class ReadPanel(Protocol):
    """Reads one part by its name, and what stands there when that fails."""

    def __call__(self, name: str, read: Callable[[], Found], nothing: Found, /) -> Panel[Found]:
        """The part."""
        ...


@dataclass(frozen=True, slots=True)
class ChildPage:
    """Everything the page shows, read in one transaction."""

    person: Person
    rights: frozenset[Right]
    on_date: date
    copy: Copy
    fetched: Fetched | None
    is_revealed: bool
    lanes: Panel[tuple[Lane, ...]]
    relatives: Panel[tuple[RelativeView, ...]]
    contacts: Panel[list[Contact]]
    assigned: Panel[list[str]]
    reasons: Panel[Reasons]
    entries: Panel[Entries]
    intakes: Panel[list[IntakeState]]
    shared: Panel[list[SharedVersion]]
    looks: Panel[list[TrailRow]]
    may_see_looks: bool
    breaking: BreakingView | None
    """The emergency opening under which the child is seen now."""
    own_rights: frozenset[Right]
    """What is held without it."""
    reviewers: str
    """Who looks into emergency openings."""

    @property
    def may_reveal(self) -> bool:
        """Whether contacts that are not shown now open for a reason."""
        enough = (
            {Right.CONTACT} if self.person.entry.is_protected else {Right.CONTACT, Right.CONTACT_WITH_REASON}
        )
        return bool(self.own_rights & enough) and self.copy is Copy.HERE and not self.contacts.content

    @property
    def may_break(self) -> bool:
        """Whether whoever looks may open the rest in an emergency."""
        closed = {Right.CONTACT, Right.FACTS, Right.REASONS} - self.rights
        return Right.BREAK_GLASS in self.rights and self.breaking is None and bool(closed)

    @property
    def may_see_reasons(self) -> bool:
        """Whether need and reasons are for whoever looks."""
        return Right.REASONS in self.rights

    @property
    def may_decide(self) -> bool:
        """Whether whoever looks decides what follows."""
        return Right.DECIDE in self.rights

    @property
    def may_note(self) -> bool:
        """Whether whoever looks notes contacts."""
        return Right.NOTE_CONTACT in self.rights

    @property
    def may_share(self) -> bool:
        """Whether whoever looks may write a version for a meeting."""
        return Right.SHARE in self.rights

    @property
    def may_see_contacts_made(self) -> bool:
        """Whether contacts that others made are for whoever looks."""
        return Right.PLAN_READ in self.rights

    @property
    def state(self) -> CaseState | None:
        """Where the child stands with us; None where nothing was decided and nobody is asked to."""
        latest = self.entries.content.latest
        if latest is None and self.reasons.content.listed is None:
            return None
        return get_state(latest.outcome if latest else None)

    @property
    def ties(self) -> list[Tie]:
        """Who has to do with the child."""
        return list_ties(self.assigned.content, self.entries.content.contacts, self.lanes.content)

    @property
    def is_masked(self) -> bool:
        """Whether address protection hides something here and now."""
        return self.person.entry.is_protected and not self.is_revealed

    @property
    def is_waiting(self) -> bool:
        """Whether the page looks again by itself."""
        return self.copy in (Copy.COMING, Copy.RENEWED)

    @property
    def has_copy(self) -> bool:
        """Whether a copy is shown; without one nothing is known, not even that no data came in."""
        return self.copy in (Copy.HERE, Copy.RENEWED)

    @property
    def facts(self) -> list[tuple[Lane, FactView]]:
        """Every fact that is shown, the latest first."""
        found = [(lane, fact) for lane in self.lanes.content for fact in lane.facts]
        return sorted(found, key=lambda one: (one[1].begins or date.min, one[1].known_from), reverse=True)

    @property
    def latest_known(self) -> date | None:
        """The last day on which anything that is shown was received."""
        return max((fact.known_from for _, fact in self.facts), default=None)

    @property
    def is_old(self) -> bool:
        """Whether nothing has come for long."""
        latest = self.latest_known
        return latest is not None and (self.on_date - latest).days > _OLD_DAYS


def read_page(acting: Acting, person_id: int, *, reason: str | None = None) -> ChildPage:
    """Open a child and read what whoever acts may see of it.

    Args:
        acting: who, for which purpose.
        person_id: the child.
        reason: why its contacts are to be shown in this view; None: they are not asked for.

    Raises:
        PersonNotFoundError: there is none, or it is not theirs.
        ReasonMissingError: a reason that is none.
        NotRecordedError: no audit row, so nothing was read.
    """
    # The reason first: with it, what address protection hides is open for the rest of this transaction.
    revealed = reveal_contact(acting, person_id, reason) if reason is not None else None
    person = access_person_by_id(acting, person_id)
    rights = list_rights_over(person_id, _ASKED)
    copy, fetched = _look_for_copy(acting, person_id) if Right.HEAD in rights else (Copy.CLOSED, None)
    breaking = find_open_breaking(acting, person_id)
    own_rights = rights if breaking is None else list_rights_over(person_id, _ASKED, even_broken=False)
    may_see_looks = bool(list_logs(acting.staff, on_date=acting.on_date) & _OF_CHILDREN)

    def read_panels(read: ReadPanel) -> ChildPage:
        return ChildPage(
            person=person,
            rights=rights,
            on_date=acting.on_date,
            copy=copy,
            fetched=fetched,
            is_revealed=revealed is not None,
            lanes=read("lanes", lambda: list_lanes(acting, person_id, fetched), ()),
            relatives=read("relatives", lambda: list_relatives(person_id), ()),
            contacts=read("contacts", lambda: revealed or list_contacts(acting, person_id), []),
            assigned=read("assigned", lambda: list_in_charge(acting, person_id), []),
            reasons=read("reasons", lambda: read_reasons(acting, person_id), Reasons()),
            entries=read("entries", lambda: read_entries(person_id), Entries()),
            intakes=read(
                "intakes",
                lambda: list_of_child(acting, person_id) if Right.TAKE_INTAKE in rights else [],
                [],
            ),
            shared=read("shared", lambda: list_shared(person_id), []),
            looks=read("looks", lambda: _list_looks(acting, person_id) if may_see_looks else [], []),
            may_see_looks=may_see_looks,
            breaking=breaking,
            own_rights=own_rights,
            reviewers=name_reviewers(list_reviewing_roles()),
        )

    try:
        with transaction.atomic():
            return read_panels(_read_plainly)
    except Exception:  # noqa: BLE001 - whatever it is: then each panel by itself, which says what failed
        return read_panels(_read_apart)


def _list_looks(acting: Acting, person_id: int) -> list[TrailRow]:
    """Who opened the child of late, as far as the trail is shown to whoever acts; reading the trail itself left out."""
    asked = Asked(acting.on_date - timedelta(days=_LOOKED_DAYS), acting.on_date)
    return [row for row in list_child_acts(acting, person_id, asked) if row.act.startswith(_ABOUT_CHILDREN)]


def is_copy_here(person_id: int, *, on: date) -> bool:
    """Whether today's copy has come, or will not come; nothing is shown of the child, and nothing recorded."""
    fetched = find_fetched(person_id)
    return fetched is not None and fetched.as_of >= on


def _look_for_copy(acting: Acting, person_id: int) -> tuple[Copy, Fetched | None]:
    """What is there, and a request for what is not."""
    note_opening(acting, person_id)
    fetched = find_fetched(person_id)
    if fetched is not None and fetched.as_of >= acting.on_date:
        return (Copy.TROUBLE if fetched.trouble else Copy.HERE), fetched
    waiting_since = _ask_once(acting, person_id)
    if read_now() - waiting_since > _PATIENCE:
        return Copy.STUCK, fetched
    has_older = fetched is not None and not fetched.trouble
    return (Copy.RENEWED if has_older else Copy.COMING), fetched


def _ask_once(acting: Acting, person_id: int) -> datetime:
    """Ask the worker, unless the same is waiting for whoever acts already; since when."""
    waiting = Work.objects.filter(
        kind=str(Kind.FETCH_CHILD),
        purpose=acting.purpose,
        asked_by=acting.staff,
        arguments__person_id=person_id,
        state__in=[str(State.WAITING), str(State.WORKING)],
    ).first()
    if waiting is not None:
        return waiting.asked_at
    ask_for(acting, Kind.FETCH_CHILD, {"person_id": person_id})
    return read_now()


def _read_plainly(_: str, read: Callable[[], Found], __: Found) -> Panel[Found]:
    return Panel(read())


def _read_apart(name: str, read: Callable[[], Found], nothing: Found) -> Panel[Found]:
    try:
        with transaction.atomic():
            return Panel(read())
    except Exception:  # noqa: BLE001 - whatever it is, the rest of the page is not to be withheld for it
        _logger.error("panel_failed %s", name)
        return Panel(nothing, has_failed=True)


def count_by_title(facts: Iterable[FactView]) -> list[tuple[dict[str, str], int]]:
    """How many facts of each kind, most first."""
    counts: dict[str, tuple[dict[str, str], int]] = {}
    for fact in facts:
        counts[fact.item] = (fact.title, counts.get(fact.item, (fact.title, 0))[1] + 1)
    return sorted(counts.values(), key=lambda one: -one[1])
