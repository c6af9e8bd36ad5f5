"""今日の仕事: what is to be done for the purpose in force, derived and never typed; taken on or put off in place."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.clock import read_moment
from tsunagu.access.models import ScopeKind
from tsunagu.access.queries import list_rights
from tsunagu.cases.entries import Charge
from tsunagu.cases.loads import Load, list_loads
from tsunagu.cases.operations import assign_child, defer_task
from tsunagu.cases.policies import EntryFaultError
from tsunagu.cases.tasks import TASKS_A_PAGE, WARNED_DAYS, Asked, Tab, Task, Tasks, list_tasks
from tsunagu.catalog.roles import Right
from tsunagu.web.addresses import read_own_address
from tsunagu.web.fields import DayField, TidyTextField
from tsunagu.web.intake_forms import TURN_TITLES, describe_clock
from tsunagu.web.narrowing_words import DECISION_TITLES, LEVEL_TITLES
from tsunagu.web.standing import Standing
from tsunagu.web.undoing import Undo, offer_undo
from tsunagu.web.views.child import begin_acting

TAB_TITLES: dict[Tab, Promise] = {
    Tab.OVERDUE: _("期限切れ"),
    Tab.TODAY: _("今日"),
    Tab.WEEK: _("7日以内"),
    Tab.NEW: _("新しい気づき"),
    Tab.WAITING: _("受け取り待ち"),
    Tab.HANDOVER: _("引き継ぎ"),
    Tab.UNASSIGNED: _("未割当"),
}
# What is not there, and what that means.
_NOTHING: dict[Tab, tuple[Promise, Promise]] = {
    Tab.OVERDUE: (_("期限の過ぎた仕事はありません"), _("次に動く日を過ぎたこどもが、ここに出ます。")),
    Tab.TODAY: (_("今日の仕事はありません"), _("次に動く日が今日のこどもが、ここに出ます。")),
    Tab.WEEK: (_("7日以内の仕事はありません"), _("次に動く日が近いこどもが、ここに出ます。")),
    Tab.NEW: (
        _("新しい気づきはありません"),
        _("判定で示され、まだ誰も判断していないこどもが、ここに出ます。新しい判定が届くと変わります。"),
    ),
    Tab.WAITING: (
        _("受け取り待ちはありません"),
        _("誰も受け取っていない受付と、係に任され、まだ担当の決まらないこどもが、ここに出ます。"),
    ),
    Tab.HANDOVER: (
        _("引き継ぐこどもはいません"),
        _("担当の人が30日以内に職務を離れるか、もう離れていて、ほかに担当のいないこどもが、ここに出ます。"),
    ),
    Tab.UNASSIGNED: (_("未割当のこどもはいません"), _("誰の担当でもないこどもが、ここに出ます。")),
}
_PAGE_DIGITS = 6
_BAR_WIDTH = 300
_KINDS = {
    "new": _("まだ誰も判断していません"),
    "handover": _("担当の人が職務を離れます。引き継ぐ人を決めてください"),
}
_MARKS = {Tab.OVERDUE: "bad", Tab.TODAY: "warn"}


class DeferForm(forms.Form):
    """Until when, and why."""

    until = DayField(label=_("この日まで延期"), error_messages={"required": _("日付を入れてください。")})
    reason = TidyTextField(
        label=_("延期の理由"), max_length=200, error_messages={"required": _("理由を短く書いてください。")}
    )


@dataclass(frozen=True, slots=True)
class TabShown:
    """One tab."""

    title: Promise
    address: str
    is_here: bool
    count: int


@dataclass(frozen=True, slots=True)
class LoadShown:
    """One line of the loads, with where its bar's parts begin and how wide they are."""

    load: Load
    overdue_width: int
    soon_width: int
    rest_width: int
    is_leaving: bool

    @classmethod
    def measure(cls, load: Load, most: int, on: date) -> "LoadShown":
        """Widths in the units of the drawing; whoever has most fills it."""
        whole, overdue, soon = (
            round(_BAR_WIDTH * count / most) if most else 0
            for count in (load.children, load.overdue, load.soon)
        )
        leaves = load.hands_over_on
        is_leaving = leaves is not None and on < leaves <= on + timedelta(days=WARNED_DAYS)
        return cls(load, overdue, soon, max(whole - overdue - soon, 0), is_leaving)

    @property
    def soon_at(self) -> int:
        """Where the part for the next days begins."""
        return self.overdue_width

    @property
    def rest_at(self) -> int:
        """Where the rest begins."""
        return self.overdue_width + self.soon_width


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One task in words. `mark`: its sign and colour; `level`: the need in words, empty for what was decided.

    `clock`, `turn`: of an intake, how long it is until the child must have been seen, and whose it is.
    """

    task: Task
    mark: str
    time: Promise
    what: Promise
    level: Promise | str
    why: str
    age: str
    clock: str = ""
    turn: Promise | str = ""


@require_safe
def show_today(request: HttpRequest) -> HttpResponse:
    """The tasks of one tab; which, and whose, stands in the address."""
    return _show(request)


@require_safe
def show_loads(request: HttpRequest) -> HttpResponse:
    """担当の持ち分: who is in charge of how many, for whoever says who is in charge."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if not standing.purpose:
        return render(request, "desk/today.html", {"needs_purpose": True})
    with begin_acting(request) as acting:
        loads = list_loads(acting)
    most = max((load.children for load in loads), default=0)
    content = {
        "loads": [LoadShown.measure(load, most, standing.on_date) for load in loads],
        "bar_width": _BAR_WIDTH,
        "unassigned_address": f"{reverse('show_today')}?{urlencode({'tab': str(Tab.UNASSIGNED), 'whose': 'all'})}",
        "handover_address": f"{reverse('show_today')}?{urlencode({'tab': str(Tab.HANDOVER), 'whose': 'all'})}",
    }
    return render(request, "desk/loads.html", content)


