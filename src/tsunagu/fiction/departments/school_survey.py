"""学力・生活状況調査: the yearly survey of learning and living in early December."""

import numpy as np

from tsunagu.fiction.almanac import list_school_days
from tsunagu.fiction.arrays import Bools, Floats, Ints, Rng, draw, whole_numbers
from tsunagu.fiction.circumstances import (
    DEVELOPMENT,
    HARDSHIP,
    ISOLATION,
    NEGLECT,
    NON_ATTENDANCE,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.departments.school_roster import GRADES, write_pupil_numbers
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import UTF8, Column, blank_where, pick, write_dates, write_numbers, write_tenths

_SURVEY_DAY = 5
_WRONG = (Wrong("自己肯定感", "9.9"), Wrong("学籍番号", ""), Wrong("学年", "小０"))
# What each circumstance takes off a score of 1 to 5, a step of severity: self-esteem, belonging, habits, motivation.
_EFFECTS = {
    VIOLENCE: (0.45, 0.25, 0.15, 0.2),
    NEGLECT: (0.35, 0.3, 0.5, 0.3),
    YOUNG_CARER: (0.1, 0.25, 0.35, 0.2),
    NON_ATTENDANCE: (0.35, 0.4, 0.35, 0.35),
    ISOLATION: (0.1, 0.25, 0.05, 0.05),
    HARDSHIP: (0.06, 0.05, 0.12, 0.1),
    DEVELOPMENT: (0.15, 0.2, 0.1, 0.15),
}
_SCORE_EFFECTS = {
    HARDSHIP: 1.8,
    NON_ATTENDANCE: 2.6,
    DEVELOPMENT: 3.0,
    NEGLECT: 2.5,
    YOUNG_CARER: 1.5,
    VIOLENCE: 1.0,
}


def write(records: Records, outbox: Outbox) -> None:
    """Write the survey of every December; a pupil absent on the day has a row without scores."""
    ability = records.stream("school_survey", "ability").normal(0, 1, (len(records.schooling.persons), 2))
    for column, month in enumerate(records.months):
        if month.month != 12:
            continue
        rng = records.stream("school_survey", month.code)
        rows = records.schooling.rows_in(column)
        persons = records.schooling.persons[rows]
        day = max(taught for taught in list_school_days(month) if taught < month.day(_SURVEY_DAY))
        away = draw(
            rng,
            np.array([0.03, 0.3, 0.65, 0.95])[records.circumstances.level(NON_ATTENDANCE, persons, day)],
            len(rows),
        )
        table: dict[str, Column] = {
            "学校コード": pick(records.city.places.school_codes, records.schooling.school[rows, column]),
            "学籍番号": write_pupil_numbers(records.schooling.number[rows, column]),
            "学年": pick(GRADES, records.schooling.grade[rows, column]),
            "実施年月日": write_dates(np.full(len(rows), day)),
        }
        table |= _scores(records, rng, persons, day, ability[rows], away)
        table |= _attitudes(records, rng, persons, day, away)
        name = f"学力生活状況調査_{month.school_year}年度"
        outbox.post("education", name, month.day(_SURVEY_DAY), table, UTF8, wrong=_WRONG)


def _scores(
    records: Records, rng: Rng, persons: Ints, day: int, ability: Floats, away: Bools
) -> dict[str, Column]:
    loss = np.zeros(len(persons))
    for kind, weight in _SCORE_EFFECTS.items():
        loss += weight * records.circumstances.level(kind, persons, day)
    common = ability[:, 0] * 7.5
    table: dict[str, Column] = {}
    for subject, header in enumerate(("国語標準得点", "算数数学標準得点")):
        own = ability[:, 1] * (4 if subject else -4) + rng.normal(0, 4.5, len(persons))
        score = np.clip(50.9 + common + own - loss, 18, 82)
        table[header] = blank_where(away, write_numbers(whole_numbers(np.round(score))))
    return table


def _attitudes(records: Records, rng: Rng, persons: Ints, day: int, away: Bools) -> dict[str, Column]:
    headers = ("自己肯定感", "人とのつながり", "生活習慣", "学習意欲")
    loss = np.zeros((len(persons), len(headers)))
    for kind, effects in _EFFECTS.items():
        loss += records.circumstances.level(kind, persons, day)[:, None] * np.array(effects)
    table: dict[str, Column] = {}
    for place, header in enumerate(headers):
        value = np.clip(3.75 + rng.normal(0, 0.6, len(persons)) - loss[:, place], 1.0, 5.0)
        skipped = away | draw(rng, 0.01, len(persons))
        table[header] = blank_where(skipped, write_tenths(whole_numbers(np.round(value * 10))))
    return table
