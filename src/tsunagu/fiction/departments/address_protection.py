"""支援措置: whose address must not be shown, a snapshot at every month's end."""

import numpy as np

from tsunagu.fiction.arrays import NEVER, Ints, whole_numbers
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, join, pick, write_dates, write_numbers

_HABITS = Habits(surname_lags=(1.0, 0.0, 0.0), separators=(1.0, 0.0, 0.0), name_styles=(0.95, 0.0, 0.05))
_KINDS = ("DV", "ストーカー", "児童虐待", "その他")
_WRONG = (Wrong("措置区分", "不明"), Wrong("開始年月日", "2024/02/30"))


def write(records: Records, outbox: Outbox) -> None:
    """Write who is protected at the end of each month; the year's end is shown as the end, then renewed."""
    hand = Handwriting(records, "address_protection", _HABITS)
    table = records.city.protection
    numbers = join("S", write_numbers(table.application + records.number_from(100_000)))
    keys = write_numbers(records.city.people.number[table.person])
    outbox.register_keys("address_protection", keys, table.person)
    for month in records.months:
        rows = np.flatnonzero((table.start <= month.last) & (table.end > month.last))
        person, start = table.person[rows], table.start[rows]
        outbox.post(
            "resident",
            "支援措置対象者",
            month.last,
            {
                "申出番号": numbers.take(rows),
                "宛名番号": write_numbers(records.city.people.number[person]),
                "氏名": hand.name(person, month.last),
                "対象者区分": pick(["本人", "併せて支援"], table.target[rows]),
                "措置区分": pick(_KINDS, table.kind[rows]),
                "開始年月日": write_dates(start),
                "終了年月日": write_dates(_shown_end(start, table.end[rows], month.last)),
            },
            CP932,
            wrong=_WRONG,
            wrong_rate=0.002,
            punctual=True,
        )


def _shown_end(start: Ints, end: Ints, day: int) -> Ints:
    """Protection runs a year at a time: the next anniversary, or the end already decided."""
    years = (day - start) // 365 + 1
    return whole_numbers(np.where(end < NEVER, end, start + 365 * years))
