"""Names stay out of the facts: no table that the analyst's side reads has room for who somebody is."""

import importlib
import pkgutil
import re
from collections.abc import Iterable

import pytest

import tsunagu
from tsunagu.catalog.items import Item, get_fact_table
from tsunagu.catalog.loading import find_shipped_definitions, load_definitions
from tsunagu.vocabulary.tables import Column, ColumnType, Table, Zone

WHO_SOMEBODY_IS = re.compile(
    r"name|kana|address|phone|postal|birth_date|birthday|atena|my_number|guardian|email"
)


# Django's half declares its tables as models; the analyst's side never sees them.
DESK = re.compile(r"^tsunagu\.(access|people|cases|jobs|web)\b")


def list_declared_tables() -> list[Table]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(tsunagu.__path__, "tsunagu.")
        if not found.name.endswith("__main__") and not DESK.match(found.name)
    ]
    declared = [table for module in modules for table in vars(module).values() if isinstance(table, Table)]
    entries = load_definitions(find_shipped_definitions()).entries
    facts = [get_fact_table(entry.definition) for entry in entries if isinstance(entry.definition, Item)]
    return list({table.full_name: table for table in [*declared, *facts]}.values())


def list_revealing_columns(tables: Iterable[Table]) -> list[str]:
    return [
        f"{table.full_name}.{column.name}"
        for table in tables
        if table.zone in (Zone.FACTS, Zone.RUNS)
        for column in table.columns
        if WHO_SOMEBODY_IS.search(column.name)
    ]


@pytest.fixture(scope="module")
def tables() -> list[Table]:
    return list_declared_tables()


def test_the_analysts_tables_have_no_room_for_a_name(tables: list[Table]) -> None:
    assert len([table for table in tables if table.zone is Zone.FACTS]) > 20
    assert list_revealing_columns(tables) == []


def test_a_name_among_the_facts_is_seen() -> None:
    column = Column("child_name", ColumnType.VARCHAR, "who")
    assert list_revealing_columns([Table(Zone.FACTS, "spoiled", "one child", (column,))]) == [
        "facts.spoiled.child_name"
    ]
    assert list_revealing_columns([Table(Zone.IDENTITY, "fine", "one child", (column,))]) == []


def test_every_table_says_what_a_row_and_a_column_is(tables: list[Table]) -> None:
    silent = [table.full_name for table in tables if not table.grain or not table.columns]
    assert silent == []
    assert [f"{t.full_name}.{c.name}" for t in tables for c in t.columns if not c.meaning] == []


def test_every_key_is_made_of_columns(tables: list[Table]) -> None:
    assert [table.full_name for table in tables if set(table.key) - set(table.column_names)] == []
