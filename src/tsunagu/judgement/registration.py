"""Purpose first: which indicators a pack may not read because the register does not allow their items."""

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.purpose_checks import list_items_read


def list_blocked_indicators(pack: Pack, catalog: Catalog) -> frozenset[str]:
    """Indicators of the pack with an item that may not be judged by for the pack's purpose."""
    return frozenset(
        indicator for indicator in pack.indicator_ids if not _may_read(indicator, pack.purpose, catalog)
    )


def _may_read(indicator: str, purpose: str, catalog: Catalog) -> bool:
    items = list_items_read(indicator, catalog)
    return bool(items) and all(catalog.may_judge(item, purpose, on=catalog.opened_for) for item in items)
