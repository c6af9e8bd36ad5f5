"""就学援助: who is granted school aid in a school year, as known in July, October and January."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tsunagu.fiction.almanac import Month, day_of_school_year
from tsunagu.fiction.arrays import Bools, Ints, draw
from tsunagu.fiction.circumstances import HARDSHIP
from tsunagu.fiction.departments.school_roster import GRADES
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, join, pick, write_numbers

SNAPSHOT_MONTHS = (7, 10, 1)
_WRONG = (Wrong("生年月日", "平成30年2月30日"), Wrong("認定区分", "準要"), Wrong("認定番号", ""))
_HABITS = Habits(
    kana_styles=(0.5, 0.3, 0.1, 0.07, 0.03),
    surname_lags=(0.75, 0.15, 0.10),
    separators=(0.55, 0.35, 0.10),
    era_styles=(0.6, 0.25, 0.12, 0.03),
)


@dataclass(frozen=True)
class Grants:
    """Grants of one school year: rows of the schooling table, category 1 要保護 2 準要保護, and from when."""

    rows: Ints
    category: Ints
    granted_on: Ints
    ends_on: Ints
    number: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write the snapshots of every school year of the period."""
    hand = Handwriting(records, "school_aid", _HABITS)
    takes_up = _draw_take_up(records)
    years = sorted({month.school_year for month in records.months})
    for year in years:
        grants = _grant(records, year, takes_up)
        keys = number_text(f"就{year % 100}", grants.number + records.number_from(100_000))
        outbox.register_keys("school_aid", join(keys, f":{year}"), records.schooling.persons[grants.rows])
        for column, month in enumerate(records.months):
            if month.school_year == year and month.month in SNAPSHOT_MONTHS:
                _post(records, outbox, hand, grants, column, keys)


def list_aided(records: Records, rows: Ints, year: int) -> Bools:
    """Whether pupils (rows of the schooling table) are granted aid in a school year."""
    aided: Bools = np.isin(rows, _grant(records, year, _draw_take_up(records)).rows)
    return aided


def _draw_take_up(records: Records) -> Bools:
    """(family,) whether a poor family applies at all, and stays so: about one in four never does."""
    rng = records.stream("school_aid", "take_up")
    return draw(rng, 0.77, len(records.city.families))


def _grant(records: Records, year: int, takes_up: Bools) -> Grants:
    rng = records.stream("school_aid", str(year))
    schooling, people = records.schooling, records.city.people
    months = [number for number, month in enumerate(records.months) if month.school_year == year]
    enrolled = (schooling.school[:, months] >= 0).any(axis=1)
    family = np.maximum(people.family[schooling.persons], 0)
    spring = day_of_school_year(year, 20)
    level = records.circumstances.level(HARDSHIP, schooling.persons, spring)
    later = (level == 0) & (records.circumstances.level(HARDSHIP, schooling.persons, spring + 170) > 0)
    size = len(schooling.persons)
    lone = records.is_lone_parent_child(schooling.persons, spring)
    border = (draw(rng, 0.035, len(records.city.families)))[family] | (lone & draw(rng, 0.12, size))
    welfare = (level == 3) & (family % 3 == 0)
    granted = enrolled & (((level > 0) & takes_up[family]) | welfare | (border & (level == 0)))
    granted_later = enrolled & ~granted & later & takes_up[family] & draw(rng, 0.6, size)
    rows = np.flatnonzero(granted | granted_later)
    decided = np.where(granted[rows], day_of_school_year(year, 61), day_of_school_year(year, 170 + 30))
    decided = decided + np.where(draw(rng, 0.1, len(rows)), rng.integers(10, 60, len(rows)), 0)
    ends = np.full(len(rows), day_of_school_year(year + 1, 0) - 1)
    number = 1 + np.argsort(rng.random(len(rows)), kind="stable")
    return Grants(rows, np.where(welfare[rows], 1, 2), decided, ends, number)


def _post(
    records: Records, outbox: Outbox, hand: Handwriting, grants: Grants, column: int, keys: Any
) -> None:
    month: Month = records.months[column]
    schooling = records.schooling
    known = np.flatnonzero((grants.granted_on <= month.last) & (schooling.school[grants.rows, column] >= 0))
    rows = grants.rows[known]
    persons = schooling.persons[rows]
    table: dict[str, Column] = {
        "年度": write_numbers(np.full(len(rows), month.school_year)),
        "認定番号": keys.take(known),
        "児童生徒氏名": hand.name(persons, month.last),
        "フリガナ": hand.kana(persons, month.last),
        "生年月日": hand.birth_in_era(persons),
        "学校名": pick(records.city.places.school_names, schooling.school[rows, column]),
        "学年": pick(GRADES, schooling.grade[rows, column]),
        "保護者氏名": hand.name(records.guardian_at(persons, month.last), month.last),
        "住所": hand.address(persons, month.last),
        "認定区分": pick(["", "要保護", "準要保護"], grants.category[known]),
        "認定年月日": hand.era(persons, grants.granted_on[known]),
        "終了年月日": hand.era(persons, grants.ends_on[known]),
    }
    name = f"就学援助認定_{month.school_year}年度"
    outbox.post("education", name, month.last, table, CP932, wrong=_WRONG)
