"""Attendance: a mark for each day a pupil was away or late, and the month's totals, from the same days."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import Month, list_school_days
from tsunagu.fiction.arrays import Bools, Floats, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import (
    DEVELOPMENT,
    HARDSHIP,
    ILLNESS,
    NEGLECT,
    NON_ATTENDANCE,
    PARENT_ILLNESS,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.departments.school_roster import school_hand, write_pupil_numbers
from tsunagu.fiction.handwriting import Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, pick, repeat_text, write_dates, write_numbers

PRESENT, ABSENT, SUSPENDED, MOURNING, LATE, LEFT_EARLY = range(6)
MARKS = ("", "欠席", "出席停止", "忌引", "遅刻", "早退")
REASONS = ("病気", "けが", "家庭の事情", "不登校", "その他", "")
_HANDED_OVER_DAYS = 5
_LOST_RATE, _DELAYED_RATE = 0.005, 0.012
_WRONG_MARKS = (Wrong("日付", "2024/02/30"), Wrong("出欠区分", "欠席？"), Wrong("学籍番号", ""))
_WRONG_TOTALS = (Wrong("学籍番号", ""), Wrong("欠席日数", "－"), Wrong("最終出席日", "2024/06/31"))
# Absence rate by month of the year, April first: winter is the season of colds.
_SEASON = (0.8, 0.9, 1.1, 1.0, 1.0, 1.0, 0.9, 1.0, 1.3, 1.4, 1.4, 0.9)


@dataclass(frozen=True)
class MonthOfSchool:
    """Marks of one month: `marks` is (n_pupil, n_school_day); `rows` are rows of the schooling table."""

    month: Month
    rows: Ints
    school: Ints
    number: Ints
    days: Ints
    marks: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write both files of every month, and later what a school had not sent in time."""
    temper = _draw_temper(records)
    hand = school_hand(records)
    for column, month in enumerate(records.months):
        rng = records.stream("attendance", month.code)
        taught = _mark_month(records, rng, temper, column)
        for part, day in split_by_hand_over(rng, taught.school, records.city.places.school_codes, month):
            _post(records, outbox, hand, taught, part, day)


def split_by_hand_over(
    rng: Rng, school: Ints, codes: tuple[str, ...], month: Month
) -> list[tuple[Ints, int]]:
    """Rows of a month by the day on which their schools hand them over: in time or later; some never do.

    Args:
        rng: The month's stream.
        school: (row,) place of the school among `codes`.
        codes: All schools (or nurseries).
        month: The month the rows speak of.
    """
    fate, later = _draw_school_fates(rng, len(codes))
    days = (month.last + _HANDED_OVER_DAYS, month.last + later)
    parts = [(np.flatnonzero(fate[school] == which), day) for which, day in enumerate(days)]
    return [(part, day) for part, day in parts if len(part)]


def _draw_school_fates(rng: Rng, schools: int) -> tuple[Ints, int]:
    """(school,) 0 sent in time, 1 sent later, 2 never sent; and how many days after the month's end later is."""
    fate = choose(rng, [1 - _LOST_RATE - _DELAYED_RATE, _DELAYED_RATE, _LOST_RATE], schools)
    if (fate > 0).all():
        fate[0] = 0
    return fate, int(rng.integers(25, 70))


def _draw_temper(records: Records) -> Floats:
    """(schooling row,) how readily a pupil stays at home, all else equal: most hardly ever."""
    rng = records.stream("attendance", "temper")
    temper: Floats = np.exp(rng.normal(0.0, 0.85, len(records.schooling.persons)))
    return temper


def _mark_month(records: Records, rng: Rng, temper: Floats, column: int) -> MonthOfSchool:
    month = records.months[column]
    rows = records.schooling.rows_in(column)
    days = np.array(list_school_days(month), dtype=np.int64)
    absent, late = _rates(records, rows, temper, month)
    dice = rng.random((len(rows), len(days)))
    marks = np.where(dice < absent[:, None], ABSENT, PRESENT)
    marks = np.where((marks == PRESENT) & (dice > 1 - late[:, None]), LATE, marks)
    early = rng.random((len(rows), len(days))) < (0.004 + late * 0.25)[:, None]
    marks = np.where((marks == PRESENT) & early, LEFT_EARLY, marks)
    if len(days):
        _mark_runs(rng, marks, SUSPENDED, 0.024 if month.month in (11, 12, 1, 2, 3) else 0.004, 5)
        _mark_runs(rng, marks, MOURNING, 0.002, 2)
    schooling = records.schooling
    return MonthOfSchool(
        month, rows, schooling.school[rows, column], schooling.number[rows, column], days, marks
    )


