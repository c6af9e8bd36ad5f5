"""Purpose first: which indicators a pack may not read because the register does not allow their items."""

from collections.abc import Sequence
from dataclasses import replace

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.purpose_checks import list_items_read
from tsunagu.judgement.rows import ReasonRow


def list_blocked_indicators(pack: Pack, catalog: Catalog) -> frozenset[str]:
    """Indicators of the pack with an item that may not be judged by for the pack's purpose."""
    return frozenset(
        indicator for indicator in pack.indicator_ids if not _may_read(indicator, pack.purpose, catalog)
    )


def withhold_reasons(reasons: Sequence[ReasonRow], purpose: str, catalog: Catalog) -> list[ReasonRow]:
    """The reasons with nothing left of what may not be judged by today: the register may have changed since the run."""
    named = {row.indicator for row in reasons if row.indicator is not None}
    blocked = {indicator for indicator in named if not _may_read(indicator, purpose, catalog)}
    return [_withhold(row) if row.indicator in blocked else row for row in reasons]


def _withhold(row: ReasonRow) -> ReasonRow:
    return replace(
        row,
        kind="unknown",
        points=0,
        strength=None,
        is_certain_minimum=False,
        value=None,
        text_value=None,
        is_lower_bound=False,
        cohort_median=None,
        cohort_p90=None,
        unknown_reason="not_registered",
        latest_event_on=None,
        latest_known_from=None,
        evidence_rows=None,
        feeds=None,
    )


def _may_read(indicator: str, purpose: str, catalog: Catalog) -> bool:
    items = list_items_read(indicator, catalog)
    return bool(items) and all(catalog.may_judge(item, purpose, on=catalog.opened_for) for item in items)
