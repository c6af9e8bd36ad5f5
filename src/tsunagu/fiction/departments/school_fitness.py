"""体力・運動能力調査: the yearly fitness test, handed over at the end of July."""

import numpy as np

from tsunagu.fiction.arrays import Bools, Floats, Ints, draw, whole_numbers
from tsunagu.fiction.circumstances import DEVELOPMENT, ILLNESS, NEGLECT, NON_ATTENDANCE
from tsunagu.fiction.departments.school_roster import GRADES, write_pupil_numbers
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    UTF8_BOM_LF,
    Table,
    blank_where,
    pick,
    write_dates,
    write_numbers,
    write_tenths,
)

_WRONG = (
    Wrong("50m走", "95"),
    Wrong("学籍番号", ""),
    Wrong("総合評価", "Ｆ"),
    Wrong("上体起こし", "18回"),
    Wrong("立ち幅とび", "１２０"),
)
# Heading, value in the first grade, gain a grade, spread, and whether it is measured in tenths.
_EVENTS = (
    ("握力平均", 9.0, 2.3, 2.2, True),
    ("上体起こし", 11.5, 1.9, 4.5, False),
    ("長座体前屈", 26.0, 2.2, 6.5, False),
    ("反復横とび", 27.0, 3.1, 5.5, False),
    ("20mシャトルラン", 18.0, 8.0, 12.0, False),
    ("50m走", 11.6, -0.43, 0.8, True),
    ("立ち幅とび", 113.0, 10.0, 18.0, False),
    ("ボール投げ", 7.0, 2.0, 3.6, False),
)
_LIMITS = (0.9, 0.2, -0.55, -1.25)


def write(records: Records, outbox: Outbox) -> None:
    """Write the test of every July; who was absent or excused has a row without values."""
    ability = records.stream("school_fitness", "ability").normal(0, 1, len(records.schooling.persons))
    for column, month in enumerate(records.months):
        if month.month != 7:
            continue
        rng = records.stream("school_fitness", month.code)
        rows = records.schooling.rows_in(column)
        persons, school = records.schooling.persons[rows], records.schooling.school[rows, column]
        day = (month.first - rng.integers(20, 60, len(records.city.places.school_codes)))[school]
        away = np.array([0.05, 0.3, 0.65, 0.95])[records.circumstances.level(NON_ATTENDANCE, persons, day)]
        table: Table = {
            "学校コード": pick(records.city.places.school_codes, school),
            "学籍番号": write_pupil_numbers(records.schooling.number[rows, column]),
            "学年": pick(GRADES, records.schooling.grade[rows, column]),
            "性別": pick(["", "男", "女"], records.city.people.sex[persons]),
            "実施年月日": write_dates(day),
        }
        form = _draw_form(records, persons, day, ability[rows])
        noise = rng.normal(0, 0.55, (len(rows), len(_EVENTS)))
        table |= _measure(form, noise, records.schooling.grade[rows, column], draw(rng, away, len(rows)))
        name = f"体力運動能力調査_{month.school_year}年度"
        outbox.post("education", name, month.last, table, UTF8_BOM_LF, wrong=_WRONG)


def _draw_form(records: Records, persons: Ints, day: Ints, ability: Floats) -> Floats:
    """How fit a pupil is, in standard deviations: what lasts, less what weighs on the child."""
    form: Floats = ability * 0.85
    for kind, weight in ((NON_ATTENDANCE, 0.35), (ILLNESS, 0.3), (NEGLECT, 0.15), (DEVELOPMENT, 0.2)):
        form = form - weight * records.circumstances.level(kind, persons, day)
    return form


def _measure(form: Floats, noise: Floats, grade: Ints, away: Bools) -> Table:
    table: Table = {}
    scores = []
    for place, (header, start, gain, spread, in_tenths) in enumerate(_EVENTS):
        z = form + noise[:, place]
        value = np.maximum(start + gain * (grade - 1) + np.sign(gain) * spread * z, start * 0.2)
        text = write_tenths(whole_numbers(value * 10)) if in_tenths else write_numbers(whole_numbers(value))
        table[header] = blank_where(away, text)
        scores.append(np.clip(np.round(5.6 + 1.9 * z), 1, 10))
    total = whole_numbers(np.sum(scores, axis=0))
    place_ = np.searchsorted(-np.array(_LIMITS), -form)
    table["合計得点"] = blank_where(away, write_numbers(total))
    table["総合評価"] = blank_where(away, pick("ABCDE", place_))
    return table
