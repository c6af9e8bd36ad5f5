"""監査・権限: who saw what, what was refused, reasons, what is unusual, signed checkpoints, and the table of roles."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import StringIO
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.breaking import BreakingFaultError, count_by_staff, list_breakings, review_breaking
from tsunagu.access.clock import read_now
from tsunagu.access.models import BreakingKind, RoleLane, RoleLog, RoleRight, Staff
from tsunagu.access.permission import do_by_right
from tsunagu.access.session import AUDIT, Acting, acting_as
from tsunagu.access.trail_reading import (
    PAGE_ROWS,
    RULES,
    Asked,
    TrailRow,
    export_acts,
    find_unusual,
    list_act_kinds,
    list_acts,
    list_exports,
    list_notes,
    list_reasons,
)
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Log, Right
from tsunagu.catalog.words import Role
from tsunagu.catalog.workbooks.cells import neutralise
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.dates import JST
from tsunagu.web.breaking_words import VERDICT_TITLES, describe_breaking
from tsunagu.web.fields import DayField, TidyTextField
from tsunagu.web.framing import ROLE_TITLES, get_purpose_name
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.words import (
    ACT_TITLES,
    LANE_TITLES,
    LOG_TITLES,
    OBJECT_TITLES,
    OUTCOME_TITLES,
    PURPOSE_TITLES,
    REACH_TITLES,
    RIGHT_TITLES,
)

Found = TypeVar("Found")

_SHOWN_DAYS = timedelta(days=6)
_LONGEST = timedelta(days=366)
# A checkpoint is taken daily.
_LATE = timedelta(hours=26)
_RULE_TITLES: dict[str, Promise] = {
    "outside_hours": _("時間外（夜か土日）に、こどもを開くか探した"),
    "many_children": _("1時間に、たくさんのこどもを開いた"),
    "many_searches": _("1時間に、たくさん探した"),
    "many_refusals": _("1日に、何度も断られた"),
    "same_child_refused": _("断られた同じこどもを、もう一度開こうとした"),
    "many_contacts": _("1日に、たくさんのこどもの連絡先を開いた"),
}
_ABOUT_STAFF = ("staff", "role", "administrator")
_MARKS = {Outcome.READ: "", Outcome.CHANGED: "good", Outcome.DECIDED: "good", Outcome.REFUSED: "bad"}


class AskForm(forms.Form):
    """Which acts are shown."""

    first = DayField(label=_("この日から"), required=False)
    last = DayField(label=_("この日まで"), required=False)
    staff = TidyTextField(label=_("職員番号"), required=False, max_length=32)
    act = forms.CharField(label=_("したこと"), required=False, max_length=80, widget=forms.Select)
    outcome = forms.ChoiceField(
        label=_("結果"), required=False, choices=[("", _("すべて")), *OUTCOME_TITLES.items()]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """In order, and not without end."""
        found = self.cleaned_data
        first, last = found.get("first"), found.get("last")
        if first and last and last < first:
            raise ValidationError(_("終わりの日が、はじまりより前です。"))
        if first and last and last - first > _LONGEST:
            raise ValidationError(_("一度に見られるのは1年分までです。"))
        return found


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page."""

    title: Promise
    address: str
    is_here: bool
    count: None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One act, in words."""

    row: TrailRow
    title: str
    outcome: str
    mark: str
    what: str
    purpose: str


@require_safe
def show_trail(request: HttpRequest) -> HttpResponse:
    """Who did what, by day, staff number, act and outcome."""
    standing, form, asked = _read_request(request)
    page = form.cleaned_data.get("page") or 1
    rows, kinds = _read(standing, lambda acting: (list_acts(acting, asked, page=page), list_act_kinds(asked)))
    choices = [("", _("すべて")), *((act, _name_act(act)) for act, _times in kinds)]
    form.fields["act"].widget.choices = choices
    content = {
        **_frame(request, standing, "show_trail"),
        "form": form,
        "asked": asked,
        "rows": _put_in_words(rows[:PAGE_ROWS]),
        "page": page if page > 1 or len(rows) > PAGE_ROWS else 0,
        "next": _turn(request, page + 1) if len(rows) > PAGE_ROWS else "",
        "before": _turn(request, page - 1) if page > 1 else "",
        "may_export": Log.WITHOUT_NAMES in standing.logs,
    }
    return render(request, "desk/trail.html", content, status=200 if form.is_valid() else 422)


@require_POST
def export_trail(request: HttpRequest) -> HttpResponse:
    """The acts that were shown, as a file; for a reason, which is kept."""
    standing, form = _get_standing(request), AskForm(request.POST)
    form.is_valid()
    asked, reason = _read_asked(standing, form), request.POST.get("reason", "")
    rows = _read(standing, lambda acting: export_acts(acting, asked, reason))
    name = f"audit-{asked.first_day}-{asked.last_day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = _write_csv(standing, reason, rows)
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def show_reasons(request: HttpRequest) -> HttpResponse:
    """Masked views, why; and who took the trail out, why."""
    standing, form, asked = _read_request(request)
    reasons, exports = _read(standing, lambda acting: (list_reasons(acting, asked), list_exports(asked)))
    content = {**_frame(request, standing, "show_reasons"), "form": form, "asked": asked}
    content |= {"reasons": reasons, "exports": exports}
    return render(request, "desk/trail_reasons.html", content)


@require_safe
def show_unusual(request: HttpRequest) -> HttpResponse:
    """What plain rules find; each says itself in words."""
    standing, form, asked = _read_request(request)
    found = _read(standing, lambda acting: find_unusual(acting, asked))
    content = {
        **_frame(request, standing, "show_unusual"),
        "form": form,
        "asked": asked,
        "found": [(_RULE_TITLES[one.rule], one) for one in found],
        "limits": RULES,
    }
    return render(request, "desk/trail_unusual.html", content)


@require_safe
def show_checkpoints(request: HttpRequest) -> HttpResponse:
    """How the trail stood when it was signed last."""
    standing = _get_standing(request)
    asked = Asked(standing.on_date, standing.on_date)
    notes = _read(standing, lambda acting: list_notes(acting, asked))
    is_late = not notes or read_now() - notes[0].at > _LATE
    content = {**_frame(request, standing, "show_checkpoints"), "notes": notes, "is_late": is_late}
    return render(request, "desk/trail_checkpoints.html", content)


@require_safe
def show_breakings(request: HttpRequest) -> HttpResponse:
    """Emergency openings: what waits to be looked into, what was said, how often by whom."""
    return _show_breakings(request)


@require_POST
def judge_breaking(request: HttpRequest, breaking: UUID) -> HttpResponse:
    """Say whether somebody else's opening was right, or ask for an explanation."""
    standing, verdict = _get_standing(request), request.POST.get("verdict", "")
    if verdict not in VERDICT_TITLES:
        return _show_breakings(request, wrong=str(_("妥当か、不適切か、説明を求めるかを選んでください。")))
    try:
        with acting_as(standing.staff, AUDIT, standing.on_date, request_id=standing.request_id) as acting:
            review_breaking(acting, breaking, BreakingKind(verdict), request.POST.get("words", ""))
    except BreakingFaultError as fault:
        return _show_breakings(request, wrong=f"{fault.what}{fault.todo}")
    offer_undo(request, Undo(str(_("記録しました。"))))
    return redirect("show_breakings")


