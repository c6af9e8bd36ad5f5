"""What is written on こどものページ: a decision, whether a reason is right, a contact; each can be taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tsunagu.access.session import Acting
from tsunagu.cases.entries import NewContact, NewDecision, NewFeedback
from tsunagu.cases.models import Entry, Verdict
from tsunagu.cases.operations import decide_outcome, give_feedback, note_contact, take_back
from tsunagu.cases.policies import EntryFaultError
from tsunagu.people.operations import access_person_by_id
from tsunagu.pipeline.seam import ContactWay, OutcomeKind
from tsunagu.web.child_forms import ContactForm, DecisionForm, FeedbackForm
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting, show_again

Write = Callable[[Acting, int, dict[str, Any]], Entry]


@require_POST
def decide_child(request: HttpRequest, person_id: int) -> HttpResponse:
    """Decide what follows."""
    return _keep(
        request, person_id, "decision", DecisionForm(request.POST), _decide, _("判断を記録しました。")
    )


@require_POST
def note_child_contact(request: HttpRequest, person_id: int) -> HttpResponse:
    """Note a contact."""
    return _keep(request, person_id, "contact", ContactForm(request.POST), _note, _("連絡を記録しました。"))


@require_POST
def judge_reason(request: HttpRequest, person_id: int) -> HttpResponse:
    """Say whether a reason is right."""
    form = FeedbackForm(request.POST)
    return _keep(request, person_id, "feedback", form, _judge, _("理由についての意見を記録しました。"))


@require_POST
def take_entry_back(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take back what one wrote oneself a moment ago."""
    try:
        entry = UUID(request.POST.get("entry", ""))
    except ValueError:
        entry = UUID(int=0)
    with begin_acting(request) as acting:
        access_person_by_id(acting, person_id)
        take_back(acting, [entry])
    offer_undo(request, Undo(str(_("取り消しました。"))))
    return redirect("show_child", person_id=person_id)


def _keep(
    request: HttpRequest, person_id: int, name: str, form: forms.Form, write: Write, words: Promise
) -> HttpResponse:
    """Keep what was written, or show the page again with the form as it was typed and nothing kept."""
    if form.is_valid():
        try:
            with begin_acting(request) as acting:
                access_person_by_id(acting, person_id)
                entry = write(acting, person_id, form.cleaned_data)
        except EntryFaultError as error:
            form.add_error(error.field if error.field in form.fields else None, f"{error.what}{error.todo}")
        else:
            address = reverse("take_entry_back", kwargs={"person_id": person_id})
            offer_undo(request, Undo(str(words), address, {"entry": str(entry.pk)}))
            return redirect("show_child", person_id=person_id)
    return show_again(request, person_id, {name: form})


def _decide(acting: Acting, person_id: int, typed: dict[str, Any]) -> Entry:
    new = NewDecision(OutcomeKind(typed["outcome"]), typed["reason"], typed["next_action_on"])
    return decide_outcome(acting, [person_id], new)[0]


def _note(acting: Acting, person_id: int, typed: dict[str, Any]) -> Entry:
    way = ContactWay(typed["way"])
    return note_contact(
        acting, person_id, NewContact(typed["occurred_on"], way, typed["saw_child"], typed["note"])
    )


def _judge(acting: Acting, person_id: int, typed: dict[str, Any]) -> Entry:
    verdict = Verdict(typed["verdict"])
    source = typed["source"] if verdict is Verdict.WRONG else ""
    new = NewFeedback(typed["pack"], typed["indicator"], verdict, source, typed["note"])
    return give_feedback(acting, person_id, new)
