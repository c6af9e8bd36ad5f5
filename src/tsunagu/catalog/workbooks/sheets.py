"""The one form of every workbook we hand to an officer: a line of advice, headings, rows of text, lists to choose from.

What is read back is found by its headings, so that a moved column or an inserted line does no harm; every fault
names the sheet and the cell.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from tsunagu.catalog.workbooks.cells import is_mark, is_yes, neutralise, restore, write_cell
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

CHOICES = "選択肢"
_HEADER_ROW = 2
_SPARE_ROWS = 200
"""Rows below the last one in which lists to choose from are offered too."""
_SHOWN = 30
_EMPTY_WIDTH, _LINE_HEIGHT, _MOST_LINES = 9, 15, 12
_FOLDED = {"level": 1, "hidden": True}
_INK, _PALE, _RULE = "#1a1a1c", "#e8eaed", "#949494"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet. `choices` names a list to choose from; `is_shown_only`: never read back.

    `is_detail`: seldom needed, so folded away until somebody presses the [+] above it.
    """

    title: str
    width: int = 14
    choices: str = ""
    is_shown_only: bool = False
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of text under headings.

    By row (from 0) and column title: `tints` holds background colours, `cell_choices` the name of a list to choose
    from where it differs from row to row. `frozen`: columns that stay in sight.
    """

    name: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    advice: str = ""
    tints: Mapping[tuple[int, str], str] = field(default_factory=dict)
    cell_choices: Mapping[tuple[int, str], str] = field(default_factory=dict)
    frozen: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row read back. `number` is the sheet's own row number."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    places: Mapping[str, str]

    def get(self, title: str) -> str:
        """The cell under a heading, trimmed; "" when it is blank. `cells` has it exactly as typed."""
        return self.cells.get(title, "").strip()

    def get_place(self, title: str) -> str:
        """Where that cell is, as the spreadsheet calls it."""
        return f"{self.sheet}!{self.places.get(title, 'A')}{self.number}"


@dataclass(frozen=True, slots=True, order=True)
class CellFault:
    """One thing that is wrong: sheet and cell, and two Japanese sentences."""

    place: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} → {self.todo}"


class WorkbookFaultsError(TsunaguError):
    """A workbook cannot be taken over; nothing was written. `faults` holds all of them."""

    exit_code = ExitCode.DEFINITIONS

    def __init__(self, faults: Sequence[CellFault]) -> None:
        """The message shows the first ones and says how many there are."""
        self.faults = tuple(dict.fromkeys(faults))
        shown = "\n".join(str(fault) for fault in self.faults[:_SHOWN])
        rest = len(self.faults) - _SHOWN
        super().__init__(
            f"Excel に直すところが {len(self.faults)} か所あります。\n{shown}"
            + (f"\nほか {rest} か所" if rest > 0 else ""),
            why="読み違えたまま使うと、別の項目の値として保存されてしまいます。何も書き込んでいません。",
            todo="上の升（シート名!列と行）を直して保存し、もう一度読み込んでください。",
        )


class UnreadableWorkbookError(TsunaguError):
    """The file is no workbook, or not one of ours."""

    exit_code = ExitCode.USAGE


def write_workbook(path: Path, sheets: Sequence[Sheet], choices: Mapping[str, Sequence[str]]) -> None:
    """Write the sheets, and a last one with the lists to choose from. The file is replaced as a whole."""
    temporary = path.with_name(path.name + ".new")
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(temporary), options) as book:
        book.set_properties({"title": sheets[0].name, "author": "tsunagu"})
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats, choices)
        if choices:
            _write_choices(book.add_worksheet(CHOICES), choices, formats)
    temporary.replace(path)


class _Formats:
    """Cell formats, one for each colour."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[str, bool], Any] = {}
        look = {"font_name": "游ゴシック", "font_size": 10, "font_color": _INK, "valign": "top"}
        self._look = {**look, "text_wrap": True, "num_format": "@"}
        self.head = book.add_format(
            {**self._look, "bold": True, "bg_color": _PALE, "border": 1, "border_color": _RULE}
        )
        self.advice = book.add_format({**look, "font_size": 11, "bold": True})

    def get(self, colour: str, *, is_locked: bool) -> Any:
        key = (colour, is_locked)
        if key not in self._known:
            options = {**self._look, "border": 1, "border_color": _RULE, "locked": is_locked}
            if colour:
                options["bg_color"] = colour
            self._known[key] = self._book.add_format(options)
        return self._known[key]


