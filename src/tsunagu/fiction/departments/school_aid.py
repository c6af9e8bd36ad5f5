"""就学援助: who is granted school aid in a school year, as known in July, October and January."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tsunagu.fiction.almanac import Month, day_of_school_year
from tsunagu.fiction.arrays import Ints, whole_numbers
from tsunagu.fiction.benefits import SCHOOL_AID
from tsunagu.fiction.departments.school_roster import GRADES
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, join, pick, write_numbers

SNAPSHOT_MONTHS = (7, 10, 1)
_LATE_SHARE = 0.1
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
    years = sorted({month.school_year for month in records.months})
    for year in years:
        grants = _list_grants(records, year)
        keys = number_text(f"就{year % 100}", grants.number + records.number_from(100_000))
        outbox.register_keys("school_aid", join(keys, f":{year}"), records.schooling.persons[grants.rows])
        for column, month in enumerate(records.months):
            if month.school_year == year and month.month in SNAPSHOT_MONTHS:
                _post(records, outbox, hand, grants, column, keys)


def _list_grants(records: Records, year: int) -> Grants:
    """The grants of a school year in the order of deciding: most in June, the others when they applied."""
    schooling = records.schooling
    seen = np.zeros(len(schooling.persons), dtype=bool)
    rows, category, granted_on = [], [], []
    for column, month in enumerate(records.months):
        if month.school_year != year:
            continue
        classes = records.benefits.received_class(SCHOOL_AID, schooling.persons, column)
        fresh = np.flatnonzero((classes > 0) & ~seen)
        seen[fresh] = True
        chance = records.chance(f"school_aid_{year}", schooling.persons[fresh])
        fresh = fresh[np.argsort(chance, kind="stable")]
        decided = day_of_school_year(year, 61) if column == 0 else month.first
        late = records.chance(f"school_aid_late_{year}", schooling.persons[fresh])
        rows.append(fresh)
        category.append(classes[fresh])
        granted_on.append(decided + np.where(late < _LATE_SHARE, whole_numbers(late / _LATE_SHARE * 28), 0))
    chosen = np.concatenate(rows)
    ends = np.full(len(chosen), day_of_school_year(year + 1, 0) - 1)
    number = 1 + np.arange(len(chosen))
    return Grants(chosen, np.concatenate(category), np.concatenate(granted_on), ends, number)


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
