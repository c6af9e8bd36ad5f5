"""What a local adoption pins, and a draft of the adoptions one purpose needs."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

from tsunagu.catalog.catalog import Catalog, hash_content
from tsunagu.catalog.items import Item, Use
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.words import Definition

FINGERPRINT_CHARACTERS = 12


def get_fingerprint(definition: Definition, code_lists: Mapping[str, CodeList]) -> str:
    """Twelve characters of the entry's content with the code lists it names, adoption left out."""
    content = definition.model_dump(mode="json")
    named = sorted(set(_find_code_lists(content)) & code_lists.keys())
    codes = [code_lists[name].model_dump(mode="json") for name in named]
    return hash_content({"entry": _strip_adoption(content), "codes": codes})[:FINGERPRINT_CHARACTERS]


def get_use_fingerprint(item: Item, use: Use, code_lists: Mapping[str, CodeList]) -> str:
    """The fingerprint of one row of the register: the item as if this were its only use."""
    return get_fingerprint(item.model_copy(update={"uses": (use,)}), code_lists)


def draft_adoptions(
    catalog: Catalog, purpose: str, *, adopted_by: str, adopted_on: date, review_on: date
) -> str:
    """The lines of `adoptions.yaml` that let one purpose run as the definitions read now.

    A draft: somebody reads each entry, keeps the lines the municipality stands behind and deletes the rest.
    """
    entries = {(kind, name): fingerprint for kind, name, fingerprint in _list_needed(catalog, purpose)}
    lines = []
    for (kind, name), fingerprint in entries.items():
        lines.append(
            f'- kind: {kind}\n  id: "{name}"\n  adopted_by: {json.dumps(adopted_by, ensure_ascii=False)}\n'
            f"  adopted_on: {adopted_on}\n  review_on: {review_on}\n"
            f'  fingerprint: "{fingerprint}"\n'
        )
    return "".join(lines)


def _list_needed(catalog: Catalog, purpose: str) -> Iterator[tuple[Kind, str, str]]:
    codes = catalog.code_lists
    yield Kind.PURPOSE, purpose, get_fingerprint(catalog.get_purpose(purpose), codes)
    items = [(item, use) for item in catalog.items.values() if (use := item.find_use(purpose))]
    for item, use in items:
        yield Kind.USE, f"{item.id}:{purpose}", get_use_fingerprint(item, use, codes)
    names = {item.id for item, _ in items}
    for feed in catalog.feeds.values():
        if names & set(feed.stated_items):
            yield Kind.FEED, feed.id, get_fingerprint(feed, codes)
    packs = [pack for pack in catalog.packs.values() if pack.purpose == purpose]
    watches = list(catalog.silence_watches.values())
    wanted = [name for pack in packs for name in pack.indicator_ids]
    for indicator in catalog.list_indicators_read([*wanted, *(watch.indicator for watch in watches)]):
        yield Kind.INDICATOR, indicator.id, get_fingerprint(indicator, codes)
    for pack in packs:
        yield Kind.PACK, pack.id, get_fingerprint(pack, codes)
    for watch in watches:
        yield Kind.SILENCE, watch.id, get_fingerprint(watch, codes)
    for role in catalog.roles.values():
        yield Kind.ROLE, role.id, get_fingerprint(role, codes)


def _find_code_lists(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        if isinstance(content.get("codes"), str):
            yield content["codes"]
        for value in content.values():
            yield from _find_code_lists(value)
    elif isinstance(content, list):
        for value in content:
            yield from _find_code_lists(value)


def _strip_adoption(content: object) -> object:
    if isinstance(content, dict):
        return {key: _strip_adoption(value) for key, value in content.items() if key != "adoption"}
    if isinstance(content, list):
        return [_strip_adoption(value) for value in content]
    return content
