"""転入児の健診歴: what the counter copied from the mother-child handbook when a young child moved in."""

import numpy as np

from tsunagu.fiction.almanac import Month
from tsunagu.fiction.arrays import Ints, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import NEGLECT
from tsunagu.fiction.departments.infant_checkup import CHECKUPS
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.people import MOVE_IN
from tsunagu.fiction.places import OUTSIDE_CODE
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    UTF8_BOM_LF,
    Table,
    blank_where,
    pick,
    repeat_text,
    write_dates,
    write_numbers,
)

_HANDED_OVER_DAYS = 10
_ASKED_RATE = 0.8
_SIX_YEARS_DAYS = 2190
_ANSWERS = ("受診", "未受診", "不明")
_SOURCES = ("母子健康手帳", "前住所地照会", "聞き取り")
_WRONG = (Wrong("受診年月日", "2024/02/30"), Wrong("受診確認", "済？"), Wrong("宛名番号", ""))
_HABITS = Habits(
    encoding="utf-8", kana_styles=(0.8, 0.05, 0.0, 0.1, 0.05), surname_lags=(1.0, 0.0, 0.0), separators=(0.7, 0.2, 0.1),
    birth_error_rate=0.002,
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's copies on the 10th of the next month: a row for each check-up already due."""
    hand = Handwriting(records, "moved_in_checkups", _HABITS)
    is_asked = draw(records.stream("moved_in_checkups"), _ASKED_RATE, len(records.city.people))
    for month in records.months:
        children, moved_on = _list_arrivals(records, month)
        kept = is_asked[children]
        children, moved_on = children[kept], moved_on[kept]
        age = moved_on - records.city.people.birth[children]
        due = np.array([checkup.due_days + 20 for checkup in CHECKUPS])
        row, kind = np.nonzero(age[:, None] > due[None, :])
        outbox.register_keys("health_center", write_numbers(records.city.people.number[children]), children)
        table = _describe(records, hand, month, children[row], moved_on[row], kind)
        name = f"転入児健診歴_{month.code}"
        outbox.post(
            "health", name, month.last + _HANDED_OVER_DAYS, table, UTF8_BOM_LF, wrong=_WRONG, wrong_rate=0.004
        )


def _list_arrivals(records: Records, month: Month) -> tuple[Ints, Ints]:
    """Children under six whose arrival was notified in a month, and the day they came."""
    entries, people = records.history.entries, records.city.people
    rows = np.flatnonzero(
        (entries.event == MOVE_IN) & (entries.known >= month.first) & (entries.known <= month.last)
    )
    person, day = entries.person[rows], entries.day[rows]
    young = (day - people.birth[person] < _SIX_YEARS_DAYS) & (people.is_registered[person] == 1)
    young &= people.hidden_from[person] > day
    return whole_numbers(person[young]), whole_numbers(day[young])


def _describe(
    records: Records, hand: Handwriting, month: Month, children: Ints, moved_on: Ints, kind: Ints
) -> Table:
    people, size = records.city.people, len(children)
    rng = records.stream("moved_in_checkups", month.code)
    neglect = records.circumstances.level(NEGLECT, children, moved_on)
    dice = rng.random(size) + 0.1 * neglect
    answer = np.where(dice < 0.88, 0, np.where(dice < 0.94, 1, 2))
    due = people.birth[children] + np.array([checkup.due_days for checkup in CHECKUPS])[kind]
    attended = np.minimum(due + rng.integers(0, 45, size), moved_on - 1)
    return {
        "宛名番号": write_numbers(people.number[children]),
        "氏名": hand.name(children, month.last),
        "カナ": hand.kana(children, month.last),
        "生年月日": hand.birth(children),
        "転入年月日": write_dates(moved_on),
        "前住所地市区町村コード": repeat_text(OUTSIDE_CODE, children),
        "健診種別": pick([checkup.name for checkup in CHECKUPS], kind),
        "受診確認": pick(_ANSWERS, answer),
        "受診年月日": blank_where(answer > 0, write_dates(attended)),
        "確認方法": pick(_SOURCES, choose(rng, [0.8, 0.1, 0.1], size)),
    }
