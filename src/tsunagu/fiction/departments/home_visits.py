"""乳児家庭訪問: midwives and nurses at the door of families with a newborn child."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.arrays import Ints, choose, draw, take_rows, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, ISOLATION, NEGLECT, PERINATAL, VIOLENCE
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, pick, write_dates, write_numbers

_HANDED_OVER_DAYS = 10
MET, OUT, DECLINED, AT_PARENTS = range(4)
_RESULTS = ("面会", "不在", "辞退", "里帰り中")
_VISITORS = ("保健師", "助産師", "母子保健推進員")
_NEEDS = ("不要", "継続", "関係機関連絡", "")
_WRONG = (
    Wrong("訪問年月日", "2024/02/30"),
    Wrong("訪問結果", "会えず"),
    Wrong("宛名番号", ""),
    Wrong("EPDS合計点", "９"),
    Wrong("EPDS合計点", "8点"),
)
_HABITS = Habits(
    kana_styles=(0.0, 0.88, 0.1, 0.0, 0.02), surname_lags=(0.9, 0.07, 0.03), separators=(0.9, 0.07, 0.03),
    birth_error_rate=0.002, note_rate=0.006,
)  # fmt: skip


@dataclass(frozen=True)
class Visits:
    """Visits, one row each: child, try (0 the first), planned day, and row of _RESULTS."""

    child: Ints
    turn: Ints
    day: Ints
    result: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's visits on the 10th of the next month."""
    hand = Handwriting(records, "home_visits", _HABITS)
    visits = _visit(records)
    numbers = write_numbers(records.city.people.number[visits.child])
    outbox.register_keys("health_center", numbers, visits.child)
    for month in records.months:
        rows = np.flatnonzero((visits.day >= month.first) & (visits.day <= month.last))
        order = rows[np.argsort(visits.day[rows], kind="stable")]
        table = _describe(records, hand, take_rows(visits, order), month.last)
        day = month.last + _HANDED_OVER_DAYS
        outbox.post("health", f"乳児家庭訪問_{month.code}", day, table, CP932, wrong=_WRONG, wrong_rate=0.003)


def _visit(records: Records) -> Visits:
    """One visit for every birth, a second where nobody was in or the mother was at her parents'."""
    rng = records.stream("home_visits")
    people = records.city.people
    size = len(people)
    early = draw(rng, 0.3, size)
    day = people.birth + np.where(early, rng.integers(8, 28, size), rng.integers(30, 100, size))
    again = day + rng.integers(14, 40, size)
    strain = records.circumstances.level(NEGLECT, np.arange(size), day) + records.circumstances.level(
        ISOLATION, np.arange(size), day
    )
    dice, dice_again = rng.random(size), rng.random(size)
    result = _meet(dice, strain)
    result_again = np.where(
        dice_again < 0.86 - 0.12 * strain, MET, np.where(dice_again < 0.97, OUT, DECLINED)
    )
    children = np.flatnonzero((people.is_registered == 1) & (people.birth >= records.months[0].first))
    first = children[records.is_reachable(children, day[children])]
    second = first[(result[first] == OUT) | (result[first] == AT_PARENTS)]
    second = second[records.is_reachable(second, again[second])]
    return Visits(
        np.concatenate([first, second]),
        np.concatenate([np.zeros_like(first), np.ones_like(second)]),
        np.concatenate([day[first], again[second]]),
        np.concatenate([result[first], result_again[second]]),
    )


def _meet(dice: np.ndarray, strain: Ints) -> Ints:
    met, out = 0.80 - 0.1 * strain, 0.92 - 0.03 * strain
    return whole_numbers(
        np.where(dice < met, MET, np.where(dice < out, OUT, np.where(dice < 0.95, DECLINED, AT_PARENTS)))
    )


def _describe(records: Records, hand: Handwriting, visits: Visits, last: int) -> Table:
    people, child = records.city.people, visits.child
    mother = np.maximum(records.city.families.mother[np.maximum(people.family[child], 0)], 0)
    score, need = _ask(records, visits, mother)
    is_met = visits.result == MET
    went = is_met | (visits.result == OUT)
    early = visits.day - people.birth[child] < 28
    return {
        "訪問番号": write_numbers(500_000 + records.number_from(1_000_000) + child * 2 + visits.turn),
        "宛名番号": write_numbers(people.number[child]),
        "児氏名": hand.name(child, last),
        "児カナ": hand.kana(child, last),
        "生年月日": hand.birth(child),
        "母宛名番号": blank_where(child % 29 == 0, write_numbers(people.number[mother])),
        "訪問区分": pick(["こんにちは赤ちゃん", "新生児訪問"], early * 1),
        "訪問予定年月日": write_dates(visits.day - (child % 4 == 0) * (child % 3)),
        "訪問年月日": blank_where(~went, write_dates(visits.day)),
        "訪問結果": pick(_RESULTS, visits.result),
        "訪問者": pick(_VISITORS, np.where(early, 1, (child % 5 > 1) * 2)),
        "EPDS合計点": blank_where(~is_met | (child % 13 == 0), write_numbers(score)),
        "支援の要否": blank_where(~is_met, pick(_NEEDS, need)),
    }


def _ask(records: Records, visits: Visits, mother: Ints) -> tuple[Ints, Ints]:
    """The mother's score of the depression questionnaire, and what the visitor thinks is needed."""
    rng = records.stream("home_visits", "questions", str(visits.day.max(initial=0)))
    level = records.circumstances.level
    low = level(PERINATAL, mother, visits.day)
    strain = level(HARDSHIP, mother, visits.day) + level(VIOLENCE, mother, visits.day)
    score = np.minimum(whole_numbers(rng.gamma(1.6, 2.0, len(mother)) + 4.5 * low + 0.8 * strain), 30)
    dice = rng.random(len(mother)) + 0.02 * score + 0.08 * level(NEGLECT, visits.child, visits.day)
    usual = choose(rng, [0.985, 0.0, 0.0, 0.015], len(mother))
    return score, np.where(dice > 1.25, 2, np.where(dice > 1.0, 1, usual))
