"""From 1 April until a school's new list has come, who is a pupil there is unknown: day by day."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from tsunagu.pipeline.data_state import rosters as rosters_module
from tsunagu.pipeline.data_state.parts import list_parts
from tsunagu.pipeline.data_state.rosters import load_rosters
from tsunagu.pipeline.data_state.timing import Freshness, judge_timing
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import COVERAGE
from tsunagu.store.landing import FILE

FEED = "education/school_register"
DAYS = [date(2026, 3, 20) + timedelta(days=n) for n in range(73)]
APRIL = date(2026, 4, 1)


def test_the_days():
    assert DAYS[-1] == date(2026, 5, 31)


@pytest.fixture
def register(make_reader, deliver):
    """Two schools with lists of the school year 2025; more can be handed over."""
    reader = make_reader()

    def hand_over(day, *schools, reference_date=None):
        speaks_for = reference_date or day
        year = speaks_for.year if speaks_for.month > 3 else speaks_for.year - 1
        parts = [
            (f"school={school}", f"school_year={year}", 300, date(year, 4, 1), speaks_for + timedelta(days=1))
            for school in schools
        ]
        deliver(reader, FEED, day, parts, reference_date=reference_date, item="school_enrolment")
        return reader

    hand_over(date(2025, 4, 10), "a", "b")
    hand_over(date(2026, 1, 10), "a", "b")
    return hand_over


def judge(reader, catalog, day):
    feed = catalog.feeds[FEED]
    parts = list_parts(reader, [feed], as_of=day).get(FEED, [])
    return judge_timing(feed, parts, load_rosters(reader, as_of=day), as_of=day)


def list_awaited_by_indicators(reader, day):
    """What the indicators hold to be pending, by their own statement."""
    reader.engine.register("ind_enrolment", pa.table({"scope_id": ["a", "b"], "scope_kind": ["school"] * 2}))
    starts = {"school_year_start": date(day.year if day.month > 3 else day.year - 1, 4, 1)}
    last = starts["school_year_start"].replace(year=starts["school_year_start"].year - 1)
    rows = reader.engine.list_rows(
        read_sql("tsunagu.indicators", "roster"), as_of=day, last_school_year_start=last, **starts
    )
    return tuple(sorted(school for school, is_pending in rows if is_pending))


def list_days(came_on):
    """Every day for one of them; for the others those before and after something changes, and a day a week."""
    if came_on == date(2026, 4, 10):
        return DAYS
    edges = [APRIL, came_on or DAYS[-1]]
    return [day for day in DAYS if day.day % 7 == 1 or any(abs((day - edge).days) < 2 for edge in edges)]


@pytest.mark.parametrize("came_on", [APRIL, date(2026, 4, 10), date(2026, 5, 20), None])
def test_day_by_day(register, catalog, came_on):
    """Awaiting from 1 April to the day before the lists come, on no other day; the indicators agree."""
    reader = register(came_on, "a", "b") if came_on else register(date(2026, 1, 11), "a", "b")
    for day in list_days(came_on):
        timing = judge(reader, catalog, day)
        is_awaited = day >= APRIL and (came_on is None or day < came_on)
        assert (timing.freshness is Freshness.AWAITING_ROSTER) == is_awaited, day
        assert timing.awaited == (("a", "b") if is_awaited else ()), day
        if day.day % 5 == 1:
            assert list_awaited_by_indicators(reader, day) == timing.awaited, day


def test_school_by_school(register, catalog):
    register(date(2026, 4, 8), "a")
    reader = register(date(2026, 4, 22), "b")
    awaited = {
        (month, day): judge(reader, catalog, date(2026, month, day)).awaited
        for month, day in ((3, 31), (4, 7), (4, 8), (4, 21), (4, 22))
    }
    assert awaited == {(3, 31): (), (4, 7): ("a", "b"), (4, 8): ("b",), (4, 21): ("b",), (4, 22): ()}


def test_last_years_list_handed_over_in_april_is_no_new_list(register, catalog):
    """What counts is the day it speaks for."""
    reader = register(date(2026, 4, 3), "a", "b", reference_date=date(2026, 3, 31))
    assert judge(reader, catalog, date(2026, 4, 5)).awaited == ("a", "b")


def test_a_list_of_the_whole_city_stands_for_every_school(register, catalog, deliver):
    reader = register(date(2026, 1, 11), "a", "b")
    whole = [("*", "", 600, APRIL, date(2026, 4, 12))]
    deliver(reader, FEED, date(2026, 4, 11), whole, item="school_enrolment")
    assert judge(reader, catalog, date(2026, 4, 10)).awaited == ("a", "b")
    assert judge(reader, catalog, date(2026, 4, 11)).awaited == ()


def test_a_list_taken_back_is_awaited_again(register, catalog):
    reader = register(date(2026, 4, 10), "a", "b")
    for table in (FILE, COVERAGE):
        column = "withdrawn_on" if table is FILE else "known_to"
        rows = reader.tables[table.full_name]
        taken_back = [
            {**row, column: date(2026, 4, 20)} for row in rows if row["known_from"] == date(2026, 4, 10)
        ]
        reader.put(table, [row for row in rows if row["known_from"] != date(2026, 4, 10)] + taken_back)
    assert judge(reader, catalog, date(2026, 4, 19)).awaited == ()
    timing = judge(reader, catalog, date(2026, 4, 20))
    assert timing.awaited == ("a", "b")
    assert timing.reference_date == date(2026, 1, 10)


def test_before_any_list_nothing_is_awaited(make_reader, catalog):
    for day in (date(2026, 3, 31), APRIL, date(2026, 5, 31)):
        assert judge(make_reader(), catalog, day).freshness is Freshness.NOT_RECEIVED


def test_awaiting_is_not_late(register, catalog):
    """Stale is what comes later than promised; in April the old list says nothing, however fresh it is."""
    reader = register(date(2026, 3, 30), "a", "b")
    assert judge(reader, catalog, date(2026, 3, 31)).freshness is Freshness.FRESH
    timing = judge(reader, catalog, APRIL)
    assert (timing.freshness, timing.days_late) == (Freshness.AWAITING_ROSTER, 0)


def test_looking_ahead_is_seen(register, catalog, monkeypatch):
    """The mutant: a list that has not come yet ends the waiting."""
    reader = register(date(2026, 4, 10), "a", "b")
    guard = "known_from <= $as_of"
    text = read_sql("tsunagu.pipeline", "roster_spans")
    assert guard in text
    assert judge(reader, catalog, date(2026, 4, 5)).awaited == ("a", "b")
    monkeypatch.setattr(
        rosters_module, "read_sql", lambda package, name: text.replace(guard, "$as_of IS NOT NULL")
    )
    assert judge(reader, catalog, date(2026, 4, 5)).awaited == ()
