"""保健室来室: who came to the nurse's room, when and why, school by school and month by month."""

import numpy as np

from tsunagu.fiction.almanac import Month, list_school_days
from tsunagu.fiction.arrays import Floats, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import (
    BULLYING,
    ILLNESS,
    NEGLECT,
    NON_ATTENDANCE,
    VIOLENCE,
    YOUNG_CARER,
)
from tsunagu.fiction.departments.school_attendance import split_by_hand_over
from tsunagu.fiction.departments.school_roster import school_hand, write_pupil_numbers
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import (
    CP932,
    Table,
    blank_where,
    join,
    pick,
    repeat_text,
    write_dates,
    write_numbers,
)

HURT, UNWELL, TALK, REST, OTHER = range(5)
REASONS = ("けが", "体調不良", "相談", "休養", "その他")
_COMPLAINTS = (
    ("すり傷", "打撲", "鼻血", "つき指", "切り傷"),
    ("頭痛", "腹痛", "気持ち悪い", "発熱", "だるい"),
    ("友人のこと", "家のこと", "話がしたい", "眠れない", "なんとなく"),
    ("寝不足", "疲れた", "教室に入れない", "朝食なし", "横になりたい"),
    ("着替え", "爪切り", "歯がぬけた", "コンタクト", "忘れ物"),
)
_CARE = ("湿布", "消毒・絆創膏", "検温", "休養", "早退", "様子を見る", "話を聞く")
_WRONG = (
    Wrong("来室年月日", "2024/02/30"),
    Wrong("来室理由", "ケガ？"),
    Wrong("学籍番号", ""),
    Wrong("滞在分", "15分"),
    Wrong("滞在分", "２０"),
)


def write(records: Records, outbox: Outbox) -> None:
    """Write every month's visits; a school may bring its month later, or never."""
    temper = np.exp(
        records.stream("school_nurse", "temper").normal(-0.35, 0.85, len(records.schooling.persons))
    )
    for column, month in enumerate(records.months):
        days = whole_numbers(list_school_days(month))
        if not len(days):
            continue
        rng = records.stream("school_nurse", month.code)
        table, school = _list_visits(records, rng, temper, column, days)
        for part, day in split_by_hand_over(rng, school, records.city.places.school_codes, month):
            chosen = {header: cells.take(part) for header, cells in table.items()}
            outbox.post("education", f"保健室来室記録_{month.code}", day, chosen, CP932, wrong=_WRONG)


def _list_visits(records: Records, rng: Rng, temper: Floats, column: int, days: Ints) -> tuple[Table, Ints]:
    """All visits of a month in the order of school, day and time, and the school of each."""
    month = records.months[column]
    pupils = records.schooling.rows_in(column)
    persons = records.schooling.persons[pupils]
    distress = _measure_distress(records, persons, month)
    count = rng.poisson((0.2 * temper[pupils] + distress) * len(days) / 18)
    pupil = np.repeat(np.arange(len(pupils)), count)
    day = days[rng.integers(0, len(days), len(pupil))]
    minute = 5 * rng.integers(100, 186, len(pupil)) + rng.integers(0, 5, len(pupil))
    spot = (pupil * 100_000 + day) * 1_440 + minute
    pupil, day, minute = (values[np.unique(spot, return_index=True)[1]] for values in (pupil, day, minute))
    school = records.schooling.school[pupils[pupil], column]
    order = np.lexsort((minute, day, school))
    pupil, day, minute, school = pupil[order], day[order], minute[order], school[order]
    hand = school_hand(records)
    table: Table = {
        "学校コード": pick(records.city.places.school_codes, school),
        "対象年月": repeat_text(month.code, pupil),
        "学籍番号": write_pupil_numbers(records.schooling.number[pupils[pupil], column]),
        "氏名": hand.name(persons[pupil], month.last),
        "来室年月日": write_dates(day),
        "来室時刻": join(
            write_numbers(minute // 60), ":", pick([f"{m:02d}" for m in range(60)], minute % 60)
        ),
    }
    return table | _describe(rng, distress[pupil] > 0.5), school


def _measure_distress(records: Records, persons: Ints, month: Month) -> Floats:
    """Visits a month more than others make, for what a child does not say."""
    day = (month.first + month.last) // 2
    weights = (
        (NON_ATTENDANCE, 0.6),
        (BULLYING, 1.1),
        (VIOLENCE, 0.8),
        (NEGLECT, 0.9),
        (YOUNG_CARER, 0.5),
        (ILLNESS, 0.4),
    )
    distress: Floats = np.zeros(len(persons))
    for kind, weight in weights:
        distress = distress + weight * records.circumstances.level(kind, persons, day)
    return distress


def _describe(rng: Rng, is_in_distress: np.ndarray) -> Table:
    size = len(is_in_distress)
    usual = choose(rng, [0.38, 0.44, 0.04, 0.06, 0.08], size)
    strained = choose(rng, [0.13, 0.42, 0.17, 0.24, 0.04], size)
    reason = np.where(is_in_distress, strained, usual)
    words = [word for row in _COMPLAINTS for word in row]
    complaint = pick(words, reason * 5 + choose(rng, [0.34, 0.24, 0.18, 0.14, 0.10], size))
    stay = 5 * (1 + rng.integers(0, 4, size)) + 10 * (reason == REST) * rng.integers(1, 5, size)
    return {
        "来室理由": pick(REASONS, reason),
        "主訴": blank_where(draw(rng, 0.35, size), complaint),
        "処置": blank_where(draw(rng, 0.4, size), pick(_CARE, rng.integers(0, len(_CARE), size))),
        "滞在分": blank_where(draw(rng, 0.4, size), write_numbers(stay)),
    }
