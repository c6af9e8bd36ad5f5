"""緊急時の閲覧: opens one child for a written reason and some hours; ends it, explains it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.access.breaking import (
    BreakingFaultError,
    check_may_break,
    end_breaking,
    explain_breaking,
    list_own_breakings,
    list_reviewing_roles,
)
from tsunagu.access.models import Breaking
from tsunagu.access.session import Acting
from tsunagu.people.breaking import NamedChildNotFoundError, open_found_child, open_named_child
from tsunagu.pipeline.seam import read_search_key
from tsunagu.web.breaking_words import describe_breaking, name_reviewers
from tsunagu.web.child_forms import BreakForm
from tsunagu.web.fields import DayField
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting, show_again

_SHOWN_DAYS = 30


class NamedBreakForm(BreakForm):
    """The same for a child that one does not find: its whole name and birth date."""

    name = forms.CharField(
        label=_("氏名かフリガナの全部"),
        help_text=_("姓と名の両方。一部だけでは開きません。"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("氏名かフリガナを入れてください。")},
    )
    birth = DayField(label=_("生年月日"), error_messages={"required": _("生年月日を入れてください。")})
    field_order = ("name", "birth", "reason", "hours")


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    """The form, and one's own openings; opens a child that one does not find."""
    form = NamedBreakForm(request.POST) if request.method == "POST" else NamedBreakForm()
    opened = _open(request, form, _open_named) if form.is_valid() else None
    if opened is not None:
        return redirect("show_child", person_id=opened.person_id)
    return _show(request, form, status=422 if form.is_bound else 200)


@require_POST
def break_glass_child(request: HttpRequest, person_id: int) -> HttpResponse:
    """Open a child that one finds, for what one does not see of it."""
    form = BreakForm(request.POST)
    if form.is_valid():
        opened = _open(
            request,
            form,
            lambda acting, typed: open_found_child(acting, person_id, typed["reason"], typed["hours"]),
        )
        if opened is not None:
            return redirect("show_child", person_id=person_id)
    return show_again(request, person_id, {"breaking_form": form})


@require_POST
def stop_breaking(request: HttpRequest, breaking: UUID) -> HttpResponse:
    """終わりました."""
    with begin_acting(request) as acting:
        end_breaking(acting, breaking)
    offer_undo(request, Undo(str(_("緊急時の閲覧を終わりました。"))))
    return redirect("break_glass")


@require_POST
def answer_breaking(request: HttpRequest, breaking: UUID) -> HttpResponse:
    """Explain what one did."""
    try:
        with begin_acting(request) as acting:
            explain_breaking(acting, breaking, request.POST.get("words", ""))
    except BreakingFaultError as fault:
        return _show(request, NamedBreakForm(), status=422, wrong=f"{fault.what}{fault.todo}")
    offer_undo(request, Undo(str(_("説明を残しました。"))))
    return redirect("break_glass")


def _open(
    request: HttpRequest, form: forms.Form, write: Callable[[Acting, dict[str, Any]], Breaking]
) -> Breaking | None:
    try:
        with begin_acting(request) as acting:
            check_may_break(acting, _get_standing(request).rights)
            return write(acting, form.cleaned_data)
    except BreakingFaultError as fault:
        form.add_error(fault.field, f"{fault.what}{fault.todo}")
    except NamedChildNotFoundError as error:
        form.add_error(None, f"{error.what}{error.why}{error.todo}")
    return None


def _open_named(acting: Acting, typed: dict[str, Any]) -> Breaking:
    assert settings.HOME is not None
    key = read_search_key(settings.HOME)
    return open_named_child(acting, typed["name"], typed["birth"], typed["reason"], typed["hours"], key=key)


def _show(request: HttpRequest, form: forms.Form, *, status: int, wrong: str = "") -> HttpResponse:
    with begin_acting(request) as acting:
        check_may_break(acting, _get_standing(request).rights)
        mine = list_own_breakings(acting, days=_SHOWN_DAYS)
        reviewers = name_reviewers(list_reviewing_roles())
    content = {
        "form": form,
        "mine": [describe_breaking(one) for one in mine],
        "reviewers": reviewers,
        "wrong": wrong,
    }
    return render(request, "desk/breaking.html", content, status=status)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing
