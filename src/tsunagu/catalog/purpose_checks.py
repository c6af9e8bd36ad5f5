"""Checks of purpose: a pack judges only by what is registered, and only what was chosen and adopted runs."""

from collections.abc import Iterator
from datetime import date

from tsunagu.catalog.catalog import Catalog, list_adoptions
from tsunagu.catalog.municipality import Kind, Municipality
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.problems import Fault, make_name_fault
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.words import Status
from tsunagu.japanese.municipality_codes import is_municipality_code
from tsunagu.vocabulary.municipality import is_fictional


def list_pack_faults(pack: Pack, catalog: Catalog) -> Iterator[Fault]:
    """Unknown purpose or indicators, and items the register does not allow for the pack's purpose."""
    if pack.purpose not in catalog.purposes:
        yield make_name_fault(("purpose",), "unknown_purpose", "目的", pack.purpose, catalog.purposes)
        return
    for name in pack.indicator_ids:
        if name not in catalog.indicators:
            place = _find_place(pack, name)
            yield make_name_fault(place, "unknown_indicator", "指標", name, catalog.indicators)
    for name in pack.required_indicator_ids:
        for item in list_items_read(name, catalog):
            yield from _check_registration(pack, name, item, catalog)


def list_items_read(indicator: str, catalog: Catalog) -> list[str]:
    """Every item an indicator reads, through the indicators it refers to as well, in alphabetical order."""
    read = catalog.list_indicators_read([indicator])
    return sorted({item for one in read for item in one.items} & catalog.items.keys())


def _find_place(pack: Pack, indicator: str) -> tuple[str | int, ...]:
    for position, item in enumerate(pack.items):
        if indicator in item.indicator_ids:
            return ("items", position)
    for key, parts in (("floors", pack.floors), ("protective", pack.protective)):
        for position, part in enumerate(parts):
            if any(condition.indicator == indicator for condition in part.when):
                return (key, position)
    return ()


def _check_registration(pack: Pack, indicator: str, item: str, catalog: Catalog) -> Iterator[Fault]:
    use = catalog.items[item].find_use(pack.purpose)
    place = _find_place(pack, indicator)
    if use is None:
        yield Fault(
            place,
            "not_registered",
            f"指標「{indicator}」が読む項目「{item}」は、目的「{pack.purpose}」のために登録されていません。",
            "項目の uses に根拠とともに登録するか、この判定から外してください。",
        )
    elif not use.for_judgement:
        yield Fault(
            place,
            "not_for_judgement",
            f"指標「{indicator}」が読む項目「{item}」は、目的「{pack.purpose}」の判定には使わない登録です。",
            "この判定から外してください。",
        )


def list_silence_faults(watch: SilenceWatch, catalog: Catalog) -> Iterator[Fault]:
    """The watch must look at sightings, and there is one watch."""
    indicator = catalog.indicators.get(watch.indicator)
    if indicator is None:
        yield make_name_fault(
            ("indicator",), "unknown_indicator", "指標", watch.indicator, catalog.indicators
        )
    elif not indicator.sightings:
        yield Fault(
            ("indicator",),
            "not_a_sighting",
            f"指標「{watch.indicator}」は、誰かが子どもを見た日からの日数ではありません。",
            "sightings を持つ days_since の指標を書いてください。",
        )
    if len(catalog.silence_watches) > 1:
        yield Fault(
            ("id",),
            "duplicate_id",
            "見守りの途切れの定義が二つ以上あります。",
            "市の定義で置き換えるときは、同じ id に「replaces: shipped」を付けてください。",
        )


def list_municipality_faults(municipality: Municipality, catalog: Catalog) -> Iterator[Fault]:
    """A wrong code; purposes chosen that do not exist, or twice."""
    if not is_fictional(municipality.code) and not is_municipality_code(municipality.code):
        yield Fault(
            ("code",),
            "wrong_municipality_code",
            "全国地方公共団体コードの検査数字が合いません。",
            "6桁のコードを確かめてください（試すときは架空の 999999 を使えます）。",
        )
    for position, purpose in enumerate(municipality.active_purposes):
        place = ("active_purposes", position)
        if purpose not in catalog.purposes:
            yield make_name_fault(place, "unknown_purpose", "目的", purpose, catalog.purposes)
        elif purpose in municipality.active_purposes[:position]:
            yield Fault(
                place, "duplicate_id", f"目的「{purpose}」が二度あります。", "どちらか一方を消してください。"
            )


def list_adoption_faults(catalog: Catalog, *, on: date) -> Iterator[Fault]:
    """Under a real municipality code: what is relied upon without being adopted, and what has expired.

    An adopted entry past its review date is a fault even if nothing runs by it: renew it or take it out. An
    example nobody adopted is a fault only when an active purpose, or an adopted pack of one, rests on it.
    """
    for kind, name, adoption in list_adoptions(catalog):
        if adoption.status is Status.ADOPTED and adoption.review_on is not None and on > adoption.review_on:
            yield _make_adoption_fault("expired", kind, name, catalog.find_adoption_fault(adoption, on=on))
    adopted = {
        (kind, name) for kind, name, adoption in list_adoptions(catalog) if adoption.status is Status.ADOPTED
    }
    for kind, name in _list_relied_upon(catalog, on):
        if (kind, name) not in adopted:
            yield _make_adoption_fault(
                "not_adopted", kind, name, "まだ採用されていません（標準の例のままです）。"
            )


def _list_relied_upon(catalog: Catalog, on: date) -> list[tuple[Kind, str]]:
    relied: dict[tuple[Kind, str], None] = {}
    if catalog.active_purposes:
        # That nobody has seen a child must never go unsaid for want of a line in adoptions.yaml.
        for watch in catalog.silence_watches.values():
            relied[Kind.SILENCE, watch.id] = relied[Kind.INDICATOR, watch.indicator] = None
    for purpose in catalog.active_purposes:
        if purpose in catalog.purposes:
            relied[Kind.PURPOSE, purpose] = None
        for pack in catalog.list_active_packs(purpose, on=on):
            for indicator in catalog.list_indicators_read(pack.required_indicator_ids):
                relied[Kind.INDICATOR, indicator.id] = None
                uses = (f"{item}:{purpose}" for item in indicator.items)
                relied.update(dict.fromkeys((Kind.USE, use) for use in uses))
    return list(relied)


def _make_adoption_fault(code: str, kind: Kind, name: str, what: str) -> Fault:
    return Fault(
        ("active_purposes",),
        code,
        f"{kind.label}「{name}」は{what}",
        "内容を確かめ、definitions/adoptions.yaml に採用（担当・採用日・見直し日）を書いてください。",
    )
