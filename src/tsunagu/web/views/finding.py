"""さがす・受付: children by what somebody knows of them, the likest first, each with the words for how it is alike.

What was typed is kept in the session, not in the address: names stand in no browser's history and in no log.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tsunagu.access.clock import read_moment
from tsunagu.access.session import acting_as
from tsunagu.cases.intakes import list_drafts
from tsunagu.catalog.roles import Right
from tsunagu.japanese import PartialDate, parse_date
from tsunagu.people.finding import (
    FOUND_AT_MOST,
    Answer,
    Likeness,
    Question,
    find_people,
    read_question,
)
from tsunagu.pipeline.seam import read_search_key
from tsunagu.web.standing import Standing

_KEY, _MADE = "search", "search_made"
_TEXT_LENGTH = 100
LIKENESS_MARKS: dict[Likeness, tuple[Promise, str]] = {
    Likeness.NAME: (_("氏名が同じ"), "good"),
    Likeness.KANA: (_("読みが同じ"), "good"),
    Likeness.PART: (_("氏名か読みの一部が同じ"), ""),
    Likeness.OTHER_NAME: (_("前の氏名か、別の書き方が同じ"), ""),
    Likeness.SIMILAR: (_("氏名か読みが似ている"), ""),
    Likeness.BIRTH_DATE: (_("生年月日が同じ"), "good"),
    Likeness.BIRTH_YEAR: (_("生まれた年が同じ"), ""),
    Likeness.OTHER_YEAR: (_("生まれた年が違う"), "warn"),
}


class SearchForm(forms.Form):
    """What is known of a child."""

    words = forms.CharField(
        label=_("氏名か読み"),
        help_text=_("一部でも、漢字でもかなでもかまいません。いくつかの言葉は、間をあけて並べます。"),
        required=False,
        max_length=_TEXT_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "data-search": ""}),
    )
    birth = forms.CharField(
        label=_("生年月日か、生まれた年"),
        help_text=_("平成30年5月5日、H30.5.5、2018-05-05、2018 など。"),
        required=False,
        max_length=_TEXT_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_birth(self) -> PartialDate | None:
        """A date in any spelling, or a year."""
        text = self.cleaned_data["birth"]
        found = parse_date(text) if text else None
        if text and found is None:
            raise ValidationError(
                _("生年月日を読めません。平成30年5月5日 や 2018-05-05 のように書いてください。")
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Enough to lead to a child."""
        found = self.cleaned_data
        if not self.errors and not _make_question(found).is_enough:
            raise ValidationError(_("氏名か読み、または年月日のそろった生年月日を入れてください。"))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def find_child(request: HttpRequest) -> HttpResponse:
    """The form, and what was found by what was typed last."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if request.method == "POST":
        return _keep(request)
    kept = request.session.get(_KEY)
    form = SearchForm(kept)
    answer = _search(standing, _make_question(form.cleaned_data)) if kept and form.is_valid() else None
    if answer is None:
        _stand(standing)
    else:
        made = {"at": read_moment(standing.on_date).isoformat(), "purpose": standing.purpose}
        request.session[_MADE] = made | {"total": answer.total, "typed": kept}
    return _render(request, form, answer)


def take_search(request: HttpRequest) -> dict[str, Any] | None:
    """The search whose answer was shown last, for the purpose in force: when, what was typed, how many it found."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    made: dict[str, Any] | None = request.session.get(_MADE)
    return made if made and made["purpose"] == standing.purpose else None


def _keep(request: HttpRequest) -> HttpResponse:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if "clear" in request.POST:
        for key in (_KEY, _MADE):
            request.session.pop(key, None)
        return redirect("find_child")
    form = SearchForm(request.POST)
    if not form.is_valid():
        _stand(standing)
        return _render(request, form, None, status=422)
    request.session[_KEY] = {name: request.POST.get(name, "") for name in form.fields}
    return redirect("find_child")


def _stand(standing: Standing) -> None:
    """Nothing is shown without a purpose, not even the form."""
    with acting_as(standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id):
        return


def _search(standing: Standing, question: Question) -> Answer:
    assert settings.HOME is not None
    key = read_search_key(settings.HOME)
    with acting_as(
        standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id
    ) as acting:
        return find_people(acting, question, key=key)


def _make_question(cleaned: dict[str, Any]) -> Question:
    return read_question(cleaned.get("words", ""), birth=cleaned.get("birth"))


def _render(
    request: HttpRequest, form: SearchForm, answer: Answer | None, *, status: int = 200
) -> HttpResponse:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    takes_intakes = Right.TAKE_INTAKE in standing.rights and bool(standing.purpose)
    drafts = []
    if takes_intakes:
        with acting_as(
            standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id
        ) as acting:
            drafts = list_drafts(acting)
    found = [
        (child, [LIKENESS_MARKS[one] for one in child.likenesses])
        for child in (answer.children if answer else ())
    ]
    content = {
        "takes_intakes": takes_intakes,
        "drafts": drafts,
        "form": form,
        "answer": answer,
        "found": found,
        "at_most": FOUND_AT_MOST,
        "is_kept": _KEY in request.session,
        "may_break": Right.BREAK_GLASS in request.standing.rights,  # type: ignore[attr-defined]
    }
    return render(request, "desk/find.html", content, status=status)
