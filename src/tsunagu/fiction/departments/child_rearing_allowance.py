"""児童扶養手当: lone parents (or grandparents) who receive the allowance, one row a child, four times a year."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.arrays import NEVER, NOBODY, Ints, Rng, whole_numbers
from tsunagu.fiction.benefits import PARTIAL, REARING_ALLOWANCE
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.people import GRANDCHILD
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, join, pick, write_era_months, write_numbers

SNAPSHOT_MONTHS = (4, 7, 10, 1)
# In the order of the benefit's classes, which count from 1.
_CLASSES = ("", "全部支給", "一部支給", "全部停止")
_WRONG = (Wrong("支給区分", "全部"), Wrong("対象児童生年月日", "2018/02/30"), Wrong("証書番号", ""))
_HABITS = Habits(
    kana_styles=(0.0, 0.9, 0.08, 0.0, 0.02),
    surname_lags=(0.85, 0.1, 0.05),
    separators=(0.9, 0.1, 0.0),
    birth_error_rate=0.001,
)


@dataclass
class Receipt:
    """(person,) for children: since when the allowance is paid for them and until when (NEVER: open)."""

    since: Ints
    until: Ints


def open_receipts(size: int) -> Receipt:
    """Nobody receives anything yet."""
    return Receipt(np.full(size, NEVER), np.full(size, NEVER))


def write(records: Records, outbox: Outbox) -> None:
    """Write the snapshots: children for whom the allowance is received, by class, and those for whom it just ended."""
    hand = Handwriting(records, "child_rearing_allowance", _HABITS)
    size = len(records.city.people)
    rng = records.stream("child_rearing_allowance")
    receipt = open_receipts(size)
    for column, month in enumerate(records.months):
        if month.month not in SNAPSHOT_MONTHS:
            continue
        children = records.benefits.list_recipients(REARING_ALLOWANCE, column)
        class_now = records.benefits.received_class(REARING_ALLOWANCE, children, column)
        received = np.zeros(size, dtype=bool)
        received[children] = True
        ended = np.flatnonzero((receipt.since < NEVER) & (receipt.until == NEVER) & ~received)
        receipt.until[ended] = month.first - 1
        fresh = children[receipt.since[children] == NEVER]
        receipt.since[fresh] = _begin(records, rng, fresh, month.first, month is records.months[0])
        again = children[receipt.until[children] < NEVER]
        receipt.until[again], receipt.since[again] = NEVER, month.first
        _post(records, outbox, hand, receipt, (children, class_now, ended), month.last)


def _begin(records: Records, rng: Rng, children: Ints, first: int, is_start: bool) -> Ints:
    """Since when: at the start of the period some earlier day, later the first of the month."""
    if not is_start:
        return np.full(len(children), first)
    earlier = first - rng.integers(30, 2500, len(records.city.families))[records.city.people.family[children]]
    return whole_numbers(np.maximum(earlier, records.city.people.birth[children] + 31))


def _post(
    records: Records,
    outbox: Outbox,
    hand: Handwriting,
    receipt: Receipt,
    rows: tuple[Ints, Ints, Ints],
    day: int,
) -> None:
    people = records.city.people
    current, class_now, ended = rows
    children = np.concatenate([current, ended])
    payment = np.concatenate([class_now, np.full(len(ended), PARTIAL)])
    recipient, custodian = records.guardian_at(children, day), _custodian(records, children)
    recipient = np.where(np.isin(children, ended) & (custodian != NOBODY), custodian, recipient)
    certificate = join("F", write_numbers(20_000 + records.number_from(1_000_000) + people.family[children]))
    number = write_numbers(people.number[children])
    outbox.register_keys("child_rearing_allowance", join(number, ":", certificate), children)
    table: dict[str, Column] = {
        "証書番号": certificate,
        "受給者宛名番号": write_numbers(people.number[recipient]),
        "受給者氏名": hand.name(recipient, day),
        "受給者カナ": hand.kana(recipient, day),
        "受給者生年月日": hand.birth(recipient),
        "対象児童宛名番号": number,
        "対象児童氏名": hand.name(children, day),
        "対象児童生年月日": hand.birth(children),
        "続柄": pick(["子", "孫"], whole_numbers(records.role_at(children, day) == GRANDCHILD)),
        "支給区分": pick(_CLASSES, payment),
        "支給開始年月": write_era_months(receipt.since[children]),
        "支給終了年月": write_era_months(receipt.until[children]),
    }
    outbox.post("benefits", "児童扶養手当受給者", day, table, CP932, wrong=_WRONG)


def _custodian(records: Records, children: Ints) -> Ints:
    """The parent of the family, the mother first; NOBODY where grandparents bring the child up."""
    families = records.city.families
    family = records.city.people.family[children]
    return np.where(families.mother[family] >= 0, families.mother[family], families.father[family])
