"""What an edited register of items means: an entry added or written anew, a use narrowed, a use adopted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tsunagu.catalog.adopting import get_use_fingerprint
from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.loading import Entry
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.workbooks.cells import is_yes, read_name
from tsunagu.catalog.workbooks.differences import Difference, list_differences, list_missing
from tsunagu.catalog.workbooks.item_sheets import (
    ADOPTED_BY,
    ADOPTED_ON,
    ADOPTED_UNTIL,
    BECAUSE,
    ITEM_SHEET,
    NOT_IN_ITEM,
    STOP,
    USE_SHEET,
    VALUE_SHEET,
    lay_out_items,
    read_item,
    write_item,
)
from tsunagu.catalog.workbooks.list_files import change_list
from tsunagu.catalog.workbooks.overlay_files import check_overlay
from tsunagu.catalog.workbooks.sheets import CellFault, Line, list_sheet_lines
from tsunagu.catalog.workbooks.yaml_lines import Plain, YamlLines, write_flow
from tsunagu.catalog.yaml_text import read_yaml

_KEYS = {ITEM_SHEET: ("項目",), VALUE_SHEET: ("項目", "値"), USE_SHEET: ("項目", "目的")}
_RECIPIENTS, _YEARS = "渡す相手", "残す年数"
_ADOPTION = (ADOPTED_BY, ADOPTED_ON, ADOPTED_UNTIL)

Lines = Mapping[str, Sequence[Line]]
"""The rows of the three sheets, by sheet."""
Entries = Mapping[tuple[Kind, str], Entry]
"""The municipality's own entries."""


@dataclass(slots=True)
class Change:
    """What a workbook would change. `replaced`: shipped entries that would read differently from now on."""

    differences: list[Difference] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    places: dict[str, YamlLines] = field(default_factory=dict)
    """By file: which cell each of its lines came from."""


def plan_items(home: Path, after: Lines, catalog: Catalog, entries: Entries, change: Change) -> None:
    """Add to `change` what the three sheets would change."""
    before = {sheet.name: list_sheet_lines(sheet) for sheet in lay_out_items(catalog)}
    for sheet, keys in _KEYS.items():
        change.differences += list_differences(before[sheet], after[sheet], keys)
    _refuse_missing(before, after, change)
    rewritten = [name for name in _list_names(after) if _must_be_written(name, before, after, entries)]
    _write_items(home, rewritten, after, catalog, entries, change)
    if not change.faults:
        _narrow(home, rewritten, before, after, change)
        _adopt(home, before, after, catalog, change)


def _list_names(lines: Lines) -> list[str]:
    return list(dict.fromkeys(line.get("項目") for sheet in _KEYS for line in lines[sheet]))


def _pick(lines: Lines, sheet: str, name: str) -> list[Line]:
    return [line for line in lines[sheet] if line.get("項目") == name]


def _refuse_missing(before: Lines, after: Lines, change: Change) -> None:
    """A row that is gone says nothing of itself: to stop a use is a mark, not a gap."""
    listed = {line.get("項目") for line in after[ITEM_SHEET]}
    for sheet in (VALUE_SHEET, USE_SHEET):
        for key in list_missing(before[sheet], after[sheet], _KEYS[sheet]):
            if key[0] in listed:
                todo = f"行を戻し、やめる使いみちなら「{STOP}」に ○ を付けてください。"
                change.faults.append(CellFault(sheet, f"「{'・'.join(key)}」の行がありません。", todo))


def _must_be_written(name: str, before: Lines, after: Lines, entries: Entries) -> bool:
    """Whether the item itself reads differently, beyond what narrowings and adoptions can say."""
    if any(
        _strip(_pick(before, sheet, name)) != _strip(_pick(after, sheet, name))
        for sheet in (ITEM_SHEET, VALUE_SHEET)
    ):
        return True
    old, new = _by_purpose(before, name), _by_purpose(after, name)
    if old.keys() != new.keys():
        return True
    is_local = (Kind.ITEM, name) in entries
    return any(_reads_differently(old[purpose], new[purpose], is_local) for purpose in new)


def _strip(lines: Sequence[Line]) -> list[dict[str, str]]:
    return [{title: text.strip() for title, text in line.cells.items()} for line in lines]


def _by_purpose(lines: Lines, name: str) -> dict[str, Line]:
    return {read_name(line.get("目的")): line for line in _pick(lines, USE_SHEET, name)}


def _reads_differently(old: Line, new: Line, is_local: bool) -> bool:
    changed = {title for title in new.cells if old.get(title) != new.get(title)} - set(NOT_IN_ITEM)
    if is_local:
        return bool(changed) or is_yes(new.get(STOP))
    return not (changed <= {_RECIPIENTS, _YEARS} and _is_narrower(old, new))


def _is_narrower(old: Line, new: Line) -> bool:
    years = new.get(_YEARS)
    is_shorter = years.isdigit() and int(years) <= int(old.get(_YEARS))
    return is_shorter and set(_list_roles(new)) <= set(_list_roles(old))


def _list_roles(line: Line) -> list[str]:
    return [read_name(text) for text in line.get(_RECIPIENTS).splitlines() if text.strip()]


