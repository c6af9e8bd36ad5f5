"""Checks of a feed: its columns against the items and code lists they become."""

import re
import unicodedata
from collections.abc import Iterator

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed, FeedColumn
from tsunagu.catalog.items import Item, ItemKind
from tsunagu.catalog.problems import Fault, make_name_fault
from tsunagu.catalog.words import ValueType

NOT_KEPT = "nothing"
_MY_NUMBER = re.compile(r"個人番号|マイナンバー|my\s*_?number|特定個人情報", re.IGNORECASE)
_RESIDENT_RECORD_CODE = "住民票コード"
# Value type → column types that may fill it, where it is not just the same one.
_FITS = {
    ValueType.NUMBER: {ValueType.NUMBER, ValueType.INTEGER},
    ValueType.YEN: {ValueType.YEN, ValueType.INTEGER},
    ValueType.DATE: {ValueType.DATE, ValueType.YEAR_MONTH},
}


def looks_like_my_number(header: str) -> bool:
    """Whether a header names the individual number (マイナンバー), which stays out of every file and definition."""
    return _MY_NUMBER.search(unicodedata.normalize("NFKC", header)) is not None


def list_feed_faults(feed: Feed, catalog: Catalog) -> Iterator[Fault]:
    """Everything wrong with what one feed names; the model itself has checked its headers and words."""
    yield from _check_headers(feed)
    for position, column in enumerate(feed.columns):
        yield from _check_column(column, ("columns", position), catalog)
    for target, value in feed.constants.items():
        yield from _check_constant(target, value, catalog)
    yield from _check_dates(feed, catalog)
    yield from _check_sample(feed, catalog)


def list_alike_feeds(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Pairs of feeds with equal header sets: a file could be either."""
    seen: dict[frozenset[str], str] = {}
    for name, feed in sorted(catalog.feeds.items()):
        headers = frozenset(column.header for column in feed.columns)
        if headers in seen:
            yield name, seen[headers]
        else:
            seen[headers] = name


def _check_headers(feed: Feed) -> Iterator[Fault]:
    for position, column in enumerate(feed.columns):
        for header in (column.header, *column.aliases):
            if looks_like_my_number(header):
                yield Fault(
                    ("columns", position, "header"),
                    "my_number_header",
                    f"列「{header}」は個人番号（マイナンバー）の列に見えます。扱ってはならない列です。",
                    "送り元に、この列を除いた出力を頼み、ここからも消してください。",
                )
        if _RESIDENT_RECORD_CODE in column.header and column.to != (NOT_KEPT,):
            yield Fault(
                ("columns", position, "to"),
                "resident_record_code",
                "住民票コードは、受け取ったファイルの外に出せません。",
                "to を [nothing] にしてください。",
            )


def _check_column(column: FeedColumn, place: tuple[str | int, ...], catalog: Catalog) -> Iterator[Fault]:
    if column.codes is not None and column.codes not in catalog.code_lists:
        yield make_name_fault(
            (*place, "codes"), "unknown_code_list", "コード表", column.codes, catalog.code_lists
        )
    elif column.type is ValueType.FLAG and not _is_flag_list(column.codes, catalog):
        yield Fault(
            (*place, "codes"),
            "wrong_code_list",
            f"コード表「{column.codes}」は yes と no だけではありません。",
            "yes と no だけを持つコード表を書いてください。",
        )
    for target in column.to:
        faults = list(_check_target(target, (*place, "to"), catalog))
        yield from faults or _check_fit(column, target, place, catalog)


def _check_constant(target: str, value: str, catalog: Catalog) -> Iterator[Fault]:
    place = ("constants", target)
    faults = list(_check_target(target, place, catalog))
    yield from faults
    owner, _, name = target.partition(".")
    if faults or owner not in catalog.items or name not in catalog.items[owner].values:
        return
    code_list = catalog.code_lists.get(catalog.items[owner].values[name].codes or "")
    known = [code.id for code in code_list.codes] if code_list else []
    if known and value not in known:
        yield make_name_fault(place, "unknown_word", f"「{target}」に符号", value, known)


def _check_dates(feed: Feed, catalog: Catalog) -> Iterator[Fault]:
    targets = {target for column in feed.columns for target in column.to} | feed.constants.keys()
    for name in feed.stated_items:
        item = catalog.items.get(name)
        if item and item.kind is ItemKind.EVENT and f"{name}.occurred_on" not in targets:
            yield Fault(
                ("columns",),
                "no_event_date",
                f"出来事「{name}」の起きた日（occurred_on）がどこからも入りません。",
                f"日付の列の to か constants に「{name}.occurred_on」を書いてください。",
            )


def _check_target(target: str, place: tuple[str | int, ...], catalog: Catalog) -> Iterator[Fault]:
    owner, _, value = target.partition(".")
    if owner in (NOT_KEPT, "identity", "scope"):
        return
    if owner not in catalog.items:
        yield make_name_fault(place, "unregistered_item", "項目", owner, catalog.items)
    elif value not in _list_targets(catalog.items[owner]):
        known = _list_targets(catalog.items[owner])
        yield make_name_fault(place, "unregistered_item", f"項目「{owner}」に値", value, known)


def _list_targets(item: Item) -> list[str]:
    dates = ["occurred_on"] if item.kind is ItemKind.EVENT else ["valid_from", "valid_to"]
    return [*dates, *item.values]


def _check_fit(
    column: FeedColumn, target: str, place: tuple[str | int, ...], catalog: Catalog
) -> Iterator[Fault]:
    owner, _, name = target.partition(".")
    value = catalog.items[owner].values.get(name) if owner in catalog.items else None
    if value is None:
        return
    if column.type not in _FITS.get(value.type, {value.type}):
        yield Fault(
            (*place, "type"),
            "wrong_type",
            f"列「{column.header}」は {column.type} ですが、入れる先の「{target}」は {value.type} です。",
            f"type を {value.type} にしてください。",
        )
    elif column.type is ValueType.CODE and not _covers(column.codes, value.codes, catalog):
        yield Fault(
            (*place, "codes"),
            "wrong_code_list",
            f"コード表「{column.codes}」には、項目のコード表「{value.codes}」にない符号があります。",
            f"「{value.codes}」か、その一部だけを持つコード表を書いてください。",
        )


def _is_flag_list(name: str | None, catalog: Catalog) -> bool:
    code_list = catalog.code_lists.get(name or "")
    return code_list is None or {code.id for code in code_list.codes} == {"yes", "no"}


def _covers(name: str | None, wanted: str | None, catalog: Catalog) -> bool:
    written, known = catalog.code_lists.get(name or ""), catalog.code_lists.get(wanted or "")
    if written is None or known is None:
        return True  # reported elsewhere
    return {code.id for code in written.codes} <= {code.id for code in known.codes}


def _check_sample(feed: Feed, catalog: Catalog) -> Iterator[Fault]:
    if not catalog.get_feed_sample(feed.id).exists():
        name = feed.format.sample_name
        yield Fault(
            ("id",),
            "missing_sample",
            f"見本 {name} がありません。",
            f"架空の値で数行の {name} を同じフォルダーに置いてください。",
        )
