"""Layouts of other vendors: the same department's file, with other headings, another order, other spellings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tsunagu.fiction.arrays import open_stream, whole_numbers
from tsunagu.fiction.respelling import Turn, as_text, same
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import Column, CsvStyle, Table, count_rows, pick

DEFAULT, MIXED = "a", "mixed"


@dataclass(frozen=True)
class Field:
    """One column of a vendor's file: its heading, the agreed heading it is made from, and how it is spelled.

    A column without a source is the vendor's own and holds `fill` in every row (`#`: the number of the row).
    """

    header: str
    source: str = ""
    turn: Turn = same
    fill: str = ""


@dataclass(frozen=True)
class Layout:
    """How one vendor's system writes one department's file.

    Args:
        file: What the file is called in the agreed layout, up to the first `_`.
        vendor: The letter of the set the layout belongs to.
        name: The name of the product (invented).
        fields: The columns, in the order of the file.
        style: Bytes or workbook.
        stem: What the vendor calls the file instead; empty: the same.
        is_known: Whether the shipped definitions read it as it is; else a mapping has to be drafted.
    """

    file: str
    vendor: str
    name: str
    fields: tuple[Field, ...]
    style: CsvStyle | SheetStyle
    stem: str = ""
    is_known: bool = False

    def rename(self, name: str) -> str:
        """The vendor's name of a file."""
        return name.replace(self.file, self.stem, 1) if self.stem else name

    def lay_out(self, table: Table) -> Table:
        """The table in this layout."""
        in_cells = isinstance(self.style, SheetStyle)
        size = count_rows(list(table.values()))
        return {
            field.header: _spell(table[field.source], field.turn, in_cells=in_cells)
            if field.source
            else _fill(field.fill, size, in_cells=in_cells)
            for field in self.fields
        }


def choose_layouts(layouts: Sequence[Layout], wanted: str, seed: int) -> dict[str, Layout]:
    """The layout of every file that is not written in the agreed one.

    Args:
        layouts: All there are.
        wanted: `a` for the agreed layouts, another letter for that set (files without one in it stay as they are),
            `mixed` for one drawn for each file, or names of products, separated by commas.
        seed: For `mixed`.

    Raises:
        KeyError: A name nobody knows.
    """
    if wanted == DEFAULT:
        return {}
    if wanted == MIXED:
        return _draw_layouts(layouts, seed)
    chosen = {layout.file: layout for layout in layouts if layout.vendor == wanted}
    if chosen:
        return chosen
    by_name = {layout.name: layout for layout in layouts}
    named = [by_name[name.strip()] for name in wanted.split(",")]
    return {layout.file: layout for layout in named}


def describe_layouts(chosen: dict[str, Layout]) -> dict[str, Any]:
    """What the answer to a drafted mapping would be: for every file, its headings and what they agree to."""
    return {
        layout.file: {
            "vendor": layout.vendor,
            "name": layout.name,
            "file_name": f"{layout.stem or layout.file}_*",
            "is_known": layout.is_known,
            "sheet": layout.style.name if isinstance(layout.style, SheetStyle) else None,
            "header_row": 1 + _find_header_row(layout.style),
            "columns": [[field.header, field.source or None] for field in layout.fields],
        }
        for layout in chosen.values()
    }


def _find_header_row(style: CsvStyle | SheetStyle) -> int:
    return style.header_row if isinstance(style, SheetStyle) else len(style.above)


def _draw_layouts(layouts: Sequence[Layout], seed: int) -> dict[str, Layout]:
    chosen: dict[str, Layout] = {}
    for file in sorted({layout.file for layout in layouts}):
        mine = [layout for layout in layouts if layout.file == file]
        which = int(open_stream(seed, "vendors", file).integers(0, len(mine) + 1))
        if which < len(mine):
            chosen[file] = mine[which]
    return chosen


def _spell(column: Column, turn: Turn, *, in_cells: bool) -> Column:
    if isinstance(column, str):
        return as_text(turn(column))
    if in_cells:
        cells = column if isinstance(column, list) else column.to_pylist()
        return [turn(cell) for cell in cells]
    texts = pa.array([as_text(cell) for cell in column], pa.string()) if isinstance(column, list) else column
    if turn is same:
        return texts
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    encoded = texts.dictionary_encode()
    spelled = pa.array([as_text(turn(text)) for text in encoded.dictionary.to_pylist()], pa.string())
    return spelled.take(encoded.indices)


def _fill(fill: str, size: int, *, in_cells: bool) -> Column:
    if in_cells:
        return [*range(1, size + 1)] if fill == "#" else [fill] * size
    if fill == "#":
        return pa.array([str(number) for number in range(1, size + 1)], pa.string())
    return pick([fill], whole_numbers([0] * size))
