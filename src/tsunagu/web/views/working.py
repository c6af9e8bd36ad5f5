"""Work that takes longer than a page may: how far it is, its end, and asking for a new judgement."""

import uuid
from contextlib import AbstractContextManager

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tsunagu.access.permission import do_by_right
from tsunagu.access.session import DATA_KEEPING, Acting, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.jobs.kinds import Kind, State
from tsunagu.jobs.models import Work
from tsunagu.jobs.operations import ask_for, get_work, stop_work
from tsunagu.trail.recording import Act
from tsunagu.web.doors import asked_by_itself
from tsunagu.web.fields import DayField
from tsunagu.web.refusal_words import advise
from tsunagu.web.standing import Standing

KIND_TITLES: dict[str, Promise] = {
    Kind.FETCH_CHILD: _("こどもの取り寄せ"),
    Kind.LOAD_DIRECTORY: _("名簿の入れ替え"),
    Kind.RECEIVE_RUN: _("判定の結果の受け取り"),
    Kind.RETURN_DECISIONS: _("画面での判断の引き渡し"),
    Kind.CHECKPOINT: _("監査の記録への署名"),
    Kind.LOAD_FILES: _("ファイルの取り込み"),
    Kind.RUN_ANALYSIS: _("判定"),
    Kind.DRAFT_MAPPING: _("読み方の下書き"),
    Kind.KEEP_MAPPING: _("新しい様式の追加"),
}
STATE_TITLES: dict[str, Promise] = {
    State.WAITING: _("順番を待っています"),
    State.WORKING: _("進めています"),
    State.DONE: _("終わりました"),
    State.REFUSED: _("できませんでした"),
    State.FAILED: _("不具合で終えられませんでした"),
    State.CANCELLED: _("取りやめました"),
}
STATE_MARKS: dict[str, str] = {
    State.WAITING: "",
    State.WORKING: "",
    State.DONE: "good",
    State.REFUSED: "bad",
    State.FAILED: "bad",
    State.CANCELLED: "shut",
}
_SHOWN_WORKS = 30


class RunForm(forms.Form):
    """The day whose knowledge is judged."""

    as_of = DayField(
        label=_("この日までに分かっていたことで判定する"),
        error_messages={"required": _("日付を入れてください。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def run_analysis(request: HttpRequest) -> HttpResponse:
    """Ask for a new judgement."""
    standing = _get_standing(request)
    is_asked = request.method == "POST"
    form = RunForm(request.POST if is_asked else {"as_of": standing.on_date.isoformat()})
    if is_asked and form.is_valid() and form.cleaned_data["as_of"] > standing.on_date:
        form.add_error("as_of", _("まだ来ていない日では判定できません。"))
    with _act(standing) as acting:
        if is_asked and form.is_valid():
            arguments = {"as_of": form.cleaned_data["as_of"].isoformat()}
            return redirect("show_work", work_id=ask_for(acting, Kind.RUN_ANALYSIS, arguments))
        do_by_right(acting, Right.RUN_ANALYSIS, Act("data.run.open", Outcome.READ))
    return render(request, "desk/data_run.html", {"form": form}, status=422 if is_asked else 200)


@require_safe
def list_works(request: HttpRequest) -> HttpResponse:
    """What was asked of the worker lately, as far as one may see it."""
    standing = _get_standing(request)
    with _act(standing) as acting:
        do_by_right(acting, Right.DATA_STATE, Act("job.list", Outcome.READ, "job"))
        works = list(
            Work.objects.exclude(kind=Kind.FETCH_CHILD)
            .select_related("asked_by")
            .order_by("-asked_at")[:_SHOWN_WORKS]
        )
    return render(request, "desk/data_works.html", {"works": [_describe(work, standing) for work in works]})


@asked_by_itself
@require_safe
def show_work(request: HttpRequest, work_id: uuid.UUID) -> HttpResponse:
    """How far one piece of work is, or what became of it; htmx asks for the inner part again and again."""
    standing = _get_standing(request)
    with _act(standing) as acting:
        content = _describe(get_work(acting, work_id), standing)
    part = "desk/data_work_part.html" if request.headers.get("HX-Request") else "desk/data_work.html"
    return render(request, part, content)


@require_POST
def stop(request: HttpRequest, work_id: uuid.UUID) -> HttpResponse:
    """Ask for its end."""
    with _act(_get_standing(request)) as acting:
        stop_work(acting, work_id)
    return redirect("show_work", work_id=work_id)


def _describe(work: Work, standing: Standing) -> dict[str, object]:
    refused = work.result.get("refused")
    files = [{**file, **_advise_file(file)} for file in work.result.get("files", [])]
    return {
        "work": work,
        "title": KIND_TITLES[work.kind],
        "state": STATE_TITLES[work.state],
        "mark": STATE_MARKS[work.state],
        "files": files,
        "has_refused_files": any("refused" in file for file in files),
        "refused": {**refused, "todo": advise("", refused["todo"])} if refused else None,
        "is_mine": work.asked_by_id == standing.staff.pk,
    }


def _advise_file(file: dict[str, dict[str, str]]) -> dict[str, object]:
    refused = file.get("refused")
    return {"refused": {**refused, "todo": advise(refused["code"], refused["todo"])}} if refused else {}


def _act(standing: Standing) -> AbstractContextManager[Acting]:
    return acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing
