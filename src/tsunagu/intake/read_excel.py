"""Excel workbooks into the engine: one sheet, cells as canonical text, formulas as their values."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

Cell = int | float | str | bool | time | date | datetime | timedelta
_EXACT_INTEGERS = 1e15
_ARROW_NAME = "intake_sheet"


class Workbook:
    """An opened workbook. Phonetic readings beside a name (ルビ) are never part of the cell's text."""

    def __init__(self, content: bytes) -> None:
        """Open it.

        Raises:
            FileRefusedError: locked with a password, or no workbook.
        """
        try:
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
        except PasswordError:
            raise FileRefusedError(
                "locked_workbook",
                "パスワードの掛かった Excel ファイルです。",
                why="中身を確かめられないので、取り込めません。",
                todo="パスワードを外したファイルを、庁内の決まりに沿った方法で受け取ってください。",
            ) from None
        except CalamineError:
            raise FileRefusedError(
                "unreadable_workbook",
                "Excel ファイルとして読めません。",
                why="壊れているか、Excel ではないファイルに .xlsx などの名前が付いています。",
                todo="送り元で開けるかを確かめ、もう一度保存したものを渡してもらってください。",
            ) from None
        self._rows: dict[str, list[list[Cell]]] = {}

    def list_rows(self, sheet: str | None) -> list[list[Cell]] | None:
        """All rows of the sheet from its first row on (none named = the first sheet); None if there is none."""
        name = sheet or next(iter(self._book.sheet_names), None)
        if name is None or name not in self._book.sheet_names:
            return None
        if name not in self._rows:
            self._rows[name] = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return self._rows[name]

    def read_header(self, sheet: str | None, header_row: int) -> list[str]:
        """The cells of the header row as text, without the blank ones behind the last heading."""
        rows = self.list_rows(sheet) or []
        if len(rows) < header_row:
            return []
        cells = [write_cell(cell) or "" for cell in rows[header_row - 1]]
        while cells and not cells[-1].strip():
            cells.pop()
        return cells


def load_sheet(engine: Engine, workbook: Workbook, *, sheet: str | None, header_row: int, width: int) -> None:
    """Fill `intake_raw` (`c0` …) with the rows below the header; blank cells are null."""
    rows = (workbook.list_rows(sheet) or [])[header_row:]
    columns = [_write_column(rows, position) for position in range(width)]
    table = pa.table(columns, names=[f"c{position}" for position in range(width)])
    engine.register(_ARROW_NAME, table)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {RAW_TABLE} AS SELECT * FROM {_ARROW_NAME}")  # noqa: S608 - constants


def _write_column(rows: Sequence[Sequence[Cell]], position: int) -> pa.Array:
    cells = (write_cell(row[position]) if position < len(row) else None for row in rows)
    return pa.array(cells, type=pa.string())


def write_cell(cell: Cell) -> str | None:
    """A cell as one canonical text: numbers without a needless `.0`, dates as ISO; blank = None."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT_INTEGERS else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
