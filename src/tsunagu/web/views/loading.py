"""Taking files in: sent, looked at, then taken in by the worker."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.permission import do_by_right
from tsunagu.access.session import DATA_KEEPING, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.jobs.kinds import Kind
from tsunagu.jobs.operations import ask_for
from tsunagu.jobs.uploads import Batch, FileNameRefusedError, begin_batch, check_name, open_batch
from tsunagu.pipeline.seam import FileLook, Seam, list_feed_titles, look_at_file, open_seam
from tsunagu.trail.recording import Act
from tsunagu.web.fields import DayField, TidyTextField
from tsunagu.web.receiving import list_sent, receives_files
from tsunagu.web.refusal_words import advise
from tsunagu.web.standing import Standing

_REASON_LENGTH = 200


class TakeInForm(forms.Form):
    """When the files were received; for one file also as what, and why although it is of another size."""

    received_on = DayField(
        label=_("受け取った日"), error_messages={"required": _("受け取った日を入れてください。")}
    )
    feed = forms.ChoiceField(label=_("どの様式のファイルか"), required=False)
    override_reason = TidyTextField(
        label=_("件数が大きく違っても受け取る理由"),
        required=False,
        max_length=_REASON_LENGTH,
        help_text=_("個人の名前は書かないでください。記録に残ります。"),
    )

    def __init__(self, feeds: dict[str, str], posted: QueryDict | dict[str, str] | None = None) -> None:
        super().__init__(posted)
        field = self.fields["feed"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("ファイルから見分ける")), *feeds.items()]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One file of a batch, as it is shown."""

    number: int
    name: str
    size: int
    look: FileLook
    todo: str | Promise


@require_safe
def show_loading(request: HttpRequest) -> HttpResponse:
    """Where files are chosen."""
    _check(request, "data.load.open")
    return render(request, "desk/data_load.html", {"most_megabytes": settings.UPLOAD_MOST_BYTES // 1024**2})


@receives_files
@require_POST
def send_files(request: HttpRequest) -> HttpResponse:
    """Keep what was sent until it is taken in or thrown away."""
    standing = _check(request, "data.load.send", outcome=Outcome.CHANGED)
    sent = list_sent(request, "files")
    if not sent:
        wrong = _("ファイルを一つ以上選んでください。")
        return _render_start(request, wrong)
    try:
        for one in sent:
            check_name(one.name or "")
    except FileNameRefusedError as error:
        return _render_start(request, error.what + error.todo)
    batch = begin_batch(_get_home(), standing.staff.pk)
    for one in sent:
        batch.add(one.name or "", Path(one.temporary_file_path()))  # type: ignore[attr-defined]
    return redirect("show_batch", batch=batch.number)


@require_safe
def show_batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """What the files seem to be, and what can be done with them."""
    standing = _check(request, "data.load.look", str(batch))
    return _render_batch(request, standing, open_batch(_get_home(), batch, standing.staff.pk))


@require_POST
def take_in(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Ask the worker to take in the files that were chosen."""
    standing = _get_standing(request)
    seam = _open(standing)
    form = TakeInForm(_list_titles(seam), request.POST)
    opened = open_batch(_get_home(), batch, standing.staff.pk)
    chosen = sorted(
        {int(one) for one in request.POST.getlist("file") if one.isdecimal()} & set(opened.list_files())
    )
    if not chosen:
        form.add_error(None, _("取り込むファイルを一つ以上選んでください。"))
    if (form.data.get("feed") or form.data.get("override_reason")) and len(chosen) > 1:
        form.add_error(None, _("様式や理由を添えるときは、ファイルを一つずつ取り込んでください。"))
    if not form.is_valid():
        _check(request, "data.load.look", str(batch))
        return _render_batch(request, standing, opened, form, status=422)
    arguments: dict[str, Any] = {
        "batch": str(batch),
        "files": chosen,
        "received_on": form.cleaned_data["received_on"].isoformat(),
        "feed": form.cleaned_data["feed"],
        "override_reason": form.cleaned_data["override_reason"],
    }
    with acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id) as acting:
        work_id = ask_for(acting, Kind.LOAD_FILES, arguments)
    return redirect("show_work", work_id=work_id)


@require_POST
def discard_file(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Throw one file away."""
    standing = _check(request, "data.load.discard", str(batch), outcome=Outcome.CHANGED)
    opened = open_batch(_get_home(), batch, standing.staff.pk)
    number = request.POST.get("file", "")
    path = opened.list_files().get(int(number)) if number.isdecimal() else None
    if path is not None:
        opened.discard(path)
    return redirect("show_batch", batch=batch) if opened.folder.exists() else redirect("show_loading")


def _render_start(request: HttpRequest, wrong: str | Promise) -> HttpResponse:
    content = {"wrong": wrong, "most_megabytes": settings.UPLOAD_MOST_BYTES // 1024**2}
    return render(request, "desk/data_load.html", content, status=422)


def _render_batch(
    request: HttpRequest, standing: Standing, batch: Batch, form: TakeInForm | None = None, status: int = 200
) -> HttpResponse:
    seam = _open(standing)
    looks = [_look(seam, number, path) for number, path in batch.list_files().items()]
    content = {
        "batch": batch.number,
        "files": looks,
        "has_unknown": any(one.look.is_unknown for one in looks),
        "form": form or TakeInForm(_list_titles(seam), {"received_on": standing.on_date.isoformat()}),
        "is_asked_again": form is not None,
    }
    return render(request, "desk/data_batch.html", content, status=status)


def _look(seam: Seam, number: int, path: Path) -> LookedAt:
    look = look_at_file(seam, path)
    code = "unknown_layout" if look.is_unknown else "ambiguous_layout" if look.is_ambiguous else ""
    return LookedAt(number, path.name, path.stat().st_size, look, advise(code, look.todo))


def _list_titles(seam: Seam) -> dict[str, str]:
    return {name: f"{title.ja}（{name}）" for name, title in list_feed_titles(seam).items()}


def _check(request: HttpRequest, act: str, what: str = "", *, outcome: Outcome = Outcome.READ) -> Standing:
    standing = _get_standing(request)
    with acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id) as acting:
        do_by_right(acting, Right.LOAD_DATA, Act(act, outcome, "batch", what))
    return standing


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing


def _open(standing: Standing) -> Seam:
    return open_seam(_get_home(), on=standing.on_date)


def _get_home() -> Path:
    home = settings.HOME
    assert home is not None
    return home
