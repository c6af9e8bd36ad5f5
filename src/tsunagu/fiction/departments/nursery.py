"""保育所: children enrolled at nurseries at every month's end, with fee class and absences."""

from typing import Any

import numpy as np

from tsunagu.fiction.arrays import NEVER, NOBODY, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, ILLNESS, NEGLECT, PERINATAL
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, pick, write_dates, write_numbers

FEE_CLASSES = ("A", "B", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8")
_WRONG = (Wrong("階層区分", "D9"), Wrong("入所年月日", "2023/04/31"), Wrong("児童番号", ""))
_HABITS = Habits(
    kana_styles=(0.7, 0.15, 0.03, 0.08, 0.04), surname_lags=(0.5, 0.25, 0.25), separators=(0.6, 0.3, 0.1),
    address_styles=(0.1, 0.4, 0.1, 0.25, 0.15),
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's enrolment; a child who left is listed once more with the day of leaving."""
    hand = nursery_hand(records)
    nurseries, places = records.nurseries, records.city.places
    rng = records.stream("nursery", "fees")
    income = 2 + choose(rng, [0.08, 0.10, 0.14, 0.18, 0.18, 0.14, 0.10, 0.08], len(records.city.families))
    keys = write_child_numbers(records)
    ever = np.flatnonzero((nurseries.facility != NOBODY).any(axis=1))
    outbox.register_keys("childcare", keys.take(ever), nurseries.persons[ever])
    for column, month in enumerate(records.months):
        here = nurseries.facility[:, column] != NOBODY
        before = nurseries.facility[:, column - 1] if column else np.full(len(here), NOBODY)
        just_left = ~here & (before != NOBODY)
        rows = np.flatnonzero(here | just_left)
        facility = np.where(here, nurseries.facility[:, column], before)[rows]
        persons = nurseries.persons[rows]
        left = np.where(just_left, nurseries.left, NEVER)[rows]
        absent_rows, counted = count_absences(records, column)
        absences = np.zeros(len(here), dtype=np.int64)
        absences[absent_rows] = counted
        table: dict[str, Column] = {
            "施設コード": pick(places.nursery_codes, facility),
            "施設名": pick(places.nursery_names, facility),
            "児童番号": keys.take(rows),
            "児童氏名": hand.name(persons, month.last),
            "児童カナ": hand.kana(persons, month.last),
            "生年月日": hand.birth(persons),
            "保護者氏名": hand.name(records.guardian_at(persons, month.last), month.last),
            "住所": hand.address(persons, month.last),
            "入所年月日": write_dates(nurseries.entered[rows]),
            "退所年月日": write_dates(left),
            "階層区分": pick(FEE_CLASSES, _fee_class(records, persons, month.last, income)),
            "当月欠席日数": write_numbers(absences[rows]),
        }
        outbox.post("childcare", "保育所在籍", month.last, table, CP932, wrong=_WRONG, wrong_rate=0.001)


def nursery_hand(records: Records) -> Handwriting:
    """The nursery desk's spelling, shared by the files it exports."""
    return Handwriting(records, "nursery", _HABITS)


def write_child_numbers(records: Records) -> Any:
    """児童番号 of every row of the nursery table."""
    return number_text("N", records.nurseries.number + records.number_from(300_000))


def count_absences(records: Records, column: int) -> tuple[Ints, Ints]:
    """Rows of the nursery table enrolled in a month, and the days each child was absent."""
    rows = np.flatnonzero(records.nurseries.facility[:, column] != NOBODY)
    month = records.months[column]
    rng = records.stream("nursery", month.code)
    return rows, _draw_absences(records, rng, records.nurseries.persons[rows], month.last)


def _fee_class(records: Records, persons: Ints, day: int, income: Ints) -> Ints:
    """Row of FEE_CLASSES: welfare, no tax, or by income; a year's hardship shows only partly."""
    level = records.circumstances.level(HARDSHIP, persons, day - 200)
    family = np.maximum(records.city.people.family[persons], 0)
    poor = np.where(level == 3, np.where(family % 3 == 0, 0, 1), np.where(family % 4 == 0, 2, 1))
    return np.where(level > 0, poor, income[family])


def _draw_absences(records: Records, rng: Rng, persons: Ints, day: int) -> Ints:
    people = records.city.people
    mother = np.maximum(records.city.families.mother[np.maximum(people.family[persons], 0)], 0)

    def level(kind: str, of: Ints) -> Ints:
        return records.circumstances.level(kind, of, day)

    age = np.maximum((day - people.birth[persons]) / 365.25, 0.3)
    mean = (
        1.1
        + 1.6 / age
        + 2.2 * level(NEGLECT, persons)
        + 1.2 * level(PERINATAL, mother)
        + 2 * level(ILLNESS, persons)
    )
    mean = mean + 0.3 * level(HARDSHIP, persons)
    absences = whole_numbers(rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, len(persons))))
    long_away = draw(rng, 0.002, len(persons))
    return np.minimum(np.where(long_away, 20, absences), 23)
