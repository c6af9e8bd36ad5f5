"""給食費: pupils whose school meals are unpaid, an Excel list at every month's end."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tsunagu.fiction.almanac import date_of
from tsunagu.fiction.arrays import Bools, Ints, Rng, draw
from tsunagu.fiction.benefits import SCHOOL_AID
from tsunagu.fiction.circumstances import HARDSHIP, NEGLECT
from tsunagu.fiction.departments.school_roster import assign_seats
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import Table

_SHEET = SheetStyle(
    "未納一覧",
    above=((0, "給食費未納一覧"), (1, "基準日　{day}")),
    header_row=3,
    readings=(("児童生徒氏名", "フリガナ"),),
)
_WRONG = (Wrong("未納月数", "3か月"), Wrong("整理番号", ""), Wrong("未納額", "４３００"))
# While the new school year's aid is being decided, last year's counts (whose first one nobody knows: who is entitled).
_UNDECIDED_MONTHS = (4, 5)
_FEE_YEN = (4_300, 4_900)
_HABITS = Habits(
    encoding="utf-8", name_styles=(0.55, 0.45, 0.0), kana_styles=(0.75, 0.1, 0.0, 0.1, 0.05), separators=(0.4, 0.3, 0.3),
    surname_lags=(0.5, 0.2, 0.3), address_styles=(0.05, 0.4, 0.1, 0.25, 0.2),
)  # fmt: skip


@dataclass
class Debts:
    """(schooling row,) months unpaid and the day of the last payment."""

    months: Ints
    last_paid: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Follow who pays and who does not, month by month, and list the debts."""
    hand = Handwriting(records, "meal_fees", _HABITS)
    size = len(records.schooling.persons)
    number = 1000 + np.cumsum(records.stream("meal_fees", "numbers").integers(1, 4, size))
    keys = number_text("K", number + records.number_from(300_000))
    debts = Debts(np.zeros(size, dtype=np.int64), np.full(size, records.months[0].first - 5))
    benefits, persons = records.benefits, records.schooling.persons
    aided, ever = benefits.entitled_class(SCHOOL_AID, persons, 0) > 0, np.zeros(size, dtype=bool)
    for column, month in enumerate(records.months):
        if month.month not in _UNDECIDED_MONTHS:
            aided = benefits.received_class(SCHOOL_AID, persons, column) > 0
        rng = records.stream("meal_fees", month.code)
        if month.month != 8:
            _charge(records, rng, debts, aided, column)
        owing = np.flatnonzero((debts.months > 0) & (records.schooling.school[:, column] >= 0))
        ever[owing] = True
        _post(records, outbox, hand, debts, owing, column, keys)
    outbox.register_keys("meal_fee", keys.take(np.flatnonzero(ever)), persons[ever])


def _charge(records: Records, rng: Rng, debts: Debts, aided: Bools, column: int) -> None:
    """One month's fee: most pay; poor and neglected families without aid more often do not."""
    month, schooling = records.months[column], records.schooling
    persons = schooling.persons
    enrolled = schooling.school[:, column] >= 0
    hardship = records.circumstances.level(HARDSHIP, persons, month.last)
    neglect = records.circumstances.level(NEGLECT, persons, month.last)
    misses = np.array([0.0012, 0.035, 0.09, 0.16])[hardship] * np.where(aided, 0.22, 1.0) + 0.07 * neglect
    misses = np.where(debts.months > 0, np.maximum(misses * 3.0, 0.25), misses)
    missed = enrolled & (rng.random(len(persons)) < np.minimum(misses, 0.93))
    paid_up = enrolled & ~missed & draw(rng, 0.62, len(persons))
    debts.months = np.where(missed, debts.months + 1, np.where(paid_up, 0, debts.months))
    debts.last_paid = np.where(
        enrolled & ~missed, month.last - rng.integers(0, 6, len(persons)), debts.last_paid
    )


def _post(
    records: Records, outbox: Outbox, hand: Handwriting, debts: Debts, rows: Ints, column: int, keys: Any
) -> None:
    month, schooling, places = records.months[column], records.schooling, records.city.places
    persons = schooling.persons[rows]
    room, _ = assign_seats(records, rows, np.full(len(rows), column))
    school, grade = schooling.school[rows, column], schooling.grade[rows, column]
    fee = np.where(grade <= 6, *_FEE_YEN)
    grade_in_school = np.where(grade <= 6, grade, grade - 6)
    table: Table = {
        "整理番号": keys.take(rows).to_pylist(),
        "学校名": [places.school_names[place] for place in school],
        "学年": [
            ("小" if value <= 6 else "中") + str(own)
            for value, own in zip(grade, grade_in_school, strict=True)
        ],
        "組": (room + 1).tolist(),
        "児童生徒氏名": hand.name(persons, month.last).to_pylist(),
        "フリガナ": hand.kana(persons, month.last).to_pylist(),
        "保護者氏名": hand.name(records.guardian_at(persons, month.last), month.last).to_pylist(),
        "電話番号": hand.phone(persons, month.last).to_pylist(),
        "住所": hand.address(persons, month.last).to_pylist(),
        "未納月数": debts.months[rows].tolist(),
        "未納額": (debts.months[rows] * fee).tolist(),
        "最終納付年月日": [date_of(day) for day in debts.last_paid[rows]],
    }
    outbox.post("education", "給食費未納一覧", month.last, table, _SHEET, wrong=_WRONG)