def _show_breakings(request: HttpRequest, wrong: str = "") -> HttpResponse:
    standing, form, asked = _read_request(request)
    with acting_as(standing.staff, AUDIT, standing.on_date, request_id=standing.request_id) as acting:
        if Log.WITHOUT_NAMES not in standing.logs:
            look = Act("breaking.look", Outcome.READ, "day", asked.first_day.isoformat())
            do_by_right(acting, Right.REVIEW_BREAKING, look)
        found = list_breakings(
            acting, asked.first_day, max(asked.last_day, read_now().astimezone(JST).date())
        )
    content = {
        **_frame(request, standing, "show_breakings"),
        "form": form,
        "asked": asked,
        "waiting": [describe_breaking(one) for one in found if not one.is_judged],
        "judged": [describe_breaking(one) for one in found if one.is_judged],
        "counts": count_by_staff(found),
        "verdicts": VERDICT_TITLES,
        "may_review": Right.REVIEW_BREAKING in standing.rights,
        "wrong": wrong,
    }
    return render(request, "desk/trail_breakings.html", content, status=422 if wrong else 200)


@require_safe
def show_role_table(request: HttpRequest) -> HttpResponse:
    """Which role may do what to which children, as it is in force; for everybody."""
    standing = _get_standing(request)
    cells: dict[str, dict[str, list[Any]]] = {}
    with acting_as(standing.staff, AUDIT, standing.on_date, request_id=standing.request_id):
        for right in RoleRight.objects.order_by("id"):
            reach = REACH_TITLES.get(right.reach, right.reach)
            cells.setdefault(right.permission, {}).setdefault(right.role, []).append(reach)
        logs = [(one.role, LOG_TITLES.get(one.log, one.log)) for one in RoleLog.objects.order_by("id")]
        lanes = [(one.role, LANE_TITLES.get(one.lane, one.lane)) for one in RoleLane.objects.order_by("id")]
    rows = [
        (RIGHT_TITLES.get(right, right), [cells[right].get(role, []) for role in Role])
        for right in [
            *(name for name in RIGHT_TITLES if name in cells),
            *sorted(set(cells) - set(RIGHT_TITLES)),
        ]
    ]
    for title, pairs in ((_("事実を見る部署"), lanes), (_("監査の記録"), logs)):
        rows.append((title, [[word for role, word in pairs if role == one] for one in Role]))
    content = {**_frame(request, standing, "show_role_table"), "rows": rows}
    return render(request, "desk/role_table.html", {**content, "roles": [ROLE_TITLES[role] for role in Role]})


