"""The children of the list that somebody ticked, before and after something is decided about all of them."""

from collections.abc import Sequence

from django.db.models import Q

from tsunagu.access.auditing import record
from tsunagu.access.models import Staff
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases.models import Assignment
from tsunagu.people.models import DirectoryEntry
from tsunagu.trail.recording import Act


def list_chosen(acting: Acting, persons: Sequence[int]) -> list[DirectoryEntry]:
    """Who they are, as far as whoever asks may see it.

    Raises:
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("list.choose", Outcome.READ, "purpose", acting.purpose))
    return list(DirectoryEntry.objects.filter(pk__in=persons).order_by("kana", "pk"))


def list_new_charges(acting: Acting, persons: Sequence[int], assignee: Staff) -> list[int]:
    """Those of them whom a member of staff is not in charge of yet, so that undo ends nothing that was there before."""
    on = acting.on_date
    is_in_force = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    there = set(
        Assignment.objects.filter(is_in_force, person_id__in=persons, staff=assignee).values_list(
            "person_id", flat=True
        )
    )
    return [person for person in persons if person not in there]
