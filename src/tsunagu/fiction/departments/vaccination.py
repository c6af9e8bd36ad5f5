"""予防接種: doses given, as clinics report them month by month, often late."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.arrays import Ints, draw, whole_numbers
from tsunagu.fiction.circumstances import ISOLATION, NEGLECT
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import UTF8_BOM, Column, pick, write_dates, write_numbers

_HANDED_OVER_DAYS = 10
_WRONG = (Wrong("接種年月日", "2024/02/30"), Wrong("回数", "9"), Wrong("宛名番号", ""))
_HABITS = Habits(
    encoding="utf-8",
    kana_styles=(0.8, 0.1, 0.0, 0.05, 0.05),
    surname_lags=(0.85, 0.1, 0.05),
    birth_error_rate=0.002,
)

# Code, name, dose, usual age in days, usual spread in days.
DOSES = (
    ("10", "BCG", 1, 170, 25),
    ("21", "5種混合", 1, 70, 12),
    ("21", "5種混合", 2, 105, 15),
    ("21", "5種混合", 3, 140, 20),
    ("21", "5種混合", 4, 450, 45),
    ("30", "MR", 1, 385, 30),
    ("30", "MR", 2, 2110, 70),
    ("40", "水痘", 1, 390, 35),
    ("40", "水痘", 2, 570, 50),
    ("50", "日本脳炎", 1, 1130, 60),
    ("50", "日本脳炎", 2, 1165, 60),
    ("50", "日本脳炎", 3, 1560, 90),
)


@dataclass(frozen=True)
class Doses:
    """Doses of the period, one row each: child, row of DOSES, day, day reported, whether put off."""

    child: Ints
    dose: Ints
    day: Ints
    reported: Ints
    is_put_off: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's reports on the 10th of the next month."""
    hand = Handwriting(records, "vaccination", _HABITS)
    doses = _draw_doses(records)
    clinics = 3 + len(records.city.places.school_codes)
    people = records.city.people
    outbox.register_keys("health_center", write_numbers(people.number[doses.child]), doses.child)
    for month in records.months:
        rows = np.flatnonzero((doses.reported >= month.first) & (doses.reported <= month.last))
        child, dose = doses.child[rows], doses.dose[rows]
        table: dict[str, Column] = {
            "宛名番号": write_numbers(people.number[child]),
            "カナ": hand.kana(child, month.last),
            "生年月日": hand.birth(child),
            "ワクチンコード": pick([code for code, *_ in DOSES], dose),
            "ワクチン名": pick([name for _, name, *_ in DOSES], dose),
            "回数": write_numbers(np.array([number for _, _, number, *_ in DOSES])[dose]),
            "接種年月日": write_dates(doses.day[rows]),
            "接種区分": pick(["接種", "見合わせ"], doses.is_put_off[rows]),
            "医療機関コード": pick(
                [f"M{clinic:03d}" for clinic in range(1, clinics + 1)], (child * 31 + dose // 4) % clinics
            ),
        }
        day = month.last + _HANDED_OVER_DAYS
        outbox.post("health", f"予防接種_{month.code}", day, table, UTF8_BOM, wrong=_WRONG, wrong_rate=0.001)


def _draw_doses(records: Records) -> Doses:
    """Every dose of every child of the period, later or never under neglect and isolation."""
    rng = records.stream("vaccination")
    people = records.city.people
    first, last = records.months[0].first, records.months[-1].last
    children = np.flatnonzero((people.birth > first - 2500) & (people.is_registered == 1))
    pieces: list[tuple[Ints, ...]] = []
    for row, (_, _, _, age, spread) in enumerate(DOSES):
        when = people.birth[children] + age + whole_numbers(rng.gamma(2.0, spread / 2.0, len(children)))
        neglect = records.circumstances.level(NEGLECT, children, when)
        alone = records.circumstances.level(ISOLATION, children, when)
        skipped = draw(rng, np.minimum(0.03 + 0.16 * neglect + 0.05 * alone, 0.9), len(children))
        when = when + whole_numbers(rng.exponential(40, len(children)) * (neglect + 0.5 * alone))
        here = records.is_reachable(children, when) & (when >= first) & (when <= last) & ~skipped
        given = np.flatnonzero(here)
        size = len(children)
        put_off = draw(rng, 0.012, size)[given]
        delay = rng.integers(3, 35, size) + draw(rng, 0.05, size) * rng.integers(30, 150, size)
        delay, until_again = delay[given], rng.integers(14, 60, size)[given]
        rows = np.full(len(given), row)
        pieces.append((children[given], rows, when[given], when[given] + delay, whole_numbers(put_off)))
        again = np.flatnonzero(put_off)
        when_again = (when[given] + until_again)[again]
        kept = again[when_again <= last]
        zeros = np.zeros(len(kept), dtype=np.int64)
        later = when_again[when_again <= last]
        pieces.append((children[given][kept], zeros + row, later, later + 20, zeros))
    return Doses(*(whole_numbers(np.concatenate(column)) for column in zip(*pieces, strict=True)))