def _read(standing: Standing, read: Callable[[Acting], Found]) -> Found:
    """For the desk's own purpose by auditors and administrators; by whoever reads their scheme's, for that purpose."""
    is_own = standing.is_administrator or Log.WITHOUT_NAMES in standing.logs
    purpose = standing.purpose if standing.logs and not is_own else AUDIT
    with acting_as(standing.staff, purpose, standing.on_date, request_id=standing.request_id) as acting:
        return read(acting)


def _read_request(request: HttpRequest) -> tuple[Standing, AskForm, Asked]:
    """Who asks for what; the days that are shown stand in the form."""
    standing, form = _get_standing(request), AskForm(request.GET)
    asked = _read_asked(standing, form)
    if form.is_valid():
        shown = request.GET.copy()
        shown["first"], shown["last"] = asked.first_day.isoformat(), asked.last_day.isoformat()
        form = AskForm(shown)
        form.is_valid()
    return standing, form, asked


def _read_asked(standing: Standing, form: AskForm) -> Asked:
    """What can be read of the form; the last week where it says nothing, or nothing that makes sense."""
    found = form.cleaned_data if form.is_valid() else {}
    last = found.get("last") or found.get("first") or standing.on_date
    first = found.get("first") or last - _SHOWN_DAYS
    words = {"staff_number": "staff", "act": "act", "outcome": "outcome"}
    return Asked(first, last, **{name: str(found.get(one) or "") for name, one in words.items()})


def _frame(request: HttpRequest, standing: Standing, here: str) -> dict[str, Any]:
    """The tabs of whoever looks."""
    is_auditor = Log.WITHOUT_NAMES in standing.logs
    is_reader = is_auditor or standing.is_administrator or bool(standing.logs)
    pages = [
        (_("したこと"), "show_trail", is_reader),
        (_("理由を書いた閲覧"), "show_reasons", is_auditor),
        (_("ふだんと違う使い方"), "show_unusual", is_auditor),
        (_("緊急時の閲覧"), "show_breakings", is_auditor or Right.REVIEW_BREAKING in standing.rights),
        (_("署名した控え"), "show_checkpoints", is_auditor),
        (_("役割の表"), "show_role_table", True),
    ]
    return {"tabs": [Tab(title, reverse(name), name == here) for title, name, is_open in pages if is_open]}


def _turn(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


def _put_in_words(rows: list[TrailRow]) -> list[ShownRow]:
    numbers = {str(pk): number for pk, number in Staff.objects.values_list("pk", "staff_number")}
    return [
        ShownRow(
            row,
            _name_act(row.act),
            str(OUTCOME_TITLES[row.outcome]),
            _MARKS[Outcome(row.outcome)],
            _name_object(row, numbers),
            _name_purpose(row.purpose),
        )
        for row in rows
    ]


def _name_object(row: TrailRow, numbers: dict[str, str]) -> str:
    """What it was done to; staff by the number people know them by."""
    title = str(OBJECT_TITLES.get(row.object_kind, row.object_kind))
    first, slash, rest = row.object_id.partition("/")
    if row.object_kind in _ABOUT_STAFF:
        return f"{title} {numbers.get(first, first)}{slash}{rest}"
    return f"{title} {_name_purpose(first) if row.object_kind == 'purpose' else row.object_id}".strip()


def _name_purpose(purpose: str) -> str:
    return str(PURPOSE_TITLES[purpose]) if purpose in PURPOSE_TITLES else get_purpose_name(purpose)


def _name_act(act: str) -> str:
    return str(ACT_TITLES[act]) if act in ACT_TITLES else act


def _write_csv(standing: Standing, reason: str, rows: list[TrailRow]) -> bytes:
    """With a first line that says who took it out, when and why."""
    file = StringIO()
    writer = csv.writer(file)
    now = read_now().astimezone(JST)
    writer.writerow(
        [f"# {standing.staff.staff_number}", f"{now:%Y-%m-%d %H:%M}", neutralise(" ".join(reason.split()))]
    )
    names = list(TrailRow.__dataclass_fields__)
    writer.writerow(names)
    for row in rows:
        cells = {**asdict(row), "at": row.at.astimezone(JST).isoformat()}
        writer.writerow([neutralise(str(cells[name])) for name in names])
    return file.getvalue().encode("utf-8-sig")


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing
