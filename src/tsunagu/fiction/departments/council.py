"""要対協台帳: children whom the protection council follows, an Excel sheet at every month's end."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from tsunagu.fiction.almanac import date_of, is_child
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, choose, draw, whole_numbers
from tsunagu.fiction.circumstances import DEVELOPMENT, HARDSHIP, ISOLATION, NEGLECT, PERINATAL, VIOLENCE
from tsunagu.fiction.handwriting import Habits, Handwriting
from tsunagu.fiction.outbox import Outbox, number_text
from tsunagu.fiction.records import Records
from tsunagu.fiction.workbooks import SheetStyle
from tsunagu.fiction.writing import era_text

_SHEET = SheetStyle(
    "台帳",
    above=((0, "要保護児童対策地域協議会　台帳"), (1, "取扱注意")),
    header_row=2,
    readings=(("児童氏名", "フリガナ"),),
)
_SHOWN_AFTER_CLOSING_DAYS = 90
CATEGORIES = ("身体的虐待", "心理的虐待", "性的虐待", "ネグレクト", "要支援児童", "特定妊婦")
_AGENCIES = ("こども家庭センター", "児童相談所", "学校教育課", "健康課")
_HABITS = Habits(
    encoding="utf-8", name_styles=(0.6, 0.4, 0.0), kana_styles=(0.7, 0.1, 0.0, 0.15, 0.05), separators=(0.3, 0.4, 0.3),
    surname_lags=(0.7, 0.2, 0.1), address_styles=(0.05, 0.45, 0.1, 0.2, 0.2), birth_error_rate=0.004,
)  # fmt: skip


@dataclass(frozen=True)
class Cases:
    """Cases, one row each: person, row of CATEGORIES, registered and closed days, lead agency, visit rhythm."""

    person: Ints
    category: Ints
    opened: Ints
    closed: Ints
    agency: Ints
    rhythm_days: Ints


def write(records: Records, outbox: Outbox) -> None:
    """Write the open cases and those closed lately, every month."""
    hand = Handwriting(records, "council", _HABITS)
    cases = _open_cases(records)
    keys = number_text("C", whole_numbers(100 + np.arange(len(cases.person))))
    seen_any = np.zeros(len(cases.person), dtype=bool)
    for column, month in enumerate(records.months):
        known = (cases.opened <= month.last) & (cases.closed > month.last - _SHOWN_AFTER_CLOSING_DAYS)
        rows = np.flatnonzero(known)
        seen_any[rows] = True
        table = _describe(records, hand, cases, rows, column, keys.take(rows).to_pylist())
        outbox.post("welfare", "要対協台帳", month.last, table, _SHEET)
    listed = np.flatnonzero(seen_any)
    outbox.register_keys("council", keys.take(listed), cases.person[listed])


def _open_cases(records: Records) -> Cases:
    """Cases come from what somebody noticed: violence and neglect often, other strain seldom; noise too."""
    rng = records.stream("council")
    people, spells = records.city.people, records.circumstances.spells
    last = records.months[-1].last
    size = len(people)
    minor = is_child(people.birth, records.months[0].first) | is_child(people.birth, last)
    pieces: list[tuple[Ints, Ints, Ints, Ints]] = []
    for kind, rates, wait in ((VIOLENCE, (0.30, 0.6, 0.9), 150), (NEGLECT, (0.25, 0.6, 0.9), 200)):
        spell = spells[kind]
        noticed = draw(rng, np.array([0.0, *rates])[spell.severity], size) & minor & (spell.start < NEVER)
        persons = np.flatnonzero(noticed & (people.role <= 9) & (people.family >= 0))
        opened = spell.start[persons] + 5 + whole_numbers(rng.exponential(wait, len(persons)))
        closed = (
            np.maximum(spell.end[persons], opened) + 60 + whole_numbers(rng.exponential(200, len(persons)))
        )
        pieces.append((persons, _abuse_category(rng, kind, len(persons)), opened, closed))
    pieces.append(_support_cases(records, rng, minor))
    pieces.append(_expectant_cases(records, rng))
    person, category, opened, closed = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.argsort(opened, kind="stable")
    _, first = np.unique(person[order], return_index=True)
    order = order[np.sort(first)]
    here = records.is_resident(person[order], opened[order]) | (people.is_registered[person[order]] == 0)
    order = order[here & (opened[order] >= people.birth[person[order]])]
    agency = np.where(
        category[order] <= 3,
        choose(rng, [0.6, 0.3, 0.1], len(order)),
        choose(rng, [0.5, 0, 0.2, 0.3], len(order)),
    )
    rhythm = whole_numbers(25 + rng.exponential(35, len(order)))
    return Cases(person[order], category[order], opened[order], closed[order], agency, rhythm)


def _abuse_category(rng: Rng, kind: str, size: int) -> Ints:
    if kind == NEGLECT:
        return np.full(size, CATEGORIES.index("ネグレクト"))
    return choose(rng, [0.33, 0.64, 0.03], size)


def _support_cases(records: Records, rng: Rng, minor: Bools) -> tuple[Ints, Ints, Ints, Ints]:
    """要支援児童: hardship, isolation or development noticed as such, and a little noise."""
    people, spells = records.city.people, records.circumstances.spells
    first, last = records.months[0].first, records.months[-1].last
    size = len(people)
    rate = np.full(size, 0.0012)
    for kind, weight in ((HARDSHIP, 0.006), (ISOLATION, 0.012), (DEVELOPMENT, 0.004)):
        rate += weight * spells[kind].severity
    persons = np.flatnonzero(draw(rng, rate, size) & minor & (people.family >= 0))
    opened = rng.integers(first - 500, last, len(persons))
    closed = opened + 120 + whole_numbers(rng.exponential(350, len(persons)))
    return persons, np.full(len(persons), CATEGORIES.index("要支援児童")), opened, closed


def _expectant_cases(records: Records, rng: Rng) -> tuple[Ints, Ints, Ints, Ints]:
    """特定妊婦: the mother herself is the case until some months after the birth."""
    table = records.city.pregnancies
    level = records.circumstances.level
    mother, when = table.mother, table.notified
    burden = (
        level(HARDSHIP, mother, when) + level(ISOLATION, mother, when) + 2 * level(VIOLENCE, mother, when)
    )
    burden = burden + 2 * (table.weeks >= 22) + level(PERINATAL, mother, when)
    chosen = np.flatnonzero(draw(rng, np.clip(0.07 * (burden - 1), 0.0, 0.6), len(mother)))
    opened = when[chosen] + rng.integers(10, 90, len(chosen))
    closed = table.due[chosen] + rng.integers(60, 240, len(chosen))
    return mother[chosen], np.full(len(chosen), CATEGORIES.index("特定妊婦")), opened, closed


def _describe(
    records: Records, hand: Handwriting, cases: Cases, rows: Ints, column: int, keys: list[str]
) -> dict[str, list[object]]:
    month = records.months[column]
    persons, day = cases.person[rows], month.last
    births = hand.birth_days(persons)
    closed = np.where(cases.closed[rows] <= day, cases.closed[rows], NEVER)
    seen = np.minimum(day, closed) - (persons * 13 + day) % cases.rhythm_days[rows]
    seen = np.maximum(seen, cases.opened[rows])
    as_text = (persons + rows) % 5
    return {
        "ケース番号": [*keys],
        "児童氏名": hand.name(persons, day).to_pylist(),
        "フリガナ": hand.kana(persons, day).to_pylist(),
        "生年月日": _write_births(births, cases.category[rows], persons, as_text),
        "性別": [("", "男", "女")[sex] for sex in records.city.people.sex[persons]],
        "住所": hand.address(persons, day).to_pylist(),
        "所属": _belongings(records, persons, column),
        "種別": [CATEGORIES[row] for row in cases.category[rows]],
        "登録年月日": [
            _write_day(value, style) for value, style in zip(cases.opened[rows], as_text, strict=True)
        ],
        "終結年月日": [_write_day(value, style) for value, style in zip(closed, as_text, strict=True)],
        "主担当機関": [_AGENCIES[row] for row in cases.agency[rows]],
        "最終確認日": [_write_day(value, style + 1) for value, style in zip(seen, as_text, strict=True)],
    }


def _write_births(births: Ints, category: Ints, persons: Ints, style: Ints) -> list[object]:
    """Birth dates; for an expectant mother hers, or nothing because the child is not born yet."""
    unborn = (category == CATEGORIES.index("特定妊婦")) & (persons % 5 < 2)
    return [
        "" if blank else _write_day(birth, how)
        for birth, how, blank in zip(births, style, unborn, strict=True)
    ]


def _write_day(day: int, style: int) -> date | str:
    """A real date in most cells, era text in others: whoever typed the row had her own habit."""
    if day >= NEVER:
        return ""
    return date_of(day) if style >= 3 or day < 9131 else era_text(int(day), int(style))


def _belongings(records: Records, persons: Ints, column: int) -> list[object]:
    """所属: the school or nursery, 在宅 for infants at home."""
    places = records.city.places
    belongs = dict.fromkeys(persons.tolist(), "在宅")
    sources = (
        (records.schooling.persons, records.schooling.school, places.school_names),
        (records.nurseries.persons, records.nurseries.facility, places.nursery_names),
    )
    for children, facility, names in sources:
        for row in np.flatnonzero(np.isin(children, persons) & (facility[:, column] != NOBODY)):
            belongs[int(children[row])] = names[facility[row, column]]
    return [belongs[person] for person in persons.tolist()]
