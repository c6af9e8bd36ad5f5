"""The list an officer sends back to a department: where each problem is, and how to put it right. No value."""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.words import Department
from tsunagu.catalog.workbooks.cells import neutralise
from tsunagu.catalog.workbooks.sheets import (
    CellFault,
    Field,
    Line,
    Sheet,
    WorkbookFaultsError,
    read_workbook,
    write_workbook,
)
from tsunagu.japanese.dates import parse_date
from tsunagu.store import journal
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.home import Home
from tsunagu.store.landing import FILE, PROBLEM

_HEADERS = ("部署のファイル", "ファイル名", "受け取った日", "行", "列", "問題", "直し方", "この行の扱い")
_WIDTHS = (22, 30, 14, 8, 18, 36, 40, 24)
# What the department writes and sends back with the corrected file.
_ANSWERS = (
    Field("対応", 16, choices="対応"),
    Field("直した内容・このままでよい訳", 40),
    Field("対応した日", 14),
)
_AS_IT_IS = "元のままで正しい"
_ANSWER_CHOICES = {"対応": ["直して出し直す", _AS_IT_IS, "調べている", "こちらの読み方を直してほしい"]}
_SHEET = "問題一覧"
_PLACE = _HEADERS[:6]
"""What a problem is known by: everything up to what is wrong."""
_EXCEL = ".xlsx"


def write_problems(
    home: Home,
    catalog: Catalog,
    out: Path,
    *,
    feed_id: str | None = None,
    department: Department | None = None,
) -> int:
    """Write the problems of all files, or of one feed or department, for Excel.

    A name ending in .xlsx gives a workbook with columns for the department's answers, any other a CSV.

    Args:
        home: the installation.
        catalog: its definitions.
        out: the file; replaced as a whole.
        feed_id: only this feed.
        department: only this department.

    Returns:
        Problems written.

    Raises:
        UnknownDefinitionError: no such feed.
    """
    wanted = [catalog.get_feed(feed_id)] if feed_id else list(catalog.feeds.values())
    lines = _list_problems(home, [feed for feed in wanted if department in (None, feed.department)])
    if out.suffix.lower() == _EXCEL:
        _write_workbook(out, lines)
    else:
        _write_csv(out, lines)
    return len(lines)


def _list_problems(home: Home, feeds: Iterable[Feed]) -> list[list[str]]:
    titles = {feed.id: feed.title.ja for feed in feeds}
    with open_reader(home, "problems", details={"feeds": len(titles)}) as reader:
        reader.attach(FILE)
        reader.attach(PROBLEM)
        rows = reader.engine.list_rows(read_sql("tsunagu.intake", "problems_to_send_back"))
    return [_write_line(titles[row[0]], *row[1:]) for row in rows if row[0] in titles]


def _write_line(
    title: str,
    file_name: str,
    known_from: object,
    row: int,
    column: str | None,
    message: str,
    is_dropped: int,
) -> list[str]:
    what, _, todo = message.partition("\n")
    kept = "取り込んでいません" if is_dropped else "この値のほかは取り込みました"
    return [title, file_name, str(known_from), str(row), column or "(行全体)", what, todo, kept]


def _write_workbook(out: Path, lines: list[list[str]]) -> None:
    given = [Field(title, width, is_shown_only=True) for title, width in zip(_HEADERS, _WIDTHS, strict=True)]
    rows = tuple((*line, *[""] * len(_ANSWERS)) for line in lines)
    advice = "元のファイルを直して出し直してください。値は入っていないので、行と列を元のファイルで確かめてください。"
    write_workbook(out, [Sheet(_SHEET, (*given, *_ANSWERS), rows, advice)], _ANSWER_CHOICES)


def _write_csv(out: Path, lines: list[list[str]]) -> None:
    temporary = out.with_name(out.name + ".new")
    # With a BOM, because Excel takes a CSV without one for CP932.
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_HEADERS, *(map(neutralise, line) for line in lines)])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out)


@dataclass(frozen=True, slots=True)
class Answers:
    """What departments answered: problems by kind of file, column and answer; `unanswered` of all in the workbook.

    What they wrote besides is not kept: it may speak of a person.
    """

    counts: Mapping[tuple[str, str, str], int]
    unanswered: int


def read_answers(home: Home, catalog: Catalog, path: Path) -> Answers:
    """Read the list back that a department filled in.

    Args:
        home: the installation.
        catalog: its definitions.
        path: the workbook.

    Raises:
        WorkbookFaultsError: an answer that cannot be understood, or rows that are not among the problems.
        UnreadableWorkbookError: it is no such list.
    """
    given = [Field(title) for title in _PLACE]
    lines = read_workbook(path).list_lines(_SHEET, [*given, *_ANSWERS])
    known = {tuple(one[: len(_PLACE)]) for one in _list_problems(home, catalog.feeds.values())}
    faults = [fault for line in lines for fault in _check_answer(line, known)]
    if faults:
        raise WorkbookFaultsError(faults)
    answered = [line for line in lines if line.get("対応")]
    counts = Counter((line.get(_PLACE[0]), line.get("列"), line.get("対応")) for line in answered)
    details = {"answered": len(answered), "unanswered": len(lines) - len(answered)}
    journal.append_line(home, journal.start_entry(home, "problems"), "answered", "problems", details=details)
    return Answers(counts, len(lines) - len(answered))


def _check_answer(line: Line, known: Iterable[tuple[str, ...]]) -> Iterator[CellFault]:
    answer, why, day = (line.get(one.title) for one in _ANSWERS)
    if tuple(line.get(title) for title in _PLACE) not in known:
        todo = "行を書き換えたのなら元に戻し、もう直った問題の行は消してください。"
        yield CellFault(line.get_place(_PLACE[0]), "この行の問題は、いまはありません。", todo)
    if answer and answer not in _ANSWER_CHOICES["対応"]:
        todo = f"「{'」「'.join(_ANSWER_CHOICES['対応'])}」から選んでください。"
        yield CellFault(line.get_place("対応"), "この対応は、選択肢にありません。", todo)
    if (why or day) and not answer:
        yield CellFault(line.get_place("対応"), "対応が選ばれていません。", "▼から選んでください。")
    if answer == _AS_IT_IS and not why:
        what = "このままでよい訳が書かれていません。"
        yield CellFault(line.get_place(_ANSWERS[1].title), what, "訳を書いてください。")
    if day and parse_date(day) is None:
        what, todo = "日付として読めません。", "2026-04-01 の形で書いてください。"
        yield CellFault(line.get_place(_ANSWERS[2].title), what, todo)
