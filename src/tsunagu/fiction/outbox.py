"""The deliveries folder: where each file goes, and the ledger of who stands behind every key in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from tsunagu.fiction.almanac import date_of
from tsunagu.fiction.arrays import Ints, Rng, draw
from tsunagu.fiction.writing import (
    Column,
    CsvStyle,
    Sheet,
    blank_where,
    count_rows,
    join,
    write_csv,
    write_numbers,
    write_xlsx,
)

LATE_FILE_RATE = 0.02


@dataclass(frozen=True)
class Wrong:
    """A mistake to make on purpose: put `text` into the column `header` of some rows."""

    header: str
    text: str


@dataclass
class Outbox:
    """Writes deliveries below `root` until `last_day`; later ones are never written."""

    root: Path
    last_day: int
    rng: Rng
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    _keys: list[tuple[str, Any, Ints]] = field(default_factory=list)

    def post_csv(
        self,
        department: str,
        name: str,
        day: int,
        table: dict[str, Column],
        style: CsvStyle,
        *,
        wrong: Sequence[Wrong] = (),
        wrong_rate: float = 0.0015,
        punctual: bool = False,
    ) -> None:
        """Write one CSV file `<name>_<YYYYMMDD>.csv` whose reference date is `day`."""
        path = self._place(department, f"{name}_{_stamp(day)}.csv", day, punctual)
        if path is None:
            return
        columns = spoil(self.rng, table, wrong, wrong_rate) if wrong else list(table.values())
        self._count(name, write_csv(path, list(table), columns, style))

    def post_xlsx(self, department: str, name: str, day: int, sheet: Sheet) -> None:
        """Write one workbook `<name>_<YYYYMMDD>.xlsx` whose reference date is `day`."""
        path = self._place(department, f"{name}_{_stamp(day)}.xlsx", day, punctual=False)
        if path is not None:
            self._count(name, write_xlsx(path, sheet, date_of(day)))

    def register_keys(self, system: str, keys: Any, persons: Ints) -> None:
        """Note for the truth which person stands behind each key of a system."""
        self._keys.append((system, keys, persons))

    def list_keys(self) -> list[tuple[str, Any, Ints]]:
        """All keys noted, in the order of writing."""
        return self._keys

    def _place(self, department: str, file_name: str, day: int, punctual: bool) -> Path | None:
        late = int(self.rng.integers(1, 7)) * int(self.rng.random() < LATE_FILE_RATE)
        if day > self.last_day:
            return None
        handed_over = day if punctual or day + late > self.last_day else day + late
        folder = self.root / date_of(handed_over).isoformat() / department
        folder.mkdir(parents=True, exist_ok=True)
        return folder / file_name

    def _count(self, name: str, rows: int) -> None:
        kind = name.split("_20")[0]
        self.rows[kind] = self.rows.get(kind, 0) + rows
        self.files += 1


def spoil(rng: Rng, table: dict[str, Column], wrong: Sequence[Wrong], rate: float) -> list[Column]:
    """The columns with a few wrong cells; at most one a row."""
    size = count_rows(list(table.values()))
    hit = draw(rng, rate, size)
    which = rng.integers(0, max(1, len(wrong)), size)
    spoiled = dict(table)
    for number, mistake in enumerate(wrong):
        mask = hit & (which == number)
        column = spoiled[mistake.header]
        if mask.any() and not isinstance(column, str):
            spoiled[mistake.header] = blank_where(mask, column, mistake.text)
    return list(spoiled.values())


def number_text(prefix: str, numbers: Ints) -> Any:
    """Keys such as K00012: a prefix and five digits or more."""
    return join(prefix, pc.utf8_lpad(write_numbers(numbers), width=5, padding="0"))


def _stamp(day: int) -> str:
    return date_of(day).strftime("%Y%m%d")
