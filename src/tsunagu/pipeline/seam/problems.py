"""What was wrong with what departments sent, by file and row, and the workbook to send back. Never a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from tsunagu.intake import write_problems
from tsunagu.pipeline.disclosure import Disclosure, open_disclosure
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.pipeline.wording import show_figure
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.landing import FILE, PROBLEM

_PACKAGE = "tsunagu.pipeline"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem in one column of one file. `column` empty: the row as a whole."""

    title: str
    todo: str
    column: str
    problems: str


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """One file that was taken in."""

    file_id: str
    name: str
    received_on: date
    rows: str
    problem_rows: str
    withdrawn_on: date | None
    kinds: tuple[ProblemKind, ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One problem: where it is and how to put it right."""

    row: int
    column: str
    title: str
    todo: str
    is_dropped: bool


def list_delivered_files(seam: Seam, feed: str) -> tuple[DeliveredFile, ...]:
    """The files of a feed with their problems by kind, the latest first.

    Raises:
        UnknownDefinitionError: no such feed.
    """
    seam.catalog.get_feed(feed)
    disclosure = open_disclosure(seam.catalog)
    with open_reader(seam.home, "seam problems", details={"feed": feed}) as reader:
        for table in (FILE, PROBLEM):
            reader.attach(table)
        rows = reader.engine.list_rows(read_sql(_PACKAGE, "seam_files"), feed=feed)
    return tuple(
        _describe_file(list(group), disclosure) for _, group in groupby(rows, key=lambda row: row[0])
    )


def list_row_problems(seam: Seam, feed: str, file_id: str, *, at_most: int) -> tuple[RowProblem, ...]:
    """The first problems of one file of a feed; none when there is no such file."""
    with open_reader(seam.home, "seam problems", details={"feed": feed, "file": file_id}) as reader:
        for table in (FILE, PROBLEM):
            reader.attach(table)
        rows = reader.engine.list_rows(
            read_sql(_PACKAGE, "seam_problem_rows"), feed=feed, file_id=file_id, at_most=at_most
        )
    return tuple(
        RowProblem(row, column or "", *_split(message), bool(is_dropped))
        for row, column, message, is_dropped in rows
    )


def write_problem_book(seam: Seam, out: Path, *, feed: str) -> int:
    """Write a feed's problems as a workbook with columns for the department's answers; returns how many.

    Raises:
        UnknownDefinitionError: no such feed.
    """
    return write_problems(seam.home, seam.catalog, out, feed_id=feed)


def _describe_file(rows: list[tuple[Any, ...]], disclosure: Disclosure) -> DeliveredFile:
    file_id, name, received_on, count, problem_rows, withdrawn_on = rows[0][:6]
    return DeliveredFile(
        file_id,
        name,
        received_on,
        show_figure(disclosure.show_rows(count))[0],
        show_figure(disclosure.show_rows(problem_rows))[0],
        withdrawn_on,
        tuple(_describe_kinds(rows, disclosure)),
    )


def _describe_kinds(rows: list[tuple[Any, ...]], disclosure: Disclosure) -> Iterable[ProblemKind]:
    for *_, code, column, message, problems in rows:
        if code is not None:
            title, todo = _split(message)
            yield ProblemKind(title, todo, column or "", show_figure(disclosure.show_rows(problems))[0])


def _split(message: str) -> tuple[str, str]:
    what, _, todo = message.partition("\n")
    return what, todo
