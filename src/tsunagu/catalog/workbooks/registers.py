"""Writes the registers to a workbook and plans what an edited one would change: in words, checked, all or nothing.

A municipality adds, narrows and adopts. A shipped entry that would read differently is replaced only when the officer
says so; what is missing from the workbook is left as it is.
"""

import re
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.loading import load_definitions
from tsunagu.catalog.problems import DefinitionProblem
from tsunagu.catalog.workbooks.changes import Change
from tsunagu.catalog.workbooks.code_changes import plan_codes
from tsunagu.catalog.workbooks.code_sheets import CODE_FIELDS, CODE_SHEET, lay_out_codes
from tsunagu.catalog.workbooks.feed_changes import plan_feed
from tsunagu.catalog.workbooks.feed_sheets import COLUMN_SHEET, FILE_SHEET, lay_out_feed, list_choices
from tsunagu.catalog.workbooks.item_changes import COLUMN_TITLES, list_unheeded, plan_items
from tsunagu.catalog.workbooks.item_sheets import ITEM_SHEETS, lay_out_items, list_item_choices
from tsunagu.catalog.workbooks.overlay_files import check_overlay, write_overlay
from tsunagu.catalog.workbooks.sheets import (
    CellFault,
    WorkbookFaultsError,
    read_workbook,
    write_workbook,
)

_KEY = re.compile(r"「[^「」]*?([a-z_]+)」")
_TODO_IN_EXCEL = {
    "changed_since_adoption": "内容を確かめ、採用した日と見直す日を新しく書いてください。",
}
"""What to do in the workbook, where the catalogue's advice is about YAML."""


def export_registers(catalog: Catalog, path: Path) -> None:
    """Write the items, their values and uses, and the code lists."""
    sheets = [*lay_out_items(catalog), lay_out_codes(catalog.code_lists.values())]
    write_workbook(path, sheets, {**list_choices(catalog), **list_item_choices(catalog)})


def export_feed(catalog: Catalog, feed_id: str, path: Path) -> None:
    """Write how one feed's files are read.

    Raises:
        UnknownDefinitionError: no such feed.
    """
    write_workbook(path, lay_out_feed(catalog.get_feed(feed_id), catalog), list_choices(catalog))


def plan_import(home: Path, catalog: Catalog, path: Path) -> Change:
    """What the workbook would change, checked as a whole; nothing is written.

    Raises:
        WorkbookFaultsError: it cannot be taken over.
        UnreadableWorkbookError: it is none of ours.
    """
    book = read_workbook(path)
    local = load_definitions(home / "definitions", is_local=True)
    entries = {(entry.kind, entry.id): entry for entry in local.entries}
    change = Change()
    if book.has_sheet(FILE_SHEET) and book.has_sheet(COLUMN_SHEET):
        plan_feed(book, catalog, entries, change)
        _check(home, catalog, change)
        return change
    lines = {sheet: book.list_lines(sheet, fields) for sheet, fields in ITEM_SHEETS.items()}
    plan_codes(book.list_lines(CODE_SHEET, CODE_FIELDS), catalog, entries, change)
    plan_items(home, lines, catalog, entries, change)
    changed = _check(home, catalog, change)
    change.faults += list_unheeded(lines, changed)
    if change.faults:
        raise WorkbookFaultsError(change.faults)
    return change


def take_over(home: Path, change: Change) -> None:
    """Write what was planned into the overlay, every file or none."""
    write_overlay(home, change.texts)


def _check(home: Path, catalog: Catalog, change: Change) -> Catalog:
    """The catalogue as it would be."""
    changed = catalog
    if change.files:
        changed, problems = check_overlay(home, change.texts, on=catalog.opened_for)
        said = {fault.place for fault in change.faults}
        placed = [_place(problem, change) for problem in problems]
        change.faults += [fault for fault in placed if fault.place not in said]
    if change.faults:
        raise WorkbookFaultsError(change.faults)
    return changed


def _place(problem: DefinitionProblem, change: Change) -> CellFault:
    lines = {**change.kept, **change.files}.get(problem.file.removeprefix("definitions/"))
    place = lines.find_place(problem.line) if lines else ""
    if not place:
        return CellFault(f"{problem.file} の {problem.line} 行目", problem.what, problem.todo)
    what = _KEY.sub(lambda match: f"「{COLUMN_TITLES.get(match[1], match[0][1:-1])}」", problem.what)
    return CellFault(place, what, _TODO_IN_EXCEL.get(problem.code, problem.todo))
