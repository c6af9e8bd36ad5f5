"""居住実態の把握: children nobody has seen where they should have been, an Excel list on the 10th of every month."""

from dataclasses import dataclass

import numpy as np

from tsunagu.fiction.almanac import Month, age_years, date_of, day_of_school_year, is_child
from tsunagu.fiction.arrays import NEVER, Ints, concatenate_tables, draw, take_rows, whole_numbers
from tsunagu.fiction.circumstances import ISOLATION, NEGLECT
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import Table, write_numbers

_DAY = 10
_SIGNS = ("健診未受診", "未就園", "未就学", "手当の手続未了", "通報", "その他")
_WAYS = ("訪問", "所属機関", "出入国の記録", "他市町村", "その他")
_NOTES = ("", "", "手紙を置いた", "電話つながらず", "親族に確認中")
_SHEET = SheetStyle(
    "一覧", above=((0, "居住実態把握一覧"), (1, "{day}現在")), header_row=2, readings=(("児童氏名", "カナ"),)
)
_WRONG = (Wrong("確認状況", "未確認"), Wrong("管理番号", ""), Wrong("把握年月日", "2024/02/30"))
_HABITS = Habits(
    encoding="utf-8", name_styles=(0.8, 0.2, 0.0), kana_styles=(0.8, 0.1, 0.0, 0.05, 0.05), separators=(0.7, 0.2, 0.1),
    birth_error_rate=0.001,
)  # fmt: skip


@dataclass(frozen=True)
class Searches:
    """Children looked for, one row each: since when, the sign, and the day found (NEVER: nobody knows)."""

    person: Ints
    day: Ints
    sign: Ints
    found: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write who is looked for; a case that ended stays to the end of the fiscal year."""
    hand = Handwriting(records, "whereabouts", _HABITS)
    searches: list[Searches] = []
    listed = np.zeros(len(records.city.people), dtype=bool)
    for month in records.months:
        day = month.day(_DAY)
        fresh = _begin(records, month, day, listed)
        listed[fresh.person] = True
        searches.append(fresh)
        known = concatenate_tables(searches)
        numbers = number_text("居", 1 + records.number_from(10_000) + np.arange(len(known.person)))
        rows = np.flatnonzero(known.found >= day_of_school_year(month.school_year, 0))
        part = take_rows(known, rows)
        outbox.register_keys("whereabouts", numbers.take(rows), part.person)
        table = _describe(records, hand, part, numbers.take(rows).to_pylist(), day)
        outbox.post("welfare", "居住実態把握一覧", day, table, _SHEET, wrong=_WRONG, wrong_rate=0.004)


def _begin(records: Records, month: Month, day: int, listed: np.ndarray) -> Searches:
    """New searches: those who really are not there, and more who only did not open the door."""
    people = records.city.people
    rng = records.stream("whereabouts", month.code)
    persons = np.arange(len(people))
    strain = records.circumstances.level(NEGLECT, persons, day) + records.circumstances.level(
        ISOLATION, persons, day
    )
    missed = draw(rng, 0.0002 + 0.002 * strain, len(people)) & records.is_reachable(persons, day)
    lost = (people.away_from <= day - 60) & draw(rng, 0.3, len(people)) & records.is_resident(persons, day)
    wait = rng.integers(10, 75, len(people))
    sign = rng.integers(0, len(_SIGNS), len(people))
    wanted = (missed | lost) & is_child(people.birth, day) & ~listed & (people.is_registered == 1)
    rows = np.flatnonzero(wanted)
    school_age = age_years(people.birth[rows], day) >= 6
    sign = np.where(
        school_age & (sign[rows] < 2), 2, np.where(~school_age & (sign[rows] == 2), 0, sign[rows])
    )
    begun = np.maximum(day - 1 - wait[rows] // 4, people.birth[rows])
    return Searches(rows, begun, whole_numbers(sign), np.where(lost[rows], NEVER, day + wait[rows]))


def _describe(records: Records, hand: Handwriting, part: Searches, numbers: list[str], day: int) -> Table:
    persons = part.person
    is_found = part.found <= day
    is_long = (part.found == NEVER) & (day - part.day > 60)
    state = np.where(is_found, 1, np.where(is_long, 2, 0))
    return {
        "管理番号": [*numbers],
        "宛名番号": write_numbers(records.city.people.number[persons]).to_pylist(),
        "児童氏名": hand.name(persons, day).to_pylist(),
        "カナ": hand.kana(persons, day).to_pylist(),
        "生年月日": [date_of(birth) for birth in hand.birth_days(persons)],
        "住所": hand.address(persons, day).to_pylist(),
        "把握の端緒": [_SIGNS[row] for row in part.sign],
        "把握年月日": [date_of(value) for value in part.day],
        "確認状況": [("確認中", "確認済", "所在不明")[row] for row in state],
        "確認年月日": [
            date_of(value) if found else "" for value, found in zip(part.found, is_found, strict=True)
        ],
        "確認方法": [
            _WAYS[person % len(_WAYS)] if found else ""
            for person, found in zip(persons, is_found, strict=True)
        ],
        "備考": [_NOTES[person % len(_NOTES)] for person in persons],
    }
