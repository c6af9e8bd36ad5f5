"""問題のある行: what was wrong with a department's files, where, and the workbook to send back. Never a value."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tsunagu.access.permission import do_by_right
from tsunagu.access.session import DATA_KEEPING, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.jobs.uploads import make_sending_folder
from tsunagu.pipeline.seam import (
    Seam,
    list_delivered_files,
    list_feed_titles,
    list_row_problems,
    open_seam,
    write_problem_book,
)
from tsunagu.trail.recording import Act
from tsunagu.web.standing import Standing

_SHOWN_ROWS = 200
_EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def list_problems(request: HttpRequest, feed: str) -> HttpResponse:
    """A feed's files with their problems by kind; of one file its first rows as well."""
    seam = _open(request, "data.problems", feed)
    titles = list_feed_titles(seam)
    if feed not in titles:
        raise Http404
    files = list_delivered_files(seam, feed)
    chosen = next((one for one in files if one.file_id == request.GET.get("file")), None)
    rows = list_row_problems(seam, feed, chosen.file_id, at_most=_SHOWN_ROWS + 1) if chosen else ()
    content = {
        "feed": feed,
        "title": titles[feed],
        "files": files,
        "chosen": chosen,
        "rows": rows[:_SHOWN_ROWS],
        "has_more": len(rows) > _SHOWN_ROWS,
        "shown_rows": _SHOWN_ROWS,
    }
    return render(request, "desk/data_problems.html", content)


@require_safe
def download_problems(request: HttpRequest, feed: str) -> HttpResponse:
    """The workbook for the department."""
    seam = _open(request, "data.problems.download", feed)
    if feed not in list_feed_titles(seam):
        raise Http404
    with TemporaryDirectory(prefix="problems-", dir=make_sending_folder(_get_home())) as folder:
        out = Path(folder) / "problems.xlsx"
        write_problem_book(seam, out, feed=feed)
        content = out.read_bytes()
    response = HttpResponse(content, content_type=_EXCEL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{feed.replace("/", "-")}-problems.xlsx"'
    return response


def _open(request: HttpRequest, act: str, feed: str) -> Seam:
    """The door, once the reading is recorded."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    with acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id) as acting:
        do_by_right(acting, Right.DATA_STATE, Act(act, Outcome.READ, "feed", feed))
    return open_seam(_get_home(), on=standing.on_date)


def _get_home() -> Path:
    home = settings.HOME
    assert home is not None
    return home
