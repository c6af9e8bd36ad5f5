"""A child's copy is put in place whole or not at all, kept for one purpose, and goes when nobody opens it."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import (
    ChildHead,
    ChildRecord,
    ContactPoint,
    ContactPoints,
    Fact,
    FactValue,
    Phrase,
    Relative,
)

DAY = date(2026, 6, 1)
PURPOSE, OTHER = "poverty_support", "abuse_prevention"
COLUMNS = {
    "people_child": "person_id, birth_date, grade",
    "people_contact": "person_id, purpose, system, address",
    "people_fact": "person_id, purpose, number, is_place, item, occurred_on, title->>'ja', jsonb_array_length(values)",
    "people_fact_count": "person_id, purpose, lane, recipients, facts",
    "people_relative": "person_id, purpose, relative_id, is_guardian",
    "people_fetched": "person_id, purpose, as_of, trouble",
}


def make_value(name: str, shown: str, *, is_place: bool = False) -> FactValue:
    return FactValue(name, Phrase(name, name), Phrase(shown, shown), "", False, is_place)


def make_fact(*values: FactValue, item: str = "school_enrolment", department: str = "education") -> Fact:
    return Fact(
        item=item,
        title=Phrase("在学", "enrolment"),
        department=department,
        occurred_on=None,
        valid_from=date(2025, 4, 1),
        valid_to=None,
        known_from=date(2025, 4, 10),
        source=Phrase("学齢簿", "school roll"),
        values=values,
        recipients=("coordinator", "caseworker"),
    )


ENROLMENT = make_fact(make_value("school_id", "S1", is_place=True), make_value("grade", "小3"))
CHECKUP = make_fact(make_value("checkup", "3歳児"), item="infant_checkup", department="health")


def make_record(person_id: int = 1, **values) -> ChildRecord:
    plain = {
        "run_id": "r1",
        "name": "架空 花子",
        "kana": "カクウ ハナコ",
        "birth_date": date(2017, 5, 5),
        "due_on": None,
        "sex": "2",
        "age": Phrase("9歳", "9 y"),
        "grade": "p3",
        "school_id": "S1",
        "facility_id": None,
        "is_unborn": False,
        "is_registered": True,
        "is_protected": False,
        "relatives": (Relative(7, "架空 母", None, "parent", "high", 1990),),
        "withheld_relatives": 0,
        "facts": (ENROLMENT, CHECKUP, CHECKUP),
    }
    return ChildRecord(person_id=person_id, **{**plain, **values})


POINT = ContactPoint("resident", "架空町1", None, None, DAY)
CONTACTS = ContactPoints(1, False, (POINT,))


@pytest.fixture
def owner(desk):
    """The alias of the owner's connection."""
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        yield OWNER_ALIAS


def put(owner, record=None, contacts=CONTACTS, purpose=PURPOSE, as_of=DAY):
    from tsunagu.people.copying import replace_child

    replace_child(record or make_record(), contacts, purpose=purpose, as_of=as_of, using=owner)


def read_all(desk) -> dict[str, list[tuple]]:
    """With the policies out of the way: the owner lets itself see for a moment."""
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        for table in COLUMNS:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        found = {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()  # noqa: S608 # our own names
            if table != "people_child"
            else connection.execute(f"SELECT {columns} FROM {table} ORDER BY person_id").fetchall()  # noqa: S608 # our own names
            for table, columns in COLUMNS.items()
        }
        connection.rollback()
    return found


def test_a_copy_holds_what_came_and_twice_is_the_same_as_once(desk, owner) -> None:
    put(owner)
    first = read_all(desk)
    assert first == {
        "people_child": [(1, date(2017, 5, 5), "p3")],
        "people_contact": [(1, PURPOSE, "resident", "架空町1")],
        "people_fact": [
            (1, PURPOSE, 0, False, "school_enrolment", None, "在学", 1),
            (1, PURPOSE, 0, True, "school_enrolment", None, "在学", 1),
            (1, PURPOSE, 1, False, "infant_checkup", None, "在学", 1),
            (1, PURPOSE, 2, False, "infant_checkup", None, "在学", 1),
        ],
        "people_fact_count": [
            (1, PURPOSE, "education", ["coordinator", "caseworker"], 1),
            (1, PURPOSE, "health", ["coordinator", "caseworker"], 2),
        ],
        "people_relative": [(1, PURPOSE, 7, True)],
        "people_fetched": [(1, PURPOSE, DAY, "")],
    }
    put(owner)
    assert read_all(desk) == first


