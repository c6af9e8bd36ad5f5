"""障害者手帳: certificates of people under twenty, four times a year."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, age_years
from tsunagu.fiction.arrays import NEVER, Ints, choose, draw, take_rows, whole_numbers
from tsunagu.fiction.circumstances import DEVELOPMENT
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, join, pick, write_era_months, write_numbers

SNAPSHOT_MONTHS = (4, 7, 10, 1)
BODY, MIND, SPIRIT = range(3)
_KINDS = ("身体", "療育", "精神")
_NAMES = (
    ("肢体不自由", "聴覚障害", "心臓機能障害"),
    ("知的障害", "知的障害", "知的障害"),
    ("発達障害", "気分障害", "てんかん"),
)
_GRADES = (
    ("1級", "2級", "3級", "4級", "6級"),
    ("B2", "B2", "B1", "A", "A"),
    ("3級", "2級", "3級", "2級", "1級"),
)
_WRONG = (Wrong("等級", "７級"), Wrong("生年月日", "平成30年2月30日"), Wrong("手帳番号", ""))
_HABITS = Habits(
    kana_styles=(0.5, 0.4, 0.06, 0.02, 0.02), surname_lags=(0.6, 0.2, 0.2), address_lags=(0.6, 0.2, 0.2),
    era_styles=(0.6, 0.25, 0.1, 0.05), birth_error_rate=0.002, note_rate=0.003,
)  # fmt: skip


@dataclass(frozen=True)
class Certificates:
    """Certificates, one row each: person, row of _KINDS, row of _GRADES, and the day of issue."""

    person: Ints
    kind: Ints
    grade: Ints
    issued: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write who holds a certificate; one given back is listed once with the day."""
    hand = Handwriting(records, "disability", _HABITS)
    issued = _issue(records)
    people = records.city.people
    listed_before = np.zeros(len(issued.person), dtype=bool)
    for month in records.months:
        if month.month not in SNAPSHOT_MONTHS:
            continue
        young = age_years(people.birth[issued.person], month.last) < 20
        here = records.is_reachable(issued.person, month.last)
        held = (issued.issued <= month.last) & young & here
        returned = listed_before & ~held & young
        rows = np.flatnonzero(held | returned)
        listed_before = held
        part = take_rows(issued, rows)
        table = _describe(records, hand, part, returned[rows], month.last, month.first)
        outbox.register_keys(
            "disability_certificate", join(table["手帳番号"], ":", table["手帳種別"]), part.person
        )
        outbox.post("benefits", "障害者手帳交付", month.last, table, CP932, wrong=_WRONG, wrong_rate=0.002)


def _issue(records: Records) -> Certificates:
    people = records.city.people
    size = len(people)
    rng = records.stream("disability")
    persons = np.arange(size)
    need = records.circumstances.level(DEVELOPMENT, persons, people.birth + int(4 * YEAR_DAYS))
    mind = draw(rng, np.array([0.0005, 0.04, 0.32, 0.75])[need], size)
    body, spirit = draw(rng, 0.0035, size), draw(rng, np.array([0.0006, 0.01, 0.02, 0.02])[need], size)
    kind = np.where(mind, MIND, np.where(body, BODY, np.where(spirit, SPIRIT, -1)))
    grade = np.where(
        kind == MIND, np.minimum(need + rng.integers(0, 2, size), 4), choose(rng, [0.2] * 5, size)
    )
    issued = people.birth + whole_numbers((2 + 9 * rng.random(size)) * YEAR_DAYS)
    rows = np.flatnonzero(
        (kind >= 0) & (people.is_registered == 1) & (people.birth > records.months[0].first - 7400)
    )
    return Certificates(rows, whole_numbers(kind[rows]), whole_numbers(grade[rows]), issued[rows])


def _describe(
    records: Records, hand: Handwriting, part: Certificates, returned: np.ndarray, day: int, first: int
) -> Table:
    persons = part.person
    names = [name for row in _NAMES for name in row]
    grades = [grade for row in _GRADES for grade in row]
    again = part.issued + whole_numbers((2 + persons % 4) * YEAR_DAYS)
    again = again + np.maximum(0, whole_numbers((day - again) / (2 * YEAR_DAYS)) + 1) * int(2 * YEAR_DAYS) * (
        again < day
    )
    return {
        "手帳種別": pick(_KINDS, part.kind),
        "手帳番号": write_numbers(20_000 + records.number_from(1_000_000) + persons),
        "宛名番号": blank_where(persons % 23 == 0, write_numbers(records.city.people.number[persons])),
        "氏名": hand.name(persons, day),
        "カナ": hand.kana(persons, day),
        "生年月日": hand.birth_in_era(persons),
        "住所": hand.address(persons, day),
        "障害名": pick(names, part.kind * 3 + persons % 3),
        "等級": pick(grades, part.kind * 5 + part.grade),
        "交付年月日": hand.era(persons, part.issued),
        "再判定年月": blank_where((part.kind == BODY) | (persons % 5 == 0), write_era_months(again)),
        "返還年月日": hand.era(persons, np.where(returned, first - 1 - persons % 20, NEVER)),
    }
