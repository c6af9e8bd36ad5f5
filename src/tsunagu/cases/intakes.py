"""受付: what somebody tells about a child is taken down, received by one of us, and over once the child was seen.

Called inside `acting_as`. Each deed writes its row of the audit trail first, all of it or nothing. Whose intakes there
are is decided by the row policies.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from django.db import ProgrammingError, transaction

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.clock import read_moment
from tsunagu.access.permission import do_by_right
from tsunagu.access.queries import list_rights_over
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases.entries import NewContact, NewIntake, NewSighting
from tsunagu.cases.intake_models import (
    CHECK_WITHIN,
    Ending,
    Intake,
    IntakeDraft,
    IntakeStep,
    StepKind,
    Urgency,
)
from tsunagu.cases.intake_reading import IntakeNotFoundError, find_state, read_day
from tsunagu.cases.models import ContactMade
from tsunagu.cases.operations import EntryNotFoundError, NotTheirsError, note_contact, take_back
from tsunagu.cases.policies import check_ending, check_intake, check_sighting
from tsunagu.catalog.roles import Right
from tsunagu.pipeline.seam import ContactWay
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

TURNS = {
    Urgency.NOW: (timedelta(), timedelta(minutes=15)),
    Urgency.TODAY: (timedelta(minutes=60), timedelta(minutes=120)),
    Urgency.IN_TIME: (timedelta(minutes=120), timedelta(minutes=240)),
}
"""After how long it is the duty officer's, and the deputy's too, when nobody has received it."""
_FORBIDDEN = "42501"
Written = TypeVar("Written")


class DraftNotFoundError(TsunaguError):
    """Nothing of theirs was begun under that number: an intake begins with a search."""

    exit_code = ExitCode.NOT_FOUND


class IntakeOverError(TsunaguError):
    """The child was seen, or the intake was closed, in the meantime."""

    exit_code = ExitCode.NOT_ALLOWED


def begin_intake(
    acting: Acting,
    person_id: int | None,
    content: dict[str, Any],
    *,
    searched_at: datetime,
    candidates: int | None,
) -> IntakeDraft:
    """Begin to write, after a search; what is written keeps itself.

    Args:
        acting: who.
        person_id: the child, who was opened; None: none of those found.
        content: what the form begins with.
        searched_at: when the search was made.
        candidates: how many children it showed; None: nothing was known to search by.

    Raises:
        RightMissingError: no role of the day takes intakes.
        NotRecordedError: no audit row, so nothing was kept.
    """
    do_by_right(acting, Right.TAKE_INTAKE, _about_child("case.intake.begin", person_id, acting.purpose))
    return IntakeDraft.objects.create(
        person_id=person_id,
        purpose=acting.purpose,
        staff=acting.staff,
        content=content,
        searched_at=searched_at,
        candidates=candidates,
    )


def get_draft(acting: Acting, draft_id: UUID) -> IntakeDraft:
    """One's own draft.

    Raises:
        DraftNotFoundError: there is none.
    """
    found = IntakeDraft.objects.filter(pk=draft_id, staff=acting.staff).first()
    if found is None:
        raise DraftNotFoundError(
            "書きかけの受付が見つかりません。",
            why="受付は、こどもをさがしてから始めます。もう受け付けたか、捨てたか、ほかの目的のものです。",
            todo="「さがす・受付」から始めてください。",
        )
    return found


def list_drafts(acting: Acting) -> list[IntakeDraft]:
    """What whoever acts has begun and not finished, the latest first."""
    return list(IntakeDraft.objects.filter(staff=acting.staff).order_by("-saved_at", "pk"))


def save_draft(acting: Acting, draft_id: UUID, content: dict[str, Any]) -> IntakeDraft:
    """Keep what is typed so far; no audit row, because nobody but whoever types it ever sees it.

    Raises:
        DraftNotFoundError: there is none.
    """
    draft = get_draft(acting, draft_id)
    draft.content, draft.saved_at = content, read_moment(acting.on_date)
    draft.save(update_fields=["content", "saved_at"])
    return draft


def discard_draft(acting: Acting, draft_id: UUID) -> None:
    """Throw away what was begun.

    Raises:
        DraftNotFoundError: there is none.
    """
    get_draft(acting, draft_id).delete()


def receive_intake(acting: Acting, draft_id: UUID, new: NewIntake, *, takes_on: bool) -> Intake:
    """Take down what was told: the clock runs from when it came in. The same draft a second time is the same intake.

    Args:
        acting: who.
        draft_id: what was begun; it is gone afterwards.
        new: what was told.
        takes_on: whoever acts receives it themselves.

    Raises:
        DraftNotFoundError: nothing was begun under that number.
        EntryFaultError: nothing was said, or a time that has not come.
        NotTheirsError: not theirs to take; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    there = Intake.objects.filter(pk=draft_id, staff=acting.staff).first()
    if there is not None:
        return there
    draft = get_draft(acting, draft_id)
    noted_at = read_moment(acting.on_date)
    check_intake(new, at=noted_at)
    to_duty, to_deputy = TURNS[new.urgency]
    intake = Intake(
        **asdict(new) | {"tell_also": [str(one) for one in new.tell_also]},
        id=draft.pk,
        person_id=draft.person_id,
        purpose=acting.purpose,
        staff=acting.staff,
        noted_at=noted_at,
        duty_at=noted_at + to_duty,
        deputy_at=noted_at + to_deputy,
        due_at=new.received_at + CHECK_WITHIN,
        searched_at=draft.searched_at,
        candidates=draft.candidates,
    )
    _write(acting, "case.intake", intake, intake.save)
    if takes_on:
        _add_step(acting, intake, "case.receipt", StepKind.RECEIPT)
    draft.delete()
    return intake


