"""こどものページ: one child on one page, opened on record, as far as whoever opens it may see."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.models import SealKind
from tsunagu.access.session import Acting, acting_as
from tsunagu.people.operations import seal_own_relative
from tsunagu.pipeline.seam import show_grade
from tsunagu.web.child_forms import BreakForm, ContactForm, DecisionForm, ReasonForm, SharingForm
from tsunagu.web.child_page import ChildPage, is_copy_here, read_page
from tsunagu.web.genogram import draw_household
from tsunagu.web.standing import Standing
from tsunagu.web.timeline import draw_timeline
from tsunagu.web.undoing import Undo, offer_undo

_SHOWN_AT_ONCE = 25
_MONTHS_A_YEAR = 12
_AGE_IN_MONTHS_UNTIL_YEARS = 3


@require_safe
def show_child(request: HttpRequest, person_id: int) -> HttpResponse:
    """The page."""
    with begin_acting(request) as acting:
        page = read_page(acting, person_id)
    return _render(request, page, {})


@require_POST
def reveal_child(request: HttpRequest, person_id: int) -> HttpResponse:
    """The page with the contacts of this one view open, for a reason that is kept."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else None
    with begin_acting(request) as acting:
        page = read_page(acting, person_id, reason=reason)
    return _render(request, page, {"form": form}, status=200 if form.is_valid() else 422)


@require_safe
def look_for_copy(request: HttpRequest, person_id: int) -> HttpResponse:
    """Whether the copy has come: then the page is to be loaded anew. Shows nothing of the child."""
    with begin_acting(request) as acting:
        is_here = is_copy_here(person_id, on=acting.on_date)
    answer = HttpResponse(status=204)
    if is_here:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def keep_away(request: HttpRequest, person_id: int) -> HttpResponse:
    """The child is of one's own family: from here on one sees nothing of it."""
    kind = request.POST.get("kind")
    if kind not in set(SealKind):
        return show_again(request, person_id, {})
    with begin_acting(request) as acting:
        seal_own_relative(acting, person_id, SealKind(kind))
    words = _(
        "そのこどもと、いっしょに住むこどもの記録は、これからあなたには見えません。解けるのは、権限の管理者だけです。"
    )
    offer_undo(request, Undo(str(words)))
    return redirect("home")


def show_again(request: HttpRequest, person_id: int, typed: Mapping[str, forms.Form]) -> HttpResponse:
    """The page with a form as it was typed, and what is wrong with it."""
    with begin_acting(request) as acting:
        page = read_page(acting, person_id)
    return _render(request, page, typed, status=422)


def begin_acting(request: HttpRequest) -> AbstractContextManager[Acting]:
    """On behalf of whoever asks, for the purpose in force, today."""
    standing = _get_standing(request)
    return acting_as(standing.staff, standing.purpose, standing.on_date, request_id=standing.request_id)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing


def _render(
    request: HttpRequest, page: ChildPage, typed: Mapping[str, forms.Form], status: int = 200
) -> HttpResponse:
    facts = page.facts
    content = {
        "page": page,
        "entry": page.person.entry,
        "head": page.person.head,
        "place": page.person.place,
        "person_id": page.person.entry.pk,
        "age": describe_age(page),
        "grade": _say_grade(page),
        "form": ReasonForm(),
        "decision": DecisionForm(),
        "contact": ContactForm(initial={"occurred_on": page.on_date}),
        "feedback": None,
        "sharing": SharingForm(initial={"last_day": page.on_date}),
        "breaking_form": BreakForm(),
        **typed,
        "drawing": draw_timeline(page.lanes.content, on=page.on_date) if page.lanes.content else None,
        "household": draw_household(page.relatives.content) if page.relatives.content else None,
        "facts": facts[:_SHOWN_AT_ONCE],
        "older_facts": facts[_SHOWN_AT_ONCE:],
        "sections": _list_sections(),
    }
    return render(request, "desk/child.html", content, status=status)


def _list_sections() -> list[tuple[str, Promise]]:
    return [
        ("overview", _("概要")),
        ("decisions", _("判断と連絡")),
        ("reasons", _("気づきの理由")),
        ("timeline", _("時系列")),
        ("family", _("家族とつながり")),
        ("network", _("かかわり")),
        ("contacts", _("連絡先")),
        ("sharing", _("共有版")),
        ("later", _("制度・支援計画・書類")),
        ("looks", _("閲覧記録")),
    ]


def describe_age(page: ChildPage) -> str:
    """The age on the day of the page, in words; of the smallest in months."""
    head = page.person.head
    if page.person.entry.is_unborn:
        return str(_("生まれる前"))
    if head is None or head.birth_date is None:
        return ""
    months = count_months(head.birth_date, page.on_date)
    years, rest = divmod(months, _MONTHS_A_YEAR)
    if years >= _AGE_IN_MONTHS_UNTIL_YEARS:
        return str(_("%(years)s歳")) % {"years": years}
    return str(_("%(years)s歳%(months)sか月")) % {"years": years, "months": rest}


def count_months(born: date, on: date) -> int:
    """Whole months of age."""
    return (on.year - born.year) * _MONTHS_A_YEAR + on.month - born.month - (on.day < born.day)


def _say_grade(page: ChildPage) -> dict[str, str]:
    head = page.person.head
    if head is None or not head.grade:
        return {}
    japanese, english = show_grade(head.grade)
    return {"ja": japanese, "en": english}


def make_child_address(person_id: int) -> str:
    """Where a child's page is."""
    return reverse("show_child", kwargs={"person_id": person_id})
