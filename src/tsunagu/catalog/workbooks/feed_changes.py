"""What an edited mapping means: a feed's two files written anew."""

from collections.abc import Sequence
from dataclasses import replace

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.workbooks.changes import Change, Entries
from tsunagu.catalog.workbooks.differences import Difference, list_differences, list_missing
from tsunagu.catalog.workbooks.feed_sheets import (
    DRAFT_SHEET,
    FILE_SHEET,
    lay_out_feed,
    read_feed_lines,
    write_feed,
)
from tsunagu.catalog.workbooks.sheets import Book, CellFault, Line, list_repeated, list_sheet_lines
from tsunagu.catalog.workbooks.yaml_lines import YamlLines

_NUMBER = "#"


def plan_feed(book: Book, catalog: Catalog, entries: Entries, change: Change) -> None:
    """Add to `change` what the sheets of one feed would change."""
    if book.has_sheet(DRAFT_SHEET):
        what, todo = "これは、まだ下書きです。", "tsunagu feed new --from で読み込んでください。"
        change.faults.append(CellFault(DRAFT_SHEET, what, todo))
        return
    lines = read_feed_lines(book)
    text = write_feed(lines)
    change.faults += [*text.faults, *list_repeated(lines.settings, ("決めること",))]
    known = catalog.feeds.get(text.feed_id)
    if known is None:
        what = f"様式「{text.feed_id}」はありません。"
        todo = "id を書き出したときのものに戻してください。新しい様式は tsunagu feed new で作ります。"
        change.faults.append(CellFault(FILE_SHEET, what, todo))
        return
    before = map(list_sheet_lines, lay_out_feed(known, catalog))
    after = (lines.settings, lines.columns, lines.details)
    said = [one for pair in zip(before, after, strict=True) for one in _compare_rows(*pair)]
    if not said:
        return
    change.differences += said
    entry = entries.get((Kind.FEED, text.feed_id))
    if entry is None:
        change.replaced.append(f"様式「{known.title.ja}」（{text.feed_id}）")
    if entry is None or entry.replaces_shipped:
        text.manifest.add("replaces: shipped")
    folder = f"feeds/{text.feed_id}"
    sample = catalog.get_feed_sample(text.feed_id).read_text(encoding="utf-8")
    change.files[f"{folder}/columns.yaml"] = text.columns
    change.files[f"{folder}/sample.csv"] = YamlLines(sample.removesuffix("\n").split("\n"))
    change.files[f"{folder}/manifest.yaml"] = text.manifest


def _compare_rows(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """Rows of one sheet: the same heading may stand in several, so they are numbered among their like."""
    title = next((title for line in (*before, *after) for title in line.cells), "")
    sheet = next((line.sheet for line in (*before, *after)), "")
    old, new = _number(before, title), _number(after, title)
    said = list(list_differences(old, new, (title, _NUMBER)))
    said += [
        Difference(name, sheet, f"「{name}」の行を除きます。")
        for name, _ in list_missing(old, new, (title, _NUMBER))
    ]
    if not said and [line.get(title) for line in before] != [line.get(title) for line in after]:
        said.append(Difference("", sheet, "行の順番を変えます。"))
    return said


def _number(lines: Sequence[Line], title: str) -> list[Line]:
    seen: dict[str, int] = {}
    numbered = []
    for line in lines:
        name = line.get(title)
        seen[name] = seen.get(name, 0) + 1
        numbered.append(replace(line, cells={**line.cells, _NUMBER: str(seen[name])}))
    return numbered
