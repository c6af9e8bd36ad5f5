"""Attaches what one run wrote."""

from tsunagu.indicators.tables import INDICATOR_VALUE, POPULATION
from tsunagu.judgement.tables import TABLES as JUDGEMENT_TABLES
from tsunagu.store.commit import Reader
from tsunagu.store.facts import KIN, MEMBERSHIP, PERSON, SUBJECT_PERSON
from tsunagu.vocabulary.tables import Table

RESULT_TABLES: tuple[Table, ...] = (POPULATION, INDICATOR_VALUE, *JUDGEMENT_TABLES)


def attach_run(reader: Reader, run_id: str) -> None:
    """Make `runs.*` and the facts zone's projections show exactly one run."""
    for table in (*RESULT_TABLES, SUBJECT_PERSON, PERSON, MEMBERSHIP, KIN):
        reader.attach(table, run=run_id)
