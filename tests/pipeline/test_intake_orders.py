"""The same city taken in department by department, in another order, makes the same tables."""

import shutil
from datetime import date

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.items import get_fact_table
from tsunagu.fiction import build_city
from tsunagu.intake import FileStatus, intake_files
from tsunagu.store.commit import open_reader
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.identity import RECORD, RECORD_CLOSURE
from tsunagu.store.landing import PROBLEM

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory):
    out = tmp_path_factory.mktemp("orders") / "city"
    return build_city(out, children=60, seed=6, start=date(2025, 4, 1), months=2).deliveries


@pytest.fixture(scope="module")
def together(deliveries, tmp_path_factory, example_home):
    home = example_home(tmp_path_factory.mktemp("orders") / "home")
    return home, intake_files(home, open_catalog(home.path, on=AS_OF), [deliveries])


def hash_tables(home, catalog):
    tables = [
        RECORD,
        RECORD_CLOSURE,
        CLOSURE,
        COVERAGE,
        PROBLEM,
        *map(get_fact_table, catalog.items.values()),
    ]
    with open_reader(home, "test") as reader:
        for table in tables:
            reader.attach(table)
        return {
            table.full_name: reader.engine.hash_rows(table.full_name, table.column_names) for table in tables
        }


def test_every_file_of_the_city_is_taken_in(together):
    _, outcomes = together
    assert {outcome.status for outcome in outcomes} == {FileStatus.ACCEPTED}
    assert sum(outcome.rows for outcome in outcomes) > 300


def test_the_order_of_departments_does_not_matter(deliveries, together, tmp_path, example_home):
    home, _ = together
    catalog = open_catalog(home.path, on=AS_OF)
    other = example_home(tmp_path / "other")
    # The same key, or every meaningless id would differ.
    shutil.copytree(home.keys, other.keys, dirs_exist_ok=True)
    departments = sorted({folder.name for folder in deliveries.glob("*/*")}, reverse=True)
    for department in departments:
        intake_files(other, catalog, sorted(deliveries.glob(f"*/{department}"), reverse=True))
    assert hash_tables(other, catalog) == hash_tables(home, catalog)


def test_a_second_time_nothing_happens(deliveries, together):
    home, _ = together
    catalog = open_catalog(home.path, on=AS_OF)
    before = hash_tables(home, catalog)
    outcomes = intake_files(home, catalog, [deliveries])
    assert {outcome.status for outcome in outcomes} == {FileStatus.ALREADY}
    assert hash_tables(home, catalog) == before


def test_another_content_changes_the_hash(together):
    """The comparison above can fail."""
    home, _ = together
    catalog = open_catalog(home.path, on=AS_OF)
    with open_reader(home, "test") as reader:
        reader.attach(RECORD)
        relation = "(SELECT * REPLACE ('x' AS sex) FROM identity.record)"
        changed = reader.engine.hash_rows(relation, RECORD.column_names)
    assert changed != hash_tables(home, catalog)[RECORD.full_name]
