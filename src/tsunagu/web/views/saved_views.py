"""Saved views of the narrowed list: kept under a name, and taken away again with undo."""

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tsunagu.access.session import acting_as
from tsunagu.cases.models import VIEW_NAME_LENGTH, VIEW_QUERY_LENGTH
from tsunagu.cases.saved_views import delete_view, save_view
from tsunagu.web.fields import TidyTextField
from tsunagu.web.narrowing_address import read_shown, write_address
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo


class SaveViewForm(forms.Form):
    """A name for what is on the page."""

    name = TidyTextField(
        label=_("見方の名前"),
        max_length=VIEW_NAME_LENGTH,
        help_text=_("例: 東町の小学生。こどもの名前は書かないでください。"),
        error_messages={
            "required": _("名前を入れてください。"),
            "max_length": _("名前は60文字までにしてください。"),
        },
    )
    query = forms.CharField(required=False, max_length=VIEW_QUERY_LENGTH, widget=forms.HiddenInput)


@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep what is on the page under a name; the same name again takes the place of the one before."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/narrowing_save.html", {"form": form}, status=422)
    shown = read_shown(QueryDict(form.cleaned_data["query"]))
    with acting_as(
        standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id
    ) as acting:
        save_view(acting, form.cleaned_data["name"], shown.query)
    offer_undo(request, Undo(str(_("見方を保存しました。「保存した見方」から開けます。"))))
    return redirect(write_address(shown))


@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take one of one's own away."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    with acting_as(
        standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id
    ) as acting:
        view = delete_view(acting, view_id)
    words = str(_("見方「%s」を消しました。") % view.name)
    offer_undo(request, Undo(words, reverse("keep_view"), {"name": view.name, "query": view.query}))
    return redirect("narrow_list")
