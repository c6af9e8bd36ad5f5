"""妊婦健診: vouchers for antenatal checks, as the clinics' bills bring them one to three months later."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.arrays import NEVER, Ints, choose, draw, take_rows, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, ISOLATION, VIOLENCE
from tsunagu.fiction.departments.pregnancy import number_notices
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, pick, write_dates, write_numbers

_HANDED_OVER_DAYS = 20
_WEEKS = (8, 12, 16, 20, 24, 26, 28, 30, 32, 34, 36, 37, 38, 39)
_YEN = (18_000, 9_500, 5_000, 5_000, 12_000, 5_000, 5_000, 9_000, 5_000, 5_000, 12_500, 5_000, 5_000, 5_000)
_WRONG = (
    Wrong("受診年月日", "2024/02/30"),
    Wrong("受診票番号", ""),
    Wrong("妊娠週数", "32週"),
    Wrong("助成額", "５０００"),
)
_HABITS = Habits(
    kana_styles=(0.1, 0.8, 0.1, 0.0, 0.0), surname_lags=(0.8, 0.15, 0.05), birth_error_rate=0.002
)


@dataclass(frozen=True)
class Vouchers:
    """Vouchers used, one row each: row of the pregnancies, number (from 0), day, and months until billed."""

    pregnancy: Ints
    number: Ints
    day: Ints
    wait: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write what the bills of every month brought, on the 20th of the next month."""
    hand = Handwriting(records, "antenatal", _HABITS)
    used = _use_vouchers(records)
    table = records.city.pregnancies
    notices = number_notices(records)
    clinics = 2 + len(records.city.places.school_codes) // 3
    visited_in = np.searchsorted([month.first for month in records.months], used.day, side="right") - 1
    for column, month in enumerate(records.months):
        part = take_rows(used, np.flatnonzero(visited_in + used.wait == column))
        mother = table.mother[part.pregnancy]
        unknown = (mother * 17 + part.pregnancy) % 41 == 0
        columns: Table = {
            "届出番号": write_numbers(notices[part.pregnancy]),
            "妊婦宛名番号": blank_where(unknown, write_numbers(records.city.people.number[mother])),
            "妊婦氏名": hand.name(mother, month.last),
            "妊婦生年月日": hand.birth(mother),
            "受診票番号": pick([f"{number:02d}" for number in range(1, 15)], part.number),
            "回数": write_numbers(part.number + 1),
            "受診年月日": write_dates(part.day),
            "妊娠週数": write_numbers((part.day - table.due[part.pregnancy] + 280) // 7),
            "医療機関コード": pick([f"S{clinic:02d}" for clinic in range(clinics)], mother % clinics),
            "助成額": write_numbers(np.array(_YEN)[part.number]),
        }
        day = month.last + _HANDED_OVER_DAYS
        outbox.post("health", f"妊婦健診_{month.code}", day, columns, CP932, wrong=_WRONG)


def _use_vouchers(records: Records) -> Vouchers:
    """Checks by week from the notice to the birth; burdened mothers leave some out, a few go to none."""
    table = records.city.pregnancies
    size = len(table.mother)
    rng = records.stream("antenatal")
    level = records.circumstances.level
    hidden = (table.weeks >= 20) * 1
    burden = 0.06 * level(HARDSHIP, table.mother, table.notified) + 0.05 * level(
        ISOLATION, table.mother, table.notified
    )
    burden = burden + 0.05 * level(VIOLENCE, table.mother, table.notified) + 0.25 * hidden
    none = draw(rng, 0.004 + 0.1 * hidden, size)
    last = np.where(table.born < NEVER, table.born, table.notified + 60)
    pieces: list[tuple[Ints, ...]] = []
    for number, week in enumerate(_WEEKS):
        day = table.due - 280 + 7 * week + rng.integers(-4, 5, size)
        missed = none | draw(rng, np.minimum(0.05 + burden, 0.9), size)
        wait = 1 + choose(rng, [0.6, 0.3, 0.1], size)
        goes = ~missed & (day >= table.notified) & (day < last) & (table.notified >= records.months[0].first)
        goes &= records.is_reachable(table.mother, day)
        rows = np.flatnonzero(goes)
        pieces.append((rows, np.full(len(rows), number), day[rows], wait[rows]))
    columns = [whole_numbers(np.concatenate(parts)) for parts in zip(*pieces, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return Vouchers(*(column[order] for column in columns))
