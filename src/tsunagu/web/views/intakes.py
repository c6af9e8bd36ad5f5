"""受付: the list and one of them; received, the child seen, closed for a reason, each to be taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.session import Acting
from tsunagu.cases.duty import find_duty
from tsunagu.cases.entries import NewSighting
from tsunagu.cases.intake_models import Ending, IntakeStep, StepKind
from tsunagu.cases.intake_reading import IntakeState, list_intakes, open_intake
from tsunagu.cases.intakes import close_intake, note_sighting, take_receipt, take_step_back
from tsunagu.cases.operations import EntryNotFoundError
from tsunagu.cases.policies import EntryFaultError
from tsunagu.people.models import DirectoryEntry
from tsunagu.web.addresses import read_own_address
from tsunagu.web.child_forms import WAY_TITLES
from tsunagu.web.intake_forms import (
    ENDING_TITLES,
    INFORMED_TITLES,
    SEEN_TITLES,
    SOURCE_TITLES,
    TURN_TITLES,
    URGENCY_WORDS,
    ClosingForm,
    SightingForm,
    describe_clock,
)
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting

STEP_TITLES: dict[str, Promise] = {
    StepKind.RECEIPT: _("受け取りました"),
    StepKind.SIGHTING: _("姿を見ました"),
    StepKind.CLOSING: _("姿を見ずに終えました"),
}


@require_safe
def show_intakes(request: HttpRequest) -> HttpResponse:
    """Those whose clock runs, and those that were over of late."""
    with begin_acting(request) as acting:
        states = list_intakes(acting)
        duty = find_duty(acting.on_date)
        known = DirectoryEntry.objects.in_bulk(
            [one.intake.person_id for one in states if one.intake.person_id]
        )
    rows = [(one, _describe(one), known.get(one.intake.person_id or 0)) for one in states]
    content = {
        "running": [row for row in rows if row[0].end is None],
        "over": [row for row in rows if row[0].end is not None],
        "duty": duty,
    }
    return render(request, "desk/intakes.html", content)


@require_safe
def show_intake(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """One intake."""
    return _show(request, intake_id, {})


@require_POST
def receive(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """受け取りました."""
    with begin_acting(request) as acting:
        step = take_receipt(acting, intake_id)
    _offer(request, _("受け取りました。"), step)
    back = request.POST.get("next", "")
    return redirect(read_own_address(request, back)) if back else redirect("show_intake", intake_id=intake_id)


@require_POST
def note_seen(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """One of us saw the child."""

    def write(acting: Acting, said: dict[str, Any]) -> IntakeStep:
        return note_sighting(acting, intake_id, NewSighting(said["occurred_on"], said["way"], said["note"]))

    words = _("姿を見たことを記録しました。48時間の時計は止まりました。")
    return _keep(request, intake_id, "sighting", SightingForm(request.POST), write, words)


@require_POST
def close(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """It is over for a written reason."""

    def write(acting: Acting, said: dict[str, Any]) -> IntakeStep:
        return close_intake(acting, intake_id, Ending(said["ending"]), said["note"])

    words = _("わけを残して、受付を終えました。")
    return _keep(request, intake_id, "closing", ClosingForm(request.POST), write, words)


@require_POST
def undo(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Take back what one wrote oneself a moment ago."""
    try:
        step = UUID(request.POST.get("step", ""))
    except ValueError:
        step = UUID(int=0)
    with begin_acting(request) as acting:
        if not IntakeStep.objects.filter(pk=step, intake=intake_id).exists():
            raise EntryNotFoundError(
                "取り消す記録が見つかりません。",
                why="ほかの受付の記録か、もう取り消したものです。",
                todo="受付の頁を開き直して、いまの記録を確かめてください。",
            )
        take_step_back(acting, step)
    offer_undo(request, Undo(str(_("取り消しました。"))))
    return redirect("show_intake", intake_id=intake_id)


def _keep(
    request: HttpRequest,
    intake_id: UUID,
    name: str,
    form: forms.Form,
    write: Callable[[Acting, dict[str, Any]], IntakeStep],
    words: Promise,
) -> HttpResponse:
    """Keep what was written, or show the page again with the form as it was typed and nothing kept."""
    if form.is_valid():
        try:
            with begin_acting(request) as acting:
                step = write(acting, form.cleaned_data)
        except EntryFaultError as fault:
            form.add_error(fault.field, f"{fault.what}{fault.todo}")
        else:
            _offer(request, words, step)
            return redirect("show_intake", intake_id=intake_id)
    return _show(request, intake_id, {name: form}, status=422)


def _offer(request: HttpRequest, words: Promise, step: IntakeStep) -> None:
    address = reverse("undo_intake_step", kwargs={"intake_id": step.intake_id})
    offer_undo(request, Undo(str(words), address, {"step": str(step.pk)}))


def _show(
    request: HttpRequest, intake_id: UUID, typed: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    with begin_acting(request) as acting:
        state = open_intake(acting, intake_id)
        duty = find_duty(acting.on_date)
        entry = (
            DirectoryEntry.objects.filter(pk=state.intake.person_id).first()
            if state.intake.person_id
            else None
        )
    intake = state.intake
    receipt = state.receipt
    content = {
        "state": state,
        "intake": intake,
        "entry": entry,
        "duty": duty,
        "is_mine": receipt is not None and receipt.staff_id == acting.staff.pk,
        "words": _describe(state),
        "source": SOURCE_TITLES[intake.source],
        "seen": SEEN_TITLES[intake.was_seen],
        "tell_also": [INFORMED_TITLES[one] for one in intake.tell_also],
        "steps": [(one, STEP_TITLES[one.kind], _say_more(one)) for one in state.steps],
        "sighting": SightingForm(initial={"occurred_on": acting.on_date}),
        "closing": ClosingForm(),
        **typed,
    }
    return render(request, "desk/intake.html", content, status=status)


def _describe(state: IntakeState) -> dict[str, Any]:
    """The clock, whose turn it is and how soon, in words; `mark`: the sign of it."""
    return {
        "clock": describe_clock(state.intake.due_at, state.at),
        "mark": "good" if state.end else "urgent" if state.is_urgent else "warn",
        "turn": TURN_TITLES[state.turn],
        "urgency": URGENCY_WORDS[state.intake.urgency],
        "end": STEP_TITLES[state.end.kind] if state.end else "",
    }


def _say_more(step: IntakeStep) -> str | Promise:
    return WAY_TITLES.get(step.way, "") if step.way else ENDING_TITLES.get(step.ending, "")
