"""Who is counted among the children of the day, and what the population table says of them."""

from datetime import date
from typing import Any

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.indicators.population import build_population
from tsunagu.indicators.tables import POPULATION
from tsunagu.indicators.world import Fact, Person, Stay, Stretch, World, load_world
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.dates import AsOf

AS_OF = AsOf(date(2025, 7, 31))
PUPIL, INFANT, UNBORN, LONG_UNBORN, NAMELESS, GROWN, LAST_YEAR = 1, 2, 3, 4, 5, 6, 7
DEAD, MOVED, REMOVED, MOVED_BUT_AT_SCHOOL, OLD_STRANGER = 8, 9, 10, 11, 12


def enrol(person: int, school: str, start: date, record: int) -> Fact:
    columns = {"valid_from": start, "valid_to": date(2026, 4, 1), "school_id": school, "grade": "p4"}
    return Fact(person, record, date(2025, 4, 10), "education/school_register", columns)


@pytest.fixture(scope="module")
def rows(engine: Engine, shipped: Catalog) -> dict[int, dict[str, Any]]:
    child = (date(2015, 5, 1), 2015)
    left = {"resident_to": date(2025, 6, 1), "is_registered": False}
    persons = (
        Person(PUPIL, *child, sex="female", district="0123"),
        Person(INFANT, date(2024, 12, 1), 2024),
        Person(UNBORN, due_month=date(2025, 12, 1), is_registered=False, opened_by="health/pregnancy"),
        Person(LONG_UNBORN, due_month=date(2024, 6, 1), is_registered=False, opened_by="health/pregnancy"),
        Person(NAMELESS, is_registered=False, opened_by="welfare/council_register"),
        Person(GROWN, date(2007, 3, 1), 2006),
        Person(LAST_YEAR, date(2007, 5, 1), 2007),
        Person(DEAD, *child, died_on=date(2025, 7, 31)),
        Person(MOVED, *child, **left),
        Person(REMOVED, *child, **left),
        Person(MOVED_BUT_AT_SCHOOL, *child, **left),
        Person(OLD_STRANGER, date(1980, 1, 1), 1979, is_registered=False, opened_by="education/x"),
    )
    removed = {"valid_from": date(2015, 5, 1), "valid_to": date(2025, 6, 1), "resident_status": "removed"}
    world = World(
        persons=persons,
        subjects={person.person_id: person.person_id for person in persons},
        facts={
            "school_enrolment": (
                enrol(PUPIL, "s1", date(2025, 4, 1), 1),
                enrol(PUPIL, "s2", date(2025, 6, 1), 2),
                enrol(MOVED_BUT_AT_SCHOOL, "s1", date(2025, 4, 1), 3),
            ),
            "residence": (Fact(REMOVED, 1, date(2025, 6, 5), "resident/resident_register", removed),),
        },
        coverage=(
            Stretch(
                *("school_enrolment", "education/school_register", "municipality", "*"),
                *(date(2025, 4, 1), date(2025, 4, 11), date(2025, 4, 10)),
            ),
        ),
        stays=(Stay(PUPIL, 70, None, date(2025, 5, 1)), Stay(PUPIL, 71, date(2025, 5, 1)), Stay(INFANT, 71)),
    )
    load_world(engine, world, shipped.items.values())
    build_population(engine, as_of=AS_OF)
    found = engine.list_rows("SELECT * FROM runs_population")
    return {row[0]: dict(zip(POPULATION.column_names, row, strict=True)) for row in found}


def test_everybody_who_is_a_child_has_a_row(rows: dict[int, dict[str, Any]]) -> None:
    assert set(rows) == {PUPIL, INFANT, UNBORN, NAMELESS, LAST_YEAR, REMOVED, MOVED_BUT_AT_SCHOOL}


def test_the_latest_school_and_the_present_household_count(rows: dict[int, dict[str, Any]]) -> None:
    pupil = rows[PUPIL]
    assert (pupil["school_id"], pupil["grade"], pupil["household_id"]) == ("s2", "p4", 71)
    assert (pupil["age_months"], pupil["age_years"], pupil["school_cohort"]) == (122, 10, 2015)
    assert (pupil["sex"], pupil["district"], pupil["is_registered"]) == ("female", "0123", True)


def test_who_has_no_school_or_household_still_has_a_row(rows: dict[int, dict[str, Any]]) -> None:
    unborn, stranger = rows[UNBORN], rows[NAMELESS]
    assert (unborn["is_unborn"], unborn["age_years"], unborn["household_id"]) == (True, None, None)
    assert (stranger["is_unborn"], stranger["is_registered"], stranger["school_id"]) == (False, False, None)


def test_before_the_new_list_nobody_is_placed_in_a_school(engine: Engine, shipped: Catalog) -> None:
    columns = {"valid_from": date(2024, 4, 1), "valid_to": None, "school_id": "s1", "grade": "p3"}
    world = World(
        persons=(Person(PUPIL, date(2015, 5, 1), 2015),),
        subjects={PUPIL: PUPIL},
        facts={
            "school_enrolment": (Fact(PUPIL, 1, date(2024, 4, 10), "education/school_register", columns),)
        },
        coverage=(
            Stretch(
                *("school_enrolment", "education/school_register", "school", "s1"),
                *(date(2024, 4, 1), date(2025, 4, 1), date(2024, 4, 10)),
            ),
        ),
    )
    load_world(engine, world, shipped.items.values())
    build_population(engine, as_of=AsOf(date(2025, 4, 3)))
    assert engine.list_rows("SELECT school_id, grade FROM runs_population") == [(None, None)]
