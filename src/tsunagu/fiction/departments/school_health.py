"""定期健康診断: the yearly school health check at the end of June."""

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS
from tsunagu.fiction.arrays import Floats, Ints, Rng, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, NEGLECT, NON_ATTENDANCE
from tsunagu.fiction.departments.school_roster import school_hand, write_pupil_numbers
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, blank_where, pick, write_dates, write_numbers, write_tenths

_WRONG = (Wrong("身長", "1285"), Wrong("学籍番号", ""), Wrong("受診勧告", "要"))
# Mean height (cm) and weight (kg) by age 0 to 18, boys then girls: round figures chosen by us.
_HEIGHTS = (
    (50, 75, 86, 94, 101, 108, 114, 120, 126, 132, 137, 143, 150, 158, 164, 168, 170, 171, 171),
    (49, 74, 85, 93, 100, 107, 113, 119, 125, 131, 138, 145, 150, 154, 156, 157, 157, 158, 158),
)
_WEIGHTS = (
    (3, 9, 12, 14, 16, 18, 21, 23, 26, 30, 33, 37, 42, 48, 53, 57, 60, 61, 62),
    (3, 9, 11, 14, 16, 18, 20, 23, 26, 29, 33, 38, 43, 46, 49, 50, 51, 52, 52),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write the check of every June; pupils absent on the day are missing from the file."""
    hand = school_hand(records)
    for column, month in enumerate(records.months):
        if month.month != 6:
            continue
        rng = records.stream("school_health", month.code)
        rows = records.schooling.rows_in(column)
        away = np.array([0.02, 0.2, 0.55, 0.9])[
            records.circumstances.level(NON_ATTENDANCE, records.schooling.persons[rows], month.last)
        ]
        rows = rows[~draw(rng, away, len(rows))]
        persons = records.schooling.persons[rows]
        checked_on = month.first - rng.integers(0, 40, len(records.city.places.school_codes))
        day = checked_on[records.schooling.school[rows, column]]
        table: dict[str, Column] = {
            "学校コード": pick(records.city.places.school_codes, records.schooling.school[rows, column]),
            "学籍番号": write_pupil_numbers(records.schooling.number[rows, column]),
            "氏名": hand.name(persons, month.last),
            "健診年月日": write_dates(day),
        }
        table |= _findings(records, rng, persons, day)
        name = f"定期健康診断_{month.school_year}年度"
        outbox.post("education", name, month.last, table, CP932, wrong=_WRONG)


def draw_body(records: Records, rng: Rng, persons: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Height in mm and weight in 100 g at a check; neglect slows growth a little."""
    people = records.city.people
    age = np.clip((day - people.birth[persons]) / YEAR_DAYS, 0, 17.9)
    build = np.sin(persons * 12.9898) * 1.4
    neglect = records.circumstances.level(NEGLECT, persons, day)
    height = _by_age(_HEIGHTS, people.sex[persons], age) * (
        1 + 0.028 * build + rng.normal(0, 0.008, len(persons))
    )
    weight = _by_age(_WEIGHTS, people.sex[persons], age) * (
        1 + 0.07 * build + rng.normal(0, 0.07, len(persons))
    )
    height, weight = height * (1 - 0.008 * neglect), weight * (1 - 0.035 * neglect)
    return whole_numbers(height * 10), np.maximum(whole_numbers(weight * 10), 20)


def draw_untreated_teeth(records: Records, rng: Rng, persons: Ints, day: Ints, base: float) -> Ints:
    """Untreated decayed teeth: few, more under hardship, many under neglect."""
    hardship = records.circumstances.level(HARDSHIP, persons, day)
    neglect = records.circumstances.level(NEGLECT, persons, day)
    mean = base + 0.28 * hardship * (base > 0.1) + 1.6 * neglect
    return whole_numbers(rng.poisson(mean * rng.gamma(0.7, 1 / 0.7, len(persons))))


def _by_age(table: tuple[tuple[int, ...], tuple[int, ...]], sex: Ints, age: Floats) -> Floats:
    ages = np.arange(len(table[0]))
    return np.where(sex == 1, np.interp(age, ages, table[0]), np.interp(age, ages, table[1]))


def _findings(records: Records, rng: Rng, persons: Ints, day: Ints) -> dict[str, Column]:
    height, weight = draw_body(records, rng, persons, day)
    teeth = draw_untreated_teeth(records, rng, persons, day, 0.42)
    advised = (teeth > 0) | draw(rng, 0.07, len(persons))
    neglect = records.circumstances.level(NEGLECT, persons, day)
    hardship = records.circumstances.level(HARDSHIP, persons, day)
    reported = draw(rng, np.clip(0.62 - 0.2 * neglect - 0.09 * hardship, 0.05, 1), len(persons))
    unrecorded = draw(rng, 0.05, len(persons))
    return {
        "身長": write_tenths(height),
        "体重": write_tenths(weight),
        "未処置歯本数": blank_where(draw(rng, 0.01, len(persons)), write_numbers(teeth)),
        "受診勧告": blank_where(unrecorded & ~advised, pick(["無", "有"], advised * 1)),
        "受診報告": blank_where(~advised, pick(["無", "有"], reported * 1)),
    }
