"""The vector habits agree with the obvious way of doing the same, one by one."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.fiction.almanac import (
    date_of,
    day_of,
    is_child,
    list_months,
    list_school_days,
    school_grade,
    split_days,
)
from tsunagu.fiction.arrays import choose, rank_within
from tsunagu.fiction.people import Entries, close_log, list_relation_steps
from tsunagu.fiction.writing import era_text, write_dates, write_era_dates, write_tenths

DAYS = st.integers(day_of(date(1900, 1, 1)), day_of(date(2045, 12, 31)))
ERA_DAYS = st.integers(day_of(date(1995, 1, 1)), day_of(date(2034, 12, 30)))


@given(st.lists(DAYS, min_size=1, max_size=20))
def test_days_split_like_dates(days: list[int]) -> None:
    years, months, numbers = split_days(np.array(days))
    assert [date(*parts) for parts in zip(years, months, numbers, strict=True)] == [
        date_of(day) for day in days
    ]
    assert write_dates(np.array(days), "-").to_pylist() == [date_of(day).isoformat() for day in days]


@given(DAYS, st.integers(1990, 2040))
def test_grade_follows_the_second_of_april(day: int, school_year: int) -> None:
    birth = date_of(day)
    turned_six_in_time = school_year - birth.year - (0 if (birth.month, birth.day) <= (4, 1) else 1) - 5
    assert school_grade(np.array([day]), school_year)[0] == turned_six_in_time


@given(DAYS, st.integers(0, 40_000))
def test_a_child_is_under_eighteen(birth: int, later: int) -> None:
    day = birth + later
    born, now = date_of(birth), date_of(day)
    years = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
    found = bool(is_child(np.array([birth]), day)[0])
    near_birthday = abs((now - born).days - 18 * 365.25) <= 1.5
    assert found == (years < 18) or near_birthday


@given(st.lists(st.integers(0, 5), max_size=30))
def test_rank_within_counts_earlier_equals(groups: list[int]) -> None:
    expected = [groups[:place].count(group) for place, group in enumerate(groups)]
    assert rank_within(np.array(groups, dtype=np.int64)).tolist() == expected


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4).filter(any), st.integers(0, 1000))
def test_nothing_of_no_weight_is_chosen(weights: list[int], seed: int) -> None:
    drawn = choose(np.random.default_rng(seed), [float(weight) for weight in weights], 50)
    assert all(weights[place] > 0 for place in drawn)


@given(ERA_DAYS)
def test_era_spellings_name_the_same_day(day: int) -> None:
    when = date_of(day)
    year = when.year - (2018 if when >= date(2019, 5, 1) else 1988)
    assert era_text(day, 1) == f"{'R' if when >= date(2019, 5, 1) else 'H'}{year}.{when.month}.{when.day}"
    assert ("元年" in era_text(day, 0)) == (year == 1)
    styles = np.arange(4)
    assert write_era_dates(np.full(4, day), styles).to_pylist() == [
        era_text(day, int(style)) for style in styles
    ]


@given(st.integers(0, 29_999))
def test_tenths_are_one_decimal(value: int) -> None:
    assert write_tenths(np.array([value]))[0].as_py() == f"{value / 10:.1f}"


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
def test_months_join_without_gaps(start: date, count: int) -> None:
    months = list_months(start.replace(day=1), count)
    assert [month.first for month in months[1:]] == [month.last + 1 for month in months[:-1]]
    for month in months[:3]:
        days = [date_of(day) for day in list_school_days(month)]
        assert all(day.weekday() < 5 for day in days)
        assert (month.month == 8) == (not days)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=20), st.integers(-2, 12)
)
def test_looking_up_a_day_equals_reading_the_log(log: list[tuple[int, int]], day: int) -> None:
    person = np.array([who for who, _ in log], dtype=np.int64)
    when = np.array([at for _, at in log], dtype=np.int64)
    serial = np.arange(len(log))
    history = close_log([Entries(person, when, when, serial, *[serial] * 10)])
    for who in range(5):
        row = int(history.row_at(np.array([who]), day)[0])
        mine = sorted((at, number) for number, (owner, at) in enumerate(log) if owner == who)
        past = [entry for entry in mine if entry[0] <= day]
        expected = None if not mine else (past[-1] if past else mine[0])
        found = None if row < 0 else (int(history.entries.day[row]), int(history.entries.event[row]))
        assert found == expected


@given(st.lists(st.sampled_from([11, 12, 20, 51, 52, 74]), min_size=1, max_size=3))
def test_relation_codes_are_chains_of_steps(steps: list[int]) -> None:
    assert list_relation_steps(int("".join(map(str, steps)))) == steps


def test_known_holidays() -> None:
    november = next(month for month in list_months(date(2023, 4, 1), 12) if month.month == 11)
    taught = {date_of(day) for day in list_school_days(november)}
    assert date(2023, 11, 3) not in taught
    assert date(2023, 11, 23) not in taught
    assert len(taught) == 20
    assert date(2024, 2, 12) not in {
        date_of(day) for month in list_months(date(2024, 2, 1), 1) for day in list_school_days(month)
    }
