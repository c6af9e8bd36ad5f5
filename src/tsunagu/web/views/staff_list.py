"""職員の一覧を Excel で入れる: for administrators; what begins and ends is shown before anything is changed."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.models import NAME_LENGTH, Staff
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.access.staff_list import Checked, check_staff_list, export_staff_list, take_over_staff_list
from tsunagu.access.staff_sheets import Words
from tsunagu.access.staff_terms import Change, Deed, Kind, Period
from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.web.doors import Door, behind
from tsunagu.web.fields import DayField
from tsunagu.web.framing import ROLE_TITLES, SCOPE_TITLES, get_purpose_name
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# As text in a form, it must stay below what Django takes of one.
_LARGEST_BYTES = 1_500_000
_DEED_TITLES: dict[Deed, Promise] = {
    Deed.BEGIN: _("始まる"),
    Deed.END: _("終わる"),
    Deed.CHANGE: _("終わりの日が変わる"),
    Deed.WITHDRAW: _("始まる前に取りやめる"),
}


class ListForm(forms.Form):
    """The workbook, and the day on which it begins."""

    file = forms.FileField(
        label=_("職員の一覧（Excel）"),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        error_messages={"required": _("Excel を選んでください。"), "empty": _("中身のないファイルです。")},
    )
    on = DayField(
        label=_("この日から"),
        help_text=_("この日の午前0時に切り替わります。きょうにすると、すぐに切り替わります。"),
        error_messages={"required": _("日付を入れてください。")},
    )

    def clean_file(self) -> bytes:
        """Its content."""
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます。職員の一覧だけを入れてください。"))
        return bytes(file.read())


class CheckedForm(forms.Form):
    """What was checked, sent again to be taken over."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=2 * _LARGEST_BYTES, strip=True)
    on = forms.DateField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=NAME_LENGTH)

    def clean_content(self) -> bytes:
        """The workbook."""
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except binascii.Error:
            raise forms.ValidationError(_("ファイルをもう一度選んでください。")) from None


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line of the preview, in words."""

    number: str
    name: str
    deed: str
    title: Promise
    what: str
    valid_from: date
    last_day: date | None


@behind(Door.ADMINISTRATORS)
@require_safe
def show_staff_list(request: HttpRequest) -> HttpResponse:
    """Where the list is fetched and put in."""
    tomorrow = _get_standing(request).on_date + timedelta(days=1)
    return render(request, "desk/staff_list.html", {"form": ListForm(initial={"on": tomorrow})})


@behind(Door.ADMINISTRATORS)
@require_safe
def download_staff_list(request: HttpRequest) -> HttpResponse:
    """The present list, or an empty one to be filled in."""
    standing = _get_standing(request)
    with acting_as(
        standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id
    ) as acting:
        content = export_staff_list(acting, _read_words(standing), is_empty="empty" in request.GET)
    name = f"staff-{standing.on_date.isoformat()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=_WORKBOOK, headers=headers)


@behind(Door.ADMINISTRATORS)
@require_POST
def check_list(request: HttpRequest) -> HttpResponse:
    """What the workbook would change, or what is wrong with it."""
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "desk/staff_list.html", {"form": form}, status=422)
    content, on = form.cleaned_data["file"], form.cleaned_data["on"]
    checked = _check(_get_standing(request), content, on)
    if checked.faults:
        content_words = {"form": form, "faults": checked.faults}
        return render(request, "desk/staff_list.html", content_words, status=422)
    return _show_checked(request, checked, content)


@behind(Door.ADMINISTRATORS)
@require_POST
def take_over_list(request: HttpRequest) -> HttpResponse:
    """Take over what was shown; shown again when something else would change by now."""
    form = CheckedForm(request.POST)
    standing = _get_standing(request)
    if not form.is_valid():
        return render(request, "desk/staff_list.html", {"form": ListForm(), "is_lost": True}, status=422)
    content, on = form.cleaned_data["content"], form.cleaned_data["on"]
    words = _read_words(standing)
    with acting_as(
        standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id
    ) as acting:
        checked = check_staff_list(acting, content, words, on=on)
        is_as_seen = not checked.faults and _digest(checked) == form.cleaned_data["seen"]
        if is_as_seen:
            take_over_staff_list(acting, checked)
    if not is_as_seen:
        return _show_checked(request, checked, content, has_moved=True, status=422)
    offer_undo(request, Undo(str(_("職員の一覧を取り込みました。"))))
    return redirect("list_staff")


def _check(standing: Standing, content: bytes, on: date) -> Checked:
    words = _read_words(standing)
    with acting_as(
        standing.staff, ADMINISTRATION, standing.on_date, request_id=standing.request_id
    ) as acting:
        return check_staff_list(acting, content, words, on=on)


def _show_checked(
    request: HttpRequest, checked: Checked, content: bytes, *, has_moved: bool = False, status: int = 200
) -> HttpResponse:
    plan = checked.plan
    sent = {"content": base64.b64encode(content).decode(), "on": plan.on, "seen": _digest(checked)}
    names = dict(Staff.objects.values_list("staff_number", "name"))
    names |= {person.number: person.name for person in (*plan.joined, *plan.renamed)}
    words = {
        "form": CheckedForm(initial=sent),
        "checked": checked,
        "plan": plan,
        "has_moved": has_moved,
        "is_empty": not (plan.changes or plan.joined or plan.renamed),
        "changes": [_put_in_words(change, names) for change in plan.changes],
        "counts": [
            (title, sum(change.deed is deed for change in plan.changes))
            for deed, title in _DEED_TITLES.items()
        ],
    }
    return render(request, "desk/staff_list_check.html", words, status=status)


def _put_in_words(change: Change, names: dict[str, str]) -> ShownChange:
    shown: Period | None = change.after or change.before
    assert shown is not None
    last = shown.valid_to - timedelta(days=1) if shown.valid_to else None
    title = _DEED_TITLES[change.deed]
    name = names.get(change.number, "")
    return ShownChange(
        change.number, name, str(change.deed), title, _describe(change), shown.valid_from, last
    )


def _describe(change: Change) -> str:
    held = change.held
    if held.kind is Kind.ADMINISTRATOR:
        return str(_("権限の管理者"))
    if held.kind is Kind.PURPOSE:
        return get_purpose_name(held.what)
    scope = f"{SCOPE_TITLES[held.scope_kind]} {held.scope_id}".strip()
    return f"{ROLE_TITLES[held.what]}（{scope}）"


def _digest(checked: Checked) -> str:
    plan = checked.plan
    written = repr((plan.on, plan.joined, plan.renamed, plan.changes))
    return hashlib.sha256(written.encode()).hexdigest()


def _read_words(standing: Standing) -> Words:
    home = settings.HOME if settings.HOME and (settings.HOME / "municipality.yaml").exists() else None
    return list_words(open_catalog(home, on=standing.on_date))


def list_words(catalog: Catalog) -> Words:
    """The roles, and the purposes that the municipality has activated; all of them where there is no municipality."""
    active = catalog.municipality.active_purposes if catalog.municipality else catalog.purposes
    return Words(
        {str(role.id): role.title.ja for role in catalog.roles.values()},
        {name: catalog.purposes[name].title.ja for name in sorted(active)},
    )


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing
