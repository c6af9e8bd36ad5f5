"""Nobody has seen this child for N days: what is said aloud, and what is not passed off as "seen"."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.municipality import Municipality
from tsunagu.judgement.judge import watch_silence
from tsunagu.store.engine import Engine

AS_OF = date(2025, 1, 10)

# cohort 2014 = 小4, 2020 = before school, 2023 = one year old, 2008 = after junior high school; - = not known.
# value: days since seen; nothing = nobody while the sources spoke; unknown:<reason>. here = first day resident.
CHILDREN = """
who            cohort months here       facility value                  | state      days listed urgent why
at_school        2014    120 2014-09-01 -        3                      | seen          3 no     no     -
absent_79        2014    120 2014-09-01 -        79                     | seen         79 no     no     -
absent_80        2014    120 2014-09-01 -        80                     | seen         80 yes    no     -
absent_120       2014    120 2014-09-01 -        120                    | seen        120 yes    yes    -
never_a_year     2014    120 2014-09-01 -        nothing                | never_seen  366 yes    yes    -
not_loaded       2014    120 2014-09-01 -        unknown:not_loaded     | unknown       - no     no     not_loaded
moved_in_unseen  2014    120 2024-09-01 -        unknown:moved_in_later | unknown     131 yes    yes    moved_in_later
moved_in_lately  2014    120 2024-12-20 -        unknown:moved_in_later | unknown      21 no     no     moved_in_later
newborn          2024      1 2024-12-01 -        nothing                | never_seen   40 no     no     -
baby_unseen      2024      4 2024-09-01 -        nothing                | never_seen  131 yes    no     -
toddler          2022     25 2022-12-01 -        300                    | seen        300 yes    no     -
at_nursery       2020     52 2020-09-01 F1       nothing                | never_seen  366 no     no     in_nursery
in_no_nursery    2020     52 2020-09-01 -        nothing                | never_seen  366 yes    no     -
after_school     2008    195 2009-01-01 -        nothing                | never_seen  366 no     no     -
age_not_known       -      - -          -        90                     | seen         90 yes    no     -
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    city = Municipality(code="999999", name="架空の市", active_purposes=("abuse_prevention",))
    return replace(open_catalog(on=AS_OF), municipality=city)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("engine")
    with Engine(spill=folder, readable=[folder]) as engine:
        engine.run("CREATE SCHEMA facts")
        yield engine


