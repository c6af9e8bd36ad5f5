"""What names of files and folders say."""

from datetime import date
from pathlib import Path

import pytest

from tsunagu.intake.naming import find_folder_date, find_name_date, get_next_month


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("学齢簿_20240410.csv", date(2024, 4, 10)),
        ("出欠明細_202405_20240605.csv", date(2024, 6, 5)),
        ("20240410.xlsx", date(2024, 4, 10)),
        ("学齢簿_20240230.csv", None),
        ("学齢簿_202404.csv", None),
        ("20240410_学齢簿.csv", None),
        ("番号120240410.csv", None),
        ("学齢簿_00010101.csv", None),
        ("学齢簿_99991231.csv", None),
    ],
)
def test_the_date_at_the_end_of_a_name(name, day):
    assert find_name_date(name) == day


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("deliveries/2024-06-05/education/a.csv", date(2024, 6, 5)),
        ("2024-06-05/2024-06-07/a.csv", date(2024, 6, 7)),
        ("2024-13-05/a.csv", None),
        ("inbox/a.csv", None),
    ],
)
def test_the_nearest_folder_named_after_a_day(path, day):
    assert find_folder_date(Path(path)) == day


def test_months_follow_each_other():
    assert get_next_month(date(2024, 1, 31)) == date(2024, 2, 1)
    assert get_next_month(date(2024, 12, 1)) == date(2025, 1, 1)