def take_receipt(acting: Acting, intake_id: UUID) -> IntakeStep:
    """受け取りました: from here on whoever acts answers for the child being seen. Also from a colleague.

    Raises:
        IntakeNotFoundError: there is none, or it is not theirs.
        IntakeOverError: it is over.
        NotRecordedError: no audit row, so nothing was kept.
    """
    return _add_step(acting, _get_open(acting, intake_id), "case.receipt", StepKind.RECEIPT)


def note_sighting(acting: Acting, intake_id: UUID, new: NewSighting) -> IntakeStep:
    """One of us saw the child: the clock is over. Whoever may note contacts with the child has noted one with it.

    Raises:
        IntakeNotFoundError: there is none, or it is not theirs.
        IntakeOverError: it is over.
        EntryFaultError: a day before it came in, or that has not come, or a way by which nobody sees a child.
        NotRecordedError: no audit row, so nothing was kept.
    """
    intake = _get_open(acting, intake_id)
    check_sighting(new.occurred_on, new.way, received_on=read_day(intake.received_at), on_date=acting.on_date)
    if intake.person_id is not None and list_rights_over(intake.person_id, [Right.NOTE_CONTACT]):
        contact = NewContact(new.occurred_on, ContactWay(new.way), saw_child=True, note=new.note)
        made = note_contact(acting, intake.person_id, contact)
        # The database ends the clock of every open intake of the child by the contact.
        return IntakeStep.objects.get(intake=intake, contact=made.pk)
    values = {"occurred_on": new.occurred_on, "way": new.way, "note": new.note.strip()}
    return _add_step(acting, intake, "case.sighting", StepKind.SIGHTING, **values)


def close_intake(acting: Acting, intake_id: UUID, ending: Ending, note: str) -> IntakeStep:
    """End the clock though none of us saw the child, for a written reason.

    Raises:
        IntakeNotFoundError: there is none, or it is not theirs.
        IntakeOverError: it is over.
        EntryFaultError: the reason is not written.
        NotRecordedError: no audit row, so nothing was kept.
    """
    intake = _get_open(acting, intake_id)
    check_ending(note)
    values = {"ending": str(ending), "note": note.strip()}
    return _add_step(acting, intake, "case.closing", StepKind.CLOSING, **values)


def take_step_back(acting: Acting, step_id: UUID) -> None:
    """Take back a step of one's own: it was made in error. A sighting that came of a contact takes the contact back.

    Raises:
        EntryNotFoundError: none of theirs, or taken back before.
        NotRecordedError: no audit row, so nothing was kept.
    """
    step = (
        IntakeStep.objects.filter(pk=step_id, staff=acting.staff)
        .exclude(kind=str(StepKind.TAKING_BACK))
        .select_related("intake")
        .first()
    )
    if step is None or IntakeStep.objects.filter(about=step_id, staff=acting.staff).exists():
        raise EntryNotFoundError(
            "取り消す記録が見つかりません。",
            why="ほかの人の記録か、もう取り消したものです。",
            todo="画面を開き直して、いまの記録を確かめてください。",
        )
    if step.contact is not None and ContactMade.objects.filter(pk=step.contact, staff=acting.staff).exists():
        take_back(acting, [step.contact])
        return
    _add_step(acting, step.intake, "case.take_back", StepKind.TAKING_BACK, about=step.pk)


def _get_open(acting: Acting, intake_id: UUID) -> Intake:
    state = find_state(acting, intake_id)
    if state is None:
        record_refusal(acting, Act("case.intake.open", Outcome.REFUSED, "intake", str(intake_id)))
        raise IntakeNotFoundError.make()
    if state.end is not None:
        raise IntakeOverError(
            "この受付は、もう終わっています。",
            why="ほかの人が姿を見たか、わけを書いて終えました。",
            todo="受付の頁を開き直して、いまの記録を確かめてください。",
        )
    return state.intake


def _add_step(acting: Acting, intake: Intake, act: str, kind: StepKind, **values: Any) -> IntakeStep:
    step = IntakeStep(
        intake=intake,
        person_id=intake.person_id,
        purpose=acting.purpose,
        staff=acting.staff,
        happened_at=read_moment(acting.on_date),
        kind=str(kind),
        **values,
    )
    _write(acting, act, step, step.save)
    return step


def _write(acting: Acting, act: str, row: Intake | IntakeStep, save: Callable[..., None]) -> None:
    """The audit row, then the row; what a policy forbids is recorded as refused."""
    record(_about_intake(act, row, Outcome.CHANGED))
    try:
        with transaction.atomic():
            save(force_insert=True)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _FORBIDDEN:
            raise
        _refuse(acting, act, row)


def _refuse(acting: Acting, act: str, row: Intake | IntakeStep) -> NoReturn:
    record_refusal(acting, _about_intake(act, row, Outcome.REFUSED))
    raise NotTheirsError(
        "これを受付に記録する権限がありません。",
        why="いまの役割では受付ができないか、見られないこどものことです。どちらであるかは、お答えできません。",
        todo="急ぐときは、今日の当番か係長に、すぐ声をかけてください。",
    )


def _about_intake(act: str, row: Intake | IntakeStep, outcome: Outcome) -> Act:
    if row.person_id is not None:
        return Act(act, outcome, "child", show_id(row.person_id))
    number = row.pk if isinstance(row, Intake) else row.intake_id
    return Act(act, outcome, "intake", str(number))


def _about_child(act: str, person_id: int | None, purpose: str) -> Act:
    if person_id is None:
        return Act(act, Outcome.CHANGED, "purpose", purpose)
    return Act(act, Outcome.CHANGED, "child", show_id(person_id))