def test_a_new_copy_takes_the_place_of_the_old_one_of_its_child_and_purpose_alone(desk, owner) -> None:
    put(owner)
    put(owner, purpose=OTHER)
    put(owner, make_record(2), ContactPoints(2, False, (POINT,)))
    before = read_all(desk)
    put(owner, make_record(facts=(), relatives=(), grade="p4"), None)
    after = read_all(desk)
    assert after["people_child"] == [(1, date(2017, 5, 5), "p4"), (2, date(2017, 5, 5), "p3")]
    for table in set(COLUMNS) - {"people_child", "people_fetched"}:
        others = [row for row in before[table] if row[:2] != (1, PURPOSE)]
        assert after[table] == others
        assert others


def test_a_copy_that_breaks_leaves_what_was_there(desk, owner) -> None:
    from django.db import IntegrityError

    put(owner)
    before = read_all(desk)
    broken = make_record(facts=(), relatives=make_record().relatives * 2)
    with pytest.raises(IntegrityError):
        put(owner, broken)
    assert read_all(desk) == before


def test_what_could_not_be_fetched_is_noted_and_its_copy_goes(desk, owner) -> None:
    from tsunagu.people.copying import note_trouble

    put(owner)
    note_trouble(1, PURPOSE, "not_in_run", as_of=DAY, using=owner)
    found = read_all(desk)
    assert found["people_fetched"] == [(1, PURPOSE, DAY, "not_in_run")]
    assert found["people_fact"] == found["people_contact"] == found["people_relative"] == []


def open_on(desk, person_id: int, day: date) -> None:
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        connection.execute(
            "INSERT INTO people_opening (person_id, purpose, opened_on) VALUES (%s, %s, %s)",
            [person_id, PURPOSE, day],
        )


def test_what_nobody_opens_any_more_goes(desk, owner) -> None:
    from tsunagu.people.copying import KEPT_DAYS, drop_forgotten

    later = DAY + timedelta(days=KEPT_DAYS + 1)
    put(owner)
    put(owner, make_record(2), replace(CONTACTS, person_id=2))
    put(owner, make_record(3), replace(CONTACTS, person_id=3), as_of=later)
    open_on(desk, 1, DAY)
    open_on(desk, 2, DAY + timedelta(days=1))
    assert drop_forgotten(on=later - timedelta(days=1), using=owner) == 0
    assert drop_forgotten(on=later, using=owner) == 1
    assert [{row[0] for row in rows} for rows in read_all(desk).values()] == [{2, 3}] * len(COLUMNS)


def test_heads_come_in_one_piece(desk, owner) -> None:
    from tsunagu.people.copying import fill_heads

    put(owner)
    heads = [ChildHead(number, date(2017, 5, 5), None, "1", "p5") for number in (1, 2)]
    assert fill_heads(heads, using=owner) == 2
    assert read_all(desk)["people_child"] == [(number, date(2017, 5, 5), "p5") for number in (1, 2)]
    assert len(read_all(desk)["people_fact"]) == 4


def test_the_owner_reads_none_of_it(desk, owner) -> None:
    put(owner)
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        for table in (
            "people_child",
            "people_contact",
            "people_fact",
            "people_fact_count",
            "people_relative",
        ):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608 # our own names


def test_the_application_takes_nothing_away(desk, owner) -> None:
    put(owner)
    before = read_all(desk)
    with psycopg.connect(desk.url(Login.APP)) as connection:
        connection.execute(
            "SELECT set_config('tsunagu.taken_away', '{1}', true), set_config('tsunagu.taken_purpose', %s, true)",
            [PURPOSE],
        )
        for table in COLUMNS:
            assert connection.execute(f"DELETE FROM {table}").rowcount == 0  # noqa: S608 # our own names
    assert read_all(desk) == before
