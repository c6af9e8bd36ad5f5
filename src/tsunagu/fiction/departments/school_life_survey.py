"""学校生活アンケート: what pupils of the third grade and above answer three times a year, under their names."""

import numpy as np

from tsunagu.fiction.almanac import list_school_days
from tsunagu.fiction.arrays import Floats, Ints, draw, whole_numbers
from tsunagu.fiction.circumstances import (
    BULLYING,
    HARDSHIP,
    ISOLATION,
    NEGLECT,
    NON_ATTENDANCE,
    PARENT_ILLNESS,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.departments.school_roster import GRADES, write_pupil_numbers
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, pick, repeat_text, write_dates, write_numbers

SURVEY_MONTHS = (6, 11, 2)
_HANDED_OVER_DAYS = 15
_YOUNGEST_GRADE = 3
_WRONG = (
    Wrong("学校の楽しさ", "5"),
    Wrong("学籍番号", ""),
    Wrong("いじめられたこと", "ある？"),
    Wrong("学校の楽しさ", "３"),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write every survey about the 15th of the next month; who was away has a row without answers."""
    for column, month in enumerate(records.months):
        if month.month not in SURVEY_MONTHS:
            continue
        rows = records.schooling.rows_in(column)
        rows = rows[records.schooling.grade[rows, column] >= _YOUNGEST_GRADE]
        school = records.schooling.school[rows, column]
        days = list_school_days(month)
        day = whole_numbers(days)[(school * 5 + month.month) % len(days)]
        table: Table = {
            "学校コード": pick(records.city.places.school_codes, school),
            "対象年月": repeat_text(month.code, rows),
            "学籍番号": write_pupil_numbers(records.schooling.number[rows, column]),
            "学年": pick(GRADES, records.schooling.grade[rows, column]),
            "実施年月日": write_dates(day),
        }
        table |= _answer(records, records.schooling.persons[rows], day, month.code)
        handed_over = month.last + _HANDED_OVER_DAYS
        outbox.post("education", f"学校生活アンケート_{month.code}", handed_over, table, CP932, wrong=_WRONG)


def _answer(records: Records, persons: Ints, day: Ints, code: str) -> Table:
    rng = records.stream("school_life_survey", code)
    size = len(persons)

    def level(kind: str) -> Ints:
        return records.circumstances.level(kind, persons, day)

    def say(rate: Floats, words: tuple[str, str]) -> object:
        silent = away | draw(rng, 0.015, size)
        return blank_where(silent, pick(words, draw(rng, np.minimum(rate, 0.9), size) * 1))

    away = draw(rng, np.array([0.03, 0.3, 0.65, 0.95])[level(NON_ATTENDANCE)], size)
    bullied = level(BULLYING) > 0
    at_home = level(VIOLENCE) + level(NEGLECT) + level(YOUNG_CARER) + level(PARENT_ILLNESS)
    alone = level(ISOLATION) + bullied * 1
    hungry = rng.random(size) + 0.12 * level(NEGLECT) + 0.04 * level(HARDSHIP)
    mood = 3.3 + rng.normal(0, 0.7, size) - 0.9 * bullied - 0.5 * level(NON_ATTENDANCE) - 0.15 * at_home
    asked_nothing = away | draw(rng, 0.012, size)
    return {
        "いじめられたこと": say(0.05 + 0.55 * bullied, ("ない", "ある")),
        "いじめを見たこと": say(0.08 + 0.15 * bullied, ("ない", "ある")),
        "相談できる人": say(0.04 + 0.08 * alone + 0.03 * at_home, ("いる", "いない")),
        "家で困っていること": say(0.03 + 0.09 * at_home + 0.03 * level(HARDSHIP), ("ない", "ある")),
        "朝食": blank_where(
            asked_nothing, pick(["毎日", "時々", "食べない"], (hungry > 0.85) * 1 + (hungry > 0.97))
        ),
        "学校の楽しさ": blank_where(
            asked_nothing, write_numbers(whole_numbers(np.clip(np.round(mood), 1, 4)))
        ),
    }
