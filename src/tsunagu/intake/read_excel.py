"""Excel workbooks into the engine: one sheet or several alike, cells as canonical text, formulas as values."""

import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tsunagu.catalog.workbooks.cells import Cell, write_cell
from tsunagu.intake import read_xls
from tsunagu.intake.read_csv import RAW_TABLE, join_headings
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

CellRange = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first and of the last cell, from 0."""
SHEET_HEADING = "シート名"
"""The heading of the added column that holds the sheet's name, where a feed reads several sheets."""
OLE = b"\xd0\xcf\x11\xe0"
"""How a workbook of the older kind begins."""
_ARROW_NAME = "intake_sheet"
_Sheet = tuple[list[list[Cell]], Sequence[tuple[tuple[int, int], tuple[int, int]]]]
"""Rows and merged ranges."""


class Workbook:
    """An opened workbook. Phonetic readings beside a name (ルビ) are never part of the cell's text."""

    def __init__(self, content: bytes) -> None:
        """Open it.

        Raises:
            FileRefusedError: locked with a password, or no workbook.
        """
        if content.startswith(OLE):
            self._sheets = _read_apart(content)
            self._names = list(self._sheets)
            return
        self._sheets = {}
        with _refusing_broken():
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
            self._names = self._book.sheet_names

    def list_rows(self, sheet: str | None) -> list[list[Cell]] | None:
        """All rows of the sheet from its first row on (none named = the first sheet); None if there is none."""
        name = sheet or next(iter(self._names), None)
        return self._get_sheet(name)[0] if name is not None and name in self._names else None

    def _get_sheet(self, name: str) -> _Sheet:
        if name not in self._sheets:
            with _refusing_broken():
                sheet = self._book.get_sheet_by_name(name)
                self._sheets[name] = sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []
        return self._sheets[name]

    def list_sheets(self, patterns: Sequence[str]) -> list[str]:
        """The sheets whose names fit one of the patterns, in the order of the workbook."""
        return [name for name in self._names if any(fnmatchcase(name, pattern) for pattern in patterns)]

    def read_header(self, sheet: str | None, header_row: int, header_rows: int = 1) -> list[str]:
        """The headings as text, without the blank ones behind the last; merged cells spread over their place.

        Cells that a heading is merged with to its right are called `氏名_2`, `氏名_3`.
        """
        rows = (self.list_rows(sheet) or [])[header_row - 1 :][:header_rows]
        if len(rows) < header_rows:
            return []
        texts = [[write_cell(cell) or "" for cell in row] for row in rows]
        repeated = self._spread_merged(sheet, texts, header_row - 1)
        headings = join_headings(texts)
        for place, count in repeated.items():
            headings[place] += f"_{count}"
        while headings and not headings[-1].strip():
            headings.pop()
        return headings

    def check_alike(self, sheets: Sequence[str | None], header_row: int, header_rows: int) -> None:
        """Several sheets are one table only if their headings are the same.

        Raises:
            FileRefusedError: they are not.
        """
        headings = [self.read_header(sheet, header_row, header_rows) for sheet in sheets]
        for number, other in enumerate(headings[1:], start=2):
            if other != headings[0]:
                raise FileRefusedError(
                    "unlike_sheets",
                    f"{number} 番目のシートの見出しが、最初のシートの見出しと違います。",
                    why="シートごとに列の並びが違うと、別の項目の値として保存されてしまいます。",
                    todo="すべてのシートの見出しの行と列をそろえてもらってください。",
                )

    def _spread_merged(self, sheet: str | None, texts: list[list[str]], first: int) -> dict[int, int]:
        """Write merged headings into every cell they cover; returns the places beside one of the last row."""
        repeated = {}
        rows, merged = self._get_sheet(sheet or self._names[0])
        for (top, left), (bottom, right) in merged:
            start = rows[top][left : left + 1] if top < len(rows) else []
            heading = write_cell(start[0]) or "" if start else ""
            if not heading.strip():
                continue
            last = first + len(texts) - 1
            for row in range(max(top, first), min(bottom, last) + 1):
                for place in range(left, min(right + 1, len(texts[row - first]))):
                    texts[row - first][place] = heading
                    if row == last and place > left:
                        repeated[place] = place - left + 1
        return repeated


def load_sheets(
    engine: Engine,
    workbook: Workbook,
    *,
    sheets: Sequence[str | None],
    first_row: int,
    width: int,
    is_named: bool = False,
) -> None:
    """Fill `intake_raw` (`c0` …) with the rows of these sheets from `first_row` on; blank cells are null.

    The rows of a further sheet follow those of the one before. `is_named`: the last column is the sheet's name.
    """
    cells = width - is_named
    parts = []
    for sheet in sheets:
        rows = (workbook.list_rows(sheet) or [])[first_row - 1 :]
        columns = [_write_column(rows, position) for position in range(cells)]
        if is_named:
            columns.append(pa.array([sheet] * len(rows), pa.string()))
        parts.append(pa.table(columns, names=[f"c{position}" for position in range(width)]))
    engine.register(_ARROW_NAME, pa.concat_tables(parts))
    engine.run(f"CREATE OR REPLACE TEMP TABLE {RAW_TABLE} AS SELECT * FROM {_ARROW_NAME}")  # noqa: S608 - constants


def _read_apart(content: bytes) -> dict[str, _Sheet]:
    """Every sheet of a workbook of the older kind, read where it can do no harm."""
    command = [sys.executable, "-P", str(Path(read_xls.__file__))]
    done = subprocess.run(command, input=content, stdout=PIPE, stderr=DEVNULL, check=False)  # noqa: S603 - our own file
    if done.returncode == read_xls.LOCKED:
        raise _refuse_locked()
    if done.returncode != 0:
        raise refuse_workbook()
    sheets: dict[str, _Sheet] = pickle.loads(done.stdout)  # noqa: S301 - written by our own program just now
    return sheets


@contextmanager
def _refusing_broken() -> Iterator[None]:
    """The library reads a workbook part by part: what is broken shows when it is opened, or only in a sheet."""
    try:
        yield
    except PasswordError:
        raise _refuse_locked() from None
    except CalamineError:
        raise refuse_workbook() from None
    except BaseException as error:
        # What the library calls its own bugs: no Exception, so that nobody catches it without wanting to.
        if type(error).__name__ == "PanicException":
            raise refuse_workbook() from None
        raise


def _refuse_locked() -> FileRefusedError:
    return FileRefusedError(
        "locked_workbook",
        "パスワードの掛かった Excel ファイルです。",
        why="中身を確かめられないので、取り込めません。",
        todo="パスワードを外したファイルを、庁内の決まりに沿った方法で受け取ってください。",
    )


def refuse_workbook() -> FileRefusedError:
    """The refusal of what only looks like a workbook."""
    return FileRefusedError(
        "unreadable_workbook",
        "Excel ファイルとして読めません。",
        why="壊れているか、Excel ではないファイルに .xlsx などの名前が付いています。",
        todo="送り元で開けるかを確かめ、もう一度保存したものを渡してもらってください。",
    )


def _write_column(rows: Sequence[Sequence[Cell]], position: int) -> pa.Array:
    cells = (write_cell(row[position]) if position < len(row) else None for row in rows)
    return pa.array(cells, type=pa.string())
