"""Parts of dates, eras of separate columns, and the school year around 1 April."""

from datetime import date

import pytest

from tsunagu.japanese import (
    PartialDate,
    is_unknown_date,
    parse_date,
    school_cohort,
    school_grade,
    show_era_date,
)


@pytest.mark.parametrize(
    ("found", "precision", "earliest", "latest"),
    [
        (PartialDate(2024), "year", date(2024, 1, 1), date(2024, 12, 31)),
        (PartialDate(2024, 2), "month", date(2024, 2, 1), date(2024, 2, 29)),
        (PartialDate(2024, 2, 3), "day", date(2024, 2, 3), date(2024, 2, 3)),
        (PartialDate(9999, 12), "month", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_partial_date_knows_its_first_and_last_day(
    found: PartialDate, precision: str, earliest: date, latest: date
) -> None:
    assert (found.precision, found.earliest, found.latest) == (precision, earliest, latest)


@pytest.mark.parametrize("era", [5, "5", "令和", "R", "r"])
@pytest.mark.parametrize("text", ["6/4/1", "06.04.01", "060401", "6年4月1日"])
def test_an_era_may_stand_in_another_column(text: str, era: str | int) -> None:
    assert parse_date(text, era=era) == PartialDate(2024, 4, 1)
    assert parse_date(text) is None


def test_a_written_era_or_western_year_wins_over_the_column() -> None:
    assert parse_date("2024-04-01", era=4) == parse_date("令和6年4月1日", era=4) == PartialDate(2024, 4, 1)


def test_an_unknown_era_settles_nothing() -> None:
    assert parse_date("6/4/1", era=9) is None


@pytest.mark.parametrize(
    "text", ["不詳", "生年月日不詳", "0000/00/00", "00000000", "99999999", "9999-99-99", "　不明 "]
)
def test_a_stated_unknown_is_not_an_unreadable_text(text: str) -> None:
    assert parse_date(text) is None
    assert is_unknown_date(text)


@pytest.mark.parametrize("text", ["", "令和6年2月30日", "2024-04-01", "令和6年4月不詳", "あ"])
def test_other_texts_state_no_unknown(text: str) -> None:
    assert not is_unknown_date(text)


@pytest.mark.parametrize(
    ("birth", "cohort"),
    [
        (date(2018, 4, 1), 2017),
        (date(2018, 4, 2), 2018),
        (date(2019, 4, 1), 2018),
        (date(2018, 3, 31), 2017),
        (date(2020, 2, 29), 2019),
    ],
)
def test_born_on_1_april_belongs_to_the_year_before(birth: date, cohort: int) -> None:
    assert school_cohort(birth) == cohort


@pytest.mark.parametrize(
    ("birth", "on", "grade"),
    [
        (date(2018, 4, 1), date(2024, 4, 1), "P1"),
        (date(2018, 4, 2), date(2024, 4, 1), "E3"),
        (date(2018, 4, 2), date(2025, 3, 31), "E3"),
        (date(2018, 4, 2), date(2025, 4, 1), "P1"),
        (date(2018, 4, 2), date(2024, 3, 31), None),
        (date(2012, 5, 5), date(2024, 5, 1), "P6"),
        (date(2012, 5, 5), date(2025, 5, 1), "J1"),
        (date(2006, 4, 2), date(2025, 3, 31), "H3"),
        (date(2006, 4, 2), date(2025, 4, 1), None),
    ],
)
def test_grades_change_on_1_april(birth: date, on: date, grade: str | None) -> None:
    assert school_grade(school_cohort(birth), on) == grade


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2027, 4, 1), "令和9年4月1日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
    ],
)
def test_a_day_is_shown_in_its_era(day, text) -> None:
    assert show_era_date(day) == text
    assert parse_date(text).earliest == day
