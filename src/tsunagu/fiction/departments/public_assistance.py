"""生活保護: children of households on public assistance, a list at every month's end."""

import numpy as np

from tsunagu.fiction.almanac import day_of_school_year
from tsunagu.fiction.arrays import NEVER, Ints, rank_within, whole_numbers
from tsunagu.fiction.benefits import PUBLIC_ASSISTANCE
from tsunagu.fiction.departments.child_rearing_allowance import Receipt, open_receipts
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import CP932, Table, blank_where, join, pick, repeat_text, write_numbers

_WRONG = (Wrong("生年月日", "平成30年2月30日"), Wrong("受給区分", "受給？"), Wrong("世帯員番号", ""))
_HABITS = Habits(
    kana_styles=(0.6, 0.3, 0.04, 0.04, 0.02), surname_lags=(0.8, 0.15, 0.05), separators=(0.8, 0.15, 0.05),
    era_styles=(0.55, 0.3, 0.1, 0.05), birth_error_rate=0.002, note_rate=0.004,
)  # fmt: skip


def write(records: Records, outbox: Outbox) -> None:
    """Write the members under twenty; an abolished case stays to the end of the fiscal year."""
    hand = Handwriting(records, "public_assistance", _HABITS)
    people = records.city.people
    spell = open_receipts(len(people))
    for column, month in enumerate(records.months):
        _follow(records, spell, column)
        year_start = day_of_school_year(month.school_year, 0)
        listed = np.flatnonzero((spell.since < NEVER) & (spell.until >= year_start))
        listed = listed[np.argsort(people.family[listed], kind="stable")]
        table = _describe(records, hand, spell, listed, month.last)
        keys = join(table["世帯員番号"], ":", table["保護ケース番号"])
        outbox.register_keys("public_assistance", keys, listed)
        outbox.post("benefits", "生活保護世帯員", month.last, table, CP932, wrong=_WRONG, wrong_rate=0.002)


def _follow(records: Records, spell: Receipt, column: int) -> None:
    people, month = records.city.people, records.months[column]
    now = np.zeros(len(people), dtype=bool)
    now[records.benefits.list_recipients(PUBLIC_ASSISTANCE, column)] = True
    now &= people.family >= 0
    begins = now & ((spell.since == NEVER) | (spell.until < NEVER))
    is_first = month is records.months[0]
    earlier = (
        month.first - (people.family * 131) % 1500 if is_first else month.day(1 + (month.month * 5) % 20)
    )
    spell.since = np.where(begins, np.maximum(earlier, people.birth), spell.since)
    spell.until = np.where(begins, NEVER, spell.until)
    ends = ~now & (spell.since < NEVER) & (spell.until == NEVER)
    spell.until = np.where(ends, month.first + people.family % 25, spell.until)


def _describe(records: Records, hand: Handwriting, spell: Receipt, persons: Ints, day: int) -> Table:
    people = records.city.people
    family = people.family[persons]
    place = rank_within(people.family)[persons]
    ended = spell.until[persons] <= day
    state = np.where(ended, 2, (family % 53 == 0) * 1)
    return {
        "保護ケース番号": join("保", write_numbers(10_000 + records.number_from(1_000_000) + family)),
        "世帯員番号": pick([f"{number:02d}" for number in range(1, 60)], 1 + np.minimum(place, 50)),
        "宛名番号": blank_where(persons % 31 == 0, write_numbers(people.number[persons])),
        "氏名": hand.name(persons, day),
        "カナ": hand.kana(persons, day),
        "生年月日": hand.birth_in_era(persons),
        "性別": pick(["", "男", "女"], people.sex[persons]),
        "続柄": repeat_text("子", persons),
        "保護開始年月日": hand.era(persons, spell.since[persons]),
        "保護廃止年月日": hand.era(persons, np.where(ended, spell.until[persons], NEVER)),
        "受給区分": pick(["受給中", "停止中", "廃止"], whole_numbers(state)),
        "担当地区": pick(["第一地区", "第二地区", "第三地区", "第四地区"], family % 4),
    }
