"""The landing and facts zones of a municipality, as rows in memory."""

import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.items import get_fact_table
from tsunagu.intake.tables import DELIVERY
from tsunagu.store.engine import Engine
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.landing import FILE, PROBLEM
from tsunagu.vocabulary.tables import ColumnType

ARROW = {
    ColumnType.BIGINT: pa.int64(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.VARCHAR: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
}


class MemoryReader:
    """What a reader gives of one committed state; rows are put in instead of taken in."""

    def __init__(self, engine, catalog):
        self.engine = engine
        self.tables = {}
        for table in (
            FILE,
            PROBLEM,
            DELIVERY,
            COVERAGE,
            CLOSURE,
            *map(get_fact_table, catalog.items.values()),
        ):
            self.put(table, [])

    def attach(self, table, **tags):
        """Everything is there already."""

    def put(self, table, rows):
        """Make these rows (dicts; what is left out is null) the table's only ones."""
        self.tables[table.full_name] = list(rows)
        columns = {c.name: pa.array([row.get(c.name) for row in rows], ARROW[c.type]) for c in table.columns}
        name = f"rows_of_{table.full_name.replace('.', '_')}"
        self.engine.register(name, pa.table(columns))
        self.engine.make_view(table.zone.value, table.name, f"SELECT * FROM {name}")  # noqa: S608 - declared tables

    def add(self, table, *rows):
        """These rows beside those already there."""
        self.put(table, self.tables[table.full_name] + list(rows))


@pytest.fixture(scope="session")
def catalog():
    return open_catalog(on=date(2026, 3, 31))


@pytest.fixture
def make_reader(catalog):
    """An empty municipality; as many as a test wants."""
    engines = []

    def make():
        folder = Path(tempfile.gettempdir())
        engine = Engine(spill=folder, readable=[folder])
        engines.append(engine)
        return MemoryReader(engine, catalog)

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture(scope="session")
def deliver():
    """One delivery of one feed: its file, its parts, what it speaks for."""

    def deliver_to(reader, feed, known_from, parts, *, reference_date=None, file_id=None, item=None):
        """`parts`: (place, time, rows, covers_from, covers_to), each school or facility once."""
        file_id = file_id or f"{feed}{known_from}"
        day = reference_date or known_from
        common = {"file_id": file_id, "feed": feed, "known_from": known_from}
        rows = sum(part[2] for part in parts)
        reader.add(FILE, {**common, "delivery": "snapshot", "rows": rows, "problem_rows": 0})
        reader.add(
            DELIVERY,
            *(
                {
                    **common,
                    "delivery": "snapshot",
                    "reference_date": day,
                    "place": place,
                    "time": time,
                    "rows": rows,
                }
                for place, time, rows, _, _ in parts
            ),
        )
        reader.add(
            COVERAGE,
            *(
                {
                    **common,
                    "item": item or "attendance_month",
                    "scope_kind": place.partition("=")[0],
                    "scope_id": place.partition("=")[2] or "*",
                    "covers_from": start,
                    "covers_to": end,
                }
                for place, _, _, start, end in parts
            ),
        )
        return file_id

    return deliver_to
