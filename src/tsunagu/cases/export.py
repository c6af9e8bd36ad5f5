"""Hands what people wrote back to the analytic half, through the seam. As the owner of the tables, in the worker.

The seam keeps a batch whole or not at all, and knows an entry again by its id; only then is the entry marked here. So
an export that was killed anywhere is simply done again. No note and no reason leaves the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tsunagu.cases.models import ContactMade, Decision, Returned, TakingBack
from tsunagu.cases.models import Entry as Written
from tsunagu.pipeline.seam import (
    Contact,
    ContactWay,
    DecisionsRefusedError,
    Entry,
    Outcome,
    OutcomeKind,
    Seam,
    record_decisions,
)
from tsunagu.pipeline.seam import TakingBack as SeamTakingBack

Kind = TypeVar("Kind", bound=Written)


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries the analytic half has now that it had not, and how many it does not take."""

    taken: int
    refused: int


def return_entries(seam: Seam, *, using: str) -> Exported:
    """Hand over every decision and contact that was not handed over yet, and what was taken back of them.

    An entry that the seam refuses (a child that no run knows) is marked with the reason; it does not hold up the others,
    and is tried again the next time.

    Args:
        seam: the door, opened on today.
        using: Django's connection as the owner of the tables.

    Raises:
        WriterBusyError: somebody else is writing; nothing was marked, try again later.
    """
    entries: list[Entry] = [_say_contact(one) for one in _list_open(ContactMade, using)]
    entries += [_say_outcome(one) for one in _list_open(Decision, using)]
    first = _hand_over(seam, entries, using)
    backs = [one for one in _list_open(TakingBack, using) if _was_taken(one, using)]
    second = _hand_over(seam, [SeamTakingBack(str(one.pk), str(one.about)) for one in backs], using)
    return Exported(first.taken + second.taken, first.refused + second.refused)


def _list_open(kind: type[Kind], using: str) -> list[Kind]:
    returned = Returned.objects.using(using).filter(refused="").values("entry")
    return list(kind._default_manager.using(using).exclude(pk__in=returned).order_by("recorded_at", "pk"))


def _was_taken(back: TakingBack, using: str) -> bool:
    """Whether the seam has what is taken back, and whoever takes it back wrote it."""
    if not Returned.objects.using(using).filter(entry=back.about, refused="").exists():
        return False
    return any(
        kind._default_manager.using(using).filter(pk=back.about, staff=back.staff_id).exists()
        for kind in (ContactMade, Decision)
    )


def _hand_over(seam: Seam, entries: Sequence[Entry], using: str) -> Exported:
    """All in one batch; where it is refused, in halves, so that only what is at fault stays behind."""
    if not entries:
        return Exported(0, 0)
    try:
        record_decisions(seam, entries)
    except DecisionsRefusedError as error:
        if len(entries) == 1:
            _mark(entries, using, refused=error.what)
            return Exported(0, 1)
        middle = len(entries) // 2
        one, other = (_hand_over(seam, part, using) for part in (entries[:middle], entries[middle:]))
        return Exported(one.taken + other.taken, one.refused + other.refused)
    _mark(entries, using)
    return Exported(len(entries), 0)


def _mark(entries: Sequence[Entry], using: str, *, refused: str = "") -> None:
    rows = [Returned(entry=entry.desk_id, refused=refused) for entry in entries]
    Returned.objects.using(using).bulk_create(
        rows, update_conflicts=True, unique_fields=["entry"], update_fields=["refused"]
    )


def _say_contact(one: ContactMade) -> Contact:
    return Contact(
        desk_id=str(one.pk),
        person_id=one.person_id,
        purpose=one.purpose,
        occurred_on=one.occurred_on,
        way=ContactWay(one.way),
        saw_child=one.saw_child,
    )


def _say_outcome(one: Decision) -> Outcome:
    return Outcome(
        desk_id=str(one.pk),
        person_id=one.person_id,
        purpose=one.purpose,
        occurred_on=one.decided_on,
        outcome=OutcomeKind(one.outcome),
    )
