"""知らないファイルの読み方: drafted by the machine, answered column by column, let into use by a second person."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tsunagu.access.permission import do_by_right
from tsunagu.access.session import DATA_KEEPING, Acting, acting_as
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Right
from tsunagu.jobs.kinds import Kind
from tsunagu.jobs.mappings import Mapping, open_mapping
from tsunagu.jobs.operations import ask_for
from tsunagu.jobs.uploads import open_batch
from tsunagu.pipeline.seam import MappingRow, open_seam, read_mapping, write_answers
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import TsunaguError
from tsunagu.web.receiving import list_sent, receives_files
from tsunagu.web.standing import Standing

_EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The names of the form's fields: cell/<sheet>/<row>/<heading>.
_CELL = "cell"
_CONFIRM, _YES = "確認", "○"
# What of each kind of row is shown, and what may be answered; the headings are those of the workbook.
_COLUMN = (("見出し", "値の形", "埋まり", "確かさ"), ("行き先", "型", "コード表"))
_SPELLING = (("見出し", "書き方", "行数", "確かさ"), ("符号",))
_SETTING = (("決めること", "説明"), ("値",))


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell that may be answered: the field's name, its text, and the list it is chosen from, by number."""

    name: str
    title: str
    text: str
    choices: int | None

    @property
    def lines(self) -> int:
        """How many lines it has; a field of one line would run them together."""
        return self.text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a draft. `why`: of those in doubt, what speaks for the proposal."""

    texts: tuple[str, ...]
    why: str
    cells: tuple[ShownCell, ...]
    confirm: str
    is_confirmed: bool
    is_doubtful: bool
    needs_mark: bool


@require_POST
def draft_mapping(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Ask the worker to draft the reading of one file."""
    standing = _get_standing(request)
    number = request.POST.get("file", "")
    with _act(standing) as acting:
        do_by_right(acting, Right.LOAD_DATA, Act("data.mapping.draft", Outcome.CHANGED, "batch", str(batch)))
        files = open_batch(_get_home(), batch, standing.staff.pk).list_files()
        if not number.isdecimal() or int(number) not in files:
            return redirect("show_batch", batch=batch)
        work_id = ask_for(acting, Kind.DRAFT_MAPPING, {"batch": str(batch), "files": [int(number)]})
    return redirect("show_work", work_id=work_id)


@require_safe
def show_mapping(request: HttpRequest, mapping: uuid.UUID) -> HttpResponse:
    """A draft as it stands: how sure each column is, what is still to be confirmed."""
    standing = _check(request, "data.mapping.open", mapping, Outcome.READ, Right.DATA_STATE)
    return _render(request, standing, open_mapping(_get_home(), mapping))


@require_POST
def answer_mapping(request: HttpRequest, mapping: uuid.UUID) -> HttpResponse:
    """Keep the answers, all or none."""
    standing = _check(request, "data.mapping.answer", mapping, Outcome.CHANGED, Right.LOAD_DATA)
    opened = open_mapping(_get_home(), mapping)
    seam = open_seam(_get_home(), on=standing.on_date)
    try:
        write_answers(seam, opened.workbook, _read_answers(request.POST))
    except TsunaguError as error:
        return _render(request, standing, opened, error)
    opened.add_hand(standing.staff.pk)
    return redirect("show_mapping", mapping=mapping)


