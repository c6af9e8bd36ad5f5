"""児童生徒就学状況: the roster once more, by the item names of the government's education data model."""

import numpy as np

from tsunagu.fiction.arrays import NEVER, Ints, Rng, draw
from tsunagu.fiction.circumstances import NON_ATTENDANCE
from tsunagu.fiction.departments.school_roster import (
    SNAPSHOT_DAYS,
    assign_seats,
    list_pupils,
    school_hand,
    write_pupil_numbers,
)
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    UTF8,
    Table,
    blank_where,
    join,
    pick,
    repeat_text,
    write_dates,
    write_numbers,
)

CODES = ("", "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3")
_WRONG = (
    Wrong("生年月日", "2018-02-30"),
    Wrong("児童生徒識別子", ""),
    Wrong("学年", "P7"),
    Wrong("就学督促事由", "督促"),
)
_URGED_RATE, _LOST_RATE = 0.0006, 0.0002


def write(records: Records, outbox: Outbox) -> None:
    """Write the status of every pupil, on the days of the roster."""
    before: int | None = None
    for column, month in enumerate(records.months):
        if month.month not in SNAPSHOT_DAYS:
            continue
        day = month.day(SNAPSHOT_DAYS[month.month])
        table = _describe(records, column, day, before)
        outbox.post("education", "児童生徒就学状況", day, table, UTF8, wrong=_WRONG, wrong_rate=0.001)
        before = column


def _describe(records: Records, column: int, day: int, before: int | None) -> Table:
    hand, schooling, places = school_hand(records), records.schooling, records.city.places
    rows, at, move, moved_on = list_pupils(records, column, before)
    persons, school, grade = schooling.persons[rows], schooling.school[rows, at], schooling.grade[rows, at]
    room, _ = assign_seats(records, rows, at)
    year = records.months[column].school_year
    came, left = move == 1, move == 2
    other = np.array([*places.school_names, "市外の学校"])
    previous = np.where(persons % 3 > 0, len(places.school_names), (school + 1) % len(places.school_names))
    table: Table = {
        "年度": repeat_text(str(year), rows),
        "在籍校コード": pick(places.school_codes, school),
        "在籍校名": pick(places.school_names, school),
        "児童生徒識別子": write_pupil_numbers(schooling.number[rows, at]),
        "氏名": hand.name(persons, day),
        "氏名_カナ": hand.kana(persons, day),
        "性別": pick(["", "男", "女"], records.city.people.sex[persons]),
        "生年月日": write_dates(records.city.people.birth[persons], "-"),
        "学年": pick(CODES, grade),
        "学級名": join(write_numbers(room + 1), "組"),
        "転入学年月日": write_dates(np.where(came, moved_on, NEVER), "-"),
        "転入前学校名": blank_where(~came, pick(other, previous)),
        "転学年月日": write_dates(np.where(left, moved_on, NEVER), "-"),
        "転出先学校名": blank_where(~left, pick(other, previous)),
    }
    return table | _urge(records, records.stream("school_status", str(day)), persons, day)


def _urge(records: Records, rng: Rng, persons: Ints, day: int) -> Table:
    """Families reminded of their duty to send the child, and children nobody has seen."""
    away = records.circumstances.level(NON_ATTENDANCE, persons, day) == 3
    urged = draw(rng, np.where(away, 0.1, _URGED_RATE), len(persons))
    lost = draw(rng, _LOST_RATE, len(persons))
    return {
        "就学督促年月日": write_dates(np.where(urged, day - 10 - persons % 60, NEVER), "-"),
        "就学督促事由": blank_where(
            ~urged, pick(["欠席の継続", "未就学", "その他"], np.where(away, 0, 1 + persons % 2))
        ),
        "不明状況": blank_where(~lost, pick(["居所不明", "確認中"], persons % 2)),
        "不明年月日": write_dates(np.where(lost, day - 20 - persons % 40, NEVER), "-"),
    }
