"""要対協台帳: children whom the protection council follows, an Excel sheet at every month's end."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from tsunagu.fiction.almanac import YEAR_DAYS, date_of
from tsunagu.fiction.arrays import NEVER, NOBODY, Bools, Ints, Rng, draw, whole_numbers
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
# Which circumstances are noticed: chance by severity, mean days until then, and as what (shares of CATEGORIES).
_NOTICED = (
    (VIOLENCE, (0.30, 0.6, 0.9), 150, (0.33, 0.64, 0.03, 0.0, 0.0)),
    (NEGLECT, (0.25, 0.6, 0.9), 200, (0.0, 0.0, 0.0, 1.0, 0.0)),
    (HARDSHIP, (0.006, 0.012, 0.018), 400, (0.0, 0.0, 0.0, 0.0, 1.0)),
    (ISOLATION, (0.012, 0.024, 0.036), 400, (0.0, 0.0, 0.0, 0.0, 1.0)),
    (DEVELOPMENT, (0.004, 0.008, 0.012), 2500, (0.0, 0.0, 0.0, 0.0, 1.0)),
)  # fmt: skip
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
    keys = number_text("C", 100 + records.number_from(100_000) + np.arange(len(cases.person)))
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
    people = records.city.people
    pieces = [_noticed_cases(records, *trait) for trait in _NOTICED]
    pieces += [_unfounded_cases(records), _expectant_cases(records, rng)]
    person, category, opened, closed = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.argsort(opened, kind="stable")
    _, first = np.unique(person[order], return_index=True)
    order = order[np.sort(first)]
    here = records.is_resident(person[order], opened[order]) | (people.is_registered[person[order]] == 0)
    order = order[here & (opened[order] >= people.birth[person[order]])]
    chance = records.chance("council_agency", person[order])
    agency = np.where(
        category[order] <= 3,
        np.searchsorted([0.6, 0.9], chance, side="right"),
        np.searchsorted([0.5, 0.5, 0.7], chance, side="right"),
    )
    rhythm = whole_numbers(25 - 35 * np.log(1 - records.chance("council_rhythm", person[order])))
    return Cases(person[order], category[order], opened[order], closed[order], agency, rhythm)


def _noticed_cases(
    records: Records, kind: str, rates: tuple[float, ...], wait_days: int, categories: tuple[float, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Cases somebody opened because of one kind of circumstance: by its severity, some time after it began."""
    people, spells = records.city.people, records.circumstances.list_spells(kind)
    noticed, wait, stays, which = (
        records.chance(f"council_{word}_{kind}", spells.spell, spells.person)
        for word in ("noticed", "wait", "stays", "category")
    )
    opened = spells.start + 5 + whole_numbers(-wait_days * np.log(1 - wait))
    closed = np.maximum(spells.end, opened) + 60 + whole_numbers(-250 * np.log(1 - stays))
    minor = _is_minor(records, spells.person, opened)
    chosen = minor & (people.family[spells.person] >= 0) & (noticed < np.array(rates)[spells.severity - 1])
    category = np.searchsorted(np.cumsum(categories), which, side="right")
    return spells.person[chosen], category[chosen], opened[chosen], closed[chosen]


def _is_minor(records: Records, persons: Ints, day: Ints) -> Bools:
    age_days = day - records.city.people.birth[persons]
    minor: Bools = (age_days >= 0) & (age_days < 18 * YEAR_DAYS)
    return minor


def _unfounded_cases(records: Records) -> tuple[Ints, Ints, Ints, Ints]:
    """要支援児童 for reasons the truth knows nothing of."""
    people, first = records.city.people, records.months[0].first
    persons = np.arange(len(people))
    opened = np.maximum(people.birth, first - 500) + whole_numbers(
        2500 * records.chance("council_when", persons)
    )
    closed = opened + 120 + whole_numbers(-350 * np.log(1 - records.chance("council_until", persons)))
    chosen = (records.chance("council_noise", persons) < 0.002) & _is_minor(records, persons, opened)
    rows = np.flatnonzero(chosen & (people.family >= 0))
    return rows, np.full(len(rows), CATEGORIES.index("要支援児童")), opened[rows], closed[rows]


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
        "所属": list_belongings(records, persons, column),
        "種別": [CATEGORIES[row] for row in cases.category[rows]],
        "登録年月日": [
            write_day(value, style) for value, style in zip(cases.opened[rows], as_text, strict=True)
        ],
        "終結年月日": [write_day(value, style) for value, style in zip(closed, as_text, strict=True)],
        "主担当機関": [_AGENCIES[row] for row in cases.agency[rows]],
        "最終確認日": [write_day(value, style + 1) for value, style in zip(seen, as_text, strict=True)],
    }


def _write_births(births: Ints, category: Ints, persons: Ints, style: Ints) -> list[object]:
    """Birth dates; for an expectant mother hers, or nothing because the child is not born yet."""
    unborn = (category == CATEGORIES.index("特定妊婦")) & (persons % 5 < 2)
    return [
        "" if blank else write_day(birth, how)
        for birth, how, blank in zip(births, style, unborn, strict=True)
    ]


def write_day(day: int, style: int) -> date | str:
    """A real date in most cells, era text in others: whoever typed the row had her own habit."""
    if day >= NEVER:
        return ""
    return date_of(day) if style >= 3 or day < 9131 else era_text(int(day), int(style))


def list_belongings(records: Records, persons: Ints, column: int) -> list[object]:
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
