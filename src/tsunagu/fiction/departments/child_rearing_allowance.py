"""児童扶養手当: lone parents (or grandparents) who receive the allowance, one row a child, four times a year."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import is_child
from tsunagu.fiction.arrays import NEVER, Bools, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.people import CHILD
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Column, join, pick, write_era_months, write_numbers

SNAPSHOT_MONTHS = (4, 7, 10, 1)
_CLASSES = ("全部支給", "一部支給", "全部停止")
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


def write(records: Records, outbox: Outbox) -> None:
    """Write the snapshots: children of lone parents whose parent applied, by income class."""
    hand = Handwriting(records, "child_rearing_allowance", _HABITS)
    size = len(records.city.people)
    rng = records.stream("child_rearing_allowance")
    applies = draw(rng, 0.87, len(records.city.families))
    usual_class = choose(rng, [0.36, 0.44, 0.20], len(records.city.families))
    receipt = Receipt(np.full(size, NEVER), np.full(size, NEVER))
    for month in records.months:
        if month.month not in SNAPSHOT_MONTHS:
            continue
        children = _list_children(records, month.last, applies)
        class_now = _classify(records, children, month.last, usual_class)
        entitled = np.zeros(size, dtype=bool)
        entitled[children] = True
        ended = np.flatnonzero((receipt.since < NEVER) & (receipt.until == NEVER) & ~entitled)
        receipt.until[ended] = month.first - 1
        fresh = children[receipt.since[children] == NEVER]
        receipt.since[fresh] = _begin(records, rng, fresh, month.first, month is records.months[0])
        again = children[receipt.until[children] < NEVER]
        receipt.until[again], receipt.since[again] = NEVER, month.first
        _post(records, outbox, hand, receipt, (children, class_now, ended), month.last)


def _list_children(records: Records, day: int, applies: Bools) -> Ints:
    people = records.city.people
    young = (
        is_child(people.birth, day)
        & (people.is_registered == 1)
        & (people.family >= 0)
        & (people.role == CHILD)
    )
    children = np.flatnonzero(young)
    children = children[records.is_reachable(children, day) & applies[people.family[children]]]
    family = people.family[children]
    settled = records.city.families.parted_on[family] < day - 45
    never_couple = records.city.families.parted_on[family] == NEVER
    return whole_numbers(children[records.is_lone_parent_child(children, day) & (settled | never_couple)])


def _classify(records: Records, children: Ints, day: int, usual_class: Ints) -> Ints:
    """0 full, 1 partial, 2 suspended: by the hardship the department does not see as such."""
    level = records.circumstances.level(HARDSHIP, children, day)
    usual = usual_class[records.city.people.family[children]]
    return np.where(level > 0, 0, usual)


def _begin(records: Records, rng: Rng, children: Ints, first: int, is_start: bool) -> Ints:
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
    payment = np.concatenate([class_now, np.full(len(ended), 1)])
    recipient = records.guardian_at(children, day)
    recipient = np.where(np.isin(children, ended), np.maximum(_custodian(records, children), 0), recipient)
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
        "続柄": pick(["子", "孫"], whole_numbers(people.role[children] != CHILD)),
        "支給区分": pick(_CLASSES, payment),
        "支給開始年月": write_era_months(receipt.since[children]),
        "支給終了年月": write_era_months(receipt.until[children]),
    }
    outbox.post("benefits", "児童扶養手当受給者", day, table, CP932, wrong=_WRONG)


def _custodian(records: Records, children: Ints) -> Ints:
    families = records.city.families
    family = records.city.people.family[children]
    return np.where(families.mother[family] >= 0, families.mother[family], families.father[family])
