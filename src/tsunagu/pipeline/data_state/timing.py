"""Is a feed as fresh as its department promised? Fresh, due, late by so many days, or waiting for April's lists."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.catalog.feeds import Cadence, Feed
from tsunagu.pipeline.data_state.months import add_days, add_months, end_month
from tsunagu.pipeline.data_state.parts import Part, is_monthly
from tsunagu.pipeline.data_state.rosters import Rosters, is_roster

_MONTHS_BETWEEN = {Cadence.QUARTERLY: 3, Cadence.TERMLY: 5, Cadence.YEARLY: 12}
GRACE_DAYS = {
    Cadence.DAILY: 3,
    Cadence.MONTHLY: 10,
    Cadence.QUARTERLY: 20,
    Cadence.TERMLY: 20,
    Cadence.YEARLY: 30,
}
"""Days a department needs after its data is due; only then is it late."""


class Freshness(StrEnum):
    """Where a feed stands against what its department promised."""

    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    AWAITING_ROSTER = "awaiting_roster"
    NOT_RECEIVED = "not_received"


@dataclass(frozen=True, slots=True)
class Timing:
    """`reference_date`: what the data speaks for. `due_on`: the next is due. `awaited`: schools without this year's list."""

    freshness: Freshness
    reference_date: date | None = None
    received_on: date | None = None
    due_on: date | None = None
    days_late: int = 0
    awaited: tuple[str, ...] = ()


def judge_timing(feed: Feed, parts: list[Part], rosters: Rosters, *, as_of: date) -> Timing:
    """The feed's state on one day, from the parts known by then."""
    if not parts:
        return Timing(Freshness.NOT_RECEIVED)
    last = max(parts, key=lambda part: (part.reference_date, part.known_from))
    due_on = find_due_date(feed, parts)
    late_on = add_days(due_on, GRACE_DAYS[feed.cadence])
    known = (last.reference_date, max(part.known_from for part in parts), due_on)
    awaited = rosters.list_awaited(as_of=as_of) if is_roster(feed) else ()
    if awaited:
        return Timing(Freshness.AWAITING_ROSTER, *known, awaited=awaited)
    if as_of < due_on:
        return Timing(Freshness.FRESH, *known)
    if as_of < late_on:
        return Timing(Freshness.DUE, *known)
    return Timing(Freshness.LATE, *known, days_late=(as_of - due_on).days)


def find_due_date(feed: Feed, parts: list[Part]) -> date:
    """The day from which the next delivery can be expected; a monthly file, once its month is over."""
    latest = max(part.reference_date for part in parts)
    if feed.cadence is Cadence.DAILY:
        return add_days(latest, 1)
    if is_monthly(feed):
        month = end_month(max(part.month for part in parts))
        while month.month in feed.quiet_months:
            month = end_month(month)
        return end_month(month)
    return add_months(latest, _MONTHS_BETWEEN[feed.cadence])
