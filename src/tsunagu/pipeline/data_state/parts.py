"""The delivered parts of all feeds, as far as they were known: what every other question is put to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from tsunagu.catalog.feeds import Cadence, CoveragePeriod, Feed
from tsunagu.intake.tables import DELIVERY
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import COVERAGE
from tsunagu.store.landing import FILE

_PACKAGE = "tsunagu.pipeline"
WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Part:
    """One place of one delivery; `month` is the month it speaks for, else that of its reference date."""

    feed: str
    delivery: str
    place: str
    month: date
    reference_date: date
    known_from: date
    file_id: str
    rows: int
    is_overridden: bool


def list_parts(reader: Reader, feeds: Iterable[Feed], *, as_of: date) -> Mapping[str, list[Part]]:
    """All parts by feed, in the order they were received."""
    for table in (DELIVERY, FILE, COVERAGE):
        reader.attach(table)
    names = [feed.id for feed in feeds if speaks_for_months(feed)]
    reader.engine.register("month_feed", pa.table({"feed": pa.array(names, pa.string())}))
    parts = defaultdict(list)
    for row in reader.engine.list_rows(read_sql(_PACKAGE, "delivered_parts"), as_of=as_of):
        parts[row[0]].append(Part(*row))
    return parts


def speaks_for_months(feed: Feed) -> bool:
    """Whether one delivery is about one calendar month, wherever in the file the month is named."""
    return feed.coverage.period is CoveragePeriod.MONTH


def is_monthly(feed: Feed) -> bool:
    """Whether something is expected every month."""
    return feed.cadence in (Cadence.MONTHLY, Cadence.DAILY)


def list_last_occasion(feed: Feed, parts: list[Part]) -> list[Part]:
    """The parts of the latest month, or of the latest reference date, of the latest kind of delivery."""
    if not parts:
        return []
    last = max(parts, key=lambda part: (get_occasion(feed, part), part.known_from))
    return [part for part in parts if is_same_occasion(feed, part, last)]


def is_same_occasion(feed: Feed, one: Part, other: Part) -> bool:
    """Whether both are about the same time and of the same kind."""
    return one.delivery == other.delivery and get_occasion(feed, one) == get_occasion(feed, other)


def get_occasion(feed: Feed, part: Part) -> date:
    """What the part is about: its month, or its reference date."""
    return part.month if speaks_for_months(feed) else part.reference_date
