"""The deliveries folder: where each file goes, and the ledger of who stands behind every key in it."""

import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow.compute as pc

from tsunagu.fiction.almanac import date_of
from tsunagu.fiction.arrays import Ints, Rng, draw, open_stream
from tsunagu.fiction.layouts import Layout
from tsunagu.fiction.workbooks import SheetStyle, write_workbook
from tsunagu.fiction.writing import (
    Column,
    CsvStyle,
    Table,
    count_rows,
    join,
    repeat_row,
    replace_where,
    write_csv,
    write_numbers,
)

LATE_FILE_RATE, LOST_FILE_RATE, RESENT_RATE = 0.02, 0.003, 0.012
REPEATED_ROW_RATE, SHIFTED_ROW_RATE = 0.03, 0.02
RESENT_AFTER_DAYS = (5, 13)
READ_OVER_ROWS = 4


@dataclass(frozen=True)
class Wrong:
    """A mistake to make on purpose: put `text` into the column `header` of some rows."""

    header: str
    text: str


@dataclass
class Outbox:
    """Writes the files handed over from `first_day` to `last_day`; others are passed over in silence.

    What happens to a file (late? which rows are wrong?) is drawn from a stream of the file's own, so that it does not
    depend on which other files are written. A file posted again, for the next block of the city, grows by its rows.
    """

    root: Path
    first_day: int
    last_day: int
    seed: int
    layouts: dict[str, Layout] = field(default_factory=dict)
    block: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    _keys: list[tuple[str, Any, Ints]] = field(default_factory=list)
    _begun: set[Path] = field(default_factory=set)
    _books: dict[Path, "Book"] = field(default_factory=dict)
    _aside: IO[bytes] | None = None

    @property
    def files(self) -> int:
        """Files written so far."""
        return len(self._begun)

    def post(
        self,
        department: str,
        name: str,
        day: int,
        table: Table,
        style: CsvStyle | SheetStyle,
        *,
        wrong: Sequence[Wrong] = (),
        wrong_rate: float = 0.0015,
        punctual: bool = False,
    ) -> None:
        """Write one file `<name>_<YYYYMMDD>` whose reference date is `day`: a CSV file or a workbook.

        Args:
            department: The folder it goes to.
            name: What it is called, without the date.
            day: Its reference date; the day it is handed over, unless it is late.
            table: Header and column, in the order of the file.
            style: How the department's system writes.
            wrong: Mistakes to make in some rows.
            wrong_rate: The share of rows with one.
            punctual: Never late, never lost.
        """
        fate = self._draw_fate(department, name, day, punctual=punctual)
        if fate.handed_over is None:
            return
        file = f"{department}/{name}_{_stamp(day)}"
        layout = self.layouts.get(name.split("_")[0])
        if self._is_due(fate.handed_over):
            rng = open_stream(self.seed, "mistakes", file, str(self.block))
            spoiled = spoil(rng, table, wrong, wrong_rate, at_least=fate.resent is not None)
            self._write(file, fate.handed_over, day, spoiled, style, layout)
        if wrong and fate.resent is not None and self._is_due(fate.resent):
            self._write(file, fate.resent, day, table, style, layout)

    def close(self) -> None:
        """Write the workbooks, whose rows lie aside until the last block of the city has added its own."""
        for path, book in self._books.items():
            write_workbook(path, self._take_back(book), book.style, date_of(book.day))
        self._books.clear()
        if self._aside is not None:
            self._aside.close()

    def register_keys(self, system: str, keys: Any, persons: Ints) -> None:
        """Note for the truth which person stands behind each key of a system."""
        self._keys.append((system, keys, persons))

    def take_keys(self) -> list[tuple[str, Any, Ints]]:
        """All keys noted since the last call, in the order of writing."""
        keys, self._keys = self._keys, []
        return keys

    def _draw_fate(self, department: str, name: str, day: int, *, punctual: bool) -> "Fate":
        if punctual:
            return Fate(day, None)
        rng = open_stream(self.seed, "fate", department, name, _stamp(day))
        is_late, is_lost, is_resent = rng.random(3) < (LATE_FILE_RATE, LOST_FILE_RATE, RESENT_RATE)
        late, later = int(rng.integers(1, 7)), int(rng.integers(*RESENT_AFTER_DAYS))
        if is_lost:
            return Fate(None, None)
        handed_over = day + late * int(is_late)
        return Fate(handed_over, handed_over + later if is_resent else None)

    def _is_due(self, day: int) -> bool:
        return self.first_day <= day <= self.last_day

    def _write(
        self,
        file: str,
        handed_over: int,
        day: int,
        table: Table,
        style: CsvStyle | SheetStyle,
        layout: Layout | None,
    ) -> None:
        kind, size = file.split("/")[1].split("_20")[0], count_rows(list(table.values()))
        if layout is not None:
            file, table, style = layout.rename(file), layout.lay_out(table), layout.style
        suffix = ".csv" if isinstance(style, CsvStyle) else ".xlsx"
        folder, name = file.split("/")
        path = self.root / date_of(handed_over).isoformat() / folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(style, CsvStyle):
            write_csv(path, table, style, append=path in self._begun)
        else:
            begun = self._books.get(path, Book(style, day))
            self._books[path] = Book(style, day, (*begun.places, self._put_aside(table)))
        self._begun.add(path)
        self.rows[kind] = self.rows.get(kind, 0) + size

    def _put_aside(self, table: Table) -> int:
        """Keep a block's rows of a workbook in a file without a name, so that a big city does not fill the memory."""
        if self._aside is None:
            self._aside = tempfile.TemporaryFile(dir=self.root)  # noqa: SIM115 - closed by close()
        place = self._aside.seek(0, 2)
        pickle.dump(table, self._aside)
        return place

    def _take_back(self, book: "Book") -> Table:
        assert self._aside is not None
        rows: dict[str, Column] = {}
        for place in book.places:
            self._aside.seek(place)
            table = pickle.load(self._aside)  # noqa: S301 - what _put_aside wrote
            rows = {header: [*rows.get(header, []), *cells] for header, cells in table.items()}
        return rows


