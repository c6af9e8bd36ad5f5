"""The list an officer sends back to a department: where each problem is, and how to put it right. No value."""

import csv
import os
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.words import Department
from tsunagu.catalog.workbooks.cells import neutralise
from tsunagu.catalog.workbooks.sheets import Field, Sheet, write_workbook
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
_ANSWER_CHOICES = {
    "対応": ["直して出し直す", "元のままで正しい", "調べている", "こちらの読み方を直してほしい"]
}
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
    titles = {feed.id: feed.title.ja for feed in wanted if department in (None, feed.department)}
    with open_reader(home, "problems", details={"feeds": len(titles)}) as reader:
        reader.attach(FILE)
        reader.attach(PROBLEM)
        rows = reader.engine.list_rows(read_sql("tsunagu.intake", "problems_to_send_back"))
    lines = [_write_line(titles[row[0]], *row[1:]) for row in rows if row[0] in titles]
    if out.suffix.lower() == _EXCEL:
        _write_workbook(out, lines)
    else:
        _write_csv(out, lines)
    return len(lines)


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
    write_workbook(out, [Sheet("問題一覧", (*given, *_ANSWERS), rows, advice)], _ANSWER_CHOICES)


def _write_csv(out: Path, lines: list[list[str]]) -> None:
    temporary = out.with_name(out.name + ".new")
    # With a BOM, because Excel takes a CSV without one for CP932.
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_HEADERS, *(map(neutralise, line) for line in lines)])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out)