def make_tables(engine: Engine) -> None:
    engine.run(
        "CREATE OR REPLACE TABLE facts.person (person_id BIGINT, birth_month DATE, due_month DATE,"
        " resident_from DATE, resident_to DATE, died_on DATE, opened_by VARCHAR)"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE runs_population (person_id BIGINT, age_months INTEGER,"
        " school_cohort INTEGER, facility_id VARCHAR, school_id VARCHAR, is_registered BOOLEAN, is_unborn BOOLEAN)"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE runs_indicator_value (person_id BIGINT, indicator VARCHAR,"
        " state VARCHAR, value DOUBLE, unknown_reason VARCHAR, is_lower_bound BOOLEAN, latest_event_on DATE,"
        " latest_known_from DATE, feeds VARCHAR)"
    )


def add_child(
    engine: Engine,
    person: int,
    *,
    cohort: int | None = 2014,
    months: int | None = 120,
    here: str | None = "2014-09-01",
    facility: str | None = None,
    school: str | None = "S1",
    value: str = "unknown:not_loaded",
    due: str | None = None,
    left: str | None = None,
    registered: bool = True,
) -> None:
    engine.run(
        "INSERT INTO facts.person VALUES ($p, CAST($born AS DATE), CAST($due AS DATE), CAST($here AS DATE),"
        " CAST($left AS DATE), NULL, 'register')",
        p=person,
        born=here if cohort is not None and months is not None and months < 6 else None,
        due=due,
        here=here,
        left=left,
    )
    engine.run(
        "INSERT INTO runs_population VALUES ($p, $months, $cohort, $facility, $school, $registered, $unborn)",
        p=person,
        months=months,
        cohort=cohort,
        facility=facility,
        school=school,
        registered=registered,
        unborn=due is not None,
    )
    state, _, reason = value.partition(":")
    engine.run(
        "INSERT INTO runs_indicator_value VALUES ($p, 'days_since_seen', $state, $value, $reason, false,"
        " CASE WHEN $value IS NULL THEN NULL ELSE DATE '2025-01-10' - CAST($value AS INTEGER) END, NULL, NULL)",
        p=person,
        state="value" if state.isdigit() else state,
        value=float(state) if state.isdigit() else None,
        reason=reason or None,
    )


def read(text: str) -> str | None:
    return None if text == "-" else text


def read_number(text: str) -> int | None:
    return None if text == "-" else int(text)


def list_silence(engine: Engine, catalog: Catalog) -> list[tuple[object, ...]]:
    watch_silence(engine, catalog, as_of=AS_OF)
    return engine.list_rows(
        "SELECT state, days_unseen, is_listed, is_urgent, why FROM runs_silence ORDER BY person_id"
    )


def test_the_table_of_children(engine: Engine, catalog: Catalog) -> None:
    make_tables(engine)
    lines = [line.split() for line in CHILDREN.strip().splitlines()[1:]]
    for person, line in enumerate(lines):
        _, cohort, months, here, facility, value, *_ = line
        add_child(
            engine,
            person,
            cohort=read_number(cohort),
            months=read_number(months),
            here=read(here),
            facility=read(facility),
            value=value,
        )
    found = list_silence(engine, catalog)
    expected = [
        (state, read_number(days), listed == "yes", urgent == "yes", read(why))
        for *_, state, days, listed, urgent, why in lines
    ]
    assert dict(zip([line[0] for line in lines], found, strict=True)) == dict(
        zip([line[0] for line in lines], expected, strict=True)
    )


def test_a_child_struck_from_the_register_and_not_seen_is_at_the_top(
    engine: Engine, catalog: Catalog
) -> None:
    make_tables(engine)
    gone = {"left": "2024-06-01", "registered": False}
    add_child(engine, 1, value="unknown:not_linked", **gone)
    add_child(engine, 2, value="nothing", **gone)
    add_child(engine, 3, value="5", **gone)
    assert [row[2:] for row in list_silence(engine, catalog)] == [
        (True, True, "removed_from_register"),
        (True, True, "removed_from_register"),
        (False, False, None),
    ]


def test_a_registered_child_of_school_age_in_no_school_is_said_aloud(
    engine: Engine, catalog: Catalog
) -> None:
    make_tables(engine)
    add_child(engine, 1, school=None, value="unknown:not_linked")
    add_child(engine, 2, school="S1", value="unknown:not_linked")
    add_child(engine, 3, school=None, value="unknown:new_school_year")
    add_child(engine, 4, school=None, value="unknown:not_linked", registered=False)
    add_child(engine, 5, school=None, value="unknown:not_linked", cohort=2008)
    add_child(engine, 6, school=None, value="10")
    assert [row[2:] for row in list_silence(engine, catalog)] == [
        (True, False, "in_no_school"),
        (False, False, "not_linked"),
        (False, False, "new_school_year"),
        (False, False, "not_linked"),
        (False, False, "not_linked"),
        (False, False, None),
    ]


def test_an_overdue_birth_is_said_aloud(engine: Engine, catalog: Catalog) -> None:
    make_tables(engine)
    for person, due in enumerate(["2025-03-01", "2024-12-01", "2024-11-01"]):
        add_child(
            engine, person, cohort=None, months=None, here=None, due=due, value="unknown:not_applicable"
        )
    assert list_silence(engine, catalog) == [
        ("not_born", None, False, False, None),
        ("not_born", None, False, False, None),
        ("not_born", None, True, True, "overdue_birth"),
    ]


def test_without_a_watch_in_force_the_table_is_empty(engine: Engine, catalog: Catalog) -> None:
    make_tables(engine)
    add_child(engine, 1)
    assert list_silence(engine, replace(catalog, silence_watches={})) == []


def test_the_watch_is_silent_about_nobody_in_the_population(engine: Engine, catalog: Catalog) -> None:
    make_tables(engine)
    for person in range(20):
        add_child(
            engine, person, cohort=None if person % 3 == 0 else 2005 + person, value="unknown:not_linked"
        )
    assert len(list_silence(engine, catalog)) == 20


def test_no_threshold_lies_beyond_the_window(catalog: Catalog) -> None:
    watch = next(iter(catalog.silence_watches.values()))
    for band in watch.bands:
        for days in (band.listed_after_days, band.urgent_after_days):
            assert days is None or days <= 365, Path("definitions/silence.yaml")
