"""家庭児童相談: the reception book of the family desk, an Excel list that grows through the fiscal year."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tsunagu.fiction.almanac import Month, is_child
from tsunagu.fiction.arrays import (
    NEVER,
    Ints,
    Rng,
    choose,
    concatenate_tables,
    draw,
    take_rows,
    whole_numbers,
)
from tsunagu.fiction.circumstances import (
    DEVELOPMENT,
    HARDSHIP,
    ISOLATION,
    NEGLECT,
    NON_ATTENDANCE,
    PARENT_ILLNESS,
    VIOLENCE,
)
from tsunagu.fiction.departments.council import list_belongings, write_day
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, Wrong
from tsunagu.fiction.records import Records
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import Table

ABUSE, CARE, HEALTH, DISABILITY, DELINQUENCY, UPBRINGING, OTHER = range(7)
_KINDS = ("虐待", "養護（その他）", "保健", "障害", "非行", "育成", "その他")
_ROUTES = (
    "家族",
    "本人",
    "近隣・知人",
    "学校",
    "保育所等",
    "医療機関",
    "警察",
    "児童相談所",
    "保健センター",
    "その他",
)
_STEPS = ("助言終了", "継続", "関係機関紹介", "児童相談所送致", "要対協登録", "")
_PHRASES = (
    "大きな声がする", "夜に外にいる", "お金のこと", "子育てに疲れた", "学校に行けない", "ことばが遅い", "離婚のこと", "食事のこと",
    "きょうだいげんか", "預け先がない", "眠れない", "手が出てしまう",
)  # fmt: skip
_SHEET = SheetStyle(
    "受付簿",
    above=((0, "家庭児童相談受付簿"), (1, "{day}現在")),
    header_row=2,
    readings=(("児童氏名", "フリガナ"),),
)
_HABITS = Habits(
    encoding="utf-8", name_styles=(0.5, 0.5, 0.0), kana_styles=(0.6, 0.15, 0.0, 0.15, 0.1), separators=(0.3, 0.4, 0.3),
    surname_lags=(0.7, 0.2, 0.1), address_styles=(0.05, 0.4, 0.1, 0.2, 0.25), birth_error_rate=0.005, note_rate=0.02,
)  # fmt: skip
_BLANK_RATE = 0.3
_WRONG = (
    Wrong("相談種別", "養護"),
    Wrong("受付番号", ""),
    Wrong("受付年月日", "令和6年2月30日"),
    Wrong("対応区分", "？"),
)
# What brings a family to the desk in a month, by a step of severity.
_RATES = ((VIOLENCE, 0.03), (NEGLECT, 0.025), (NON_ATTENDANCE, 0.012), (ISOLATION, 0.006), (DEVELOPMENT, 0.002),
          (HARDSHIP, 0.002), (PARENT_ILLNESS, 0.006))  # fmt: skip


@dataclass(frozen=True)
class Calls:
    """Consultations, one row each; `closed` is NEVER while the desk goes on. `is_unborn`: about a child expected."""

    number: Ints
    person: Ints
    day: Ints
    kind: Ints
    route: Ints
    step: Ints
    closed: Ints
    is_unborn: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write the book of the fiscal year so far, at every month's end."""
    hand = Handwriting(records, "family_consultation", _HABITS)
    book: list[Calls] = []
    year = 0
    for column, month in enumerate(records.months):
        if month.school_year != year:
            book, year = [], month.school_year
        book.append(_take_calls(records, month, sum(len(calls.number) for calls in book)))
        calls = concatenate_tables(book)
        table = _describe(records, hand, calls, column, year)
        outbox.register_keys("family_consultation", pa.array(table["受付番号"], pa.string()), calls.person)
        chance = records.stream("family_consultation", "ending", month.code).random(1)[0]
        style = replace(_SHEET, blank_rows=2 if chance < _BLANK_RATE else 0)
        outbox.post("welfare", "家庭児童相談受付簿", month.last, table, style, wrong=_WRONG)


