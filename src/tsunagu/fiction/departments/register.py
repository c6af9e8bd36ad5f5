"""The resident register: everybody on the first day, then every month's changes. 122 columns."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.arrays import Bools, Ints, rank_within, take_rows, whole_numbers
from tsunagu.fiction.departments.register_columns import describe_entries
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.people import Entries
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import UTF8_BOM_LF, blank_where, write_numbers

_WRONG = (
    Wrong("生年月日", "2023-02-30"),
    Wrong("性別", "9"),
    Wrong("住民状態", "7"),
    Wrong("宛名番号", ""),
    Wrong("異動年月日", "2024-13-01"),
)
_WRONG_RATE = 0.0008


@dataclass(frozen=True)
class RegisterRows:
    """Entries in the order the register learned of them, with each person's running number."""

    entries: Entries
    number: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write the full export of the first day and the changes of every month."""
    rows = _order_entries(records)
    first_day = records.months[0].first
    known = rows.entries.known
    initial = _last_of_person(rows, known < first_day)
    persons = rows.entries.person[initial]
    outbox.register_keys("resident", write_numbers(records.city.people.number[persons]), persons)
    mistaken = _post(
        records, outbox, "住民記録_全件", first_day, rows, initial, np.ones(len(initial), dtype=np.int64)
    )
    for month in records.months:
        changed = np.flatnonzero((known >= max(month.first, first_day)) & (known <= month.last))
        again = _last_of_person(rows, (known < month.first) & np.isin(rows.entries.person, mistaken))
        chosen = np.union1d(changed, np.setdiff1d(again, changed))
        fresh = rows.entries.person[changed]
        outbox.register_keys("resident", write_numbers(records.city.people.number[fresh]), fresh)
        before = chosen[(chosen > 0)] - 1
        before = before[
            rows.entries.person[before] == rows.entries.person[np.minimum(before + 1, len(known) - 1)]
        ]
        written = np.union1d(chosen, before)
        is_last = _is_last_of_run(rows.entries.person[written])
        mistaken = _post(records, outbox, "住民記録_異動", month.last, rows, written, whole_numbers(is_last))


def _order_entries(records: Records) -> RegisterRows:
    entries = records.history.entries
    registered = records.city.people.is_registered[entries.person] == 1
    entries = take_rows(entries, registered)
    order = np.lexsort((entries.day, entries.known, entries.person))
    entries = take_rows(entries, order)
    offset = 1 + entries.person * 7 % 3
    return RegisterRows(entries, offset + rank_within(entries.person))


def _last_of_person(rows: RegisterRows, mask: Bools) -> Ints:
    """Row of the last entry of each person among the masked ones."""
    chosen = np.flatnonzero(mask)
    person = rows.entries.person[chosen]
    return chosen[_is_last_of_run(person)]


def _is_last_of_run(person: Ints) -> Bools:
    """Where the next row is of another person (rows of a person stand together)."""
    last: Bools = np.append(person[1:] != person[:-1], np.ones(min(1, len(person)), dtype=bool))
    return last


def _post(
    records: Records, outbox: Outbox, name: str, day: int, rows: RegisterRows, chosen: Ints, is_latest: Ints
) -> Ints:
    """Write one file; returns the people whose row was written wrongly (the next file puts it right)."""
    entries = take_rows(rows.entries, chosen)
    table = describe_entries(
        records, entries, rows.number[chosen], is_latest, day, is_full=name.endswith("全件")
    )
    rng = records.stream("register", "mistakes", name, str(day), str(outbox.block))
    mistakes = rng.random(len(chosen)) < _WRONG_RATE
    kind = rng.integers(0, len(_WRONG), len(chosen))
    for number, wrong in enumerate(_WRONG):
        table[wrong.header] = blank_where(mistakes & (kind == number), table[wrong.header], wrong.text)
    outbox.post("resident", name, day, table, UTF8_BOM_LF, punctual=True)
    return whole_numbers(entries.person[mistakes])
