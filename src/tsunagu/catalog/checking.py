"""Checks everything together: the shipped examples, a municipality's overlay, and how each names the others.

Every check has a code; all problems are reported at once. `on` is the day the caller asks for.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.cycles import list_cycles
from tsunagu.catalog.feed_checks import list_alike_feeds, list_feed_faults
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicator_checks import Surroundings, list_faults
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.item_checks import list_code_list_faults, list_item_faults
from tsunagu.catalog.items import Item
from tsunagu.catalog.loading import Definitions, find_shipped_definitions, load_definitions
from tsunagu.catalog.municipality import Kind, Municipality
from tsunagu.catalog.overlay import Entries, Merged, apply_overlay_files, merge_definitions, read_municipality
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.places import PlaceNames, read_place_names
from tsunagu.catalog.problems import DefinitionProblem, DefinitionsError, Fault
from tsunagu.catalog.purpose_checks import (
    list_adoption_faults,
    list_municipality_faults,
    list_pack_faults,
    list_silence_faults,
)
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.catalog.roles import RoleRights
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.words import Definition
from tsunagu.catalog.yaml_text import Document

NAME_CODES = frozenset(
    {"unregistered_item", "unknown_name", "unknown_code_list", "unknown_purpose", "unknown_indicator"}
)
Model = TypeVar("Model", bound=Definition)
Stamp = tuple[tuple[str | int, ...], ...]


def open_catalog(home: Path | None = None, *, on: date, shipped: Path | None = None) -> Catalog:
    """The catalogue of one municipality's home; without a home, of the shipped examples alone.

    Raises:
        DefinitionsError: with every problem found.
    """
    return check_definitions(shipped or find_shipped_definitions(), home, on=on)


def open_kept_catalog(home: Path, *, on: date) -> Catalog:
    """The same, for a process that lives long: read again only when a file of the definitions has changed.

    Raises:
        DefinitionsError: with every problem found.
    """
    shipped = find_shipped_definitions()
    return _keep_catalog(
        home, on, shipped, _stamp_files(home / "municipality.yaml", home / "definitions", shipped)
    )


@lru_cache(maxsize=4)
def _keep_catalog(home: Path, on: date, shipped: Path, _stamp: Stamp) -> Catalog:
    return check_definitions(shipped, home, on=on)


def _stamp_files(*places: Path) -> Stamp:
    """What changes with any file of some places."""
    paths = (path for place in places for path in sorted([place, *place.rglob("*")]))
    stats = ((str(path), path.stat()) for path in paths if path.is_file())
    return tuple((name, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for name, one in stats)


def check_definitions(shipped: Path, home: Path | None, *, on: date) -> Catalog:
    """Load, merge and cross-check definitions.

    Raises:
        DefinitionsError: with every problem found.
    """
    catalog, problems = find_problems(shipped, home, on=on)
    if problems:
        raise DefinitionsError(problems)
    return catalog


def find_problems(shipped: Path, home: Path | None, *, on: date) -> tuple[Catalog, list[DefinitionProblem]]:
    """The catalogue as far as it can be read, and all its problems.

    Entries that cannot be read are not in it; what names them is reported only once they can.
    """
    local = load_definitions(home / "definitions", is_local=True) if home else Definitions()
    merged = merge_definitions(load_definitions(shipped, shown_as="標準の定義"), local)
    # What names an unreadable entry would look wrong too, so names are judged once everything can be read.
    hidden = NAME_CODES if merged.problems else frozenset()
    municipality, document = read_municipality(home, merged.problems) if home else (None, None)
    names = read_place_names(home, merged.problems) if home else PlaceNames()
    _report_faults(merged, _make_catalog(merged, municipality, names, on), hidden)
    if home:
        apply_overlay_files(merged, home / "definitions")
    catalog = _make_catalog(merged, municipality, names, on)
    for pack in catalog.packs.values():
        _report(merged, Kind.PACK, pack.id, list_pack_faults(pack, catalog), hidden)
    for watch in catalog.silence_watches.values():
        _report(merged, Kind.SILENCE, watch.id, list_silence_faults(watch, catalog), hidden)
    if municipality is not None and document is not None:
        faults = list(list_municipality_faults(municipality, catalog))
        _report_in(merged, document, faults, hidden)
        if catalog.needs_adoption:
            _report_in(merged, document, list_adoption_faults(catalog, on=on), hidden)
    return catalog, merged.problems


def _make_catalog(
    merged: Merged, municipality: Municipality | None, place_names: PlaceNames, on: date
) -> Catalog:
    entries = merged.entries
    return Catalog(
        purposes=_collect(entries, Kind.PURPOSE, Purpose),
        items=_collect(entries, Kind.ITEM, Item),
        code_lists=_collect(entries, Kind.CODES, CodeList),
        feeds=_collect(entries, Kind.FEED, Feed),
        indicators=_collect(entries, Kind.INDICATOR, Indicator),
        packs=_collect(entries, Kind.PACK, Pack),
        opened_for=on,
        silence_watches=_collect(entries, Kind.SILENCE, SilenceWatch),
        roles=_collect(entries, Kind.ROLE, RoleRights),
        municipality=municipality,
        changes=tuple(merged.changes),
        feed_folders=MappingProxyType(
            {entry.id: entry.folder for entry in entries.values() if entry.folder is not None}
        ),
        place_names=place_names,
    )


def _collect(entries: Entries, kind: Kind, model: type[Model]) -> Mapping[str, Model]:
    found = {
        name: entry.definition
        for (entry_kind, name), entry in sorted(entries.items())
        if entry_kind is kind and isinstance(entry.definition, model)
    }
    return MappingProxyType(found)


def _report_faults(merged: Merged, catalog: Catalog, hidden: frozenset[str]) -> None:
    codes = {
        name: frozenset(code.id for code in code_list.codes) for name, code_list in catalog.code_lists.items()
    }
    around = Surroundings(catalog.items, codes, catalog.indicators)
    for code_list in catalog.code_lists.values():
        _report(merged, Kind.CODES, code_list.id, list_code_list_faults(code_list), hidden)
    for item in catalog.items.values():
        _report(merged, Kind.ITEM, item.id, list_item_faults(item, catalog), hidden)
    for feed in catalog.feeds.values():
        _report(merged, Kind.FEED, feed.id, list_feed_faults(feed, catalog), hidden)
    for name, other in list_alike_feeds(catalog):
        _report(merged, Kind.FEED, name, [_make_alike_fault(other)], hidden)
    for indicator in catalog.indicators.values():
        _report(merged, Kind.INDICATOR, indicator.id, list_faults(indicator, around), hidden)
    for cycle in list_cycles({name: one.references for name, one in catalog.indicators.items()}):
        _report(merged, Kind.INDICATOR, cycle[0], [_make_cycle_fault(cycle)], hidden)


def _report(merged: Merged, kind: Kind, name: str, faults: Iterable[Fault], hidden: frozenset[str]) -> None:
    entry = merged.entries[kind, name]
    for fault in faults:
        if fault.code not in hidden:
            merged.add_problem(
                fault.code, entry.get_spot(*fault.place), f"「{name}」: {fault.what}", fault.todo
            )


def _report_in(merged: Merged, document: Document, faults: Iterable[Fault], hidden: frozenset[str]) -> None:
    for fault in faults:
        if fault.code not in hidden:
            merged.add_problem(fault.code, document.get_spot(fault.place), fault.what, fault.todo)


def _make_alike_fault(other: str) -> Fault:
    return Fault(
        ("columns",),
        "same_headers",
        f"列の名前が「{other}」と全く同じです。届いたファイルがどちらか決められません。",
        "一つにまとめるか、見分けのつく列を加えてください。",
    )


def _make_cycle_fault(cycle: tuple[str, ...]) -> Fault:
    return Fault(
        (),
        "cycle",
        f"指標が輪になって互いを参照しています（{' → '.join((*cycle, cycle[0]))}）。",
        "どこか一つの参照を切ってください。",
    )
