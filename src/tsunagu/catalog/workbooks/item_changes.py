"""What an edited register of items means: an entry added or written anew, a use narrowed, a use adopted."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tsunagu.catalog.adopting import get_use_fingerprint
from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.loading import Entry
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.workbooks.cells import is_yes, read_name
from tsunagu.catalog.workbooks.changes import Change, Entries
from tsunagu.catalog.workbooks.differences import list_differences, list_missing
from tsunagu.catalog.workbooks.item_sheets import (
    ADOPTED_BY,
    ADOPTED_ON,
    ADOPTED_UNTIL,
    BECAUSE,
    ITEM_SHEET,
    ITEM_TITLES,
    NOT_IN_ITEM,
    STOP,
    USE_SHEET,
    USE_TITLES,
    VALUE_SHEET,
    ItemRows,
    lay_out_items,
    list_roles,
    read_item,
    write_item,
)
from tsunagu.catalog.workbooks.list_files import change_list
from tsunagu.catalog.workbooks.overlay_files import check_overlay
from tsunagu.catalog.workbooks.sheets import CellFault, Line, list_repeated, list_sheet_lines, read_mark
from tsunagu.catalog.workbooks.yaml_lines import Plain, YamlLines, write_flow
from tsunagu.catalog.yaml_text import Document, parse_yaml, read_yaml

_KEYS = {ITEM_SHEET: ("項目",), VALUE_SHEET: ("項目", "値"), USE_SHEET: ("項目", "目的")}
_RECIPIENTS, _YEARS = "渡す相手", "残す年数"
_ADOPTION = (ADOPTED_BY, ADOPTED_ON, ADOPTED_UNTIL)
# Which column each key of an entry comes from, where it is not the use as such.
_ADOPTION_TITLES = {"adopted_by": ADOPTED_BY, "adopted_on": ADOPTED_ON, "review_on": ADOPTED_UNTIL}
_NARROWING_TITLES = {"remove_recipients": _RECIPIENTS, "retain_years": _YEARS, "because": BECAUSE}
COLUMN_TITLES = {**ITEM_TITLES, **USE_TITLES, **_ADOPTION_TITLES, **_NARROWING_TITLES}
"""What an officer calls the keys of the YAML."""
_NARROWINGS, _ADOPTIONS = "narrowings.yaml", "adoptions.yaml"

Lines = Mapping[str, Sequence[Line]]
"""The rows of the three sheets, by sheet."""


def plan_items(home: Path, after: Lines, catalog: Catalog, entries: Entries, change: Change) -> None:
    """Add to `change` what the three sheets would change."""
    before = _lay_out_lines(catalog)
    change.left += [f"項目 {name}" for name in catalog.items if name not in _list_names(after)]
    for sheet, keys in _KEYS.items():
        change.differences += list_differences(before[sheet], after[sheet], keys)
    unclear = [one for sheet, keys in _KEYS.items() for one in list_repeated(after[sheet], keys)]
    unclear += _list_without_item(after)
    change.faults += [*unclear, *_list_gone(before, after)]
    for line in after[USE_SHEET]:
        read_mark(line, STOP, change.faults)
    if unclear:
        return
    rewritten = [name for name in _list_names(after) if _must_be_written(name, before, after, entries)]
    _write_items(home, rewritten, after, catalog, entries, change)
    _narrow(home, rewritten, before, after, change)
    _adopt(home, before, after, catalog, change)


def list_unheeded(after: Lines, catalog: Catalog) -> Iterator[CellFault]:
    """Rows that do not read as typed although all was taken over: an older narrowing takes something away, say."""
    now = _lay_out_lines(catalog)
    for name in _list_names(after):
        typed, read = _read(after, name), _read(now, name)
        if typed != read:
            line = _pick(after, ITEM_SHEET, name)[0]
            uses = zip(typed.get("uses", ()), _list_kept_uses(after, name), strict=True)
            line = next((one for use, one in uses if use not in read.get("uses", ())), line)
            what = f"「{name}」が、書いたとおりになりません。"
            todo = (
                f"市の {_NARROWINGS} が、もう狭めています。そちらの行を除くか、書いた値を元に戻してください。"
            )
            yield CellFault(line.get_place(_KEYS[line.sheet][-1]), what, todo)


def _lay_out_lines(catalog: Catalog) -> dict[str, list[Line]]:
    return {sheet.name: list_sheet_lines(sheet) for sheet in lay_out_items(catalog)}


def _list_names(lines: Lines) -> list[str]:
    return list(dict.fromkeys(line.get("項目") for sheet in _KEYS for line in lines[sheet]))


def _pick(lines: Lines, sheet: str, name: str) -> list[Line]:
    return [line for line in lines[sheet] if line.get("項目") == name]


def _list_kept_uses(lines: Lines, name: str) -> list[Line]:
    return [line for line in _pick(lines, USE_SHEET, name) if not is_yes(line.get(STOP))]


def _gather(lines: Lines, name: str) -> ItemRows:
    (line,) = _pick(lines, ITEM_SHEET, name)
    return ItemRows(line, _pick(lines, VALUE_SHEET, name), _list_kept_uses(lines, name))


def _read(lines: Lines, name: str) -> dict[str, Any]:
    """The item as written, the order of recipients aside."""
    entry = read_item(_gather(lines, name), [])
    for use in entry.get("uses", ()):
        use["recipients"] = sorted(use["recipients"])
    return entry


def _list_without_item(after: Lines) -> Iterator[CellFault]:
    known = {line.get("項目") for line in after[ITEM_SHEET]}
    for sheet in (VALUE_SHEET, USE_SHEET):
        for line in after[sheet]:
            if line.get("項目") and line.get("項目") not in known:
                what = f"項目「{line.get('項目')}」は「{ITEM_SHEET}」シートにありません。"
                todo = f"「{ITEM_SHEET}」シートに行を足すか、名前を直してください。"
                yield CellFault(line.get_place("項目"), what, todo)


def _list_gone(before: Lines, after: Lines) -> Iterator[CellFault]:
    """A row that is gone says nothing of itself: to stop a use is a mark, not a gap."""
    listed = {line.get("項目") for line in after[ITEM_SHEET]}
    for sheet in (VALUE_SHEET, USE_SHEET):
        for key in list_missing(before[sheet], after[sheet], _KEYS[sheet]):
            if key[0] in listed:
                todo = f"行を戻し、やめる使いみちなら「{STOP}」に ○ を付けてください。"
                yield CellFault(sheet, f"「{'・'.join(key)}」の行がありません。", todo)


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
    is_shorter = years.isdecimal() and int(years) <= int(old.get(_YEARS))
    return is_shorter and set(list_roles(new)) <= set(list_roles(old))


def _write_items(
    home: Path, names: Sequence[str], after: Lines, catalog: Catalog, entries: Entries, change: Change
) -> None:
    """The files of `items/` with the items that read differently, everything else in them as it was."""
    changed: dict[str, dict[int, YamlLines]] = {}
    added: dict[str, list[YamlLines]] = {}
    for name in names:
        entry = entries.get((Kind.ITEM, name))
        rows = _gather(after, name)
        is_new_replacement = entry is None and name in catalog.items
        if is_new_replacement:
            change.replaced.append(f"項目「{catalog.items[name].title.ja}」（{name}）")
        is_replacing = is_new_replacement or (entry is not None and entry.replaces_shipped)
        text = write_item(rows, change.faults, replaces=is_replacing)
        file = _choose_file(rows.line, entry)
        if entry is not None and isinstance(entry.place[0], int):
            changed.setdefault(file, {})[entry.place[0]] = text
        else:
            added.setdefault(file, []).append(text)
    for file in dict.fromkeys([*changed, *added]):
        path = home / "definitions" / file
        change.files[file] = change_list(path, changed.get(file, {}), added.get(file, ()))


def _choose_file(line: Line, entry: Entry | None) -> str:
    if entry is not None:
        return entry.document.file.removeprefix("definitions/")
    return f"items/{read_name(line.get('部署'))}.yaml"


def _narrow(home: Path, rewritten: Sequence[str], before: Lines, after: Lines, change: Change) -> None:
    entries: list[YamlLines] = []
    for name in _list_names(after):
        old = _by_purpose(before, name)
        for purpose, line in _by_purpose(after, name).items():
            lost = _list_lost(old[purpose], line) if name not in rewritten and purpose in old else {}
            if lost:
                entry = {"item": name, "purpose": purpose, **lost, "because": line.get(BECAUSE)}
                entries.append(_write_entry(entry, line, _NARROWING_TITLES))
            change.faults += _check_reason(line, is_narrowed=bool(lost), is_rewritten=name in rewritten)
    if entries:
        change.files[_NARROWINGS] = change_list(home / "definitions" / _NARROWINGS, {}, entries)


def _list_lost(old: Line, new: Line) -> dict[str, Plain]:
    if is_yes(new.get(STOP)):
        return {"remove_use": True}
    lost: dict[str, Plain] = {}
    if roles := [role for role in list_roles(old) if role not in list_roles(new)]:
        lost["remove_recipients"] = roles
    if old.get(_YEARS) != new.get(_YEARS):
        lost["retain_years"] = new.get(_YEARS)
    return lost


def _check_reason(line: Line, *, is_narrowed: bool, is_rewritten: bool) -> Iterator[CellFault]:
    place, text = line.get_place(BECAUSE), line.get(BECAUSE)
    if is_narrowed and not text:
        what, todo = (
            "使いみちを狭める訳が書かれていません。",
            "審査会の意見など、狭める訳を書いてください。",
        )
        yield CellFault(place, what, todo)
    elif text and not is_narrowed and not is_rewritten:
        what = f"「{BECAUSE}」がありますが、狭めるところがありません。"
        yield CellFault(place, what, "渡す相手や年数を減らすか、訳を消してください。")


def _adopt(home: Path, before: Lines, after: Lines, catalog: Catalog, change: Change) -> None:
    """Adoptions pin what was adopted, so they are written for the register as it will be."""
    wanted = []
    for name in _list_names(after):
        old = _by_purpose(before, name)
        for purpose, line in _by_purpose(after, name).items():
            cells = [line.get(title) for title in _ADOPTION]
            if cells != [old[purpose].get(title) if purpose in old else "" for title in _ADOPTION]:
                wanted.append((name, purpose, line))
                change.faults += _check_adoption(line)
    if change.faults:
        return
    trial = check_overlay(home, change.texts, on=catalog.opened_for)[0] if wanted else catalog
    file = _write_adoptions(home / "definitions" / _ADOPTIONS, wanted, trial)
    _point_to_uses(file, after)
    (change.files if wanted else change.kept)[_ADOPTIONS] = file


def _check_adoption(line: Line) -> Iterator[CellFault]:
    if not all(line.get(title) for title in _ADOPTION):
        what = "採用の三つの欄がそろっていません。"
        todo = f"決めた人・採用した日・見直す日をすべて書いてください。採用をやめるときは「{STOP}」に ○。"
        yield CellFault(line.get_place(ADOPTED_BY), what, todo)


def _write_adoptions(path: Path, wanted: Sequence[tuple[str, str, Line]], trial: Catalog) -> YamlLines:
    positions = {
        entry.get("id"): position
        for position, entry in enumerate(
            _list_entries(read_yaml(path, path.name) if path.is_file() else None)
        )
        if entry.get("kind") == Kind.USE
    }
    changed: dict[int, YamlLines] = {}
    added: list[YamlLines] = []
    for name, purpose, line in wanted:
        text = _write_adoption(trial, name, purpose, line)
        position = positions.get(f"{name}:{purpose}")
        if position is None:
            added.append(text)
        else:
            changed[position] = text
    return change_list(path, changed, added)


def _list_entries(document: Document | None) -> list[dict[str, Any]]:
    data = document.data if document is not None else []
    return [entry if isinstance(entry, dict) else {} for entry in (data if isinstance(data, list) else [])]


def _point_to_uses(file: YamlLines, after: Lines) -> None:
    """An adoption that no longer fits what was adopted is renewed in the row of its use."""
    document = parse_yaml(file.text, _ADOPTIONS) if file.lines else None
    for position, entry in enumerate(_list_entries(document)):
        name, _, purpose = str(entry.get("id")).partition(":")
        line = _by_purpose(after, name).get(purpose)
        if document is not None and line is not None:
            file.places[document.get_spot((position,)).line] = line.get_place(ADOPTED_ON)


def _write_adoption(trial: Catalog, name: str, purpose: str, line: Line) -> YamlLines:
    item = trial.items.get(name)
    use = item.find_use(purpose) if item else None
    entry: dict[str, Plain] = {
        "kind": Kind.USE.value,
        "id": f"{name}:{purpose}",
        "adopted_by": line.get(ADOPTED_BY),
        "adopted_on": line.get(ADOPTED_ON),
        "review_on": line.get(ADOPTED_UNTIL),
    }
    if item is not None and use is not None:
        entry["fingerprint"] = get_use_fingerprint(item, use, trial.code_lists)
    return _write_entry(entry, line, _ADOPTION_TITLES)


def _write_entry(entry: Mapping[str, Plain], line: Line, titles: Mapping[str, str]) -> YamlLines:
    lines = YamlLines()
    for key, value in entry.items():
        lines.add(f"{key}: {write_flow(value)}", line.get_place(titles.get(key, "目的")))
    return lines.indent("- ", "  ")
