"""Who has to do with a child: people in charge, people who were in touch, departments whose records speak of it.

Read from what the page shows anyway. A department's last record is what came in last, not proof that somebody saw the
child: which record it is stands beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tsunagu.cases.models import ContactMade
from tsunagu.catalog.words import Department
from tsunagu.people.record import FactView, Lane, Shut, Words


@dataclass(frozen=True, slots=True)
class Tie:
    """One person or department. `name` or `department` is there, not both.

    `last_on` None: nothing dated. `fact`: the department's record that tells it; `contact`: the person's. `goes_on`: what
    of the department's goes on still. `shut`: why nothing is told.
    """

    last_on: date | None
    name: str = ""
    department: Department | None = None
    is_in_charge: bool = False
    contact: ContactMade | None = None
    fact: Words | None = None
    goes_on: tuple[Words, ...] = ()
    shut: Shut | None = None


def list_ties(in_charge: Sequence[str], contacts: Sequence[ContactMade], lanes: Sequence[Lane]) -> list[Tie]:
    """People first, those in charge before others; then departments with something to tell, the latest first."""
    people = sorted(
        _list_people(in_charge, contacts),
        key=lambda tie: (not tie.is_in_charge, -(tie.last_on or date.min).toordinal(), tie.name),
    )
    departments = sorted(
        (tie for lane in lanes if (tie := _read_lane(lane)) is not None),
        key=lambda tie: -(tie.last_on or date.min).toordinal(),
    )
    return [*people, *departments]


def _list_people(in_charge: Sequence[str], contacts: Sequence[ContactMade]) -> Iterator[Tie]:
    latest: dict[str, ContactMade] = {}
    for contact in sorted(contacts, key=lambda one: (one.occurred_on, one.recorded_at)):
        latest[contact.staff.name] = contact
    for name in dict.fromkeys([*in_charge, *latest]):
        contact_made = latest.get(name)
        yield Tie(
            contact_made.occurred_on if contact_made else None,
            name=name,
            is_in_charge=name in in_charge,
            contact=contact_made,
        )


def _read_lane(lane: Lane) -> Tie | None:
    """None where the department has nothing, or nothing is known of it."""
    if lane.shut is not None:
        return Tie(None, department=lane.department, shut=lane.shut) if lane.count else None
    events = [fact for fact in lane.facts if fact.is_event and fact.begins]
    last = max(events, key=_get_day, default=None)
    goes_on = {fact.item: fact.title for fact in lane.facts if not fact.is_event and fact.ends is None}
    if last is None and not goes_on:
        return None
    return Tie(
        last.begins if last else None,
        department=lane.department,
        fact=last.title if last else None,
        goes_on=tuple(goes_on.values()),
    )


def _get_day(fact: FactView) -> date:
    return fact.begins or date.min
