"""The register of items as three sheets (items, values, uses), and back to YAML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import Item, ItemKind, Use
from tsunagu.catalog.words import Department, Role, Status
from tsunagu.catalog.workbooks.cells import label, mark, read_name, read_object, write_object
from tsunagu.catalog.workbooks.feed_sheets import TYPE_TITLES
from tsunagu.catalog.workbooks.sheets import CellFault, Field, Line, Sheet, read_mark
from tsunagu.catalog.workbooks.yaml_lines import Plain, YamlLines, write_flow

ITEM_SHEET, VALUE_SHEET, USE_SHEET = "項目", "値", "使いみち"
ITEM_FIELDS = (
    Field("項目", 26),
    Field("項目の名前", 24),
    Field("英語名", 24),
    Field("部署", 22, choices="部署"),
    Field("種類", 26, choices="種類"),
    Field("責任を持つ課", 24),
    Field("姿を見た記録", 8, choices="印"),
    Field("見た日の値", 18),
    Field("見たときだけの値", 18),
    Field("その他", 12, is_detail=True),
)
_ITEM_NAME = Field("何の項目か", 20, is_shown_only=True)
VALUE_FIELDS = (
    Field("項目", 26),
    _ITEM_NAME,
    Field("値", 22),
    Field("値の名前", 24),
    Field("英語名", 24),
    Field("型", 18, choices="型"),
    Field("コード表", 26, choices="コード表"),
    Field("単位", 8),
    Field("機微", 6, choices="印"),
    Field("その他", 12, is_detail=True),
)
STOP, BECAUSE = "使うのをやめる", "狭める訳"
ADOPTED_BY, ADOPTED_ON, ADOPTED_UNTIL = "採用を決めた人", "採用した日", "採用を見直す日"
USE_FIELDS = (
    Field("項目", 26),
    _ITEM_NAME,
    Field("目的", 26, choices="目的"),
    Field("根拠", 40),
    Field("関係する訳", 40),
    Field("渡す相手", 44),
    Field("裏付け", 16),
    Field("判定には使わない", 9, choices="印"),
    Field("残す年数", 8),
    Field("見直す日", 12),
    Field("その他", 12, is_detail=True),
    Field(STOP, 8, choices="印"),
    Field(BECAUSE, 30),
    Field(ADOPTED_BY, 20),
    Field(ADOPTED_ON, 12),
    Field(ADOPTED_UNTIL, 12),
)
NOT_IN_ITEM = (STOP, BECAUSE, ADOPTED_BY, ADOPTED_ON, ADOPTED_UNTIL)
"""Columns of a use that are no part of the item itself."""

ITEM_SHEETS = {ITEM_SHEET: ITEM_FIELDS, VALUE_SHEET: VALUE_FIELDS, USE_SHEET: USE_FIELDS}

_KIND_TITLES = {ItemKind.EVENT: "出来事（ある日に起きる）", ItemKind.STATE: "状態（しばらく続く）"}
_DEPARTMENT_TITLES = {
    Department.RESIDENT: "住民",
    Department.EDUCATION: "教育",
    Department.HEALTH: "保健",
    Department.BENEFITS: "手当",
    Department.CHILDCARE: "保育",
    Department.WELFARE: "福祉",
}


_ROLE_TITLES = {
    Role.COORDINATOR: "総括管理主体",
    Role.CASEWORKER: "相談員",
    Role.PUBLIC_HEALTH_NURSE: "保健師",
    Role.SCHOOL_SOCIAL_WORKER: "スクールソーシャルワーカー",
    Role.SCHOOL: "学校",
    Role.COUNCIL_MEMBER: "要対協の構成員",
    Role.CHILD_GUIDANCE_CENTER: "児童相談所",
    Role.SUPERVISOR: "管理職",
    Role.DATA_HOLDER: "保有・管理主体",
    Role.ANALYST: "分析主体",
    Role.AUDITOR: "監査",
}


def _label_role(role: Role) -> str:
    return label(_ROLE_TITLES[role], role.value)


def list_item_choices(catalog: Catalog) -> dict[str, list[str]]:
    """The lists to choose from."""
    return {
        "部署": [label(title, word.value) for word, title in _DEPARTMENT_TITLES.items()],
        "種類": [label(title, word.value) for word, title in _KIND_TITLES.items()],
        "目的": [label(one.title.ja, one.id) for one in catalog.purposes.values()],
        "役割": [_label_role(role) for role in Role],
    }


def lay_out_items(catalog: Catalog) -> list[Sheet]:
    """The three sheets."""
    items = list(catalog.items.values())
    return [
        Sheet(
            ITEM_SHEET,
            ITEM_FIELDS,
            tuple(map(_lay_out_item, items)),
            "一行が、子どもについて分かっていること一種類です。",
        ),
        Sheet(
            VALUE_SHEET,
            VALUE_FIELDS,
            tuple(row for item in items for row in _lay_out_values(item, catalog)),
            "項目が持つ値です。",
            frozen=2,
        ),
        Sheet(
            USE_SHEET,
            USE_FIELDS,
            tuple(_lay_out_use(item, use, catalog) for item in items for use in item.uses),
            "何の目的に、何を根拠に、だれに渡してよいか。標準を狭めるときは「狭める訳」を書きます。行は消さずに「使うのをやめる」に ○。",
            frozen=2,
        ),
    ]


def _lay_out_item(item: Item) -> tuple[str, ...]:
    left = item.model_dump(mode="json", exclude_defaults=True, exclude={"values", "uses"})
    title = left.pop("title")
    department, kind = Department(left.pop("department")), ItemKind(left.pop("kind"))
    return (
        left.pop("id"),
        title["ja"],
        title.get("en", ""),
        label(_DEPARTMENT_TITLES.get(department, department.value), department.value),
        label(_KIND_TITLES[kind], kind.value),
        left.pop("holder"),
        mark(left.pop("sighting", False)),
        left.pop("seen_on", ""),
        left.pop("seen_if", ""),
        write_object(left),
    )


def _lay_out_values(item: Item, catalog: Catalog) -> Iterable[tuple[str, ...]]:
    for name, value in item.values.items():
        left = value.model_dump(mode="json", exclude_defaults=True)
        title, codes = left.pop("title"), left.pop("codes", "")
        known = catalog.code_lists.get(codes)
        yield (
            item.id,
            item.title.ja,
            name,
            title["ja"],
            title.get("en", ""),
            label(TYPE_TITLES[value.type], left.pop("type")),
            label(known.title.ja, codes) if known else codes,
            left.pop("unit", ""),
            mark(left.pop("sensitive", False)),
            write_object(left),
        )


def _lay_out_use(item: Item, use: Use, catalog: Catalog) -> tuple[str, ...]:
    left = use.model_dump(mode="json", exclude_defaults=True, exclude={"adoption"})
    purpose = left.pop("purpose")
    known = catalog.purposes.get(purpose)
    adoption = use.adoption if use.adoption.status is Status.ADOPTED else None
    return (
        item.id,
        item.title.ja,
        label(known.title.ja, purpose) if known else purpose,
        left.pop("legal_basis"),
        left.pop("relevance"),
        "\n".join(_label_role(Role(one)) for one in left.pop("recipients")),
        left.pop("evidence", ""),
        mark(not left.pop("for_judgement", True)),
        str(left.pop("retain_years")),
        left.pop("review_on"),
        write_object(left),
        "",
        "",
        (adoption.adopted_by or "") if adoption else "",
        str(adoption.adopted_on or "") if adoption else "",
        str(adoption.review_on or "") if adoption else "",
    )


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The rows that make up one item; uses that are to stop are left out."""

    line: Line
    values: Sequence[Line]
    uses: Sequence[Line]


