"""School years begin in April; upper bounds are exclusive; None is open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.vocabulary.dates import Period, get_school_year, get_school_year_period

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "school_year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2024, 2, 29), 2023),
    ],
)
def test_a_school_year_begins_on_the_first_of_april(day, school_year):
    assert get_school_year(day) == school_year


@given(DAYS)
def test_every_day_lies_in_its_school_year_alone(day):
    year = get_school_year(day)
    assert get_school_year_period(year).contains(day)
    assert not get_school_year_period(year - 1).contains(day)
    assert not get_school_year_period(year + 1).contains(day)


@given(DAYS)
def test_school_years_leave_no_gap(day):
    period = get_school_year_period(get_school_year(day))
    assert period.end == get_school_year_period(get_school_year(day) + 1).start


@given(DAYS, st.integers(min_value=0, max_value=4000))
def test_the_last_day_of_a_period_is_outside(start, length_days):
    period = Period(start, start + timedelta(days=length_days))
    assert not period.contains(period.end)
    assert period.contains(start) == (length_days > 0)


@given(DAYS, st.integers(min_value=0, max_value=4000))
def test_an_open_period_never_ends(start, later_days):
    assert Period(start).contains(start + timedelta(days=later_days))
    assert not Period(start).contains(start - timedelta(days=1))


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2026, 4, 2), date(2026, 4, 1))
