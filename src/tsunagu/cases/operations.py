"""What a member of staff writes about children: each deed writes its row of the audit trail first, all of it or nothing.

Called inside `acting_as`. Who may write about whom is decided by the row policies; nothing here asks for a role.
"""

from collections.abc import Sequence
from datetime import date
from typing import NoReturn, TypeVar
from uuid import UUID

from django.db import ProgrammingError, transaction

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases.entries import Charge, NewContact, NewDecision, NewFeedback
from tsunagu.cases.models import (
    Assigning,
    ContactMade,
    Decision,
    Deferral,
    Entry,
    Feedback,
    ReceivedRun,
    SharedVersion,
    TakingBack,
)
from tsunagu.cases.policies import (
    check_contact,
    check_decision,
    check_deferral,
    check_feedback,
)
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

_FORBIDDEN = "42501"
"""The database's word for what a policy forbids."""
Written = TypeVar("Written", bound=Entry)


class NotTheirsError(TsunaguError):
    """About some child they may not write this; nothing of the deed was kept, and it does not say about which."""

    exit_code = ExitCode.NOT_ALLOWED


class EntryNotFoundError(TsunaguError):
    """No such entry of one's own, or it was taken back before."""

    exit_code = ExitCode.NOT_FOUND


def decide_outcome(acting: Acting, persons: Sequence[int], new: NewDecision) -> list[Decision]:
    """Decide the same for some children, for all of them or for none.

    Raises:
        EntryFaultError: no reason, or no next date where one is needed, or a date that has passed.
        NotTheirsError: one of them is not theirs to decide about; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    check_decision(new, on_date=acting.on_date)
    run_id = ReceivedRun.objects.filter(purpose=acting.purpose, is_current=True).values_list(
        "run_id", flat=True
    )
    values = {
        "outcome": str(new.outcome),
        "reason": new.reason.strip(),
        "decided_on": acting.on_date,
        "next_action_on": new.next_action_on,
        "run_id": run_id.first() or "",
    }
    return write_entries(
        acting, "case.decide", [Decision(**_about(acting, one), **values) for one in persons]
    )


def give_feedback(acting: Acting, person_id: int, new: NewFeedback) -> Feedback:
    """Say whether a reason is right.

    Raises:
        EntryFaultError: wrong, but it does not say in which department's data.
        NotTheirsError: not theirs to decide about; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    check_feedback(new)
    values = {
        "pack": new.pack,
        "indicator": new.indicator,
        "verdict": str(new.verdict),
        "source": new.source,
        "note": new.note.strip(),
    }
    return write_entries(acting, "case.feedback", [Feedback(**_about(acting, person_id), **values)])[0]


def note_contact(acting: Acting, person_id: int, new: NewContact) -> ContactMade:
    """Note that somebody was in touch with a child or its family.

    Raises:
        EntryFaultError: a day that has not come, or a letter that saw the child.
        NotTheirsError: not theirs to note a contact with; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    check_contact(new, on_date=acting.on_date)
    values = {
        "occurred_on": new.occurred_on,
        "way": str(new.way),
        "saw_child": new.saw_child,
        "note": new.note.strip(),
    }
    return write_entries(acting, "case.contact", [ContactMade(**_about(acting, person_id), **values)])[0]


def defer_task(acting: Acting, person_id: int, until: date, reason: str) -> Deferral:
    """Put off what is due for a child, for a written reason.

    Raises:
        EntryFaultError: no reason, or a day that has passed.
        NotTheirsError: not theirs to decide about; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    check_deferral(until, reason, on_date=acting.on_date)
    deferral = Deferral(**_about(acting, person_id), until=until, reason=reason.strip())
    return write_entries(acting, "case.defer", [deferral])[0]


def assign_child(acting: Acting, persons: Sequence[int], charge: Charge, reason: str = "") -> list[Assigning]:
    """Put somebody in charge of some children from today on, of all of them or of none. Others in charge stay so.

    Raises:
        NotTheirsError: one of them is not theirs to give; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    return write_entries(acting, "case.assign", _charge(acting, persons, charge, reason, is_end=False))


def end_assignment(
    acting: Acting, persons: Sequence[int], charge: Charge, reason: str = ""
) -> list[Assigning]:
    """Somebody is not in charge of some children any more, from today on.

    Raises:
        NotTheirsError: one of them is not theirs to give; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    return write_entries(acting, "case.unassign", _charge(acting, persons, charge, reason, is_end=True))


def take_back(acting: Acting, entries: Sequence[UUID]) -> list[TakingBack]:
    """Take back decisions, feedback, contacts, deferrals or shared versions of one's own: they were made in error. All of them or none.

    Raises:
        EntryNotFoundError: one of them is none of theirs, or was taken back before.
        NotRecordedError: no audit row, so nothing was kept.
    """
    found: list[Entry] = [
        entry
        for kind in (Decision, Feedback, ContactMade, Deferral, SharedVersion)
        for entry in kind.objects.filter(pk__in=entries, staff=acting.staff)
    ]
    if len(found) < len(set(entries)) or TakingBack.objects.filter(about__in=entries).exists():
        raise EntryNotFoundError(
            "取り消す記録が見つかりません。",
            why="ほかの人の記録か、もう取り消したものです。",
            todo="画面を開き直して、いまの記録を確かめてください。",
        )
    backs = [TakingBack(**_about(acting, entry.person_id), about=entry.pk) for entry in found]
    return write_entries(acting, "case.take_back", backs)


def _about(acting: Acting, person_id: int) -> dict[str, object]:
    return {"person_id": person_id, "purpose": acting.purpose, "staff": acting.staff}


def _charge(
    acting: Acting, persons: Sequence[int], charge: Charge, reason: str, *, is_end: bool
) -> list[Assigning]:
    values = {"assignee": charge.assignee, "team_id": charge.team_id, "reason": reason.strip()}
    return [
        Assigning(**_about(acting, one), **values, is_end=is_end, from_on=acting.on_date) for one in persons
    ]


def write_entries(acting: Acting, act: str, entries: list[Written]) -> list[Written]:
    """One audit row a child, then the rows; a policy that forbids one of them forbids all.

    Raises:
        NotTheirsError: one of them is forbidden; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    if not entries:
        return []
    for entry in entries:
        record(Act(act, Outcome.CHANGED, "child", show_id(entry.person_id)))
    try:
        with transaction.atomic():
            type(entries[0])._default_manager.bulk_create(entries)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _FORBIDDEN:
            raise
        _refuse(acting, act, entries)
    return entries


def _refuse(acting: Acting, act: str, entries: Sequence[Entry]) -> NoReturn:
    for entry in entries:
        record_refusal(acting, Act(act, Outcome.REFUSED, "child", show_id(entry.person_id)))
    raise NotTheirsError(
        "そのこどもについて、これを記録する権限がありません。",
        why="担当でないこどもが含まれているか、いまの役割ではできないことです。どのこどもかは、お答えできません。",
        todo="担当を確かめてください。担当を決めるのは、調整担当か係長です。",
    )