def _write_sheet(page: Any, sheet: Sheet, formats: _Formats, choices: Mapping[str, Sequence[str]]) -> None:
    page.write_string(0, 0, neutralise(sheet.advice), formats.advice)
    widths = _list_widths(sheet)
    titles = [one.title for one in sheet.fields]
    page.set_row(_HEADER_ROW - 1, _LINE_HEIGHT * _count_lines(titles, widths))
    for column, one in enumerate(sheet.fields):
        page.set_column(column, column, widths[column], None, _FOLDED if one.is_detail else None)
        page.write_string(_HEADER_ROW - 1, column, neutralise(one.title), formats.head)
    for number, cells in enumerate(sheet.rows):
        page.set_row(_HEADER_ROW + number, _LINE_HEIGHT * _count_lines(cells, widths))
        for column, (one, text) in enumerate(zip(sheet.fields, cells, strict=True)):
            colour = sheet.tints.get((number, one.title), "")
            style = formats.get(colour, is_locked=one.is_shown_only)
            page.write_string(_HEADER_ROW + number, column, neutralise(text), style)
    last = _HEADER_ROW + len(sheet.rows) + _SPARE_ROWS
    for column, one in enumerate(sheet.fields):
        if one.choices and choices.get(one.choices):
            page.data_validation(_HEADER_ROW, column, last, column, _make_validation(one.choices, choices))
    for (number, title), name in sheet.cell_choices.items():
        row, column = _HEADER_ROW + number, titles.index(title)
        page.data_validation(row, column, row, column, _make_validation(name, choices))
    page.freeze_panes(_HEADER_ROW, sheet.frozen)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER_ROW - 1)


def _list_widths(sheet: Sheet) -> list[int]:
    """A column in which nothing stands takes little room."""
    filled = [any(row[column] for row in sheet.rows) for column in range(len(sheet.fields))]
    return [
        one.width if is_filled or not sheet.rows else min(one.width, _EMPTY_WIDTH)
        for one, is_filled in zip(sheet.fields, filled, strict=True)
    ]


