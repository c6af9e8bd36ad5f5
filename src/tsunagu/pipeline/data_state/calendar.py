"""Twelve months of one feed: which month has come, from whom it has not."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.catalog.feeds import Cadence, CoverageScope, Feed
from tsunagu.pipeline.data_state.months import add_days, add_months, end_month, list_months
from tsunagu.pipeline.data_state.parts import WHOLE, Part, is_monthly
from tsunagu.pipeline.data_state.rosters import Rosters
from tsunagu.pipeline.data_state.timing import GRACE_DAYS
from tsunagu.vocabulary.dates import get_school_year

MONTHS_SHOWN = 12
_REMEMBERED_MONTHS = 12
"""A nursery that has delivered nothing for so long is no longer asked for."""


class Mark(StrEnum):
    """What became of one month."""

    DELIVERED = "delivered"
    PARTLY = "partly"
    MISSING = "missing"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one feed; `missing` names the schools or facilities it has not come from."""

    month: date
    mark: Mark
    missing: tuple[str, ...] = ()


def list_cells(feed: Feed, parts: list[Part], rosters: Rosters, *, as_of: date) -> tuple[Cell, ...]:
    """The twelve months up to that of `as_of`. Only a monthly feed can miss a month."""
    return tuple(
        _judge_month(feed, parts, rosters, month, as_of=as_of) for month in list_months(as_of, MONTHS_SHOWN)
    )


def _judge_month(feed: Feed, parts: list[Part], rosters: Rosters, month: date, *, as_of: date) -> Cell:
    delivered = {part.place for part in parts if part.month == month}
    if not is_monthly(feed):
        return Cell(month, Mark.DELIVERED if delivered else Mark.NOT_DUE)
    is_quiet = month.month in feed.quiet_months
    expected = set() if is_quiet else _list_expected(feed, parts, rosters, month)
    missing = tuple(sorted(expected - delivered))
    if delivered:
        return Cell(month, Mark.PARTLY, missing) if missing else Cell(month, Mark.DELIVERED)
    is_missed = any(part.month < month for part in parts) and _is_over(month, as_of=as_of) and not is_quiet
    return Cell(month, Mark.MISSING, missing) if is_missed else Cell(month, Mark.NOT_DUE)


def _is_over(month: date, *, as_of: date) -> bool:
    """Whether the month's data should be here, with the days a department needs for it."""
    return as_of >= add_days(end_month(month), GRACE_DAYS[Cadence.MONTHLY])


def _list_expected(feed: Feed, parts: list[Part], rosters: Rosters, month: date) -> set[str]:
    """Who delivers: the schools on that school year's lists; else who did within the twelve months before."""
    earliest = add_months(month, -_REMEMBERED_MONTHS)
    usual = {part.place for part in parts if earliest <= part.month <= month} - {WHOLE}
    if feed.coverage.scope is not CoverageScope.SCHOOL:
        return usual
    listed = {f"school={school}" for school in rosters.list_schools(get_school_year(month))}
    # Lists that call the schools by other codes say nothing of these.
    return listed if listed & usual else usual