def _rates(records: Records, rows: Ints, temper: Floats, month: Month) -> tuple[Floats, Floats]:
    """Chance of being absent, and of being late, on a school day of the month, for every pupil."""
    persons = records.schooling.persons[rows]
    day = (month.first + month.last) // 2

    def level(kind: str) -> Ints:
        return records.circumstances.level(kind, persons, day)

    season = _SEASON[(month.month - 4) % 12]
    absent = 0.0135 * temper[rows] * season
    absent = absent + 0.025 * level(NEGLECT) + 0.012 * level(YOUNG_CARER) + 0.004 * level(HARDSHIP)
    absent = absent + 0.01 * level(VIOLENCE) + 0.03 * level(ILLNESS) + 0.004 * level(PARENT_ILLNESS)
    stays_away = np.array([0.0, 0.20, 0.52, 0.93])[level(NON_ATTENDANCE)]
    absent = np.minimum(np.maximum(absent, stays_away * np.clip(0.7 + 0.2 * temper[rows], 0.7, 1.06)), 0.99)
    late = 0.006 * np.sqrt(temper[rows]) + 0.03 * level(NEGLECT) + 0.035 * level(YOUNG_CARER)
    late = late + 0.006 * level(HARDSHIP) + 0.003 * level(DEVELOPMENT)
    late = np.where(level(NON_ATTENDANCE) == 1, late + 0.12, late)
    return absent, np.minimum(late, 0.6)


def _mark_runs(rng: Rng, marks: Ints, mark: int, rate: float, longest: int) -> None:
    """Runs of a few school days in a row for some pupils."""
    pupils = np.flatnonzero(draw(rng, rate, len(marks)))
    start = rng.integers(0, marks.shape[1], len(pupils))
    length = rng.integers(1, longest + 1, len(pupils))
    for step in range(longest):
        place = start + step
        inside = (place < marks.shape[1]) & (step < length)
        free = marks[pupils[inside], place[inside]] != ABSENT
        marks[pupils[inside][free], place[inside][free]] = mark


def _post(
    records: Records, outbox: Outbox, hand: Handwriting, taught: MonthOfSchool, part: Ints, day: int
) -> None:
    month = taught.month
    if len(taught.days):
        marks = _list_marks(records, hand, taught, part)
        outbox.post(
            "education", f"出欠明細_{month.code}", day, marks, CP932, wrong=_WRONG_MARKS, wrong_rate=0.001
        )
    totals = _total(records, taught, part)
    outbox.post(
        "education", f"出席簿月計_{month.code}", day, totals, CP932, wrong=_WRONG_TOTALS, wrong_rate=0.001
    )


def _list_marks(records: Records, hand: Handwriting, taught: MonthOfSchool, part: Ints) -> dict[str, Column]:
    pupil, day = np.nonzero(taught.marks[part])
    pupil = part[pupil]
    mark = taught.marks[pupil, day]
    rng = records.stream("attendance", "reasons", taught.month.code, str(len(part)))
    reason = _draw_reasons(records, rng, taught.rows[pupil], mark, taught.days[day])
    return {
        "学校コード": pick(records.city.places.school_codes, taught.school[pupil]),
        "対象年月": repeat_text(taught.month.code, pupil),
        "学籍番号": write_pupil_numbers(taught.number[pupil]),
        "氏名": hand.name(records.schooling.persons[taught.rows[pupil]], taught.month.last),
        "日付": write_dates(taught.days[day]),
        "出欠区分": pick(MARKS, mark),
        "理由": pick(REASONS, reason),
    }


def _draw_reasons(records: Records, rng: Rng, rows: Ints, mark: Ints, day: Ints) -> Ints:
    """What the school writes as the reason; weeks pass before it writes 不登校."""
    persons = records.schooling.persons[rows]
    size = len(rows)
    reason = choose(rng, [0.80, 0.03, 0.08, 0.0, 0.04, 0.05], size)
    recognised: Bools = day - records.circumstances.since(NON_ATTENDANCE, persons, day) > 45
    reason = np.where(recognised, choose(rng, [0.14, 0.0, 0.04, 0.70, 0.06, 0.06], size), reason)
    at_home = records.circumstances.level(NEGLECT, persons, day) + records.circumstances.level(
        YOUNG_CARER, persons, day
    )
    family = (at_home > 0) & draw(rng, 0.4, size) & ~recognised
    reason = np.where(family, REASONS.index("家庭の事情"), reason)
    short = (mark == LATE) | (mark == LEFT_EARLY)
    reason = np.where(short & draw(rng, 0.55, size), REASONS.index(""), reason)
    return whole_numbers(np.where((mark == SUSPENDED) | (mark == MOURNING), REASONS.index(""), reason))


def _total(records: Records, taught: MonthOfSchool, part: Ints) -> dict[str, Column]:
    marks, days = taught.marks[part], taught.days
    count = np.stack([(marks == mark).sum(axis=1) for mark in range(6)])
    excused = count[SUSPENDED] + count[MOURNING]
    attended = len(days) - count[ABSENT] - excused
    rng = records.stream("attendance", "totals", taught.month.code, str(len(part)))
    slip = draw(rng, 0.008, len(part)) & (attended > 0)
    absent = count[ABSENT] + slip
    there = (marks != ABSENT) & (marks != SUSPENDED) & (marks != MOURNING)
    last = np.where(there, days, -1).max(axis=1) if len(days) else np.full(len(part), -1)
    none = np.full(len(part), 1 << 40)
    return {
        "学校コード": pick(records.city.places.school_codes, taught.school[part]),
        "対象年月": repeat_text(taught.month.code, part),
        "学籍番号": write_pupil_numbers(taught.number[part]),
        "授業日数": write_numbers(np.full(len(part), len(days))),
        "出席日数": write_numbers(attended - slip),
        "欠席日数": write_numbers(absent),
        "遅刻日数": write_numbers(count[LATE]),
        "早退日数": write_numbers(count[LEFT_EARLY]),
        "最終出席日": write_dates(np.where(last > 0, last, none)),
    }
