"""Writes the registers to a workbook and plans what an edited one would change: in words, checked, all or nothing.

A municipality adds, narrows and adopts. A shipped entry that would read differently is replaced only when the officer
says so; what is missing from the workbook is left as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.loading import Entry, load_definitions
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.problems import DefinitionProblem
from tsunagu.catalog.workbooks.code_sheets import (
    CODE_FIELDS,
    CODE_SHEET,
    lay_out_codes,
    read_codes,
    write_code_list,
)
from tsunagu.catalog.workbooks.differences import Difference, list_differences, list_missing
from tsunagu.catalog.workbooks.feed_sheets import (
    COLUMN_SHEET,
    DETAIL_SHEET,
    FILE_SHEET,
    lay_out_feed,
    list_choices,
    read_feed_lines,
    write_feed,
)
from tsunagu.catalog.workbooks.item_changes import Change, plan_items
from tsunagu.catalog.workbooks.item_sheets import ITEM_SHEETS, lay_out_items, list_item_choices
from tsunagu.catalog.workbooks.overlay_files import check_overlay, write_overlay
from tsunagu.catalog.workbooks.sheets import (
    Book,
    CellFault,
    Line,
    Sheet,
    WorkbookFaultsError,
    list_sheet_lines,
    read_workbook,
    write_workbook,
)
from tsunagu.catalog.workbooks.yaml_lines import YamlLines

_CODE_KEYS = ("コード表", "符号", "書き方")


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
    change = Change()
    local = load_definitions(home / "definitions", is_local=True)
    entries = {(entry.kind, entry.id): entry for entry in local.entries}
    if book.has_sheet(FILE_SHEET) and book.has_sheet(COLUMN_SHEET):
        _plan_feed(book, catalog, entries, change)
    else:
        _plan_codes(book.list_lines(CODE_SHEET, CODE_FIELDS), catalog, entries, change)
        lines = {sheet: book.list_lines(sheet, fields) for sheet, fields in ITEM_SHEETS.items()}
        plan_items(home, lines, catalog, entries, change)
    if change.faults:
        raise WorkbookFaultsError(change.faults)
    _check(home, catalog, change)
    return change


def take_over(home: Path, change: Change) -> None:
    """Write what was planned into the overlay, every file or none."""
    write_overlay(home, change.files)


def _check(home: Path, catalog: Catalog, change: Change) -> None:
    if change.files:
        _, problems = check_overlay(home, change.files, on=catalog.opened_for)
        if problems:
            raise WorkbookFaultsError([_place(problem, change) for problem in problems])


def _place(problem: DefinitionProblem, change: Change) -> CellFault:
    lines = change.places.get(problem.file.removeprefix("definitions/"))
    place = lines.find_place(problem.line) if lines else ""
    return CellFault(place or f"{problem.file} の {problem.line} 行目", problem.what, problem.todo)


def _plan_codes(
    lines: Sequence[Line], catalog: Catalog, entries: Mapping[tuple[Kind, str], Entry], change: Change
) -> None:
    before = list_sheet_lines(lay_out_codes(catalog.code_lists.values()))
    keys = _CODE_KEYS
    gone = {key[0]: key for key in list_missing(before, lines, keys)}
    said = list(list_differences(before, lines, keys))
    for name, (code_list, line) in read_codes(lines).items():
        known = catalog.code_lists.get(name)
        if known == code_list:
            continue
        mine = [one for one in said if one.owner == name]
        if name in gone:
            mine.append(
                Difference(
                    name, line.get_place("書き方"), f"「{'・'.join(gone[name])}」などの書き方を除きます。"
                )
            )
        change.differences += mine or [
            Difference(name, line.get_place("コード表"), f"「{name}」の順番を変えます。")
        ]
        entry = entries.get((Kind.CODES, name))
        is_replacing = known is not None and (entry is None or entry.replaces_shipped)
        if known is not None and entry is None:
            change.replaced.append(f"コード表「{known.title.ja}」（{name}）")
        file = f"codes/{name}.yaml"
        change.files[file] = write_code_list(code_list, replaces=is_replacing)
        change.places[file] = YamlLines(places={1: line.get_place("書き方")})


def _plan_feed(
    book: Book, catalog: Catalog, entries: Mapping[tuple[Kind, str], Entry], change: Change
) -> None:
    text = write_feed(read_feed_lines(book))
    change.faults += text.faults
    known = catalog.feeds.get(text.feed_id)
    if known is None:
        todo = "知らないファイルの様式は、tsunagu feed new で作ってください。"
        change.faults.append(CellFault(FILE_SHEET, f"様式「{text.feed_id}」はありません。", todo))
        return
    before = _lay_out_lines(lay_out_feed(known, catalog))
    after = read_feed_lines(book)
    pairs = (
        (before[FILE_SHEET], after.settings),
        (before[COLUMN_SHEET], after.columns),
        (before[DETAIL_SHEET], after.details),
    )
    said = [one for old, new in pairs for one in _compare_rows(old, new)]
    if not said:
        return
    entry = entries.get((Kind.FEED, text.feed_id))
    if entry is None:
        change.replaced.append(f"様式「{known.title.ja}」（{text.feed_id}）")
    if entry is None or entry.replaces_shipped:
        text.manifest.add("replaces: shipped")
    change.differences += said
    folder = f"feeds/{text.feed_id}"
    change.files[f"{folder}/columns.yaml"] = text.columns.text
    change.files[f"{folder}/sample.csv"] = catalog.get_feed_sample(text.feed_id).read_text(encoding="utf-8")
    change.files[f"{folder}/manifest.yaml"] = text.manifest.text
    change.places[f"{folder}/columns.yaml"], change.places[f"{folder}/manifest.yaml"] = (
        text.columns,
        text.manifest,
    )


def _lay_out_lines(sheets: Sequence[Sheet]) -> dict[str, list[Line]]:
    return {sheet.name: list_sheet_lines(sheet) for sheet in sheets}


def _compare_rows(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """Rows of one feed: the same heading may stand in several, so they are numbered among their like."""
    first = next((title for line in (*before, *after) for title in line.cells), "")
    numbered = [_number(lines, first) for lines in (before, after)]
    said = list(list_differences(numbered[0], numbered[1], (first, "#")))
    for key in list_missing(numbered[0], numbered[1], (first, "#")):
        said.append(Difference(key[0], after[0].sheet if after else "", f"「{key[0]}」の行を除きます。"))
    order = [[line.get(first) for line in lines] for lines in (before, after)]
    if not said and order[0] != order[1]:
        said.append(Difference("", after[0].sheet, "行の順番を変えます。"))
    return said


def _number(lines: Sequence[Line], title: str) -> list[Line]:
    seen: dict[str, int] = {}
    numbered = []
    for line in lines:
        name = line.get(title)
        seen[name] = seen.get(name, 0) + 1
        numbered.append(replace(line, cells={**line.cells, "#": str(seen[name])}))
    return numbered
