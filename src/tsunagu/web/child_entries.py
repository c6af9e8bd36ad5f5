"""What people wrote about a child, read for its page; what was taken back is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsunagu.access.queries import is_in_force
from tsunagu.access.session import Acting
from tsunagu.cases.models import Assignment, ContactMade, Decision, Feedback, TakingBack

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Entries:
    """The latest first. `feedback`: by pack and indicator, what was last said of the reason."""

    decisions: tuple[Decision, ...] = ()
    contacts: tuple[ContactMade, ...] = ()
    feedback: Mapping[tuple[str, str], Feedback] = field(default_factory=dict)

    @property
    def latest(self) -> Decision | None:
        """The decision in force."""
        return self.decisions[0] if self.decisions else None


def read_entries(person_id: int) -> Entries:
    """As far as the row policies show them to whoever acts."""
    back = set(TakingBack.objects.filter(person_id=person_id).values_list("about", flat=True))
    decisions = Decision.objects.filter(person_id=person_id).exclude(pk__in=back)
    contacts = ContactMade.objects.filter(person_id=person_id).exclude(pk__in=back)
    said = Feedback.objects.filter(person_id=person_id).exclude(pk__in=back)
    return Entries(
        tuple(decisions.select_related("staff").order_by("-recorded_at")[:_SHOWN]),
        tuple(contacts.select_related("staff").order_by("-occurred_on", "-recorded_at")[:_SHOWN]),
        {(one.pack, one.indicator): one for one in said.select_related("staff").order_by("recorded_at")},
    )


def list_in_charge(acting: Acting, person_id: int) -> list[str]:
    """Who is in charge of the child today: names, or numbers of teams."""
    rows = Assignment.objects.filter(is_in_force(acting.on_date), person_id=person_id).select_related("staff")
    return sorted({row.staff.name if row.staff else row.team_id for row in rows})