@dataclass(frozen=True)
class Book:
    """A workbook in the making: how it is laid out, the day it speaks for, and where the blocks' rows lie aside."""

    style: SheetStyle
    day: int
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fate:
    """What becomes of a file: the days it is handed over and handed over again, put right (None: never)."""

    handed_over: int | None
    resent: int | None


def spoil(rng: Rng, table: Table, wrong: Sequence[Wrong], rate: float, *, at_least: bool = False) -> Table:
    """The table with a few wrong cells (or `at_least` one), one a row; now and then a row twice or moved a column.

    A list of a few rows stays right: somebody reads it before it is sent, and one bad row in two refuses the file.
    """
    size = count_rows(list(table.values()))
    if not wrong or size < READ_OVER_ROWS:
        return table
    hit = draw(rng, rate, size)
    hit[:1] |= at_least
    which = rng.integers(0, len(wrong), size)
    is_repeated, is_shifted = rng.random(2) < (REPEATED_ROW_RATE, SHIFTED_ROW_RATE)
    row, shifted = rng.integers(0, max(1, size), 2)
    spoiled = dict(table)
    for number, mistake in enumerate(wrong):
        mask = hit & (which == number)
        if mask.any():
            spoiled[mistake.header] = replace_where(mask, spoiled[mistake.header], mistake.text)
    if size and is_repeated:
        spoiled = {header: repeat_row(column, int(row)) for header, column in spoiled.items()}
    return shift_row(spoiled, int(shifted)) if size and is_shifted else spoiled


def shift_row(table: Table, row: int) -> Table:
    """The table with one row moved a column to the right, as happens when a cell is inserted in Excel."""
    headers = list(table)
    mask = np.arange(count_rows(list(table.values()))) == row
    if any(isinstance(column, str) for column in table.values()):
        return table
    shifted: dict[str, Column] = {}
    for before, header in zip(["", *headers], headers, strict=False):
        cell = table[before][row] if before else ""
        shifted[header] = replace_where(mask, table[header], cell)
    return shifted


def number_text(prefix: str, numbers: Ints) -> Any:
    """Keys such as K00012: a prefix and five digits or more."""
    return join(prefix, pc.utf8_lpad(write_numbers(numbers), width=5, padding="0"))


def _stamp(day: int) -> str:
    return date_of(day).strftime("%Y%m%d")
