"""A draft's workbook, answered row by row instead of in Excel: the same cells, the same rules, the same file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.workbooks.cells import is_yes, label, read_name
from tsunagu.catalog.workbooks.feed_sheets import (
    COLUMN_SHEET,
    DETAIL_FIELDS,
    DETAIL_SHEET,
    FILE_SHEET,
    list_choices,
)
from tsunagu.catalog.workbooks.sheets import (
    Book,
    CellFault,
    Field,
    Line,
    Sheet,
    WorkbookFaultsError,
    read_workbook,
    write_workbook,
)
from tsunagu.intake.drafting.codes import NEEDS_NO_MARK
from tsunagu.intake.drafting.keep import read_certainty
from tsunagu.intake.drafting.manifest import UNSURE
from tsunagu.intake.drafting.mapping_book import (
    CERTAINTY,
    CONFIRM,
    DRAFT_COLUMN_FIELDS,
    DRAFT_FILE_FIELDS,
    HIDDEN,
    SPELLING_FIELDS,
    SPELLING_SHEET,
    UNDECLARED,
)
from tsunagu.intake.drafting.proposals import ACCEPTED_CONFIDENCE

Answers = Mapping[tuple[str, int], Mapping[str, str]]
"""New texts by sheet and row number, then by heading."""
_MARK = "○"
_LONGEST = 200
_SHEETS: Mapping[str, Sequence[Field]] = {
    COLUMN_SHEET: DRAFT_COLUMN_FIELDS,
    SPELLING_SHEET: SPELLING_FIELDS,
    FILE_SHEET: DRAFT_FILE_FIELDS,
    DETAIL_SHEET: DETAIL_FIELDS,
}
ANSWERED: Mapping[str, tuple[str, ...]] = {
    COLUMN_SHEET: ("行き先", "型", "コード表", CONFIRM),
    SPELLING_SHEET: ("符号", CONFIRM),
    FILE_SHEET: ("値", CONFIRM),
}
"""What may be answered without Excel; the seldom needed details are left to it."""


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row. `needs_mark`: it is in doubt, and nobody has said yet that it is right.

    `choices`: by heading, the name of the list from which its cell is chosen.
    """

    sheet: str
    number: int
    cells: Mapping[str, str]
    is_doubtful: bool
    needs_mark: bool
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MappingRows:
    """A draft as it stands, and what each kind of cell may be."""

    columns: tuple[MappingRow, ...]
    spellings: tuple[MappingRow, ...]
    settings: tuple[MappingRow, ...]
    choices: Mapping[str, Sequence[str]]

    @property
    def unmarked(self) -> int:
        """Rows that somebody still has to confirm."""
        return sum(row.needs_mark for row in (*self.columns, *self.spellings, *self.settings))


def read_mapping_rows(catalog: Catalog, path: Path) -> MappingRows:
    """A draft's workbook, as it stands.

    Raises:
        UnreadableWorkbookError: it is none.
    """
    book = read_workbook(path)
    lines = _list_lines(book)
    choices = _list_choices(catalog, lines)
    found = {name: tuple(_describe(line, choices) for line in lines.get(name, ())) for name in ANSWERED}
    return MappingRows(found[COLUMN_SHEET], found[SPELLING_SHEET], found[FILE_SHEET], choices)


def answer_mapping(catalog: Catalog, path: Path, answers: Answers) -> None:
    """Put answers into a draft's workbook, all of them or none.

    Raises:
        UnreadableWorkbookError: it is none.
        WorkbookFaultsError: an answer that is none of the choices, or to something that may not be answered here.
    """
    lines = _list_lines(read_workbook(path))
    choices = _list_choices(catalog, lines)
    known = {(line.sheet, line.number): line for rows in lines.values() for line in rows}
    faults = [
        fault for key, texts in answers.items() for fault in _check(known.get(key), key, texts, choices)
    ]
    if faults:
        raise WorkbookFaultsError(faults)
    sheets = [
        Sheet(name, tuple(_SHEETS[name]), tuple(_answer(line, answers, _SHEETS[name]) for line in rows))
        for name, rows in lines.items()
    ]
    write_workbook(path, [sheet for sheet in sheets if sheet.rows], choices)


def _list_lines(book: Book) -> dict[str, list[Line]]:
    return {
        name: book.list_lines(name, fields)
        for name, fields in _SHEETS.items()
        if name in (COLUMN_SHEET, FILE_SHEET) or book.has_sheet(name)
    }


def _list_choices(catalog: Catalog, lines: Mapping[str, Sequence[Line]]) -> dict[str, list[str]]:
    choices = list_choices(catalog)
    choices["行き先"].append(UNDECLARED)
    for line in lines.get(SPELLING_SHEET, ()):
        code_list = catalog.code_lists.get(read_name(line.get("コード表")))
        if code_list:
            choices[f"符号：{code_list.id}"] = [label(code.title.ja, code.id) for code in code_list.codes]
    return choices


def _describe(line: Line, choices: Mapping[str, Sequence[str]]) -> MappingRow:
    is_doubtful = _is_doubtful(line)
    named = {title: _name_choices(line, title) for title in ANSWERED[line.sheet]}
    return MappingRow(
        line.sheet,
        line.number,
        line.cells,
        is_doubtful,
        is_doubtful and not is_yes(line.get(CONFIRM)),
        {title: name for title, name in named.items() if name in choices},
    )


def _is_doubtful(line: Line) -> bool:
    """The same rule by which the workbook is taken over."""
    if line.sheet == COLUMN_SHEET:
        is_used = read_name(line.get("行き先")) != read_name(UNDECLARED)
        return is_used and read_certainty(line.get(CERTAINTY)) < ACCEPTED_CONFIDENCE
    if line.sheet == SPELLING_SHEET:
        is_hidden = line.get("書き方").startswith(HIDDEN)
        return not is_hidden and read_certainty(line.get(CERTAINTY)) < NEEDS_NO_MARK
    return line.get("説明").startswith(UNSURE)


def _check(
    line: Line | None, key: tuple[str, int], texts: Mapping[str, str], choices: Mapping[str, Sequence[str]]
) -> Iterator[CellFault]:
    if line is None:
        yield CellFault(f"{key[0]}!{key[1]}", "その行はありません。", "画面を開き直してください。")
        return
    for title, text in texts.items():
        allowed = _list_allowed(line, title, choices)
        if title not in ANSWERED.get(line.sheet, ()) or len(text) > _LONGEST:
            yield CellFault(line.get_place(title), "ここでは変えられません。", "Excel で直してください。")
        elif text and text != line.get(title) and allowed is not None and text not in allowed:
            todo = "出てくる候補から選んでください。"
            yield CellFault(line.get_place(title), f"「{title}」の候補にない言葉です。", todo)


def _list_allowed(line: Line, title: str, choices: Mapping[str, Sequence[str]]) -> Sequence[str] | None:
    """None: any text."""
    return (_MARK,) if title == CONFIRM else choices.get(_name_choices(line, title))


def _name_choices(line: Line, title: str) -> str:
    """The list from which a cell is chosen."""
    if title == "符号":
        return f"符号：{read_name(line.get('コード表'))}"
    return line.get("決めること") if title == "値" else title


def _answer(line: Line, answers: Answers, fields: Sequence[Field]) -> tuple[str, ...]:
    cells = {**line.cells, **answers.get((line.sheet, line.number), {})}
    return tuple(cells.get(one.title, "") for one in fields)