@require_safe
def download_mapping(request: HttpRequest, mapping: uuid.UUID) -> HttpResponse:
    """The same draft as an Excel workbook; it holds no value of the file."""
    _check(request, "data.mapping.download", mapping, Outcome.READ, Right.LOAD_DATA)
    opened = open_mapping(_get_home(), mapping)
    response = HttpResponse(opened.workbook.read_bytes(), content_type=_EXCEL_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="mapping.xlsx"'
    return response


@receives_files
@require_POST
def upload_mapping(request: HttpRequest, mapping: uuid.UUID) -> HttpResponse:
    """The corrected workbook in the place of the draft; one that cannot be read changes nothing."""
    standing = _check(request, "data.mapping.upload", mapping, Outcome.CHANGED, Right.LOAD_DATA)
    opened = open_mapping(_get_home(), mapping)
    seam = open_seam(_get_home(), on=standing.on_date)
    sent = list_sent(request, "workbook")
    if not sent:
        return redirect("show_mapping", mapping=mapping)
    written = Path(sent[0].temporary_file_path())  # type: ignore[attr-defined]
    try:
        read_mapping(seam, written)
    except TsunaguError as error:
        return _render(request, standing, opened, error)
    opened.workbook.write_bytes(written.read_bytes())
    opened.add_hand(standing.staff.pk)
    return redirect("show_mapping", mapping=mapping)


@require_POST
def approve_mapping(request: HttpRequest, mapping: uuid.UUID) -> HttpResponse:
    """A second person lets the reading be used."""
    standing = _check(request, "data.mapping.approve", mapping, Outcome.CHANGED, Right.APPROVE_MAPPING)
    opened = open_mapping(_get_home(), mapping)
    opened.check_other_person(standing.staff.pk)
    with _act(standing) as acting:
        work_id = ask_for(acting, Kind.KEEP_MAPPING, {"mapping": str(mapping)})
    return redirect("show_work", work_id=work_id)


def _read_answers(posted: QueryDict) -> dict[tuple[str, int], dict[str, str]]:
    """The cells of the form. A box that is not ticked is not sent: the empty field before it says that it is there."""
    answers: dict[tuple[str, int], dict[str, str]] = {}
    for name in posted:
        kind, _slash, rest = name.partition("/")
        sheet, _slash, place = rest.partition("/")
        number, _slash, title = place.partition("/")
        if kind == _CELL and number.isdecimal():
            answers.setdefault((sheet, int(number)), {})[title] = (
                posted.getlist(name)[-1].strip().replace("\r\n", "\n")
            )
    return answers


def _describe_rows(
    rows: Sequence[MappingRow], kind: tuple[tuple[str, ...], tuple[str, ...]], lists: list[str]
) -> list[ShownRow]:
    """What is in doubt stands first; else in the order of the file."""
    return [_describe(row, kind, lists) for row in sorted(rows, key=lambda row: not row.is_doubtful)]


def _describe(row: MappingRow, kind: tuple[tuple[str, ...], tuple[str, ...]], lists: list[str]) -> ShownRow:
    shown, answered = kind
    return ShownRow(
        tuple(row.cells.get(title, "") for title in shown),
        row.cells.get("理由", "") if row.is_doubtful else "",
        tuple(_describe_cell(row, title, lists) for title in answered),
        _name_field(row, _CONFIRM),
        row.cells.get(_CONFIRM, "").strip() == _YES,
        row.is_doubtful,
        row.needs_mark,
    )


def _describe_cell(row: MappingRow, title: str, lists: list[str]) -> ShownCell:
    named = row.choices.get(title, "")
    return ShownCell(
        _name_field(row, title),
        title,
        row.cells.get(title, "").strip(),
        lists.index(named) if named in lists else None,
    )


def _name_field(row: MappingRow, title: str) -> str:
    return f"{_CELL}/{row.sheet}/{row.number}/{title}"


def _render(
    request: HttpRequest, standing: Standing, mapping: Mapping, error: TsunaguError | None = None
) -> HttpResponse:
    rows = read_mapping(open_seam(_get_home(), on=standing.on_date), mapping.workbook)
    lists = list(rows.choices)
    content = {
        "mapping": mapping,
        "unmarked": rows.unmarked,
        "columns": _describe_rows(rows.columns, _COLUMN, lists),
        "spellings": _describe_rows(rows.spellings, _SPELLING, lists),
        "settings": _describe_rows(rows.settings, _SETTING, lists),
        "lists": [rows.choices[name] for name in lists],
        "error": error,
        "error_lines": error.what.split("\n") if error else [],
        "may_change": Right.LOAD_DATA in standing.rights,
        "may_approve": Right.APPROVE_MAPPING in standing.rights,
        "has_hand": standing.staff.pk in mapping.hands,
    }
    return render(request, "desk/data_mapping.html", content, status=422 if error else 200)


def _check(request: HttpRequest, act: str, mapping: uuid.UUID, outcome: Outcome, right: Right) -> Standing:
    standing = _get_standing(request)
    with _act(standing) as acting:
        do_by_right(acting, right, Act(act, outcome, "mapping", str(mapping)))
    return standing


def _act(standing: Standing) -> AbstractContextManager[Acting]:
    return acting_as(standing.staff, DATA_KEEPING, standing.on_date, request_id=standing.request_id)


def _get_standing(request: HttpRequest) -> Standing:
    standing: Standing = request.standing  # type: ignore[attr-defined]
    return standing


def _get_home() -> Path:
    home = settings.HOME
    assert home is not None
    return home
