"""What is decided about several children of the list at once: for all of them or for none, with undo."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tsunagu.access.models import Staff
from tsunagu.access.session import Acting, acting_as
from tsunagu.cases.chosen import list_chosen, list_new_charges
from tsunagu.cases.entries import Charge, NewDecision
from tsunagu.cases.narrowing import CAPACITY_AT_MOST
from tsunagu.cases.operations import assign_child, decide_outcome, end_assignment, take_back
from tsunagu.cases.policies import EntryFaultError
from tsunagu.pipeline.seam import OutcomeKind
from tsunagu.web.addresses import read_own_address
from tsunagu.web.fields import DayField
from tsunagu.web.narrowing_address import read_shown, write_address
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo

ASSIGN = "assign"
_DEEDS = {
    ASSIGN: _("担当を決める"),
    str(OutcomeKind.WATCH): _("見守り（次に様子を見る日まで）"),
    str(OutcomeKind.OFFER): _("案内の候補にする"),
    str(OutcomeKind.COUNCIL): _("会議にかける"),
}
_REASON_LENGTH = 1000


class StaffChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """One of the staff, by name and department."""

    def label_from_instance(self, staff: Any) -> str:
        """What the list shows."""
        return f"{staff.name}（{staff.department}）"


class ChosenForm(forms.Form):
    """What is decided about all who were ticked."""

    deed = forms.ChoiceField(
        label=_("すること"),
        choices=list(_DEEDS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("どれか一つを選んでください。"),
            "invalid_choice": _("下から選んでください。"),
        },
    )
    assignee = StaffChoice(
        Staff.objects.none(),
        label=_("担当にする人"),
        required=False,
        help_text=_("「担当を決める」のときに選びます。"),
        error_messages={"invalid_choice": _("下から選んでください。")},
    )
    next_action_on = DayField(
        label=_("次に動く日"), required=False, help_text=_("「担当を決める」のほかは、必ず入れます。")
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=_REASON_LENGTH,
        widget=forms.Textarea,
        help_text=_("全員に同じ理由が残ります。"),
        error_messages={
            "required": _("理由を書いてください。"),
            "max_length": _("理由は1000文字までにしてください。"),
        },
    )

    def __init__(self, posted: QueryDict | None = None) -> None:
        super().__init__(posted)
        assignee = self.fields["assignee"]
        assert isinstance(assignee, StaffChoice)
        assignee.queryset = Staff.objects.filter(is_active=True).order_by("department", "staff_number")

    def clean(self) -> dict[str, Any]:
        """Whoever is put in charge must be named."""
        if self.cleaned_data.get("deed") == ASSIGN and not self.cleaned_data.get("assignee"):
            self.add_error("assignee", _("担当にする人を選んでください。"))
        return self.cleaned_data


@require_POST
def decide_chosen(request: HttpRequest) -> HttpResponse:
    """First asks what is to be done with those who were ticked, and why; then does it."""
    back = _write_way_back(request)
    persons = _read_persons(request.POST.getlist("person"))
    if not persons:
        offer_undo(request, Undo(str(_("だれも選ばれていません。左の四角に印をつけてください。"))))
        return redirect(back)
    if "step" not in request.POST:
        return _ask(request, ChosenForm(), persons)
    form = ChosenForm(request.POST)
    undo = _do(request, form, persons) if form.is_valid() else None
    if undo is None:
        return _ask(request, form, persons, status=422)
    offer_undo(request, undo)
    return redirect(back)


@require_POST
def undo_chosen(request: HttpRequest) -> HttpResponse:
    """Take back what was decided about several at once, all of it or nothing."""
    try:
        entries = [UUID(one) for one in request.POST.get("entries", "").split(",") if one]
    except ValueError:
        entries = []
    persons = _read_persons(request.POST.get("persons", "").split(","))
    assignee = Staff.objects.filter(staff_number=request.POST.get("assignee", "")).first()
    with _acting(request) as acting:
        if assignee is not None:
            end_assignment(acting, persons, Charge(assignee), str(_("取り消し")))
        elif entries:
            take_back(acting, entries)
    offer_undo(request, Undo(str(_("元に戻しました。"))))
    return redirect(_write_way_back(request))


def _write_way_back(request: HttpRequest) -> str:
    """The list as it was narrowed, or the page of ours that asked."""
    if "next" in request.POST:
        return read_own_address(request, request.POST["next"])
    return write_address(read_shown(QueryDict(request.POST.get("back", ""))))


def _acting(request: HttpRequest) -> Any:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return acting_as(standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id)


def _ask(request: HttpRequest, form: ChosenForm, persons: list[int], status: int = 200) -> HttpResponse:
    with _acting(request) as acting:
        children = list_chosen(acting, persons)
    content = {
        "form": form,
        "persons": persons,
        "children": children,
        "carried": _list_carried(request).items(),
        "back_address": _write_way_back(request),
    }
    return render(request, "desk/narrowing_chosen.html", content, status=status)


def _do(request: HttpRequest, form: ChosenForm, persons: list[int]) -> Undo | None:
    """What can be undone; None when the form is to be mended."""
    try:
        with _acting(request) as acting:
            undo = _decide(acting, form.cleaned_data, persons)
    except EntryFaultError as fault:
        form.add_error(fault.field, f"{fault.what}{fault.todo}")
        return None
    return Undo(undo.words, undo.address, {**undo.fields, **_list_carried(request)})


def _list_carried(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in ("back", "next") if name in request.POST}


def _decide(acting: Acting, given: dict[str, Any], persons: list[int]) -> Undo:
    address = reverse("undo_chosen")
    words = str(_("%(count)s人: %(deed)s") % {"count": len(persons), "deed": _DEEDS[given["deed"]]})
    if given["deed"] == ASSIGN:
        new = list_new_charges(acting, persons, given["assignee"])
        assign_child(acting, new, Charge(given["assignee"]), given["reason"])
        fields = {"persons": ",".join(map(str, new)), "assignee": given["assignee"].staff_number}
        return Undo(words, address if new else "", fields)
    next_action_on: date | None = given["next_action_on"]
    decisions = decide_outcome(
        acting, persons, NewDecision(OutcomeKind(given["deed"]), given["reason"], next_action_on)
    )
    return Undo(words, address, {"entries": ",".join(str(one.pk) for one in decisions)})


def _read_persons(values: list[str]) -> list[int]:
    """Numbers of children, each once, no more than a page ever shows."""
    numbers = (int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 20)
    return list(dict.fromkeys(number for number in numbers if number < 1 << 60))[: CAPACITY_AT_MOST + 50]
