"""学齢簿 of the school office: all municipal schools, in April, September and January."""

from typing import Any

import numpy as np

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, draw, rank_within, whole_numbers
from tsunagu.fiction.circumstances import DEVELOPMENT
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, blank_where, join, pick, write_era_dates, write_numbers

GRADES = ("", "小1", "小2", "小3", "小4", "小5", "小6", "中1", "中2", "中3")
SNAPSHOT_DAYS = {4: 10, 9: 5, 1: 10}
ROOM_SIZE = 31
_KNOWS_NUMBER = 0.6
_WRONG = (
    Wrong("生年月日", "平成30年2月30日"),
    Wrong("性別", "不明"),
    Wrong("学年", "小9"),
    Wrong("学籍番号", ""),
    Wrong("異動区分", "休学？"),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write every snapshot: pupils enrolled, and those who left since the one before."""
    hand = school_hand(records)
    register_pupils(records, outbox)
    rng = records.stream("school_roster")
    knows_number = draw(rng, _KNOWS_NUMBER, len(records.city.people))
    before: int | None = None
    for column, month in enumerate(records.months):
        if month.month not in SNAPSHOT_DAYS:
            continue
        day = month.day(SNAPSHOT_DAYS[month.month])
        table = _describe(records, hand, column, day, before, knows_number)
        outbox.post("education", "学齢簿", day, table, CP932, wrong=_WRONG)
        before = column


def school_hand(records: Records) -> Handwriting:
    """The school office's spelling, shared by all files it exports."""
    return Handwriting(records, "school", Habits(surname_lags=(0.35, 0.25, 0.40)))


def register_pupils(records: Records, outbox: Outbox) -> None:
    """Note every school and pupil number ever given."""
    schooling = records.schooling
    rows, columns = np.nonzero(schooling.school != NOBODY)
    school, number = schooling.school[rows, columns], schooling.number[rows, columns]
    _, first = np.unique(school * 1_000_000 + number, return_index=True)
    keys = join(
        write_pupil_numbers(number[first]), ":", pick(records.city.places.school_codes, school[first])
    )
    outbox.register_keys("school_office", keys, schooling.persons[rows[first]])


def write_pupil_numbers(number: Ints) -> Any:
    """学籍番号: six digits."""
    return write_numbers(number)


def is_in_special_class(records: Records, rows: Ints, day: int) -> Bools:
    """Special-needs class: most children with a clear developmental need, few others."""
    schooling = records.schooling
    level = records.circumstances.level(DEVELOPMENT, schooling.persons[rows], day)
    chance = np.array([0.001, 0.22, 0.75, 0.95])[level] * 1e6
    special: Bools = schooling.is_special[rows] < chance
    return special


def _describe(
    records: Records, hand: Handwriting, column: int, day: int, before: int | None, knows_number: Bools
) -> dict[str, Column]:
    schooling, places = records.schooling, records.city.places
    rows, at, move, moved_on = list_pupils(records, column, before)
    persons = schooling.persons[rows]
    school, grade = schooling.school[rows, at], schooling.grade[rows, at]
    room, seat = assign_seats(records, rows, at)
    guardian = records.guardian_at(persons, day)
    number = write_numbers(records.city.people.number[persons])
    registered = records.city.people.is_registered[persons] == 1
    styles = np.zeros(len(rows), dtype=np.int64)
    return {
        "学校コード": pick(places.school_codes, school),
        "学校名": pick(places.school_names, school),
        "学年": pick(GRADES, grade),
        "組": write_numbers(room + 1),
        "出席番号": write_numbers(seat),
        "学籍番号": write_pupil_numbers(schooling.number[rows, at]),
        "氏名": hand.name(persons, day),
        "フリガナ": hand.kana(persons, day),
        "性別": pick(["", "男", "女"], records.city.people.sex[persons]),
        "生年月日": hand.birth_in_era(persons),
        "保護者氏名": hand.name(guardian, day),
        "郵便番号": hand.postcode(persons, day),
        "住所": hand.address(persons, day),
        "電話番号": hand.phone(persons, day),
        "宛名番号": blank_where(~(registered & knows_number[persons]), number),
        "特別支援学級": pick(["", "○"], is_in_special_class(records, rows, day) * 1),
        "異動区分": pick(["", "転入", "転出"], move),
        "異動年月日": write_era_dates(moved_on, styles),
    }


def list_pupils(records: Records, column: int, before: int | None) -> tuple[Ints, Ints, Ints, Ints]:
    """Pupils enrolled in a month, and those who left since the snapshot before.

    Returns:
        Rows, the month column to read them from, 0 none / 1 moved in / 2 moved out, and the day of the move.
    """
    schooling = records.schooling
    now = schooling.rows_in(column)
    if before is None:
        zeros = np.zeros(len(now), dtype=np.int64)
        return now, zeros + column, zeros, zeros + NEVER
    same_year = records.months[before].school_year == records.months[column].school_year
    was = schooling.school[:, before]
    moved_in = was[now] != schooling.school[now, column]
    promoted = (schooling.grade[now, column] == 1) | (schooling.grade[now, column] == 7)
    moved_in &= ~(promoted & ~np.full(len(now), same_year))
    left = np.flatnonzero((was != NOBODY) & (was != schooling.school[:, column]))
    graduated = (schooling.grade[left, before] == 6) | (schooling.grade[left, before] == 9)
    left = left[~(graduated & ~np.full(len(left), same_year))]
    rows = np.concatenate([now, left])
    at = np.concatenate([np.full(len(now), column), np.full(len(left), before)])
    move = np.concatenate([moved_in * 1, np.full(len(left), 2)])
    days = _move_days(records.months, schooling.school, rows, before, column)
    return rows, at, move, np.where(move > 0, days, NEVER)


def _move_days(months: list[Month], school: Ints, rows: Ints, before: int, column: int) -> Ints:
    """First day of the month in which the school changed between two snapshots."""
    steps = school[rows][:, before : column + 1]
    changed = steps[:, 1:] != steps[:, :-1]
    first = np.argmax(changed, axis=1) + before + 1
    firsts = whole_numbers([month.first for month in months])
    return whole_numbers(firsts[np.minimum(first, len(months) - 1)])


def assign_seats(records: Records, rows: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Class (0 = 1組) and seat number of pupils, in the order of their readings."""
    schooling = records.schooling
    persons = schooling.persons[rows]
    group = schooling.school[rows, at] * 16 + schooling.grade[rows, at]
    size = np.bincount(group, minlength=1)[group]
    rooms = np.maximum(1, np.round(size / ROOM_SIZE)).astype(np.int64)
    room = schooling.room[rows, at] % rooms
    kana = np.argsort(np.argsort(np.array(records.names.surnames.kanas), kind="stable"), kind="stable")
    day = whole_numbers([month.first for month in records.months])[at]
    surname = records.history.entries.surname[np.maximum(records.history.row_at(persons, day), 0)]
    order = np.lexsort((persons, kana[surname]))
    seat = np.empty(len(rows), dtype=np.int64)
    seat[order] = rank_within((group * 64 + room)[order]) + 1
    return room, seat
