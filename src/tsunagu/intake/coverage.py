"""What a delivery speaks for: the coverage rows that tell "nothing happened" from "not loaded"."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa

from tsunagu.catalog.feeds import Coverage, CoveragePeriod, CoverageScope
from tsunagu.intake.deliveries import WHOLE, Scope
from tsunagu.intake.mapping import Plan
from tsunagu.intake.naming import get_next_month
from tsunagu.vocabulary.dates import get_school_year_period

CoverageRow = tuple[str, str, str, date, date]
"""Item, scope kind, scope id, first day, first day no longer."""


def list_coverage(plan: Plan, scopes: Sequence[Scope]) -> list[CoverageRow]:
    """The stretches that the delivery speaks for, each once. Never beyond the reference date."""
    rows = {
        (item.item.id, item.coverage.scope.value, scope_id, *period)
        for item in plan.items
        for scope in scopes
        for scope_id in _list_scope_ids(item.coverage, scope)
        for period in _list_periods(plan, item.coverage, scope)
    }
    return sorted(rows)


def make_coverage(plan: Plan, scopes: Sequence[Scope], file_id: str) -> pa.Table:
    """The stretches as rows of `facts.coverage`. A file that says nothing of its scope covers nothing."""
    says_nothing = plan.scope_readings and scopes[0].place == WHOLE and scopes[0].rows == 0
    found = [] if says_nothing else list_coverage(plan, scopes)
    return pa.table(
        {
            "item": [row[0] for row in found],
            "feed": [plan.feed.id] * len(found),
            "scope_kind": [row[1] for row in found],
            "scope_id": [row[2] for row in found],
            "covers_from": [row[3] for row in found],
            "covers_to": [row[4] for row in found],
            "known_from": [plan.occasion.known_from] * len(found),
            "known_to": [None] * len(found),
            "file_id": [file_id] * len(found),
        }
    )


def _list_scope_ids(coverage: Coverage, scope: Scope) -> Iterator[str]:
    if coverage.scope is CoverageScope.MUNICIPALITY:
        yield WHOLE
        return
    for part in scope.place.split("|"):
        kind, _, value = part.partition("=")
        if kind == coverage.scope.value:
            yield value


def _list_periods(plan: Plan, coverage: Coverage, scope: Scope) -> Iterator[tuple[date, date]]:
    occasion = plan.occasion
    after_reference = occasion.reference_date + timedelta(days=1)
    if coverage.period is CoveragePeriod.NONE:
        return
    if coverage.period is CoveragePeriod.MONTH:
        start = scope.month or occasion.month
        end = get_next_month(start)
    elif coverage.period is CoveragePeriod.SCHOOL_YEAR:
        year = get_school_year_period(scope.school_year or occasion.school_year)
        start, end = year.start, year.end or after_reference
    elif coverage.period is CoveragePeriod.HISTORY:
        start = occasion.reference_date - timedelta(days=coverage.history_days or 0)
        end = after_reference
    else:
        start, end = occasion.reference_date, after_reference
    if start < min(end, after_reference):
        yield start, min(end, after_reference)
