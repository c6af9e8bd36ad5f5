"""A small city of identity records, linked as of one day."""

from datetime import date

import pyarrow as pa
import pytest

from tsunagu.linkage import link_records
from tsunagu.store.commit import open_reader, open_writer
from tsunagu.store.facts import CLOSURE
from tsunagu.store.identity import RECORD
from tsunagu.vocabulary.tables import Table, Zone, day, identifier, text

AS_OF = date(2025, 6, 1)
PROTECTION = Table(
    Zone.FACTS,
    "address_protection",
    "one version",
    (
        identifier("subject_id", ""),
        day("valid_from", ""),
        day("valid_to", ""),
        text("category", ""),
        text("target", ""),
        day("known_from", ""),
        identifier("record_id", ""),
        text("feed", ""),
        text("file_id", ""),
        identifier("row", ""),
    ),
)


@pytest.fixture
def link(home):
    """Load rows as identity records, link them as of AS_OF, and return {subject: (person, rule)}."""

    def run(*rows, as_of=AS_OF, protection=(), then=None):
        with open_writer(home, "test") as writer:
            for table, content in ((RECORD, rows), (PROTECTION, protection)):
                arrow = pa.Table.from_pylist(
                    [{name: row.get(name) for name in table.column_names} for row in content],
                    schema=_schema(table),
                )
                writer.engine.register("incoming", arrow)
                writer.append(table, "SELECT * FROM incoming", tags={})
            writer.commit()
        with open_reader(home, "test") as reader:
            reader.attach(PROTECTION)
            reader.attach(CLOSURE)
            link_records(reader, as_of=as_of, fact_tables=[PROTECTION])
            if then is not None:
                return then(reader.engine)
            found = reader.engine.list_rows("SELECT subject_id, person_id, rule FROM linkage_link")
            return {subject: (person, rule) for subject, person, rule in found}

    return run


def _schema(table):
    types = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}
    return pa.schema([(column.name, types.get(column.type.value, pa.string())) for column in table.columns])
