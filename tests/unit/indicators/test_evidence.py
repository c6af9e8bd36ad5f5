"""Evidence of one child: own rows newest first; of a household indicator, the rows of relatives that count."""

from datetime import date, timedelta

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.indicators.evidence import Evidence, list_evidence
from tsunagu.indicators.world import Fact, Kin, Person, Stay, World, load_world
from tsunagu.store.engine import Engine
from tsunagu.vocabulary.dates import AsOf

AS_OF = AsOf(date(2025, 10, 31))
CHILD, OFTEN_ABSENT, ONCE_ABSENT, MOTHER = 1, 2, 3, 4


def absences(subject: int, n_day: int) -> list[Fact]:
    first = date(2025, 5, 1)
    return [
        Fact(
            subject,
            subject * 1000 + number,
            date(2025, 10, 5),
            "education/attendance_marks",
            {"occurred_on": first + timedelta(days=number), "mark": "absent", "reason": None},
        )
        for number in range(n_day)
    ]


@pytest.fixture
def family(engine: Engine, shipped: Catalog) -> Engine:
    protected = {
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2026, 1, 1),
        "category": "domestic_violence",
    }
    world = World(
        persons=(
            Person(CHILD, date(2014, 6, 1), 2014),
            Person(OFTEN_ABSENT, date(2012, 6, 1), 2012),
            Person(ONCE_ABSENT, date(2016, 6, 1), 2016),
            Person(MOTHER, date(1985, 6, 1), 1985),
        ),
        subjects={person * 10: person for person in (CHILD, OFTEN_ABSENT, ONCE_ABSENT, MOTHER)},
        facts={
            "attendance_mark": (*absences(20, 31), *absences(30, 1), *absences(10, 2)),
            "address_protection": (Fact(40, 1, date(2024, 1, 31), "resident/address_protection", protected),),
        },
        stays=tuple(Stay(person, 7) for person in (CHILD, OFTEN_ABSENT, ONCE_ABSENT, MOTHER)),
        kin=(Kin(CHILD, OFTEN_ABSENT, "sibling"), Kin(CHILD, ONCE_ABSENT, "sibling", "likely")),
    )
    load_world(engine, world, shipped.items.values())
    return engine


def ask(engine: Engine, shipped: Catalog, indicator: str) -> list[Evidence]:
    return list_evidence(
        engine,
        CHILD,
        shipped.indicators[indicator],
        indicators=shipped.indicators,
        items=shipped.items,
        feeds=shipped.feeds.values(),
        as_of=AS_OF,
    )


def test_own_rows_come_newest_first_with_file_and_row(family: Engine, shipped: Catalog) -> None:
    rows = ask(family, shipped, "absent_days_this_year")
    assert [row.occurred_on for row in rows] == [date(2025, 5, 2), date(2025, 5, 1)]
    assert {row.person_id for row in rows} == {CHILD}
    assert rows[0].values == {"mark": "absent", "reason": None}
    assert (rows[0].file_id, rows[0].row) == ("file-education/attendance_marks", 10001)


def test_only_the_sibling_absent_30_days_is_shown(family: Engine, shipped: Catalog) -> None:
    rows = ask(family, shipped, "siblings_absent_long")
    assert {row.person_id for row in rows} == {OFTEN_ABSENT}
    assert len(rows) == 31


def test_an_announced_end_is_shown_as_stated(family: Engine, shipped: Catalog) -> None:
    (row,) = ask(family, shipped, "household_address_protected")
    assert (row.person_id, row.valid_from, row.valid_to) == (MOTHER, date(2024, 1, 1), date(2026, 1, 1))


def test_nothing_learned_later_is_shown(family: Engine, shipped: Catalog) -> None:
    rows = list_evidence(
        family,
        CHILD,
        shipped.indicators["absent_days_this_year"],
        indicators=shipped.indicators,
        items=shipped.items,
        feeds=shipped.feeds.values(),
        as_of=AsOf(date(2025, 10, 4)),
    )
    assert rows == []
