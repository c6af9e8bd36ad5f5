"""The working town system's register export loads as it is: its traps are told, not repaired."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.intake.batch import FileOutcome, FileStatus, intake_files
from tsunagu.store.commit import open_reader
from tsunagu.store.home import Home
from tsunagu.store.identity import RECORD
from tsunagu.store.landing import PROBLEM

REGISTER = "resident/resident_register"


@pytest.fixture(scope="session")
def loaded(
    realdata: Path,
    make_home: Callable[[Path], Home],
    feed_catalog: Catalog,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Home, FileOutcome]:
    home = make_home(tmp_path_factory.mktemp("mado") / "home")
    path = realdata / "mado" / "resident_table.csv"
    return home, intake_files(home, feed_catalog, [path], received_on=date(2026, 7, 1))[0]


def test_everybody_is_loaded(loaded: tuple[Home, FileOutcome]) -> None:
    home, outcome = loaded
    assert outcome.status is FileStatus.ACCEPTED, outcome.refusal
    assert (outcome.feed, outcome.rows, outcome.kept) == (REGISTER, 27, 27)
    with open_reader(home, "test") as reader:
        reader.attach(RECORD)
        counts = reader.engine.get_row(
            "SELECT count(DISTINCT atena_number), count(DISTINCT household_number),"
            " sum(CASE WHEN birth_date IS NULL THEN 1 ELSE 0 END),"
            " sum(CASE WHEN birth_date_text IS NULL THEN 1 ELSE 0 END),"
            " sum(CASE WHEN other_name_folded IS NOT NULL THEN 1 ELSE 0 END) FROM identity.record"
        )
        statuses = reader.engine.list_rows(
            "SELECT resident_status, count(*) FROM identity.record GROUP BY 1 ORDER BY 1"
        )
        codes = reader.engine.list_rows("SELECT DISTINCT relationship_code FROM identity.record ORDER BY 1")
    assert counts == (27, 11, 1, 0, 2)
    assert statuses == [("deceased", 1), ("moved_out", 2), ("resident", 24)]
    assert codes == [("02",), ("11",), ("12",), ("20",), ("52",), ("74",), ("96",), ("99",)]


def test_the_traps_are_told_and_nothing_is_repaired(loaded: tuple[Home, FileOutcome]) -> None:
    home, _ = loaded
    with open_reader(home, "test") as reader:
        reader.attach(PROBLEM)
        reader.attach(RECORD)
        problems = reader.engine.list_rows(
            'SELECT "row", column_name, code, is_row_dropped FROM landing.problem ORDER BY 1'
        )
        born_later = reader.engine.list_rows(
            'SELECT "row" FROM identity.record WHERE resident_from < birth_date ORDER BY 1'
        )
    children = [(row, "住民となった年月日", "resident_before_birth", 0) for row in (5, 6, 12, 13, 22)]
    assert problems == [*children, (28, "異動年月日", "changed_after_processing", 0)]
    assert born_later == [(row,) for row, *_ in children]
