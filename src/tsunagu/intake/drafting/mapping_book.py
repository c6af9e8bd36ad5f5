"""The draft as a workbook: colours say how sure each column is, ○ is where an officer says so."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.workbooks.cells import label, read_name
from tsunagu.catalog.workbooks.feed_sheets import (
    COLUMN_FIELDS,
    COLUMN_SHEET,
    DRAFT_SHEET,
    FILE_FIELDS,
    lay_out_details,
    lay_out_settings,
    list_choices,
    list_targets,
    write_column,
)
from tsunagu.catalog.workbooks.sheets import Field, Sheet, name_column, write_workbook
from tsunagu.intake.drafting.codes import NEEDS_NO_MARK, Spelling
from tsunagu.intake.drafting.draft import Draft
from tsunagu.intake.drafting.proposals import ACCEPTED_CONFIDENCE, Proposal

SPELLING_SHEET = "書き方"
CONFIRM, CERTAINTY = "確認", "確かさ"
UNDECLARED = label("扱えない（見出しが無いか、二つある）", "undeclared")
HIDDEN = "（見せない値）"

DRAFT_COLUMN_FIELDS = (
    Field("列", 5, is_shown_only=True),
    COLUMN_FIELDS[0],
    Field("値の形", 24, is_shown_only=True),
    Field("埋まり", 7, is_shown_only=True),
    COLUMN_FIELDS[1],
    Field(CERTAINTY, 9),
    Field(CONFIRM, 7, choices="印"),
    Field("理由", 44, is_shown_only=True),
    *COLUMN_FIELDS[2:],
)
SPELLING_FIELDS = (
    Field("見出し", 22),
    Field("コード表", 26),
    Field("書き方", 26),
    Field("行数", 8, is_shown_only=True),
    Field("符号", 34),
    Field(CERTAINTY, 9),
    Field(CONFIRM, 7, choices="印"),
)
DRAFT_FILE_FIELDS = (*FILE_FIELDS[:2], Field(CONFIRM, 7, choices="印"), FILE_FIELDS[2])

_SURE, _MIDDLING, _UNSURE = "#e6f4ea", "#fff5d6", "#fde7e4"
_MIDDLING_FROM = 0.6
_FEW_ROWS = 5
_STEPS = (
    "このファイルには、個人の値は入っていません。「値の形」は、文字と数字を種類に置き換えたものです（漢字、カナ、9）。",
    "「列」を上から見ます。緑は読み取れた列、黄は迷った列、赤は分からない列です。色の意味は「確かさ」にも書いてあります。",
    "黄と赤の行は、行き先・型・コード表を確かめ、よければ「確認」に ○ を付けます。○ が無いと読み込めません。",
    "「行き先」は▼から選びます。使わない列は「使わない」のままにします。迷ったら使わないでください。",
    "「書き方」で、区分の書き方ひとつひとつが、どの符号に当たるかを確かめます。空欄の書き方は、取り込みのとき問題として残ります。",
    "「ファイル」で、担当課に確かめることを確かめます。色の付いた行には ○ が要ります。とくに「全件か差分か」と「行が無いと言える範囲」。",
    "保存して、tsunagu feed new --from このファイル で読み込みます。誤りがあれば、シート名と升の場所を言います。何も書き込みません。",
    "読み込めたら、tsunagu feed check 元のファイル で試し、件数が担当課の言う数と合うかを確かめてください。",
)


def write_mapping(draft: Draft, catalog: Catalog, path: Path) -> None:
    """Write the workbook an officer corrects."""
    choices = list_choices(catalog)
    choices["行き先"].append(UNDECLARED)
    for name in dict.fromkeys(one.code_list for one in draft.spellings):
        codes = catalog.code_lists[name].codes
        choices[f"符号：{name}"] = [label(code.title.ja, code.id) for code in codes]
    sheets = [
        _lay_out_steps(),
        _lay_out_summary(draft),
        _lay_out_columns(draft, catalog),
        _lay_out_spellings(draft, catalog),
        _lay_out_file(draft),
        lay_out_details(draft.details),
    ]
    write_workbook(path, [sheet for sheet in sheets if sheet.rows], choices)


def _lay_out_steps() -> Sheet:
    fields = (Field("順", 6, is_shown_only=True), Field("すること", 110, is_shown_only=True))
    rows = tuple((str(number), text) for number, text in enumerate(_STEPS, start=1))
    return Sheet("使い方", fields, rows, "新しい様式の読み方を決める表です。")


def _lay_out_summary(draft: Draft) -> Sheet:
    fields = (Field("読み取ったこと", 24, is_shown_only=True), Field("結果", 90, is_shown_only=True))
    rows = tuple(_list_summary(draft))
    return Sheet(
        DRAFT_SHEET, fields, rows, "ファイルから読み取ったことです。書き換えても、何も変わりません。"
    )


def _list_summary(draft: Draft) -> Iterator[tuple[str, str]]:
    file_format = draft.table.format
    accepted = len(draft.proposals) - len(draft.unsure)
    yield "ファイル名", draft.file_name
    yield "文字コード", draft.table.encoding
    if file_format.sheet or draft.table.other_sheets:
        yield (
            "シート",
            f"{file_format.sheet}（ほかのシート: {'、'.join(draft.table.other_sheets) or 'なし'}）",
        )
    last = draft.table.last_header_row
    place = (
        f"{file_format.header_row} 行目"
        if last == file_format.header_row
        else f"{file_format.header_row}～{last} 行目（二段）"
    )
    yield "見出し", place
    yield "データ", f"{draft.rows:,} 行 × {len(draft.proposals)} 列"
    if draft.family is None:
        yield "似た様式", "ありません。本人のことだけを読み取りました。項目は、行き先から選んでください。"
    else:
        clear = "" if draft.family.is_clear else "（ほかにも似た様式があります。確かめてください）"
        yield "似た様式", f"{draft.family.feed.title.ja}（{draft.family.feed.id}）{clear}"
    yield "読み取れた列", f"{accepted} 列"
    yield (
        "確認が要る列",
        f"{len(draft.unsure)} 列: {'、'.join(one.heading or '（見出しなし）' for one in draft.unsure)}",
    )
    if draft.table.text is not None and draft.table.text.gaiji_characters:
        yield (
            "失われた文字",
            f"外字や〓が {draft.table.text.gaiji_characters} 文字あります。名前の一部が失われています。",
        )


def _lay_out_columns(draft: Draft, catalog: Catalog) -> Sheet:
    targets = {read_name(text): text for text in list_targets(catalog)}
    rows: list[tuple[str, ...]] = []
    tints: dict[tuple[int, str], str] = {}
    for proposal, values, filled in zip(draft.proposals, draft.values, draft.filled, strict=True):
        letter = name_column(proposal.position)
        for cells in _write_entries(proposal, catalog, targets):
            shown = (letter, cells[0], values, f"{filled:.0%}", cells[1])
            rows.append((*shown, show_certainty(proposal.confidence), "", proposal.reason, *cells[2:]))
            tints |= _tint(len(rows) - 1, proposal.confidence, ("見出し", "行き先", CERTAINTY))
    advice = (
        "黄と赤の行は、確かめて「確認」に ○ を付けてください。細かい決まりは、右上の［＋］を押すと出ます。"
    )
    return Sheet(COLUMN_SHEET, DRAFT_COLUMN_FIELDS, tuple(rows), advice, tints, frozen=2)


def _write_entries(proposal: Proposal, catalog: Catalog, targets: dict[str, str]) -> list[tuple[str, ...]]:
    if not proposal.entries:
        return [(proposal.heading, UNDECLARED, *[""] * (len(COLUMN_FIELDS) - 2))]
    contents = [entry.model_dump(mode="json", exclude_defaults=True) for entry in proposal.entries]
    return [write_column(content, catalog, targets) for content in contents]


def show_certainty(confidence: float) -> str:
    """In a word and a figure, so that the colour is not needed."""
    word = "高" if confidence >= ACCEPTED_CONFIDENCE else "中" if confidence >= _MIDDLING_FROM else "低"
    return f"{word} {confidence:.0%}"


def _tint(row: int, confidence: float, titles: Sequence[str]) -> dict[tuple[int, str], str]:
    is_sure = confidence >= ACCEPTED_CONFIDENCE
    colour = _SURE if is_sure else _MIDDLING if confidence >= _MIDDLING_FROM else _UNSURE
    marked = titles if is_sure else (*titles, CONFIRM)
    return {(row, title): colour for title in marked}


def _lay_out_spellings(draft: Draft, catalog: Catalog) -> Sheet:
    rows: list[tuple[str, ...]] = []
    tints: dict[tuple[int, str], str] = {}
    choices: dict[tuple[int, str], str] = {}
    for one in draft.spellings:
        choices[len(rows), "符号"] = f"符号：{one.code_list}"
        confidence = one.certainty if one.text is not None else 1.0
        tints |= _tint(
            len(rows),
            max(confidence, ACCEPTED_CONFIDENCE) if confidence >= NEEDS_NO_MARK else confidence,
            ("書き方", CERTAINTY),
        )
        rows.append(_write_spelling(one, catalog))
    advice = "どの書き方が、どの符号か。色の付いた行は、確かめて ○ を付けてください。符号が空欄の書き方は、問題として残ります。"
    return Sheet(SPELLING_SHEET, SPELLING_FIELDS, tuple(rows), advice, tints, choices)


def _write_spelling(one: Spelling, catalog: Catalog) -> tuple[str, ...]:
    code_list = catalog.code_lists[one.code_list]
    title = next((label(code.title.ja, code.id) for code in code_list.codes if code.id == one.code), "")
    text = f"{HIDDEN}{one.shape}" if one.text is None else one.text
    certainty = show_certainty(one.certainty) if one.text is not None else ""
    rows = f"{one.rows:,}" if one.rows >= _FEW_ROWS else f"{_FEW_ROWS} 未満"
    return (one.heading, label(code_list.title.ja, code_list.id), text, rows, title, certainty, "")


def _lay_out_file(draft: Draft) -> Sheet:
    plain = lay_out_settings(draft.settings, draft.notes)
    rows = tuple((title, value, "", note) for title, value, note in plain.rows)
    tints = {
        (number, title): _MIDDLING
        for number, row in enumerate(rows)
        if read_name(row[0]) in draft.notes
        for title in ("値", CONFIRM)
    }
    return Sheet(plain.name, DRAFT_FILE_FIELDS, rows, plain.advice, tints, plain.cell_choices)