# Where each key of the YAML comes from.
ITEM_TITLES = {
    "id": "項目",
    "title": "項目の名前",
    "department": "部署",
    "kind": "種類",
    "holder": "責任を持つ課",
    "sighting": "姿を見た記録",
    "seen_on": "見た日の値",
    "seen_if": "見たときだけの値",
}
USE_TITLES = {
    "purpose": "目的",
    "legal_basis": "根拠",
    "relevance": "関係する訳",
    "recipients": "渡す相手",
    "evidence": "裏付け",
    "for_judgement": "判定には使わない",
    "retain_years": "残す年数",
    "review_on": "見直す日",
}
_REST = "その他"


def read_item(rows: ItemRows, faults: list[CellFault]) -> dict[str, Any]:
    """One item as it would stand in YAML; what is wrong with it the catalogue says."""
    line = rows.line
    entry: dict[str, Any] = {
        "id": line.get("項目"),
        "title": _read_title(line, "項目の名前"),
        "department": read_name(line.get("部署")),
        "kind": read_name(line.get("種類")),
        "holder": line.get("責任を持つ課"),
        "sighting": read_mark(line, "姿を見た記録", faults),
        "seen_on": line.get("見た日の値"),
        "seen_if": line.get("見たときだけの値"),
        **_read_rest(line, faults),
        "values": {one.get("値"): _read_value(one, faults) for one in rows.values},
        "uses": [read_use(one, faults) for one in rows.uses],
    }
    # An item without values is one of which only the day counts; the key must stand all the same.
    return {key: value for key, value in entry.items() if value or key == "values"}


