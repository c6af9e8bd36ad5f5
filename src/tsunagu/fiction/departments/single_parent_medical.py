"""ひとり親医療: lone parents and their children whose doctor's bills the city pays, four times a year."""

import numpy as np

from tsunagu.fiction.almanac import is_child
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, whole_numbers
from tsunagu.fiction.benefits import LONE_PARENT_MEDICAL
from tsunagu.fiction.circumstances import HARDSHIP
from tsunagu.fiction.departments.child_rearing_allowance import SNAPSHOT_MONTHS, Receipt, open_receipts
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, pick, write_dates, write_numbers

_LOSSES = ("所得超過", "婚姻", "転出", "年齢到達", "その他", "")
_WRONG = (Wrong("対象者区分", "本人"), Wrong("資格取得年月日", "2023/02/30"), Wrong("受給者証番号", ""))
_HABITS = Habits(
    kana_styles=(0.0, 0.9, 0.08, 0.0, 0.02), surname_lags=(0.8, 0.12, 0.08), separators=(0.85, 0.1, 0.05),
    birth_error_rate=0.0015,
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write the snapshots; who lost the right is listed once more, with the day and the reason."""
    hand = Handwriting(records, "single_parent_medical", _HABITS)
    people = records.city.people
    held = open_receipts(len(people))
    for column, month in enumerate(records.months):
        if month.month not in SNAPSHOT_MONTHS:
            continue
        now = _find_covered(records, column)
        fresh = now & ((held.since == NEVER) | (held.until < NEVER))
        is_first = not (held.since < NEVER).any()
        earlier = month.first - 30 - (people.family * 37) % 1200 if is_first else month.first
        held.since = np.where(fresh, np.maximum(earlier, people.birth + 14), held.since)
        held.until = np.where(fresh, NEVER, held.until)
        lost = ~now & (held.since < NEVER) & (held.until == NEVER)
        held.until = np.where(lost, month.first - 1 - people.household % 28, held.until)
        listed = np.flatnonzero(now | lost)
        table = _describe(records, hand, held, listed, month.last)
        outbox.register_keys("single_parent_medical", table["受給者証番号"], listed)
        outbox.post("benefits", "ひとり親医療費受給者", month.last, table, CP932, wrong=_WRONG)


def _find_covered(records: Records, column: int) -> Bools:
    """(person,) children of lone parents who applied, and the parents."""
    covered = np.zeros(len(records.city.people), dtype=bool)
    children = records.benefits.list_recipients(LONE_PARENT_MEDICAL, column)
    covered[children] = True
    covered[_find_parents(records, children, records.months[column].last)] = True
    return covered


def _find_parents(records: Records, children: Ints, day: int) -> Ints:
    guardian = np.unique(records.guardian_at(children, day))
    return whole_numbers(guardian[guardian != NOBODY])


def _describe(records: Records, hand: Handwriting, held: Receipt, persons: Ints, day: int) -> Table:
    people = records.city.people
    is_young = is_child(people.birth[persons], day) | (day - people.birth[persons] < 19 * 365)
    guardian = np.where(is_young, records.guardian_at(persons, day), persons)
    until = held.until[persons]
    gone = ~records.is_resident(persons, day)
    grown = (day - people.birth[persons] > 18 * 365) & is_young
    reason = np.where(
        gone, 2, np.where(grown, 3, np.where(persons % 7 == 0, 4, np.where(persons % 2 == 0, 1, 0)))
    )
    reason = np.where(until < NEVER, reason, len(_LOSSES) - 1)
    poor = records.circumstances.level(HARDSHIP, persons, day) > 0
    return {
        "受給者証番号": write_numbers(8_000_000 + records.number_from(1_000_000) + persons),
        "対象者区分": pick(["親", "子"], is_young * 1),
        "宛名番号": write_numbers(people.number[persons]),
        "氏名": hand.name(persons, day),
        "カナ": hand.kana(persons, day),
        "生年月日": hand.birth(persons),
        "保護者氏名": blank_where(~is_young, hand.name(np.maximum(guardian, 0), day)),
        "資格取得年月日": write_dates(held.since[persons]),
        "資格喪失年月日": write_dates(until),
        "喪失事由": pick(_LOSSES, whole_numbers(reason)),
        "負担区分": pick(["課税", "非課税"], (poor | (persons % 5 == 0)) * 1),
    }
