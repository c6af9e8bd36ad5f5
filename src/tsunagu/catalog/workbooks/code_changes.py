"""What edited code lists mean: a list written anew, or added."""

from collections.abc import Sequence

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.workbooks.changes import Change, Entries
from tsunagu.catalog.workbooks.code_sheets import (
    CODE_KEYS,
    build_list,
    find_code_faults,
    group_codes,
    lay_out_codes,
    write_code_list,
)
from tsunagu.catalog.workbooks.differences import Difference, list_differences, list_missing
from tsunagu.catalog.workbooks.sheets import Line, list_sheet_lines


def plan_codes(lines: Sequence[Line], catalog: Catalog, entries: Entries, change: Change) -> None:
    """Add to `change` what the sheet of code lists would change."""
    change.faults += find_code_faults(lines)
    before = list_sheet_lines(lay_out_codes(catalog.code_lists.values()))
    grouped = group_codes(lines)
    change.left += [f"コード表 {name}" for name in catalog.code_lists if name not in grouped]
    said = [
        *list_differences(before, lines, CODE_KEYS),
        *_list_removed(before, lines),
    ]
    for name, rows in grouped.items():
        code_list, known = build_list(name, rows), catalog.code_lists.get(name)
        if known == code_list:
            continue
        moved = Difference(name, rows[0].get_place("コード表"), f"「{name}」の順番を変えます。")
        change.differences += [one for one in said if one.owner == name] or [moved]
        entry = entries.get((Kind.CODES, name))
        if known is not None and entry is None:
            change.replaced.append(f"コード表「{known.title.ja}」（{name}）")
        is_replacing = known is not None and (entry is None or entry.replaces_shipped)
        text = write_code_list(code_list, replaces=is_replacing, rows=rows)
        change.files[f"codes/{name}.yaml"] = text


def _list_removed(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    return [
        Difference(name, CODE_KEYS[0], f"「{'・'.join((name, *rest))}」を除きます。")
        for name, *rest in list_missing(before, after, CODE_KEYS)
    ]