def _write_items(
    home: Path, names: Sequence[str], after: Lines, catalog: Catalog, entries: Entries, change: Change
) -> None:
    """The files of `items/` with the items that read differently, everything else in them as it was."""
    changed: dict[str, dict[int, list[str]]] = {}
    added: dict[str, list[list[str]]] = {}
    first_cells: dict[str, str] = {}
    for name in names:
        rows = _pick(after, ITEM_SHEET, name)
        if not rows:
            place = next(line.get_place("項目") for sheet in _KEYS for line in _pick(after, sheet, name))
            todo = f"「{ITEM_SHEET}」シートに行を足すか、名前を直してください。"
            change.faults.append(
                CellFault(place, f"項目「{name}」は「{ITEM_SHEET}」シートにありません。", todo)
            )
            continue
        entry = entries.get((Kind.ITEM, name))
        lines = _write_item(name, rows[0], after, catalog, entry, change)
        file = _choose_file(rows[0], entry)
        first_cells.setdefault(file, rows[0].get_place("項目"))
        if entry is not None and isinstance(entry.place[0], int):
            changed.setdefault(file, {})[entry.place[0]] = lines
        else:
            added.setdefault(file, []).append(lines)
    for file in dict.fromkeys([*changed, *added]):
        path = home / "definitions" / file
        change.files[file] = change_list(path, changed.get(file, {}), added.get(file, ()))
        change.places[file] = YamlLines(places={1: first_cells[file]})


def _write_item(
    name: str, line: Line, after: Lines, catalog: Catalog, entry: Entry | None, change: Change
) -> list[str]:
    uses = [use for use in _pick(after, USE_SHEET, name) if not is_yes(use.get(STOP))]
    content = read_item(line, _pick(after, VALUE_SHEET, name), uses, change.faults)
    is_new_replacement = entry is None and name in catalog.items
    if is_new_replacement:
        change.replaced.append(f"項目「{catalog.items[name].title.ja}」（{name}）")
    return write_item(content, replaces=is_new_replacement or (entry is not None and entry.replaces_shipped))


def _choose_file(line: Line, entry: Entry | None) -> str:
    if entry is not None:
        return entry.document.file.removeprefix("definitions/")
    return f"items/{read_name(line.get('部署'))}.yaml"


def _narrow(home: Path, rewritten: Sequence[str], before: Lines, after: Lines, change: Change) -> None:
    entries: list[list[str]] = []
    for name in _list_names(after):
        old = _by_purpose(before, name)
        for purpose, line in _by_purpose(after, name).items():
            if name not in rewritten and purpose in old and (lost := _list_lost(old[purpose], line)):
                entries.append(
                    _write_entry({"item": name, "purpose": purpose, **lost, "because": line.get(BECAUSE)})
                )
                _check_reason(line, change)
    if entries:
        change.files["narrowings.yaml"] = change_list(home / "definitions" / "narrowings.yaml", {}, entries)


def _list_lost(old: Line, new: Line) -> dict[str, Plain]:
    if is_yes(new.get(STOP)):
        return {"remove_use": True}
    lost: dict[str, Plain] = {}
    if roles := [role for role in _list_roles(old) if role not in _list_roles(new)]:
        lost["remove_recipients"] = roles
    if old.get(_YEARS) != new.get(_YEARS):
        lost["retain_years"] = new.get(_YEARS)
    return lost


def _check_reason(line: Line, change: Change) -> None:
    if not line.get(BECAUSE):
        what = "使いみちを狭める訳が書かれていません。"
        change.faults.append(
            CellFault(line.get_place(BECAUSE), what, "審査会の意見など、狭める訳を書いてください。")
        )


def _adopt(home: Path, before: Lines, after: Lines, catalog: Catalog, change: Change) -> None:
    """Adoptions pin what was adopted, so they are written for the register as it will be."""
    wanted = []
    for name in _list_names(after):
        old = _by_purpose(before, name)
        for purpose, line in _by_purpose(after, name).items():
            cells = [line.get(title) for title in _ADOPTION]
            if cells != [old[purpose].get(title) if purpose in old else "" for title in _ADOPTION]:
                wanted.append((name, purpose, line))
                if not all(cells):
                    what, todo = (
                        "採用の三つの欄がそろっていません。",
                        "決めた人・採用した日・見直す日をすべて書いてください。",
                    )
                    change.faults.append(CellFault(line.get_place(ADOPTED_BY), what, todo))
    if not wanted or change.faults:
        return
    trial, _ = check_overlay(home, change.files, on=catalog.opened_for)
    path = home / "definitions" / "adoptions.yaml"
    changed: dict[int, list[str]] = {}
    added: list[list[str]] = []
    for name, purpose, line in wanted:
        lines = _write_adoption(trial, name, purpose, line)
        position = _find_adoption(path, f"{name}:{purpose}")
        if position is None:
            added.append(lines)
        else:
            changed[position] = lines
    change.files["adoptions.yaml"] = change_list(path, changed, added)


def _write_adoption(trial: Catalog, name: str, purpose: str, line: Line) -> list[str]:
    item = trial.items.get(name)
    use = item.find_use(purpose) if item else None
    entry: dict[str, Plain] = {
        "kind": "use",
        "id": f"{name}:{purpose}",
        "adopted_by": line.get(ADOPTED_BY),
        "adopted_on": line.get(ADOPTED_ON),
        "review_on": line.get(ADOPTED_UNTIL),
    }
    if item is not None and use is not None:
        entry["fingerprint"] = get_use_fingerprint(item, use, trial.code_lists)
    return _write_entry(entry)


def _find_adoption(path: Path, use_id: str) -> int | None:
    data = read_yaml(path, path.name).data if path.is_file() else []
    for position, entry in enumerate(data if isinstance(data, list) else []):
        if isinstance(entry, dict) and entry.get("kind") == "use" and entry.get("id") == use_id:
            return position
    return None


def _write_entry(entry: Mapping[str, Plain]) -> list[str]:
    return [
        f"{'- ' if number == 0 else '  '}{key}: {write_flow(value)}"
        for number, (key, value) in enumerate(entry.items())
    ]
