"""児童手当: nearly every child of the city, four times a year."""

import numpy as np

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import NEVER, Bools, Ints, choose, draw
from tsunagu.fiction.benefits import CHILD_ALLOWANCE
from tsunagu.fiction.departments.child_rearing_allowance import Receipt, open_receipts
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    UTF8_BOM_LF,
    Table,
    join,
    pick,
    repeat_text,
    write_months,
    write_numbers,
)

SNAPSHOT_MONTHS = (2, 5, 8, 11)
_SNAPSHOT_DAY = 15
_SHOWN_AFTER_END_DAYS = 365
# Public servants are paid by their employer and are not on the city's list.
_PAID_ELSEWHERE_RATE = 0.065
_STATES = ("支給中", "差止", "停止")
_WRONG = (
    Wrong("支給状況", "支給"),
    Wrong("児童生年月日", "2018/02/30"),
    Wrong("認定番号", ""),
    Wrong("支給開始年月", "2024/13"),
)
_HABITS = Habits(
    encoding="utf-8", kana_styles=(0.9, 0.02, 0.0, 0.05, 0.03), surname_lags=(0.85, 0.1, 0.05), separators=(0.9, 0.1, 0.0),
    birth_error_rate=0.001,
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write the snapshots: children the city pays for, and those whose pay ended lately."""
    hand = Handwriting(records, "child_allowance", _HABITS)
    rng = records.stream("child_allowance")
    families = len(records.city.families)
    is_paid_elsewhere = draw(rng, _PAID_ELSEWHERE_RATE, families)
    size = len(records.city.people)
    receipt = open_receipts(size)
    state = choose(rng, [0.992, 0.004, 0.004], size)
    for column, month in enumerate(records.months):
        if month.month not in SNAPSHOT_MONTHS:
            continue
        day = month.day(_SNAPSHOT_DAY)
        _keep_books(records, receipt, _find_paid(records, column, is_paid_elsewhere), month)
        listed = np.flatnonzero((receipt.since < NEVER) & (receipt.until > day - _SHOWN_AFTER_END_DAYS))
        table = _describe(records, hand, receipt, state, listed, day)
        keys = join(table["児童宛名番号"], ":", table["認定番号"])
        outbox.register_keys("child_allowance", keys, listed)
        outbox.post("benefits", "児童手当受給者", day, table, UTF8_BOM_LF, wrong=_WRONG, wrong_rate=0.0008)


def _find_paid(records: Records, column: int, is_paid_elsewhere: Bools) -> Bools:
    """(person,) children whose allowance the city pays in a month."""
    family = records.city.people.family
    paid = np.zeros(len(family), dtype=bool)
    paid[records.benefits.list_recipients(CHILD_ALLOWANCE, column)] = True
    return paid & (family >= 0) & ~is_paid_elsewhere[np.maximum(family, 0)]


def _keep_books(records: Records, receipt: Receipt, entitled: Bools, month: Month) -> None:
    """Pay begins the month after birth or arrival, and ends with the month in which a child left or grew up."""
    people = records.city.people
    again = entitled & (receipt.until < NEVER)
    receipt.until[again], receipt.since[again] = NEVER, month.first
    fresh = entitled & (receipt.since == NEVER)
    came = records.history.entries.since[
        np.maximum(records.history.row_at(np.flatnonzero(fresh), month.last), 0)
    ]
    receipt.since[fresh] = np.maximum(people.birth[fresh], came) + 31
    ended = ~entitled & (receipt.since < NEVER) & (receipt.until == NEVER)
    receipt.until[ended] = month.first - 20


def _describe(
    records: Records, hand: Handwriting, receipt: Receipt, state: Ints, children: Ints, day: int
) -> Table:
    people, families = records.city.people, records.city.families
    family = people.family[children]
    parent = np.where(families.father[family] >= 0, families.father[family], families.mother[family])
    recipient = np.where(
        receipt.until[children] == NEVER, records.guardian_at(children, day), np.maximum(parent, 0)
    )
    return {
        "認定番号": write_numbers(60_000 + records.number_from(1_000_000) + family),
        "受給者宛名番号": write_numbers(people.number[recipient]),
        "受給者氏名": hand.name(recipient, day),
        "受給者カナ": hand.kana(recipient, day),
        "児童宛名番号": write_numbers(people.number[children]),
        "児童氏名": hand.name(children, day),
        "児童カナ": hand.kana(children, day),
        "児童生年月日": hand.birth(children),
        "児童続柄": repeat_text("子", children),
        "同居別居": pick(["同居", "別居"], (children % 97 == 0) * 1),
        "支給状況": pick(_STATES, np.where(receipt.until[children] < NEVER, 0, state[children])),
        "支給開始年月": write_months(receipt.since[children]),
        "支給終了年月": write_months(receipt.until[children]),
    }
