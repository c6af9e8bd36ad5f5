"""What a member of staff does with a child's record; each deed writes its row of the audit trail first.

Called inside `acting_as`. What is shown is decided by the row policies alone: nothing here asks for a role.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from django.db import ProgrammingError, connection, transaction

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.models import Seal, SealKind, Unmasking
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE
from tsunagu.people.models import Contact, DirectoryEntry, Head, Place, Relative
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

_REASON = re.compile(r"\S{5}")


class PersonNotFoundError(TsunaguError):
    """No such child, or not one of theirs: one answer for both, so that it tells nothing."""

    exit_code = ExitCode.NOT_FOUND


class ReasonMissingError(TsunaguError):
    """A masked view was asked for without saying why."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Person:
    """What of one child may be seen by whoever acts. `head`, `place` None: not theirs, masked, or not known."""

    entry: DirectoryEntry
    head: Head | None
    place: Place | None


def access_person_by_id(acting: Acting, person_id: int) -> Person:
    """Open one child. The only door to a child by its number.

    Raises:
        PersonNotFoundError: there is none, or it is not theirs; recorded as refused.
        NotRecordedError: no audit row, so nothing was read.
    """
    record(Act("child.open", Outcome.READ, "child", show_id(person_id)))
    entry = DirectoryEntry.objects.filter(pk=person_id).first()
    if entry is None:
        _refuse(acting, "child.open", person_id)
    return Person(
        entry, Head.objects.filter(pk=person_id).first(), Place.objects.filter(pk=person_id).first()
    )


def note_opening(acting: Acting, person_id: int) -> None:
    """Note that a child whose head may be seen was opened today, for which it is fetched and its copy kept.

    Raises:
        PersonNotFoundError: the row policies do not let whoever acts write it; recorded as refused.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            asked = {"person_id": person_id}
            cursor.execute(bind(read_statement(PACKAGE, "note_opening"), asked), asked)
    except ProgrammingError:
        _refuse(acting, "child.fetch", person_id)


def reveal_contact(acting: Acting, person_id: int, reason: str) -> list[Contact]:
    """Show a child's addresses and telephone numbers once, for a written reason, which is kept.

    Args:
        acting: who, for which purpose; the view is open in this request and in no other.
        person_id: the child.
        reason: why, in a few words.

    Returns:
        One a source system, the register first.

    Raises:
        ReasonMissingError: nothing that reads like a reason.
        PersonNotFoundError: no such child, not theirs, or no contact they may see; recorded as refused.
        NotRecordedError: no audit row, so nothing was read.
    """
    if not _REASON.search(reason):
        raise ReasonMissingError(
            "見る理由が書かれていません。",
            why="住所や電話番号を誰がなぜ見たかを、あとから確かめられるようにしています。",
            todo="理由を短く書いて、もう一度押してください。",
        )
    record(Act("child.contact", Outcome.READ, "child", show_id(person_id)))
    # The view is open once a request; whoever asks again in it has written their reason already.
    Unmasking.objects.get_or_create(
        staff=acting.staff,
        person_id=person_id,
        request_id=acting.request_id,
        defaults={"reason": reason},
    )
    contacts = list(Contact.objects.filter(person_id=person_id).order_by("place"))
    if not contacts:
        _refuse(acting, "child.contact", person_id)
    return contacts


def seal_own_relative(acting: Acting, person_id: int, kind: SealKind) -> None:
    """Keep whoever acts away from a child of their own family, and from those who live with it as far as they see.

    From here on nothing of these children is shown to them; another person, who administers rights, ends it.

    Raises:
        PersonNotFoundError: no such child, or not theirs; recorded as refused.
        NotRecordedError: no audit row, so nothing was changed.
    """
    record(Act("child.seal", Outcome.CHANGED, "child", show_id(person_id)))
    if not DirectoryEntry.objects.filter(pk=person_id).exists():
        _refuse(acting, "child.seal", person_id)
    others = Relative.objects.filter(person_id=person_id).values_list("relative_id", flat=True)
    kinds = {other: SealKind.SAME_ADDRESS for other in others} | {person_id: kind}
    for child, its_kind in kinds.items():
        Seal.objects.get_or_create(
            staff=acting.staff,
            person_id=child,
            valid_to=None,
            is_computed=False,
            defaults={"kind": str(its_kind), "sealed_by": acting.staff, "valid_from": acting.on_date},
        )


def _refuse(acting: Acting, act: str, person_id: int) -> NoReturn:
    record_refusal(acting, Act(act, Outcome.REFUSED, "child", show_id(person_id)))
    raise PersonNotFoundError(
        "そのこどもは見つからないか、見ることができません。",
        why="どちらであるかは、お答えできません。",
        todo="利用目的と担当を確かめてください。急ぐときは係長に相談してください。",
    )
