"""How the command line speaks: plain Japanese, progress bars on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tsunagu.cli.following import FollowedLines, is_followed
from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.wording import show_figure
from tsunagu.vocabulary import progress
from tsunagu.vocabulary.errors import TsunaguError

# Redirected output has no width of its own; wide enough that a row stays on its line.
_PLAIN_WIDTH = 120
# Names of files and places may hold brackets and colons: nothing we print is markup.
OUT = Console(
    highlight=False,
    markup=False,
    emoji=False,
    soft_wrap=True,
    width=None if sys.stdout.isatty() else _PLAIN_WIDTH,
)
ERR = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(text: str = "") -> None:
    """One line for the officer."""
    OUT.print(text)


def say_error(error: TsunaguError) -> None:
    """What happened, why it matters, what to do."""
    ERR.print(f"できませんでした: {error.what}")
    if error.why:
        ERR.print(f"  理由: {error.why}")
    if error.todo:
        ERR.print(f"  次にすること: {error.todo}")


def show_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A small table; numbers to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for position, header in enumerate(headers):
        is_number = bool(rows) and all(isinstance(row[position], int | Figure) for row in rows)
        table.add_column(header, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_show_cell, row))
    OUT.print(table)


def _show_cell(cell: object) -> str:
    if isinstance(cell, Figure):
        return show_figure(cell)[0]
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


@contextmanager
def show_progress() -> Iterator[progress.Progress]:
    """A `Progress` for long work: one bar a stage on a terminal, one line a stage elsewhere; whoever follows is told."""
    if is_followed():
        yield FollowedLines()
        return
    if not OUT.is_terminal:
        yield _PlainLines()
        return
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=OUT
    )
    with bars:
        yield _Bars(bars)


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


class _PlainLines:
    """Says when a stage begins, at each quarter, and when it ends."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        quarter = 4 * done // total if total else 4
        if self._said.get(stage, -1) >= quarter:
            return
        self._said[stage] = quarter
        sys.stdout.write(f"{stage} {done}/{total}\n")
        sys.stdout.flush()
