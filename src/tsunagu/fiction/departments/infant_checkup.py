"""乳幼児健診: one row for each child due in a month, attended or not."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import Bools, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import DEVELOPMENT, ISOLATION, NEGLECT, PERINATAL
from tsunagu.fiction.departments.school_health import draw_body, draw_untreated_teeth
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    CP932,
    Column,
    blank_where,
    pick,
    repeat_text,
    write_dates,
    write_numbers,
    write_tenths,
)

_HANDED_OVER_DAYS = 10
_PUT_RIGHT_AFTER_DAYS = 61
_LATE_RATE = 0.012
_JUDGEMENTS = ("", "異常なし", "要経過観察", "要精密検査")
_WRONG = (Wrong("総合判定", "要観"), Wrong("受診年月日", "2024/02/30"), Wrong("宛名番号", ""))
_HABITS = Habits(
    kana_styles=(0.85, 0.05, 0.0, 0.07, 0.03), surname_lags=(0.9, 0.07, 0.03), separators=(0.95, 0.03, 0.02),
    birth_error_rate=0.001,
)  # fmt: skip


@dataclass(frozen=True)
class Checkup:
    """One kind of check-up: the age at which a child is due, and how many stay away all else equal."""

    name: str
    due_days: int
    missed_rate: float
    teeth: float


CHECKUPS = (
    Checkup("3～4か月児", 110, 0.02, 0.0),
    Checkup("1歳6か月児", 555, 0.025, 0.03),
    Checkup("3歳児", 1110, 0.035, 0.35),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's list on the 10th of the next month.

    A few results come in late: the month's list first calls those children 未受診, and two months later the whole
    list of that month is handed over again, put right.
    """
    hand = Handwriting(records, "infant_checkup", _HABITS)
    for month in records.months:
        rng = records.stream("infant_checkup", month.code)
        whole = _stack([_describe_due(records, hand, rng, checkup, month) for checkup in CHECKUPS])
        size = len(whole["健診種別"])
        late = draw(rng, _LATE_RATE, size) & np.asarray(pc.equal(whole["受診区分"], "受診"))
        day = month.last + _HANDED_OVER_DAYS
        name = f"乳幼児健診_{month.code}"
        outbox.post("health", name, day, _without_results(whole, late), CP932, wrong=_WRONG)
        if late.any():
            outbox.post("health", name, day + _PUT_RIGHT_AFTER_DAYS, whole, CP932)
    _register(records, outbox)


def _describe_due(
    records: Records, hand: Handwriting, rng: Rng, checkup: Checkup, month: Month
) -> dict[str, Column]:
    due = records.city.people.birth + checkup.due_days
    children = np.flatnonzero((due >= month.first) & (due <= month.last))
    children = children[records.is_resident(children, month.first)]
    months = repeat_text(month.code, children)
    return {"対象年月": months} | _describe(records, hand, rng, children, checkup, month.first, month.last)


def _without_results(table: dict[str, Column], late: Bools) -> dict[str, Column]:
    known = dict(table)
    for header in ("受診年月日", "身長", "体重", "未処置歯数", "総合判定"):
        known[header] = blank_where(late, known[header])
    known["受診区分"] = blank_where(late, known["受診区分"], "未受診")
    return known


def _register(records: Records, outbox: Outbox) -> None:
    people = records.city.people
    first = records.months[0].first
    children = np.flatnonzero((people.is_registered == 1) & (people.birth > first - 1300))
    outbox.register_keys("health_center", write_numbers(people.number[children]), children)


def _describe(
    records: Records,
    hand: Handwriting,
    rng: Rng,
    children: Ints,
    checkup: Checkup,
    first: int,
    last: int,
) -> dict[str, Column]:
    people = records.city.people
    mother = records.city.families.mother[np.maximum(people.family[children], 0)]
    neglect = records.circumstances.level(NEGLECT, children, last)
    alone = records.circumstances.level(ISOLATION, children, last)
    low = records.circumstances.level(PERINATAL, np.maximum(mother, 0), last)
    missed = checkup.missed_rate + 0.14 * neglect + 0.05 * alone + 0.03 * low
    missed = np.where(people.away_from[children] <= last, 1.0, np.minimum(missed, 0.8))
    attended = ~draw(rng, missed, len(children))
    day = rng.integers(first, last + 1, len(children))
    day = np.maximum(day - (day + 3) % 7 // 5, first)
    height, weight = draw_body(records, rng, children, day)
    teeth = draw_untreated_teeth(records, rng, children, day, checkup.teeth)
    none = ~attended
    return {
        "健診種別": repeat_text(checkup.name, children),
        "宛名番号": write_numbers(people.number[children]),
        "氏名": hand.name(children, last),
        "カナ": hand.kana(children, last),
        "生年月日": hand.birth(children),
        "性別": pick(["", "男", "女"], people.sex[children]),
        "受診区分": pick(["未受診", "受診"], attended * 1),
        "受診年月日": blank_where(none, write_dates(day)),
        "身長": blank_where(none, write_tenths(height)),
        "体重": blank_where(none, write_tenths(weight)),
        "未処置歯数": blank_where(none | (checkup.teeth == 0), write_numbers(teeth)),
        "総合判定": blank_where(none, pick(_JUDGEMENTS, _judge(records, rng, children, last))),
    }


def _judge(records: Records, rng: Rng, children: Ints, day: int) -> Ints:
    need = records.circumstances.level(DEVELOPMENT, children, day)
    follow = draw(rng, np.array([0.085, 0.4, 0.6, 0.7])[need], len(children))
    detail = draw(rng, np.array([0.012, 0.04, 0.12, 0.25])[need], len(children))
    blank = choose(rng, [0.995, 0.005], len(children)) == 1
    return whole_numbers(np.where(blank, 0, np.where(detail, 3, np.where(follow, 2, 1))))


def _stack(parts: list[dict[str, Column]]) -> dict[str, Column]:
    return {header: pa.concat_arrays([part[header] for part in parts]) for header in parts[0]}
