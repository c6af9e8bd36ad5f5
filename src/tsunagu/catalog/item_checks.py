"""Checks of items and code lists: what they name, and that each word has one meaning."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import Item, ItemValue
from tsunagu.catalog.problems import Fault, make_name_fault
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.words import ValueType

RESERVED_VALUES = frozenset(
    {
        "subject_id",
        "known_from",
        "record_id",
        "feed",
        "file_id",
        "row",
        "occurred_on",
        "valid_from",
        "valid_to",
    }
)


def list_code_list_faults(code_list: CodeList) -> Iterator[Fault]:
    """Codes or spellings that stand in the list twice."""
    ids = [code.id for code in code_list.codes]
    written = [text for code in code_list.codes for text in code.written]
    for name in _list_repeated(ids):
        yield Fault(
            ("codes", _find_last(ids, name)),
            "duplicate_id",
            f"符号「{name}」が二度あります。",
            "一つにまとめてください。",
        )
    for text in _list_repeated(written):
        place = ("codes", _find_last([text in code.written for code in code_list.codes], True))
        yield Fault(
            place,
            "duplicate_spelling",
            f"書き方「{text}」が二つの符号にあり、どちらか決められません。",
            "どちらか一方から消してください。",
        )


def list_item_faults(item: Item, catalog: Catalog) -> Iterator[Fault]:
    """Everything wrong with what one item names."""
    for name, value in item.values.items():
        yield from _check_value(name, value, catalog)
    yield from _check_sighting(item)
    purposes = [use.purpose for use in item.uses]
    for position, purpose in enumerate(purposes):
        place = ("uses", position, "purpose")
        if purpose not in catalog.purposes:
            yield make_name_fault(place, "unknown_purpose", "目的", purpose, catalog.purposes)
        if purpose in purposes[:position]:
            yield Fault(
                place, "duplicate_use", f"目的「{purpose}」の登録が二度あります。", "一つにまとめてください。"
            )


def _check_value(name: str, value: ItemValue, catalog: Catalog) -> Iterator[Fault]:
    place = ("values", name)
    if name in RESERVED_VALUES:
        yield Fault(
            place,
            "reserved_name",
            f"値の名前「{name}」は、どの表にもある列の名前です。",
            "別の名前にしてください。",
        )
    if (value.type is ValueType.CODE) != (value.codes is not None):
        yield Fault(
            place,
            "unknown_code_list",
            f"値「{name}」: codes は type: code の値に要り、ほかの値では使えません。",
            "codes にコード表の id を書くか、type を直してください。",
        )
    elif value.codes is not None and value.codes not in catalog.code_lists:
        yield make_name_fault(
            (*place, "codes"), "unknown_code_list", "コード表", value.codes, catalog.code_lists
        )


def _check_sighting(item: Item) -> Iterator[Fault]:
    wanted = (
        ("seen_on", item.seen_on, ValueType.DATE, "日付"),
        ("seen_if", item.seen_if, ValueType.FLAG, "はい・いいえ"),
    )
    for key, name, type_, called in wanted:
        if name is None:
            continue
        value = item.values.get(name)
        if not item.sighting:
            yield Fault(
                (key,),
                "not_a_sighting",
                f"{key} は sighting: true の項目でだけ使えます。",
                "sighting: true を書くか、消してください。",
            )
        elif value is None or value.type is not type_:
            known = [one for one, other in item.values.items() if other.type is type_]
            yield make_name_fault((key,), "unknown_name", f"{called}の値", name, known)


def _list_repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _find_last(values: list[object] | list[str] | list[bool], wanted: object) -> int:
    return max(position for position, value in enumerate(values) if value == wanted)