def _count_lines(cells: Sequence[str], widths: Sequence[int]) -> int:
    """Lines the tallest cell of a row needs: spreadsheets do not all find out by themselves."""
    tallest = 1
    for cell, width in zip(cells, widths, strict=True):
        lines = sum(-(-_measure(line) // width) or 1 for line in cell.split("\n"))
        tallest = max(tallest, lines)
    return min(tallest, _MOST_LINES)


def _measure(text: str) -> int:
    """Room in half-width letters, and a little for the border."""
    return 1 + sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def _make_validation(name: str, choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    column = xl_col_to_name(list(choices).index(name), col_abs=True)
    return {
        "validate": "list",
        "source": f"='{CHOICES}'!{column}$2:{column}${len(choices[name]) + 1}",
        "error_type": "warning",
        "error_title": "一覧にない値です",
        "error_message": "一覧から選んでください。",
    }


def _write_choices(page: Any, choices: Mapping[str, Sequence[str]], formats: _Formats) -> None:
    for column, (name, texts) in enumerate(choices.items()):
        page.set_column(column, column, 36)
        page.write_string(0, column, neutralise(name), formats.head)
        for row, text in enumerate(texts, start=1):
            page.write_string(row, column, neutralise(text), formats.get("", is_locked=True))


class Book:
    """A workbook read back."""

    def __init__(self, content: bytes) -> None:
        """Open it.

        Raises:
            UnreadableWorkbookError: no workbook.
        """
        try:
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
        except CalamineError:
            raise UnreadableWorkbookError(
                "Excel ファイルとして読めません。",
                why="壊れているか、パスワードが掛かっているか、Excel ではないファイルです。",
                todo="Excel で開けるかを確かめ、.xlsx で保存し直してください。",
            ) from None

    def has_sheet(self, name: str) -> bool:
        """Whether there is a sheet of that name."""
        return name in self._book.sheet_names

    def list_lines(self, sheet: str, fields: Sequence[Field]) -> list[Line]:
        """The rows of a sheet that are not blank.

        Raises:
            UnreadableWorkbookError: no such sheet, or a heading is missing.
        """
        if not self.has_sheet(sheet):
            raise _refuse_strange(f"シート「{sheet}」がありません。")
        rows = [[write_cell(cell) or "" for cell in row] for row in self._read(sheet)]
        wanted = [one.title for one in fields if not one.is_shown_only]
        for number, row in enumerate(rows):
            columns = {_fold(text): column for column, text in reversed(list(enumerate(row)))}
            if all(_fold(title) in columns for title in wanted):
                places = {
                    one.title: columns[_fold(one.title)] for one in fields if _fold(one.title) in columns
                }
                return list(_list_lines(sheet, rows, number + 1, places))
        missing = [title for title in wanted if not any(_fold(title) in map(_fold, row) for row in rows)]
        raise _refuse_strange(
            f"シート「{sheet}」に見出し「{'、'.join(missing) or wanted[0]}」の行がありません。"
        )

    def _read(self, sheet: str) -> list[list[Any]]:
        return list(self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


def list_sheet_lines(sheet: Sheet) -> list[Line]:
    """The rows of a sheet as they would be read back if nobody changed them."""
    letters = {one.title: name_column(column) for column, one in enumerate(sheet.fields)}
    return [
        Line(sheet.name, number, dict(zip(letters, row, strict=True)), letters)
        for number, row in enumerate(sheet.rows, start=_HEADER_ROW + 1)
    ]


def read_mark(line: Line, title: str, faults: list[CellFault]) -> bool:
    """Whether a cell is marked; anything that is neither a mark nor its absence is a fault."""
    text = line.get(title)
    if not is_mark(text):
        what = f"「{title}」には ○ か空欄だけを書きます。"
        faults.append(CellFault(line.get_place(title), what, "○ を選ぶか、空欄にしてください。"))
    return is_yes(text)


def list_repeated(lines: Sequence[Line], keys: Sequence[str]) -> Iterator[CellFault]:
    """Rows that say again of the same thing, and rows that do not say of what."""
    seen: dict[tuple[str, ...], Line] = {}
    for line in lines:
        key = tuple(line.get(title) for title in keys)
        if blank := next((title for title, text in zip(keys, key, strict=True) if not text), ""):
            todo = f"「{blank}」を書くか、行を消してください。"
            yield CellFault(line.get_place(blank), f"「{blank}」が空欄です。", todo)
        elif key in seen:
            what = f"「{'・'.join(key)}」の行が、{seen[key].number} 行目にもあります。"
            yield CellFault(line.get_place(keys[-1]), what, "どちらか一行だけにしてください。")
        seen.setdefault(key, line)


def name_column(position: int) -> str:
    """The letters of a column, counted from 0."""
    return str(xl_col_to_name(position))


def read_workbook(path: Path) -> Book:
    """Open a workbook.

    Raises:
        UnreadableWorkbookError: no workbook.
    """
    return Book(path.read_bytes())


def _list_lines(
    sheet: str, rows: Sequence[Sequence[str]], first: int, columns: Mapping[str, int]
) -> Iterator[Line]:
    letters = {title: xl_col_to_name(column) for title, column in columns.items()}
    for number, row in enumerate(rows[first:], start=first + 1):
        cells = {title: restore(row[column]) for title, column in columns.items() if column < len(row)}
        if any(text.strip() for text in cells.values()):
            yield Line(sheet, number, cells, letters)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _refuse_strange(what: str) -> UnreadableWorkbookError:
    return UnreadableWorkbookError(
        what,
        why="シートの名前と見出しで、どこに何が書いてあるかを見分けています。",
        todo="書き出したままのシート名と見出しに戻すか、もう一度書き出したものに書き込んでください。",
    )
