"""The list an officer sends back to a department: where each problem is, and how to put it right. No value."""

import csv
import os
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.words import Department
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.home import Home
from tsunagu.store.landing import FILE, PROBLEM

_HEADERS = ("部署のファイル", "ファイル名", "受け取った日", "行", "列", "問題", "直し方", "この行の扱い")
# A spreadsheet would carry out a cell that begins with one of these.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write_problem_csv(
    home: Home,
    catalog: Catalog,
    out: Path,
    *,
    feed_id: str | None = None,
    department: Department | None = None,
) -> int:
    """Write the problems of all files, or of one feed or department, as a CSV that Excel opens.

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
    cells = (title, file_name, str(known_from), str(row), column or "(行全体)", what, todo, kept)
    return [_neutralise(cell) for cell in cells]


def _neutralise(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def _write_csv(out: Path, lines: list[list[str]]) -> None:
    temporary = out.with_name(out.name + ".new")
    # With a BOM, because Excel takes a CSV without one for CP932.
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_HEADERS, *lines])
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out)
