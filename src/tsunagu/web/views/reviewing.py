"""同じ人か: two records side by side, decided by a person one pair at a time, the most useful first."""

import uuid
from contextlib import AbstractContextManager
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.auditing import record_refusal
from tsunagu.access.permission import do_by_right
from tsunagu.access.queries import list_sealed
from tsunagu.access.session import DATA_KEEPING, Acting, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.pipeline.seam import (
    LinkDecision,
    ReviewQueue,
    is_review_hidden,
    list_review_pairs,
    open_seam,
    record_decisions,
)
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.identifiers import read_id, show_id
from tsunagu.web.fields import TidyNumberField, TidyTextField
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo

_USUAL_CAPACITY, _MOST_CAPACITY = 50, 500
_NOTE_LENGTH = 200
_UNDO = "undo"
_DECISIONS = {"same": _("同じ人"), "different": _("別の人"), "unsure": _("分からない")}
_REASONS = {
    "compared": _("並べて見比べた"),
    "asked_department": _("担当課に確かめた"),
    "asked_family": _("本人か保護者に確かめた"),
    "register": _("戸籍や住民票で確かめた"),
}


class CapacityForm(forms.Form):
    """How many pairs people will look at."""

    capacity = TidyNumberField(
        label=_("見る組の数"),
        min_value=1,
        max_value=_MOST_CAPACITY,
        error_messages={"required": _("組の数を入れてください。")},
    )


class DecisionForm(forms.Form):
    """What the two records are to each other, and how one knows."""

    pair = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=list(_DECISIONS.items()),
        error_messages={"required": _("同じ人か、別の人か、分からないかを選んでください。")},
    )
    reason = forms.ChoiceField(
        label=_("決めた理由"), choices=list(_REASONS.items()), initial="compared", widget=forms.RadioSelect
    )
    note = TidyTextField(label=_("添える言葉（なくてもよい）"), required=False, max_length=_NOTE_LENGTH)

    def clean_pair(self) -> tuple[int, int]:
        """The numbers of the record and of the person."""
        try:
            subject, person = (read_id(part) for part in self.cleaned_data["pair"].split("/"))
        except ValueError:
            raise forms.ValidationError(_("どの組のことか読めません。開き直してください。")) from None
        return subject, person


@require_safe
def show_review(request: HttpRequest) -> HttpResponse:
    """The next pair."""
    standing = _get_standing(request)
    form = CapacityForm(request.GET if "capacity" in request.GET else {"capacity": str(_USUAL_CAPACITY)})
    if not form.is_valid():
        _record(standing, Act("link.review", Outcome.READ, "queue"))
        return render(request, "desk/review.html", {"form": form}, status=422)
    capacity = form.cleaned_data["capacity"]
    return _render(request, standing, capacity, form=form)


@require_POST
def decide_pair(request: HttpRequest) -> HttpResponse:
    """Keep one decision; it counts from the next run on."""
    standing = _get_standing(request)
    capacity = _read_capacity(request.POST)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _render(request, standing, capacity, decision=form, status=422)
    subject, person = form.cleaned_data["pair"]
    how = str(_REASONS[form.cleaned_data["reason"]])
    reason = "。".join(part for part in (how, form.cleaned_data["note"]) if part)
    _keep(standing, subject, person, form.cleaned_data["decision"], reason)
    undo_fields = {"pair": _name(subject, person), "capacity": str(capacity)}
    said = _("「%(decision)s」と決めました。次の判定から使われます。")
    words = said % {"decision": _DECISIONS[form.cleaned_data["decision"]]}
    offer_undo(request, Undo(str(words), reverse("undo_pair"), undo_fields))
    return redirect(f"{reverse('show_review')}?capacity={max(capacity - 1, 1)}")


@require_POST
def undo_pair(request: HttpRequest) -> HttpResponse:
    """Take one decision back: the pair waits again."""
    standing = _get_standing(request)
    form = DecisionForm({**request.POST.dict(), "decision": "unsure", "reason": "compared"})
    _record(standing, Act("link.review", Outcome.READ, "queue"))
    if form.is_valid():
        subject, person = form.cleaned_data["pair"]
        _keep(standing, subject, person, _UNDO, str(_("画面で取り消した")))
        offer_undo(request, Undo(str(_("判断を取り消しました。その組は、また待っています。"))))
    return redirect(f"{reverse('show_review')}?capacity={_read_capacity(request.POST)}")


def _render(
    request: HttpRequest,
    standing: Standing,
    capacity: int,
    *,
    form: CapacityForm | None = None,
    decision: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    _record(standing, Act("link.review", Outcome.READ, "queue"))
    queue = _list(standing, capacity)
    pair = queue.pairs[0] if queue and queue.pairs else None
    name = _name(pair.subject_id, pair.person_id) if pair else ""
    if pair:
        _record(standing, Act("link.pair", Outcome.READ, "pair", name))
    if decision is not None and decision.data.get("pair") != name:
        decision = None  # another pair by now
    content = {
        "form": form or CapacityForm({"capacity": str(capacity)}),
        "decision": decision or DecisionForm(initial={"pair": name, "reason": "compared"}),
        "capacity": capacity,
        "queue": queue,
        "pair": pair,
        "subject": show_id(pair.subject_id) if pair else "",
    }
    return render(request, "desk/review.html", content, status=status)


def _keep(standing: Standing, subject: int, person: int, decision: str, reason: str) -> None:
    """Record it in the audit trail, then hand it back through the door.

    Raises:
        Http404: the pair leads to a relative of whoever decides; that it was tried is on record.
    """
    _refuse_sealed(standing, Act(f"link.{decision}", Outcome.REFUSED, "pair", _name(subject, person)))
    _record(standing, Act(f"link.{decision}", Outcome.CHANGED, "pair", _name(subject, person)))
    entry = LinkDecision(str(uuid.uuid4()), subject, person, decision, reason, standing.staff.staff_number)
    record_decisions(open_seam(_get_home(), on=standing.on_date), [entry])


def _refuse_sealed(standing: Standing, act: Act) -> None:
    sealed = _list_sealed(standing)
    subject, person = (read_id(part) for part in act.object_id.split("/"))
    if is_review_hidden(open_seam(_get_home(), on=standing.on_date), subject, person, hidden=sealed):
        with _acting(standing) as acting:
            record_refusal(acting, act)
        raise Http404


def _list(standing: Standing, capacity: int) -> ReviewQueue | None:
    seam = open_seam(_get_home(), on=standing.on_date)
    return list_review_pairs(seam, capacity=capacity, hidden=_list_sealed(standing))


def _list_sealed(standing: Standing) -> frozenset[int]:
    with _acting(standing) as acting:
        return list_sealed(acting.staff, on_date=acting.on_date)


def _name(subject: int, person: int) -> str:
    return f"{show_id(subject)}/{show_id(person)}"


def _read_capacity(posted: QueryDict) -> int:
    form = CapacityForm(posted)
    return form.cleaned_data["capacity"] if form.is_valid() else _USUAL_CAPACITY


def _record(standing: Standing, act: Act) -> None:
    with _acting(standing) as acting:
        do_by_right(acting, Right.REVIEW_LINKS, act)


def _acting(standing: Standing) -> AbstractContextManager[Acting]:
    return acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing


def _get_home() -> Path:
    home = settings.HOME
    assert home is not None
    return home