def _read_value(line: Line, faults: list[CellFault]) -> dict[str, Plain]:
    entry: dict[str, Plain] = {
        "title": _read_title(line, "値の名前"),
        "type": read_name(line.get("型")),
        "codes": read_name(line.get("コード表")),
        "unit": line.get("単位"),
        "sensitive": read_mark(line, "機微", faults),
        **_read_rest(line, faults),
    }
    return {key: value for key, value in entry.items() if value}


def read_use(line: Line, faults: list[CellFault]) -> dict[str, Plain]:
    """One use as it would stand in YAML."""
    entry: dict[str, Plain] = {
        "purpose": read_name(line.get("目的")),
        "legal_basis": line.get("根拠"),
        "relevance": line.get("関係する訳"),
        "recipients": list_roles(line),
        "evidence": line.get("裏付け"),
        "for_judgement": "false" if read_mark(line, "判定には使わない", faults) else "",
        "retain_years": line.get("残す年数"),
        "review_on": line.get("見直す日"),
        **_read_rest(line, faults),
    }
    return {key: value for key, value in entry.items() if value}


def list_roles(line: Line) -> list[str]:
    """To whom a use may be handed."""
    return [read_name(text) for text in line.get("渡す相手").splitlines() if text.strip()]


def _read_title(line: Line, japanese: str) -> dict[str, Plain]:
    title: dict[str, Plain] = {"ja": line.get(japanese)}
    return {**title, "en": line.get("英語名")} if line.get("英語名") else title


def _read_rest(line: Line, faults: list[CellFault]) -> dict[str, Plain]:
    try:
        return read_object(line.get(_REST))
    except (ValueError, TypeError):
        todo = "書き出したままの形に戻してください。"
        faults.append(CellFault(line.get_place(_REST), "書き方が読めません。", todo))
        return {}


def write_item(rows: ItemRows, faults: list[CellFault], *, replaces: bool = False) -> YamlLines:
    """One item in a list of items, each line with the cell it came from."""
    entry = read_item(rows, faults)
    values, uses = entry.pop("values"), entry.pop("uses", [])
    text = YamlLines()
    for key, value in entry.items():
        text.add(f"{key}: {write_flow(value)}", rows.line.get_place(ITEM_TITLES.get(key, _REST)))
        if key == "id" and replaces:
            text.add("replaces: shipped")
    text.add("values:" if values else "values: {}", rows.line.get_place("項目"))
    for block in _write_values(values, rows):
        text.extend(block)
    if uses:
        text.add("uses:")
    for block in _write_uses(uses, rows):
        text.extend(block)
    return text.indent("- ", "  ")


def _write_values(values: Mapping[str, Plain], rows: ItemRows) -> Iterable[YamlLines]:
    places = {line.get("値"): line.get_place("値") for line in rows.values}
    for name, value in values.items():
        yield YamlLines([f"  {write_flow(name)}: {write_flow(value)}"], {1: places[name]})


def _write_uses(uses: Sequence[Mapping[str, Plain]], rows: ItemRows) -> Iterable[YamlLines]:
    for use, line in zip(uses, rows.uses, strict=True):
        block = YamlLines()
        for key, value in use.items():
            block.add(f"{key}: {write_flow(value)}", line.get_place(USE_TITLES.get(key, _REST)))
        yield block.indent("  - ", "    ")