def _take_calls(records: Records, month: Month, before: int) -> Calls:
    """Who calls in a month: families under strain more often, and now and then anybody."""
    people = records.city.people
    rng = records.stream("family_consultation", month.code)
    persons = np.arange(len(people))
    rate = np.full(len(people), 0.0011)
    for burden, weight in _RATES:
        rate = rate + weight * records.circumstances.level(burden, persons, month.last)
    calling = is_child(people.birth, month.last) & (people.family >= 0) & draw(rng, rate, len(people))
    children = np.flatnonzero(calling)
    children = children[records.is_reachable(children, month.last)]
    expecting = _list_expecting(records, rng, month)
    person = np.concatenate([children, expecting])
    size = len(person)
    day = month.first + rng.integers(0, month.last - month.first + 1, size)
    day = np.where(np.arange(size) < len(children), np.maximum(day, people.birth[person]), day)
    length = whole_numbers(rng.exponential(60, size))
    kind = _classify(records, rng, person, day)
    step = np.where(
        kind == ABUSE,
        choose(rng, [0.1, 0.45, 0.1, 0.1, 0.2, 0.05], size),
        choose(rng, [0.4, 0.35, 0.15, 0.0, 0.03, 0.07], size),
    )
    calls = Calls(
        number=np.zeros(size, dtype=np.int64),
        person=person,
        day=day,
        kind=kind,
        route=choose(rng, [0.36, 0.04, 0.06, 0.18, 0.1, 0.04, 0.05, 0.06, 0.08, 0.03], size),
        step=step,
        closed=np.where(
            step == 1, day + 60 + length, np.where(step == len(_STEPS) - 1, NEVER, day + length // 4)
        ),
        is_unborn=(np.arange(size) >= len(children)) * 1,
    )
    calls = take_rows(calls, np.lexsort((person, day)))
    return replace(calls, number=before + 1 + np.arange(size))


def _list_expecting(records: Records, rng: Rng, month: Month) -> Ints:
    """Rows of mothers who come before their child is born."""
    table = records.city.pregnancies
    level = records.circumstances.level
    burden = level(HARDSHIP, table.mother, month.last) + level(ISOLATION, table.mother, month.last)
    waiting = (table.notified <= month.first) & (table.due > month.last)
    rows = np.flatnonzero(waiting & draw(rng, 0.004 + 0.012 * burden, len(table.mother)))
    mothers = np.unique(table.mother[rows])
    return mothers[records.is_reachable(mothers, month.last)]


def _classify(records: Records, rng: Rng, person: Ints, day: Ints) -> Ints:
    level = records.circumstances.level
    size = len(person)
    kind = choose(rng, [0.03, 0.25, 0.1, 0.12, 0.04, 0.34, 0.12], size)
    sure = draw(rng, 0.7, size)
    kind = np.where(sure & (level(DEVELOPMENT, person, day) > 0), DISABILITY, kind)
    kind = np.where(sure & (level(NON_ATTENDANCE, person, day) > 0), UPBRINGING, kind)
    troubled = (level(VIOLENCE, person, day) > 0) | (level(NEGLECT, person, day) > 0)
    return whole_numbers(np.where(sure & troubled, ABUSE, kind))


def _describe(records: Records, hand: Handwriting, calls: Calls, column: int, year: int) -> Table:
    month, persons = records.months[column], calls.person
    unborn = calls.is_unborn == 1
    closed = np.where(calls.closed <= month.last, calls.closed, NEVER)
    style = persons % 5
    step = np.where((closed == NEVER) & (calls.step != 1), len(_STEPS) - 1, calls.step)
    births = hand.birth_days(persons)
    names = hand.name(persons, month.last).to_pylist()
    kanas = hand.kana(persons, month.last).to_pylist()
    return {
        "受付番号": [f"R{year - 2018}-{number:04d}" for number in calls.number + records.number_from(10_000)],
        "受付年月日": [write_day(day, how) for day, how in zip(calls.day, style, strict=True)],
        "児童氏名": [f"{name}（胎児）" if wait else name for name, wait in zip(names, unborn, strict=True)],
        "フリガナ": ["" if wait else kana for kana, wait in zip(kanas, unborn, strict=True)],
        "生年月日": [
            "" if wait else write_day(day, how) for day, how, wait in zip(births, style, unborn, strict=True)
        ],
        "性別": [
            "" if wait else ("", "男", "女")[sex]
            for sex, wait in zip(records.city.people.sex[persons], unborn, strict=True)
        ],
        "住所": hand.address(persons, month.last).to_pylist(),
        "所属": list_belongings(records, persons, column),
        "相談経路": [_ROUTES[row] for row in calls.route],
        "相談種別": [_KINDS[row] for row in calls.kind],
        "相談内容": [
            _PHRASES[(person + number) % len(_PHRASES)]
            for person, number in zip(persons, calls.number, strict=True)
        ],
        "対応区分": [_STEPS[row] for row in step],
        "終結年月日": [write_day(day, how) for day, how in zip(closed, style, strict=True)],
    }
