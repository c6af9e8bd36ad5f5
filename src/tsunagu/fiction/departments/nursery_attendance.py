"""保育所日々出欠: a mark for each day a nursery child was away, late or sent home, agreeing with the monthly list."""

import numpy as np

from tsunagu.fiction.almanac import Month, date_of, list_holidays
from tsunagu.fiction.arrays import Floats, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import NEGLECT
from tsunagu.fiction.departments.nursery import count_absences, nursery_hand, write_child_numbers
from tsunagu.fiction.departments.school_attendance import split_by_hand_over
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import UTF8_BOM_LF, Table, pick, repeat_text, write_dates

ABSENT, LATE, LEFT_EARLY, SUSPENDED = range(4)
_MARKS = ("欠席", "遅刻", "早退", "出席停止")
_REASONS = ("病気", "けが", "家庭の都合", "その他", "")
_WRONG = (
    Wrong("欠席等年月日", "2024/02/30"),
    Wrong("出欠", "休"),
    Wrong("児童番号", ""),
    Wrong("連絡の有無", "？"),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's marks; a nursery may bring its month later, or never."""
    hand = nursery_hand(records)
    for column, month in enumerate(records.months):
        rows, absences = count_absences(records, column)
        rng = records.stream("nursery_attendance", month.code)
        days = _list_days(month)
        child, day, mark = _mark(rng, absences, days)
        facility = records.nurseries.facility[rows[child], column]
        order = np.lexsort((day, child, facility))
        child, day, mark, facility = child[order], day[order], mark[order], facility[order]
        persons = records.nurseries.persons[rows[child]]
        table: Table = {
            "施設コード": pick(records.city.places.nursery_codes, facility),
            "対象年月": repeat_text(month.code, child),
            "児童番号": write_child_numbers(records).take(rows[child]),
            "児童氏名": hand.name(persons, month.last),
            "欠席等年月日": write_dates(day),
            "出欠": pick(_MARKS, mark),
        }
        table |= _explain(records, rng, persons, day, mark)
        for part, handed_over in split_by_hand_over(rng, facility, records.city.places.nursery_codes, month):
            chosen = {header: cells.take(part) for header, cells in table.items()}
            name = f"保育所出欠_{month.code}"
            outbox.post("childcare", name, handed_over, chosen, UTF8_BOM_LF, wrong=_WRONG, wrong_rate=0.001)


def _list_days(month: Month) -> Ints:
    """Days on which nurseries are open: all but Sundays and holidays."""
    holidays = list_holidays(month.year)
    days = range(month.first, month.last + 1)
    return whole_numbers([day for day in days if date_of(day).weekday() < 6 and date_of(day) not in holidays])


def _mark(rng: Rng, absences: Ints, days: Ints) -> tuple[Ints, Ints, Ints]:
    """Row of the child, day and mark: as many absences as the monthly list says, and some other marks."""
    keys: Floats = rng.random((len(absences), len(days)))
    place = np.argsort(np.argsort(keys, axis=1), axis=1)
    other = rng.random((len(absences), len(days)))
    mark = np.where(place < absences[:, None], ABSENT, -1)
    for kind, rate in ((LATE, 0.012), (LEFT_EARLY, 0.010), (SUSPENDED, 0.003)):
        mark = np.where((mark == -1) & (other < rate), kind, mark)
        other = other - rate
        other = np.where(other < 0, 1.0, other)
    child, day = np.nonzero(mark >= 0)
    return whole_numbers(child), days[day], whole_numbers(mark[child, day])


def _explain(records: Records, rng: Rng, persons: Ints, day: Ints, mark: Ints) -> Table:
    size = len(persons)
    neglect = records.circumstances.level(NEGLECT, persons, day)
    silent = draw(rng, np.array([0.012, 0.18, 0.35, 0.5])[neglect], size) & (mark == ABSENT)
    reason = choose(rng, [0.66, 0.02, 0.2, 0.04, 0.08], size)
    reason = np.where(mark == SUSPENDED, 0, np.where(silent, len(_REASONS) - 1, reason))
    return {"連絡の有無": pick(["有", "無"], silent * 1), "理由": pick(_REASONS, reason)}
