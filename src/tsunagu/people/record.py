"""One opened child as far as whoever acts may see it: head, facts by department, household, contacts.

Called inside `acting_as`, after `access_person_by_id`. Each function reads one part, so that one may fail alone; what a
part shows is decided by the row policies, and what it cannot show it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tsunagu.access.auditing import record
from tsunagu.access.queries import list_open_lanes, list_own_lanes
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.words import Department
from tsunagu.people.models import Contact, DirectoryEntry, Fact, FactCount, Fetched, Relative
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.identifiers import show_id

Words = dict[str, str]
"""A text in two languages, as the tables keep it."""


class Shut(StrEnum):
    """Why a department's facts are not shown."""

    NO_LANE = "no_lane"
    """No role of the day sees that department."""
    NO_BOND = "no_bond"
    """A role does, but not of this child."""


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact, with what tells where the child is where it may be seen. `begins`: None: since before the records."""

    item: str
    title: Words
    source: Words
    begins: date | None
    ends: date | None
    """First day no longer; None: still, or an event."""
    is_event: bool
    known_from: date
    values: list[dict[str, Any]]
    own_values: list[dict[str, Any]]
    """The same without those that tell where the child is."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One department. `shut` None: its facts are shown; else `count`, where that may be known."""

    department: Department
    shut: Shut | None
    count: int | None
    facts: tuple[FactView, ...]
    covered: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class RelativeView:
    """Somebody of the household. `entry`: they are a child whom whoever acts may find themselves."""

    relative: Relative
    entry: DirectoryEntry | None


def find_fetched(person_id: int) -> Fetched | None:
    """What was fetched of the child for the purpose in force."""
    return Fetched.objects.filter(person_id=person_id).first()


def list_lanes(acting: Acting, person_id: int, fetched: Fetched | None) -> tuple[Lane, ...]:
    """Every department, whether its facts may be seen or not, in the order of `Department`."""
    departments = [str(one) for one in Department]
    own = list_own_lanes(acting.staff, on_date=acting.on_date)
    is_open = list_open_lanes(person_id, departments)
    facts = _list_facts(person_id)
    counts = _count_facts(person_id)
    return tuple(
        Lane(
            department=one,
            shut=None if one in is_open else Shut.NO_BOND if one in own else Shut.NO_LANE,
            count=len(facts.get(one, ())) if one in is_open else counts.get(one),
            facts=tuple(facts.get(one, ())),
            covered=_list_covered(fetched, one),
        )
        for one in Department
    )


def list_relatives(person_id: int) -> tuple[RelativeView, ...]:
    """Who lives with the child, the eldest first; children whom one may find are named as such."""
    rows = list(Relative.objects.filter(person_id=person_id).order_by("birth_year", "relative_id"))
    found = DirectoryEntry.objects.in_bulk([row.relative_id for row in rows])
    return tuple(RelativeView(row, found.get(row.relative_id)) for row in rows)


def list_contacts(acting: Acting, person_id: int) -> list[Contact]:
    """Where the child can be reached, as far as it is open without a reason; recorded when it is."""
    found = list(Contact.objects.filter(person_id=person_id).order_by("place"))
    if found:
        record(Act("child.contact", Outcome.READ, "child", show_id(person_id)))
    return found


def _list_facts(person_id: int) -> dict[str, list[FactView]]:
    """By department, the latest first."""
    rows = list(Fact.objects.filter(person_id=person_id).order_by("number", "is_place"))
    places = {row.number: row.values for row in rows if row.is_place}
    found: dict[str, list[FactView]] = {}
    for row in rows:
        if not row.is_place:
            found.setdefault(row.lane, []).append(_view(row, places.get(row.number, [])))
    for facts in found.values():
        facts.sort(key=lambda fact: (fact.begins or date.min, fact.known_from), reverse=True)
    return found


def _view(row: Fact, places: Sequence[dict[str, Any]]) -> FactView:
    return FactView(
        item=row.item,
        title=row.title,
        source=row.source,
        begins=row.occurred_on or row.valid_from,
        ends=row.valid_to,
        is_event=row.occurred_on is not None,
        known_from=row.known_from,
        values=[*places, *row.values],
        own_values=row.values,
    )


def _count_facts(person_id: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in FactCount.objects.filter(person_id=person_id):
        counts[row.lane] = counts.get(row.lane, 0) + row.facts
    return counts


def _list_covered(fetched: Fetched | None, department: Department) -> tuple[tuple[date, date], ...]:
    stretches = fetched.covered if fetched else []
    return tuple(
        (date.fromisoformat(first), date.fromisoformat(last))
        for lane, first, last in stretches
        if lane == department
    )
