"""Checks of an indicator against the items, code lists and other indicators it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tsunagu.catalog.indicators import Condition, Consecutive, Indicator, IndicatorKind, Measure
from tsunagu.catalog.items import Item, ItemKind, ItemValue
from tsunagu.catalog.problems import Fault, list_words, suggest
from tsunagu.catalog.words import ValueType

NUMERIC = frozenset({ValueType.INTEGER, ValueType.NUMBER, ValueType.YEN})
DATED = frozenset({ValueType.DATE, ValueType.YEAR_MONTH})
WORDED = frozenset({ValueType.CODE, ValueType.TEXT})
_FLAG_WORDS = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an indicator may name: items, the code ids of each list, other indicators, by id."""

    items: Mapping[str, Item]
    codes: Mapping[str, frozenset[str]]
    indicators: Mapping[str, Indicator]


def list_faults(indicator: Indicator, around: Surroundings) -> list[Fault]:
    """Everything wrong with what the indicator names; empty when all is well."""
    named = indicator.items
    unknown = [name for name in named if name not in around.items]
    if unknown:
        return [
            _fault_of_name(("item",) if indicator.item else ("sightings",), "項目", name, around.items)
            for name in unknown
        ]
    if indicator.kind is IndicatorKind.HOUSEHOLD:
        return list(_check_relatives(indicator, around))
    checks: tuple[Callable[[Indicator, Item, Surroundings], Iterator[Fault]], ...] = (
        _check_kind,
        _check_value,
        _check_event,
        _check_conditions,
    )
    return [
        fault for name in named for check in checks for fault in check(indicator, around.items[name], around)
    ]


def get_value_type(indicator: Indicator, items: Mapping[str, Item]) -> ValueType | None:
    """The type of the item's value the indicator answers with; None when it answers with a figure of its own."""
    if indicator.item is None or indicator.value is None:
        return None
    value = items[indicator.item].values.get(indicator.value)
    return value.type if value is not None else None


def _fault_of_name(place: tuple[str | int, ...], kind: str, name: str, known: Mapping[str, object]) -> Fault:
    hint = suggest(name, known) or f"次のどれかを書いてください: {list_words(known)}。"
    return Fault(place, "unknown_name", f"{kind}「{name}」はありません。", hint)


def _check_kind(indicator: Indicator, item: Item, around: Surroundings) -> Iterator[Fault]:
    is_state = item.kind is ItemKind.STATE
    if indicator.kind is IndicatorKind.STATE_AT and not is_state:
        yield Fault(
            ("item",),
            "wrong_item_kind",
            f"「{item.id}」は出来事の項目です。",
            "state_at には、続く状態の項目を書いてください。",
        )
    if indicator.kind is IndicatorKind.MISSING and is_state:
        yield Fault(
            ("item",),
            "wrong_item_kind",
            f"「{item.id}」は続く状態の項目です。",
            "missing には、出来事の項目を書いてください。",
        )
    if indicator.sightings and not item.sighting:
        yield Fault(
            ("sightings",),
            "not_a_sighting",
            f"「{item.id}」は、子どもを見たことを表す項目ではありません。",
            "項目の定義で sighting: true としたものだけを書いてください。",
        )
    if is_state and indicator.consecutive not in (None, Consecutive.DAYS):
        yield Fault(
            ("consecutive",),
            "wrong_item_kind",
            "続く状態の長さは日数で数えます。",
            "consecutive: days にしてください。",
        )


def _check_value(indicator: Indicator, item: Item, around: Surroundings) -> Iterator[Fault]:
    if indicator.value is None:
        return
    value = item.values.get(indicator.value)
    if value is None:
        yield _fault_of_name(("value",), f"項目「{item.id}」に値", indicator.value, item.values)
        return
    adds = indicator.kind in (IndicatorKind.SUM, IndicatorKind.CHANGE) or indicator.measure is Measure.SUM
    if adds and value.type not in NUMERIC:
        yield Fault(
            ("value",),
            "wrong_value_type",
            f"「{indicator.value}」は数ではありません。",
            "数の値を書いてください。",
        )


def _check_event(indicator: Indicator, item: Item, around: Surroundings) -> Iterator[Fault]:
    event = indicator.times.event
    own_dates = ("occurred_on",) if item.kind is ItemKind.EVENT else ("valid_from", "valid_to")
    dated = [name for name, value in item.values.items() if value.type in DATED]
    if event is not None and event not in (*own_dates, *dated):
        known = dict.fromkeys([*own_dates, *dated])
        yield _fault_of_name(("times", "event"), f"項目「{item.id}」に日付", event, known)


def _check_conditions(indicator: Indicator, item: Item, around: Surroundings) -> Iterator[Fault]:
    for position, condition in enumerate(indicator.where):
        place = ("where", position, "value")
        value = item.values.get(condition.value)
        if value is None:
            yield _fault_of_name(place, f"項目「{item.id}」に値", condition.value, item.values)
        else:
            yield from _check_test(condition, value, ("where", position, condition.test), around.codes)


def _check_test(
    condition: Condition, value: ItemValue, place: tuple[str | int, ...], codes: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    test = condition.test
    if test in ("at_least", "at_most") and value.type not in NUMERIC:
        yield Fault(
            place,
            "wrong_value_type",
            f"「{condition.value}」は数ではありません。",
            "数の値だけを大小で比べられます。",
        )
    elif condition.texts and value.type not in (ValueType.FLAG, *WORDED):
        yield Fault(
            place,
            "wrong_value_type",
            f"「{condition.value}」は符号でも真偽でもありません。",
            "at_least・at_most を使ってください。",
        )
    known = _list_known_words(value, codes)
    for word in condition.texts:
        if known is not None and word not in known:
            yield _fault_of_name(place, f"「{condition.value}」に符号", word, dict.fromkeys(known))


def _list_known_words(value: ItemValue, codes: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    if value.type is ValueType.FLAG:
        return _FLAG_WORDS
    return codes.get(value.codes or "") if value.type is ValueType.CODE else None


def _check_relatives(indicator: Indicator, around: Surroundings) -> Iterator[Fault]:
    name = indicator.relatives_indicator or ""
    other = around.indicators.get(name)
    if other is None:
        yield _fault_of_name(("relatives_indicator",), "指標", name, around.indicators)
        return
    if other.kind is IndicatorKind.HOUSEHOLD:
        yield Fault(
            ("relatives_indicator",),
            "nested_household",
            "家族の指標の、さらに家族は見られません。",
            "本人についての指標を書いてください。",
        )
        return
    type_ = get_value_type(other, around.items) if other.item in around.items else None
    answers_words = type_ in WORDED and other.kind in (IndicatorKind.LATEST, IndicatorKind.STATE_AT)
    one_of = indicator.counts_when.one_of if indicator.counts_when else None
    if answers_words != (one_of is not None):
        yield Fault(
            ("counts_when",),
            "wrong_value_type",
            f"指標「{name}」の答えは{'語' if answers_words else '数'}です。",
            "語には one_of、数には at_least・at_most を使ってください。",
        )
    elif one_of is not None and other.item is not None and other.value is not None:
        known = _list_known_words(around.items[other.item].values[other.value], around.codes)
        for word in one_of:
            if known is not None and word not in known:
                yield _fault_of_name(
                    ("counts_when", "one_of"), f"指標「{name}」に符号", word, dict.fromkeys(known)
                )
