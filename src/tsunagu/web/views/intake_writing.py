"""受付を書く: begun after a search alone; what is typed keeps itself; what may be the same is shown beside it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.access.clock import read_moment
from tsunagu.access.session import Acting
from tsunagu.cases.intake_models import IntakeDraft
from tsunagu.cases.intake_reading import AlikeIntake, Described, list_alike
from tsunagu.cases.intakes import (
    begin_intake,
    discard_draft,
    get_draft,
    receive_intake,
    save_draft,
)
from tsunagu.cases.policies import EntryFaultError
from tsunagu.japanese import fold_kana
from tsunagu.people.finding import FoundChild, Likeness, find_people, read_question
from tsunagu.people.models import DirectoryEntry
from tsunagu.people.operations import Person, access_person_by_id
from tsunagu.pipeline.seam import read_search_key
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import read_id
from tsunagu.web.intake_forms import ALIKE_TITLES, IntakeForm, describe_clock, read_typed
from tsunagu.web.templatetags.desk_words import write_day
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting
from tsunagu.web.views.finding import LIKENESS_MARKS, SearchForm, take_search

SEARCH_COUNTS_FOR = timedelta(hours=2)
_BESIDE = 5
_OF_CHILD = ("name", "kana", "born")
_FOUND = "found"
"""In a draft: whom its last search found, by number, so that what has nothing to do with it searches no second time."""


class SearchFirstError(TsunaguError):
    """An intake was asked for without a search, or long after it."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be the same child."""

    intakes: list[tuple[AlikeIntake, list[tuple[Promise, str]], str]] = field(default_factory=list)
    children: list[tuple[DirectoryEntry, list[tuple[Promise, str]]]] = field(default_factory=list)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """この子です, どれでもない: begin to write about whom the search found, or about a child who is not there.

    Who is told of a child without any name or birth date cannot search; they say so, and it is kept.
    """
    kept = take_search(request)
    wanted = request.POST.get("person", "")
    with begin_acting(request) as acting:
        now = read_moment(acting.on_date)
        if "nothing" in request.POST:
            kept = {"at": now.isoformat(), "total": None, "typed": {}}
        if kept is None or now - datetime.fromisoformat(kept["at"]) > SEARCH_COUNTS_FOR:
            raise SearchFirstError(
                "先に、こどもをさがしてください。",
                why="同じこどもの受付が別々に進むと、誰も姿を見に行かないことがあります。",
                todo="「さがす・受付」で、氏名・読み・生年月日からさがしてください。",
            )
        person = access_person_by_id(acting, read_id(wanted)) if wanted else None
        draft = begin_intake(
            acting,
            person.entry.pk if person else None,
            _describe_person(person) if person else _describe_search(kept["typed"]) | _say_now(now),
            searched_at=datetime.fromisoformat(kept["at"]),
            candidates=kept["total"],
        )
    return redirect("write_intake", draft_id=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def write_intake(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form with what may be the same beside it; with an error, what was typed stays."""
    if request.method != "POST":
        with begin_acting(request) as acting:
            draft = get_draft(acting, draft_id)
            beside = _look_beside(acting, draft)
        initial = _say_now(read_moment(acting.on_date))
        return _render(request, draft, IntakeForm(initial=initial | _read_initial(draft)), beside)
    form = IntakeForm(request.POST)
    if form.is_valid():
        try:
            with begin_acting(request) as acting:
                intake = receive_intake(
                    acting, draft_id, form.describe(), takes_on=form.cleaned_data["takes_on"]
                )
        except EntryFaultError as fault:
            name = "received_time" if fault.field == "received_at" else fault.field
            form.add_error(name, f"{fault.what}{fault.todo}")
        else:
            offer_undo(request, Undo(str(_("受け付けました。48時間の時計が動いています。"))))
            return redirect("show_intake", intake_id=intake.pk)
    with begin_acting(request) as acting:
        draft = save_draft(acting, draft_id, read_typed(request.POST))
        beside = _look_beside(acting, draft)
    return _render(request, draft, form, beside, status=422)


@require_POST
def keep_intake(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keep what is typed so far, and show anew what may be the same."""
    typed = read_typed(request.POST)
    with begin_acting(request) as acting:
        before = get_draft(acting, draft_id).content
        is_other = any(before.get(name, "") != typed.get(name, "") for name in _OF_CHILD)
        if not is_other and _FOUND in before:
            typed[_FOUND] = before[_FOUND]
        draft = save_draft(acting, draft_id, typed)
        beside = _look_beside(acting, draft)
    content = {"draft": draft, "beside": beside}
    return render(request, "desk/intake_beside.html", content)


@require_POST
def choose_child(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """この子です, while one writes: the intake is about that child of the directory; or about none of it."""
    wanted = request.POST.get("person", "")
    with begin_acting(request) as acting:
        draft = get_draft(acting, draft_id)
        person = access_person_by_id(acting, read_id(wanted)) if wanted else None
        draft.person_id = person.entry.pk if person else None
        if person is not None:
            draft.content = {**draft.content, **_describe_person(person)}
            draft.content.pop(_FOUND, None)
        draft.save(update_fields=["person_id", "content"])
    return redirect("write_intake", draft_id=draft_id)


@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    with begin_acting(request) as acting:
        discard_draft(acting, draft_id)
    offer_undo(request, Undo(str(_("書きかけの受付を捨てました。"))))
    return redirect("find_child")


def _say_now(now: datetime) -> dict[str, Any]:
    return {"received_on": now.date().isoformat(), "received_time": f"{now:%H:%M}"}


def _describe_person(person: Person) -> dict[str, Any]:
    """What the form begins with, for a child of the directory; nothing that may be masked."""
    entry, head = person.entry, person.head
    born = write_day(head.birth_date) if head and head.birth_date else entry.birth_year or ""
    return {
        "name": entry.name or "",
        "kana": entry.kana or "",
        "born": str(born),
        "is_unborn": "on" if entry.is_unborn else "",
    }


def _describe_search(typed: dict[str, str]) -> dict[str, Any]:
    """What was typed in the search, where it belongs in the form."""
    words = typed.get("words", "")
    kana = fold_kana(words)
    is_reading = bool(kana) and all("ァ" <= letter <= "ー" for letter in kana or "")
    return {
        "name": "" if is_reading else words,
        "kana": words if is_reading else "",
        "born": typed.get("birth", ""),
    }


def _read_initial(draft: IntakeDraft) -> dict[str, Any]:
    return {name: value for name, value in draft.content.items() if value not in ("", [])}


def _look_beside(acting: Acting, draft: IntakeDraft) -> Beside:
    """Intakes and children of the directory that may be the same."""
    told = {name: str(draft.content.get(name, "")) for name in ("name", "kana", "born", "place")}
    now = read_moment(acting.on_date)
    intakes = [
        (one, [ALIKE_TITLES[like] for like in one.likenesses], describe_clock(one.state.intake.due_at, now))
        for one in list_alike(acting, Described(draft.person_id, **told))
    ]
    if _FOUND not in draft.content:
        found = [(one.person_id, list(map(str, one.likenesses))) for one in _find_children(acting, told)]
        save_draft(acting, draft.pk, draft.content | {_FOUND: found})
        draft.content[_FOUND] = found
    return Beside(intakes[: _BESIDE * 2], _list_found(draft))


def _find_children(acting: Acting, told: dict[str, str]) -> list[FoundChild]:
    """The likest of the directory by name, then by reading; each search is recorded."""
    assert settings.HOME is not None
    key = read_search_key(settings.HOME)
    found: dict[int, FoundChild] = {}
    for words in dict.fromkeys((told["name"], told["kana"])):
        form = SearchForm({"words": words, "birth": told["born"]})
        form.full_clean()
        question = read_question(form.cleaned_data.get("words", ""), birth=form.cleaned_data.get("birth"))
        if question.is_enough:
            found = {one.person_id: one for one in find_people(acting, question, key=key).children} | found
    return list(found.values())[: _BESIDE + 1]


def _list_found(draft: IntakeDraft) -> list[tuple[DirectoryEntry, list[tuple[Promise, str]]]]:
    """Whom the last search found and whoever acts still sees, but for the child it is about."""
    marks = {number: likenesses for number, likenesses in draft.content[_FOUND] if number != draft.person_id}
    entries = DirectoryEntry.objects.in_bulk(list(marks))
    found = [
        (entries[one], [LIKENESS_MARKS[Likeness(like)] for like in marks[one]])
        for one in marks
        if one in entries
    ]
    return found[:_BESIDE]


def _render(
    request: HttpRequest, draft: IntakeDraft, form: forms.Form, beside: Beside, *, status: int = 200
) -> HttpResponse:
    with begin_acting(request):
        entry = DirectoryEntry.objects.filter(pk=draft.person_id).first() if draft.person_id else None
    content = {
        "draft": draft,
        "form": form,
        "entry": entry,
        "beside": beside,
        "groups": _group(form),
        "keep_address": reverse("keep_intake", kwargs={"draft_id": draft.pk}),
    }
    return render(request, "desk/intake_form.html", content, status=status)


def _group(form: forms.Form) -> list[tuple[Promise, list[forms.BoundField]]]:
    """The fields in the order in which one asks on the telephone."""
    groups: list[tuple[Promise, tuple[str, ...]]] = [
        (_("だれから、いつ"), ("source", "told_by", "received_on", "received_time")),
        (_("言われたこと"), ("said",)),
        (_("こども"), ("name", "kana", "born", "is_unborn", "place")),
        (_("姿"), ("was_seen", "seen_when", "seen_by")),
        (_("これから"), ("urgency", "tell_also", "takes_on")),
    ]
    return [(title, [form[name] for name in names]) for title, names in groups]
