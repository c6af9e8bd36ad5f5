"""The directory is replaced whole or not at all; protection begins and ends with the day that says so."""

from datetime import date

import psycopg
import pyarrow as pa
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import DIRECTORY

DAY = date(2026, 6, 1)
NEXT = date(2026, 6, 2)
READ = {
    "people_directory": "SELECT * FROM people_directory ORDER BY person_id",
    "people_place": "SELECT * FROM people_place ORDER BY person_id",
    "access_belonging": "SELECT person_id, scope_kind, scope_id, is_before_school FROM access_belonging ORDER BY 1, 2",
    "access_protection": "SELECT person_id, valid_from, valid_to FROM access_protection ORDER BY 1, 2",
}


def make_row(person_id: int, **values) -> dict:
    plain = {"name": "架空 花子", "is_unborn": False, "is_protected": False, "search_keys": ["花子"]}
    return {"person_id": person_id, "birth_year": 2014, **plain, **values}


def load(desk, rows, on=DAY) -> int:
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory

    pieces = [pa.RecordBatch.from_pylist([row], schema=DIRECTORY) for row in rows]
    with owner_connection(desk):
        return load_directory(pieces, on=on, using=OWNER_ALIAS)


def read_all(desk) -> dict[str, list[tuple]]:
    """With the policies out of the way: the owner lets itself see for a moment."""
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        for table in READ:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        found = {table: owner.execute(select).fetchall() for table, select in READ.items()}
        owner.rollback()
    return found


def test_the_same_directory_again_changes_nothing(desk) -> None:
    rows = [make_row(1, school_id="S1", district="D1"), make_row(2, is_protected=True), make_row(3)]
    assert load(desk, rows) == 3
    before = read_all(desk)
    assert len(before["people_directory"]) == len(before["people_place"]) == 3
    assert load(desk, rows) == 3
    assert read_all(desk) == before
    load(desk, rows, NEXT)
    assert read_all(desk) == before


def test_who_is_gone_is_gone(desk) -> None:
    load(desk, [make_row(1), make_row(2)])
    load(desk, [make_row(2), make_row(3)], NEXT)
    assert [row[0] for row in read_all(desk)["people_directory"]] == [2, 3]


def test_an_empty_directory_is_refused(desk) -> None:
    from tsunagu.people.loading import DirectoryEmptyError

    load(desk, [make_row(1)])
    with pytest.raises(DirectoryEmptyError):
        load(desk, [])
    assert len(read_all(desk)["people_directory"]) == 1


def test_a_load_that_breaks_leaves_what_was_there(desk) -> None:
    load(desk, [make_row(1)])
    before = read_all(desk)
    with pytest.raises(psycopg.errors.UniqueViolation):
        load(desk, [make_row(2), make_row(2)], NEXT)
    assert read_all(desk) == before


def test_protection_begins_and_ends_with_the_day_that_says_so(desk) -> None:
    load(desk, [make_row(1, is_protected=True), make_row(2)])
    load(desk, [make_row(1), make_row(2, is_protected=True)], NEXT)
    assert read_all(desk)["access_protection"] == [(1, DAY, NEXT), (2, NEXT, None)]
    load(desk, [make_row(1, is_protected=True), make_row(2)], NEXT)
    assert read_all(desk)["access_protection"] == [
        (1, DAY, NEXT),
        (1, NEXT, None),
        (2, NEXT, date(2026, 6, 3)),
    ]


@pytest.mark.parametrize(
    ("on", "values", "is_small"),
    [
        (date(2026, 4, 1), {"birth_year": 2020}, True),
        (date(2026, 4, 1), {"birth_year": 2019}, False),
        (date(2026, 3, 31), {"birth_year": 2019}, True),
        (DAY, {"birth_year": None}, False),
        (DAY, {"birth_year": None, "is_unborn": True}, True),
    ],
)
def test_who_is_before_school(desk, on, values, is_small) -> None:
    load(desk, [make_row(1, **values)], on)
    assert read_all(desk)["access_belonging"] == [(1, "municipality", "", is_small)]
