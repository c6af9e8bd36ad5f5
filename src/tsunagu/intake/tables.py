"""The tables that leave intake: what was delivered, for which part of the city, and what it said."""

from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.identity import RECORD, RECORD_CLOSURE
from tsunagu.store.landing import FILE, PROBLEM
from tsunagu.vocabulary.tables import Table, Zone, day, identifier, text

DELIVERY = Table(
    zone=Zone.LANDING,
    name="delivery",
    grain="one scope of one delivery",
    columns=(
        text("file_id", "file"),
        text("feed", "feed it was read by"),
        text("delivery", "snapshot or delta"),
        day("reference_date", "day the content speaks for"),
        day("known_from", "day the scheme knew it"),
        text("place", "school=<code> or facility=<code>; '*' for the whole municipality"),
        text("time", "month=<first day>, school_year=<year> or reference_date=<day>; '' when unbounded"),
        identifier("rows", "data rows of this scope"),
    ),
    key=("file_id", "place", "time"),
)

RECORD_SCOPE = Table(
    zone=Zone.LANDING,
    name="record_scope",
    grain="one source record stated by one file of a feed that has scope columns",
    columns=(
        identifier("record_id", "the source record"),
        text("file_id", "the file that stated the version"),
        text("place", "as in delivery"),
        text("time", "as in delivery"),
    ),
    key=("record_id", "file_id"),
)

TABLES: tuple[Table, ...] = (FILE, PROBLEM, DELIVERY, RECORD_SCOPE, RECORD, RECORD_CLOSURE, CLOSURE, COVERAGE)
"""Beside these, one table per item: `tsunagu.catalog.items.get_fact_table`."""
