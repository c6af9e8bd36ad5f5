"""A feed's manifest and columns as sheets, and back to YAML. What has no column of its own goes into 細かい決まり."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import (
    IDENTITY_FIELDS,
    SCOPE_FIELDS,
    Cadence,
    CoveragePeriod,
    CoverageScope,
    Delivery,
    Feed,
    KnownFromRule,
)
from tsunagu.catalog.formats import Encoding, FileKind
from tsunagu.catalog.items import ItemKind
from tsunagu.catalog.words import ValueType
from tsunagu.catalog.workbooks.cells import label, mark, read_name, read_object, write_object
from tsunagu.catalog.workbooks.sheets import Book, CellFault, Field, Line, Sheet, read_mark
from tsunagu.catalog.workbooks.yaml_lines import Plain, YamlLines, write_flow

FILE_SHEET, COLUMN_SHEET, DETAIL_SHEET = "ファイル", "列", "細かい決まり"
DRAFT_SHEET = "まとめ"
"""Only a draft has it; a draft is read back by `feed new`, which asks for every ○."""
BLANK = "（空欄）"
_TAB = "タブ"

FILE_FIELDS = (
    Field("決めること", 34),
    Field("値", 40),
    Field("説明", 62, is_shown_only=True),
)
COLUMN_FIELDS = (
    Field("見出し", 22),
    Field("行き先", 34, choices="行き先"),
    Field("行き先2", 22, choices="行き先"),
    Field("型", 16, choices="型"),
    Field("コード表", 26, choices="コード表"),
    Field("必須", 6, choices="印", is_detail=True),
    Field("無くてもよい", 8, choices="印", is_detail=True),
    Field("最小", 8, is_detail=True),
    Field("最大", 8, is_detail=True),
    Field("末日", 6, choices="印", is_detail=True),
    Field("条件", 24, is_detail=True),
    Field("不詳の条件", 18, is_detail=True),
    Field("形", 14, is_detail=True),
    Field("別名", 18, is_detail=True),
    Field("その他", 12, is_detail=True),
)
DETAIL_FIELDS = (Field("場所", 34), Field("内容", 90))

TYPE_TITLES = {
    ValueType.TEXT: "文字",
    ValueType.CODE: "コード（区分）",
    ValueType.INTEGER: "整数",
    ValueType.NUMBER: "数（小数あり）",
    ValueType.FLAG: "はい・いいえ",
    ValueType.DATE: "日付",
    ValueType.YEAR_MONTH: "年月",
    ValueType.YEN: "金額（円）",
}
IDENTITY_TITLES = {
    "atena_number": "宛名番号",
    "name": "氏名",
    "kana": "カナ氏名",
    "other_name": "別の氏名（通称・ローマ字）",
    "birth_date": "生年月日",
    "sex": "性別",
    "postal_code": "郵便番号",
    "address": "住所",
    "phone": "電話番号",
    "guardian_name": "保護者の氏名",
    "mother_atena_number": "母（妊婦）の宛名番号",
    "due_on": "分娩予定日（生まれる前の子ども）",
    "household_number": "世帯番号",
    "relationship_code": "続柄コード",
    "district": "町字コード",
    "resident_status": "住民状態",
    "resident_from": "住民となった日",
    "removed_on": "住民でなくなった日",
    "history_number": "履歴番号",
    "history_branch": "履歴番号の枝番",
    "is_latest": "最新の履歴か",
    "changed_on": "異動日",
}
_SCOPE_TITLES = {"school": "学校", "facility": "施設", "month": "月", "school_year": "年度"}
_DATE_TITLES = {"occurred_on": "起きた日", "valid_from": "始まりの日", "valid_to": "終わりの日"}
NOT_USED = label("使わない", "nothing")


@dataclass(frozen=True, slots=True)
class _Setting:
    """One line of the file sheet. `path`: where it stands in the manifest."""

    path: str
    title: str
    note: str
    words: type[StrEnum] | None = None
    is_list: bool = False
    is_flag: bool = False


_WORD_TITLES: Mapping[str, str] = {
    "daily": "毎日",
    "monthly": "毎月",
    "quarterly": "3か月ごと",
    "termly": "学期ごと",
    "yearly": "毎年",
    "snapshot": "全件（載っていない人は、もう当てはまらない）",
    "delta": "差分（変わった人・起きたことだけ）",
    "file_name": "ファイル名の最後の8桁の日付",
    "received_on": "受け取った日をその都度言う",
    "municipality": "市の全体",
    "school": "届いた学校だけ",
    "facility": "届いた施設だけ",
    "month": "その月",
    "school_year": "その年度",
    "history": "基準日までの一定の日数",
    "reference_day": "基準日だけ",
    "csv": "CSV",
    "fixed_width": "固定長",
    "json": "JSON",
    "zip": "ZIP",
    "excel": "Excel",
}

SETTINGS = (
    _Setting(
        "id",
        "この様式の id",
        "<部署>/<英小文字の名前>。部署は resident education health benefits childcare welfare のどれか。",
    ),
    _Setting("title.ja", "様式の名前", "担当課が呼んでいる名前。"),
    _Setting("title.en", "様式の名前（英語）", "無くてもかまいません。"),
    _Setting("owner", "担当課", "問い合わせと、直しを頼む先。"),
    _Setting("cadence", "届く間隔", "これより遅れると「遅れている」と知らせます。", Cadence),
    _Setting(
        "delivery",
        "全件か差分か",
        "担当課に確かめてください。取り違えると、載っていない人の記録が終わります。",
        Delivery,
    ),
    _Setting("delta_when_name_has", "差分を示す言葉", "ファイル名にこの言葉があれば差分。無ければ空欄。"),
    _Setting("file_names", "ファイル名の形", "* は任意の文字。改行して幾つでも。", is_list=True),
    _Setting("format.kind", "ファイルの種類", "読み取ったまま。", FileKind),
    _Setting("format.encodings", "文字コード", "読み取ったまま。改行して幾つでも。", Encoding, is_list=True),
    _Setting("format.delimiter", "区切り", "コンマは空欄でかまいません。タブは「タブ」。"),
    _Setting("format.sheet", "シート名", "シートが一つなら空欄（名前が毎月変わっても読めます）。"),
    _Setting("format.header_row", "見出しの行", "1から数えます。題や注記が上にあれば、その下の行。"),
    _Setting("format.header_rows", "見出しの段数", "見出しが二段なら2。"),
    _Setting(
        "known_from", "いつ知ったか", "過去のある日に何が分かっていたかを、この日で決めます。", KnownFromRule
    ),
    _Setting("subject.system", "番号の出どころ", "同じ番号を使う様式は同じ名前に。英小文字。"),
    _Setting("subject.column", "本人を指す列", "この列の値が、一人を指します。"),
    _Setting(
        "subject.with_columns",
        "合わせて一人を指す列",
        "学校ごと・年度ごとに振り直す番号なら、その列。改行して幾つでも。",
        is_list=True,
    ),
    _Setting(
        "record_key",
        "一つの記録を指す列",
        "同じ値の行が次に届いたら、前の記録の新しい版とみます。改行して幾つでも。",
        is_list=True,
    ),
    _Setting(
        "scope", "言える範囲を狭める語", "@reference_date、@month、@school_year。ふつうは空欄。", is_list=True
    ),
    _Setting(
        "coverage.scope",
        "「行が無い」と言える範囲",
        "届いていない学校・施設は「なし」ではなく「不明」になります。",
        CoverageScope,
    ),
    _Setting(
        "coverage.period", "「行が無い」と言える時", "一つのファイルが、いつのことを語るか。", CoveragePeriod
    ),
    _Setting("coverage.history_days", "さかのぼる日数", "「基準日までの一定の日数」のときだけ。"),
    _Setting(
        "coverage.stale_after_days", "古くなるまでの日数", "次が届かないまま、この日数を過ぎたら「不明」。"
    ),
    _Setting(
        "volume.least_ratio",
        "件数の下限（前回比）",
        "これより少なければ、切れていないかを確かめるまで受け取りません。",
    ),
    _Setting("volume.most_ratio", "件数の上限（前回比）", "これより多ければ、確かめるまで受け取りません。"),
    _Setting("may_be_empty", "0行でもよい", "該当者がいない月がある様式だけ ○。", is_flag=True),
)
_BY_PATH = {setting.path: setting for setting in SETTINGS}
_NOT_IN_MANIFEST = ("columns", "adoption", "department")


@dataclass(frozen=True, slots=True)
class FeedLines:
    """The rows of the sheets that describe one feed."""

    settings: tuple[Line, ...]
    columns: tuple[Line, ...]
    details: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FeedText:
    """A feed read back from a workbook: its id, and the two files with the cells their lines came from."""

    feed_id: str
    manifest: YamlLines
    columns: YamlLines
    rows: tuple[Line, ...] = ()
    faults: list[CellFault] = field(default_factory=list)


def list_targets(catalog: Catalog) -> list[str]:
    """Everything a column may become, as an officer chooses it."""
    found = [NOT_USED]
    found += [label(f"本人：{IDENTITY_TITLES[name]}", f"identity.{name}") for name in IDENTITY_FIELDS]
    found += [label(f"範囲：{_SCOPE_TITLES[name]}", f"scope.{name}") for name in SCOPE_FIELDS]
    for item in catalog.items.values():
        dates = ("occurred_on",) if item.kind is ItemKind.EVENT else ("valid_from", "valid_to")
        titles = {
            **{name: _DATE_TITLES[name] for name in dates},
            **{n: v.title.ja for n, v in item.values.items()},
        }
        found += [label(f"{item.title.ja}：{title}", f"{item.id}.{name}") for name, title in titles.items()]
    return found


def list_choices(catalog: Catalog) -> dict[str, list[str]]:
    """The lists to choose from."""
    return {
        "行き先": list_targets(catalog),
        "型": [label(title, kind.value) for kind, title in TYPE_TITLES.items()],
        "コード表": [label(one.title.ja, one.id) for one in catalog.code_lists.values()],
        "印": ["○"],
        **{
            setting.title: [
                label(_WORD_TITLES.get(word.value, word.value), word.value) for word in setting.words
            ]
            for setting in SETTINGS
            if setting.words is not None
        },
    }


def lay_out_feed(feed: Feed, catalog: Catalog) -> list[Sheet]:
    """The sheets of one feed, everything in them that its two files say."""
    content = feed.model_dump(mode="json", exclude_defaults=True)
    targets = {read_name(text): text for text in list_targets(catalog)}
    flat = dict(_flatten({key: value for key, value in content.items() if key not in _NOT_IN_MANIFEST}))
    return [
        lay_out_settings({path: value for path, value in flat.items() if path in _BY_PATH}),
        Sheet(
            COLUMN_SHEET,
            COLUMN_FIELDS,
            tuple(write_column(column, catalog, targets) for column in content["columns"]),
            "一行が、一つの列の読み方です。同じ見出しの行が二つあれば、読み方が二つあります。細かい決まりは、右上の［＋］を押すと出ます。",
            frozen=1,
        ),
        lay_out_details({path: value for path, value in flat.items() if path not in _BY_PATH}),
    ]


def lay_out_settings(values: Mapping[str, Any], notes: Mapping[str, str] | None = None) -> Sheet:
    """The file sheet."""
    rows = tuple(
        (
            label(setting.title, setting.path),
            _write_setting(setting, values.get(setting.path)),
            (notes or {}).get(setting.path, setting.note),
        )
        for setting in SETTINGS
    )
    choices = {
        (number, "値"): "印" if setting.is_flag else setting.title
        for number, setting in enumerate(SETTINGS)
        if setting.is_flag or (setting.words is not None and not setting.is_list)
    }
    advice = "ファイルそのものについて、担当課に確かめて決めることです。"
    return Sheet(FILE_SHEET, FILE_FIELDS, rows, advice, cell_choices=choices)


def lay_out_details(values: Mapping[str, Any]) -> Sheet:
    """The sheet of rules that are seldom changed."""
    rows = tuple((path, json.dumps(value, ensure_ascii=False)) for path, value in values.items())
    return Sheet(
        DETAIL_SHEET,
        DETAIL_FIELDS,
        rows,
        "ふつうは変えません。標準の様式の決まりを、この様式の見出しに置き換えたものです。",
    )


def write_column(column: Mapping[str, Any], catalog: Catalog, targets: Mapping[str, str]) -> tuple[str, ...]:
    """One entry of `columns` as a row."""
    left = dict(column)
    header, to = left.pop("header"), list(left.pop("to", ["nothing"]))
    kind, codes = left.pop("type", "text"), left.pop("codes", None)
    cells = [
        header,
        targets.get(to[0], to[0]),
        "\n".join(targets.get(target, target) for target in to[1:]),
        label(TYPE_TITLES[ValueType(kind)], kind),
        _write_codes(codes, catalog),
        mark(left.pop("required", False)),
        mark(left.pop("may_be_absent", False)),
        _write_number(left.pop("minimum", None)),
        _write_number(left.pop("maximum", None)),
        mark(left.pop("is_last_day", False)),
        write_spellings(left.pop("when", {})),
        write_spellings(left.pop("unknown_when", {})),
        left.pop("pattern", None) or "",
        "\n".join(left.pop("aliases", ())),
        write_object(left),
    ]
    return tuple(cells)


def write_spellings(condition: Mapping[str, Sequence[str]]) -> str:
    """A condition as a person reads it: `見出し=書き方|書き方`, one a line."""
    lines = [f"{header}={'|'.join(text or BLANK for text in texts)}" for header, texts in condition.items()]
    text = "\n".join(lines)
    with suppress(ValueError, TypeError):
        if read_spellings(text) == dict(condition):
            return text
    return json.dumps(condition, ensure_ascii=False)


def read_spellings(text: str) -> dict[str, Any]:
    """The condition that `write_spellings` was given.

    Raises:
        ValueError, TypeError: it is something else.
    """
    if text.startswith("{"):
        return {key: tuple(value) for key, value in read_object(text).items()}
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise ValueError
    return {
        header.strip(): tuple("" if one == BLANK else one for one in texts.split("|"))
        for header, _, texts in pairs
    }


def read_feed_lines(book: Book) -> FeedLines:
    """The rows of the three sheets, as they stand.

    Raises:
        UnreadableWorkbookError: a sheet or a heading is missing.
    """
    return FeedLines(
        tuple(book.list_lines(FILE_SHEET, FILE_FIELDS)),
        tuple(book.list_lines(COLUMN_SHEET, COLUMN_FIELDS)),
        tuple(book.list_lines(DETAIL_SHEET, DETAIL_FIELDS)) if book.has_sheet(DETAIL_SHEET) else (),
    )


def write_feed(lines: FeedLines) -> FeedText:
    """The two files of the feed. What the catalogue thinks of them is asked afterwards."""
    settings = {read_name(line.get("決めること")): line for line in lines.settings}
    id_line = settings.get("id")
    text = FeedText(id_line.get("値") if id_line else "", YamlLines(), YamlLines(), lines.columns)
    content, places = _gather(settings, lines.details, text.faults)
    _write_block(text.manifest, {k: v for k, v in content.items() if k not in _IN_COLUMNS}, places, "", 0)
    for key in _IN_COLUMNS:
        if key in content:
            _write_block(text.columns, {key: content[key]}, places, "", 0)
    text.columns.add("columns:")
    for line in lines.columns:
        entry = _read_column(line, text.faults)
        text.columns.add(f"  - {write_flow(entry)}", line.get_place("見出し"))
    return text


_IN_COLUMNS = ("items", "constants", "checks")


def _gather(
    settings: Mapping[str, Line], details: Sequence[Line], faults: list[CellFault]
) -> tuple[dict[str, Any], dict[str, str]]:
    content: dict[str, Any] = {}
    places: dict[str, str] = {}
    for path, line in settings.items():
        setting = _BY_PATH.get(path)
        if setting is None:
            what = f"「{line.get('決めること')}」は知らない設定です。"
            faults.append(
                CellFault(line.get_place("決めること"), what, "書き出したままの言葉に戻してください。")
            )
        elif line.get("値") and path != "id":
            _put(content, path, _read_setting(setting, line, faults))
            places[path] = line.get_place("値")
    for line in details:
        try:
            _put(content, line.get("場所"), json.loads(line.get("内容")))
        except (ValueError, TypeError):
            faults.append(
                CellFault(
                    line.get_place("内容"), "書き方が読めません。", "書き出したままの形に戻してください。"
                )
            )
        places[line.get("場所")] = line.get_place("内容")
    return content, places


def _read_column(line: Line, faults: list[CellFault]) -> dict[str, Plain]:
    other = _read_cell(line, "その他", read_object, "書き出したままの形に戻してください。", faults)
    todo = "「見出し=書き方|書き方」の形で書いてください。"
    when, unknown = (
        _read_cell(line, title, read_spellings, todo, faults) for title in ("条件", "不詳の条件")
    )
    to = [read_name(text) for text in (line.get("行き先"), *line.get("行き先2").splitlines()) if text.strip()]
    kind = read_name(line.get("型"))
    entry: dict[str, Plain] = {
        "header": line.get("見出し"),
        "aliases": line.get("別名").splitlines(),
        "to": [] if to in ([], ["nothing"]) else to,
        "type": "" if kind == "text" else kind,
        "codes": read_name(line.get("コード表")),
        "required": read_mark(line, "必須", faults),
        "may_be_absent": read_mark(line, "無くてもよい", faults),
        "pattern": line.get("形"),
        "minimum": line.get("最小"),
        "maximum": line.get("最大"),
        "is_last_day": read_mark(line, "末日", faults),
        "when": when,
        "unknown_when": unknown,
        **other,
    }
    return {key: value for key, value in entry.items() if value or key == "header"}


def _read_cell(
    line: Line, title: str, read: Callable[[str], dict[str, Any]], todo: str, faults: list[CellFault]
) -> dict[str, Any]:
    try:
        return read(line.get(title))
    except (ValueError, TypeError):
        faults.append(CellFault(line.get_place(title), f"「{title}」の書き方が読めません。", todo))
        return {}


def _flatten(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, Mapping) and key in (
            "title",
            "format",
            "subject",
            "coverage",
            "volume",
            *_IN_COLUMNS,
        ):
            yield from ((f"{key}.{inner}", one) for inner, one in value.items())
        else:
            yield key, value


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    # A constant's target has a dot of its own: `constants.item.value`.
    outer, dot, inner = path.partition(".")
    if dot:
        content.setdefault(outer, {})[inner] = value
    else:
        content[path] = value


def _write_setting(setting: _Setting, value: Any) -> str:
    if setting.is_flag:
        return mark(bool(value))
    if setting.path == "format.delimiter":
        return _TAB if value == "\t" else (value or "")
    if isinstance(value, list | tuple):
        return "\n".join(value)
    if value is None:
        return ""
    return label(_WORD_TITLES.get(str(value), str(value)), str(value)) if setting.words else f"{value}"


def _read_setting(setting: _Setting, line: Line, faults: list[CellFault]) -> Plain:
    text = line.get("値")
    if setting.is_flag:
        return read_mark(line, "値", faults)
    if setting.path == "format.delimiter":
        return "\t" if text == _TAB else text
    if setting.is_list:
        return [
            read_name(line) if setting.words else line.strip() for line in text.splitlines() if line.strip()
        ]
    return read_name(text) if setting.words else text


def _write_block(
    lines: YamlLines, content: Mapping[str, Any], places: Mapping[str, str], path: str, depth: int
) -> None:
    for key, value in content.items():
        inner = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and depth == 0 and value:
            lines.add(f"{write_flow(key)}:", places.get(inner, ""))
            _write_block(lines, value, places, inner, 1)
        else:
            lines.add(f"{'  ' * depth}{write_flow(key)}: {write_flow(value)}", places.get(inner, ""))


def _write_codes(name: str | None, catalog: Catalog) -> str:
    if name is None:
        return ""
    known = catalog.code_lists.get(name)
    return label(known.title.ja if known else name, name)


def _write_number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else str(int(value))
