"""学校諸費: what families still owe the schools, an Excel list at every month's end."""

from dataclasses import dataclass, replace

import numpy as np

from tsunagu.fiction.almanac import date_of
from tsunagu.fiction.arrays import Ints, Rng, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, NEGLECT
from tsunagu.fiction.departments.school_roster import assign_seats
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import FULL_WIDTH, Table

_KINDS = ("教材費", "学年費", "修学旅行積立金", "児童生徒会費", "その他")
_YEN = (1_200, 800, 3_500, 300, 650)
_REMINDERS = ("未", "口頭", "文書", "面談")
_SHEET = SheetStyle(
    "諸費未納",
    above=((0, "学校諸費未納一覧"), (1, "{day}現在")),
    header_row=2,
)
_HABITS = Habits(
    encoding="utf-8", name_styles=(0.5, 0.5, 0.0), kana_styles=(1.0, 0.0, 0.0, 0.0, 0.0), separators=(0.5, 0.2, 0.3),
    surname_lags=(0.4, 0.25, 0.35), note_rate=0.01,
)  # fmt: skip
_WRONG = (Wrong("費目", "給食"), Wrong("学籍番号", ""), Wrong("未納額", "1200円"))
_TOTAL_RATE, _BLANK_RATE = 0.25, 0.25


@dataclass
class Debts:
    """(schooling row,) months unpaid, which fee (row of _KINDS) and the day of the last payment."""

    months: Ints
    kind: Ints
    last_paid: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Follow who pays the schools' small fees and who does not, and list the debts."""
    hand = Handwriting(records, "school_expenses", _HABITS)
    size = len(records.schooling.persons)
    kind = records.stream("school_expenses", "kinds").integers(0, len(_KINDS), size)
    debts = Debts(np.zeros(size, dtype=np.int64), kind, np.full(size, records.months[0].first - 8))
    for column, month in enumerate(records.months):
        rng = records.stream("school_expenses", month.code)
        if month.month != 8:
            _charge(records, rng, debts, column)
        owing = np.flatnonzero((debts.months > 0) & (records.schooling.school[:, column] >= 0))
        order = np.argsort(records.schooling.school[owing, column], kind="stable")
        table = _describe(records, hand, debts, owing[order], column)
        chance = records.stream("school_expenses", "ending", month.code).random(2)
        style = replace(
            _SHEET,
            counted=("未納額",) if chance[0] < _TOTAL_RATE else (),
            blank_rows=3 if chance[1] < _BLANK_RATE else 0,
        )
        outbox.post("education", "学校諸費未納一覧", month.last, table, style, wrong=_WRONG)


def _charge(records: Records, rng: Rng, debts: Debts, column: int) -> None:
    """One month's fees: others than those who owe the kitchen, with much the same troubles."""
    month, persons = records.months[column], records.schooling.persons
    enrolled = records.schooling.school[:, column] >= 0
    hardship = records.circumstances.level(HARDSHIP, persons, month.last)
    neglect = records.circumstances.level(NEGLECT, persons, month.last)
    misses = np.array([0.006, 0.045, 0.08, 0.12])[hardship] + 0.06 * neglect
    misses = np.where(debts.months > 0, np.maximum(misses * 3.0, 0.35), misses)
    missed = enrolled & draw(rng, np.minimum(misses, 0.9), len(persons))
    paid_up = enrolled & ~missed & draw(rng, 0.7, len(persons))
    debts.months = np.where(missed, debts.months + 1, np.where(paid_up, 0, debts.months))
    paid_on = month.last - rng.integers(0, 15, len(persons))
    debts.last_paid = np.where(enrolled & ~missed, paid_on, debts.last_paid)


def _describe(records: Records, hand: Handwriting, debts: Debts, owing: Ints, column: int) -> Table:
    """A row for each fee a pupil owes: one for most, two for some."""
    has_second = owing * 7 % 10 < 4
    rows = np.repeat(owing, 1 + has_second)
    is_second = np.concatenate([[False], rows[1:] == rows[:-1]]) if len(rows) else np.zeros(0, dtype=bool)
    kind = (debts.kind[rows] + 2 * is_second) % len(_KINDS)
    month, schooling, places = records.months[column], records.schooling, records.city.places
    persons, school, grade = (
        schooling.persons[rows],
        schooling.school[rows, column],
        schooling.grade[rows, column],
    )
    room, seat = assign_seats(records, rows, np.full(len(rows), column))
    owed = debts.months[rows]
    guardian = records.guardian_at(persons, month.last)
    return {
        "学校コード": [places.school_codes[place] for place in school],
        "学校名": [places.school_names[place] for place in school],
        "学年": [("小" if value <= 6 else "中") + str((value - 1) % 6 + 1) for value in grade],
        "組": (room + 1).tolist(),
        "出席番号": seat.tolist(),
        "学籍番号": [str(number) for number in schooling.number[rows, column]],
        "児童生徒氏名": hand.name(persons, month.last).to_pylist(),
        "保護者氏名": hand.name(guardian, month.last).to_pylist(),
        "費目": [_KINDS[row] for row in kind],
        "未納月数": _write_months(owed, persons),
        "未納額": (owed * np.array(_YEN)[kind]).tolist(),
        "最終納入日": [date_of(day) for day in debts.last_paid[rows]],
        "督促状況": _write_reminders(owed, persons),
    }


def _write_months(owed: Ints, persons: Ints) -> list[object]:
    """A number, unless somebody wrote the unit or full-width digits into the cell."""
    habits = persons % 331
    return [
        f"{months}か月" if habit == 3 else str(months).translate(FULL_WIDTH) if habit == 5 else int(months)
        for months, habit in zip(owed, habits, strict=True)
    ]


def _write_reminders(owed: Ints, persons: Ints) -> list[object]:
    step = np.minimum(whole_numbers((owed + 1) // 2), len(_REMINDERS) - 1) - (persons % 3 == 0)
    return [
        "" if person % 9 == 0 else _REMINDERS[max(0, row)] for row, person in zip(step, persons, strict=True)
    ]