@require_POST
def take_on_child(request: HttpRequest, person_id: int) -> HttpResponse:
    """引き受ける: put oneself in charge of a child of one's team."""
    with begin_acting(request) as acting:
        assign_child(acting, [person_id], Charge(assignee=acting.staff))
    offer_undo(request, Undo(str(_("引き受けました。"))))
    return _return(request)


@require_POST
def put_off_task(request: HttpRequest, person_id: int) -> HttpResponse:
    """延期: put off what is due for a child, for a written reason; with an error, what was typed stays."""
    form = DeferForm(request.POST)
    if form.is_valid():
        try:
            with begin_acting(request) as acting:
                put_off = defer_task(
                    acting, person_id, form.cleaned_data["until"], form.cleaned_data["reason"]
                )
        except EntryFaultError as fault:
            form.add_error(fault.field, f"{fault.what}{fault.todo}")
        else:
            words = _("%(until)s まで延期しました。") % {"until": put_off.until.isoformat()}
            address = reverse("take_entry_back", kwargs={"person_id": person_id})
            offer_undo(request, Undo(words, address, {"entry": str(put_off.pk)}))
            return _return(request)
    return _show(request, form, person_id, status=422)


def _show(
    request: HttpRequest, form: DeferForm | None = None, about: int | None = None, *, status: int = 200
) -> HttpResponse:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if not standing.purpose:
        return render(request, "desk/today.html", {"needs_purpose": True}, status=status)
    with begin_acting(request) as acting:
        rights = list_rights(standing.staff, on_date=standing.on_date)
        asked = _read_asked(request, standing, may_assign=Right.ASSIGN in rights)
        tasks = list_tasks(acting, asked)
    content = {
        **_describe(asked, tasks),
        "may_see_all": Right.ASSIGN in rights,
        "unreceived": tasks.unreceived,
        "waiting_address": _write_address(asked, Tab.WAITING),
        "form": form or DeferForm(),
        "about": about,
        "here": _write_address(asked, asked.tab, asked.page),
    }
    return render(request, "desk/today.html", content, status=status)


def _read_asked(request: HttpRequest, standing: Standing, *, may_assign: bool) -> Asked:
    """What the address asks for; whoever says who is in charge sees everybody's tasks, unless they ask for their own."""
    wanted = request.GET if request.method == "GET" else request.POST
    teams = [role.scope_id for role in standing.roles if role.scope_kind == ScopeKind.TEAM]
    tab, page = wanted.get("tab", ""), wanted.get("page", "")
    return Asked(
        Tab(tab) if tab in list(Tab) else Tab.NEW if may_assign else Tab.OVERDUE,
        teams,
        is_everybodys=may_assign and wanted.get("whose") != "mine",
        page=max(int(page), 1) if page.isdecimal() and len(page) < _PAGE_DIGITS else 1,
        at=read_moment(standing.on_date),
    )


def _describe(asked: Asked, tasks: Tasks) -> dict[str, Any]:
    language = get_language() or "ja"
    tabs = [
        TabShown(title, _write_address(asked, tab), tab is asked.tab, tasks.counts[tab])
        for tab, title in TAB_TITLES.items()
        if tab is not Tab.UNASSIGNED or asked.is_everybodys
    ]
    last = max(-(-tasks.counts[asked.tab] // TASKS_A_PAGE), 1)
    nothing, why = _NOTHING[asked.tab]
    return {
        "asked": asked,
        "tabs": tabs,
        "tasks": [_describe_task(task, language, asked) for task in tasks.page],
        "nothing": nothing,
        "nothing_why": why,
        "last": last,
        "before": _write_address(asked, asked.tab, asked.page - 1) if asked.page > 1 else "",
        "after": _write_address(asked, asked.tab, asked.page + 1) if asked.page < last else "",
        "others_address": _write_address(replace(asked, is_everybodys=not asked.is_everybodys), asked.tab),
    }


def _write_address(asked: Asked, tab: Tab, page: int = 1) -> str:
    said = {"tab": str(tab), "whose": "all" if asked.is_everybodys else "mine"}
    return f"{reverse('show_today')}?{urlencode(said | ({'page': page} if page > 1 else {}))}"


def _describe_task(task: Task, language: str, asked: Asked) -> TaskShown:
    is_japanese = language == "ja"
    if task.due_at is not None and asked.at is not None:
        return _describe_intake(task, task.due_at, asked.at)
    time = Tab(task.time)
    what = _KINDS[task.kind] if task.outcome is None else DECISION_TITLES[task.outcome]
    return TaskShown(
        task,
        "urgent" if task.is_urgent else _MARKS.get(time, ""),
        _("すぐに確かめる") if task.is_urgent else TAB_TITLES[time],
        what,
        "" if task.need_level is None else LEVEL_TITLES[task.need_level],
        task.why_ja if is_japanese else task.why_en,
        (task.age_ja if is_japanese else task.age_en) or "",
    )


def _describe_intake(task: Task, due_at: datetime, at: datetime) -> TaskShown:
    is_over = task.time == Tab.OVERDUE
    return TaskShown(
        task,
        "urgent" if task.is_urgent else "warn",
        _("期限切れ") if is_over else _("いますぐ") if task.is_urgent else _("受付"),
        _("姿を見て、安全を確かめる"),
        "",
        task.why_ja,
        "",
        clock=describe_clock(due_at, at),
        turn=TURN_TITLES[task.turn or ""],
    )


def _return(request: HttpRequest) -> HttpResponse:
    return redirect(read_own_address(request, request.POST.get("next", "")))
