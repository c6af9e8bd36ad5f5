"""What the known rows of one person give, for each kind, before asking whether all the time is covered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tsunagu.catalog.indicators import Consecutive, PeriodUnit, Take
from tsunagu.catalog.words import ValueType
from tsunagu.indicators.nodes import (
    DONE,
    EARLIEST,
    LATE,
    LATEST,
    ChangeOfLatest,
    Count,
    Figure,
    Latest,
    Measure,
    Missing,
    Source,
    Span,
    Spell,
    StateAt,
    Sum,
    Test,
)
from tsunagu.indicators.oracle.known import DAY, Known, find_life_start, get_date
from tsunagu.indicators.resolve import add_months
from tsunagu.indicators.world import Fact, Person
from tsunagu.vocabulary.dates import get_school_year

WORDS = frozenset({ValueType.CODE, ValueType.TEXT, ValueType.DATE, ValueType.YEAR_MONTH})


@dataclass(frozen=True, slots=True)
class Found:
    """What rows say. `needed_from`: only time from here on could change it; None = the whole window."""

    rows: int = 0
    number: float | None = None
    text: str | None = None
    event_on: date | None = None
    known_on: date | None = None
    feeds: frozenset[str] = frozenset()
    needed_from: date | None = None

    @property
    def is_value(self) -> bool:
        """Whether there is an answer."""
        return self.number is not None or self.text is not None


def measure_rows(known: Known, person: Person, node: Measure) -> Found:
    """Carry out one measure for one person."""
    if isinstance(node, StateAt):
        return _measure_state(known, person, node)
    if isinstance(node, Spell) and node.source.is_state:
        return _measure_state_spell(known, person, node)
    rows = _list_events(known, person, node.source, node.span)
    if not rows:
        return Found()
    if isinstance(node, Spell):
        return _measure_spell(rows, node, _build_places(known, node))
    if isinstance(node, Missing):
        return _measure_missing(rows, node, person)
    if isinstance(node, ChangeOfLatest):
        return _measure_change_of_latest(rows, node)
    base = _describe(rows, node.source.event)
    if isinstance(node, Latest):
        number, text = _read_value(rows[-1], node.source)
        return replace(base, number=number, text=text, needed_from=base.event_on)
    return replace(base, number=_count(rows, node))


def merge_found(founds: Sequence[Found]) -> Found:
    """Rows of several measures taken together, without an answer."""
    return Found(
        rows=sum(found.rows for found in founds),
        event_on=max((found.event_on for found in founds if found.event_on), default=None),
        known_on=max((found.known_on for found in founds if found.known_on), default=None),
        feeds=frozenset().union(*(found.feeds for found in founds)),
    )


def _list_events(known: Known, person: Person, source: Source, span: Span) -> list[Fact]:
    # Rows that pass the tests, dated inside the window, oldest first.
    start = span.start if span.since is None else find_life_start(person, span.since)
    rows = [
        fact
        for fact in known.list_rows(person.person_id, source.item)
        if (event := get_date(fact, source.event)) is not None
        and start <= event < span.end
        and passes(fact, source.tests)
    ]
    return sorted(rows, key=lambda fact: _get_order(fact, source.event))


def _get_order(fact: Fact, event: str) -> tuple[date, date, int]:
    return get_date(fact, event) or EARLIEST, fact.known_from, fact.record_id


def passes(fact: Fact, tests: Iterable[Test]) -> bool:
    """Whether a row meets every condition; what is not recorded meets only two of them."""
    return all(_passes_one(fact.columns.get(test.column), test) for test in tests)


def _passes_one(found: object, test: Test) -> bool:
    if test.test == "is_recorded":
        return (found is not None) == (test.words == ("true",))
    if found is None:
        return test.test == "differs_from"
    if test.test in ("at_least", "at_most"):
        assert isinstance(found, int | float)
        return found >= test.number if test.test == "at_least" else found <= test.number
    word = str(found).lower() if isinstance(found, bool) else str(found)
    return (word in test.words) != (test.test == "differs_from")


def _describe(rows: Sequence[Fact], event: str) -> Found:
    return Found(
        rows=len(rows),
        event_on=max(_list_dates(rows, event), default=None),
        known_on=max(fact.known_from for fact in rows),
        feeds=frozenset(fact.feed for fact in rows),
    )


def _list_dates(rows: Iterable[Fact], event: str) -> list[date]:
    return [day for fact in rows if (day := get_date(fact, event)) is not None]


def _read_value(fact: Fact, source: Source) -> tuple[float | None, str | None]:
    assert source.value is not None
    found = fact.columns[source.value]
    if source.value_type in WORDS:
        return None, str(found)
    assert isinstance(found, int | float)
    return float(found), None


def _count(rows: Sequence[Fact], node: Figure) -> float:
    if isinstance(node, Count):
        return float(len(rows))
    if isinstance(node, Sum):
        return sum(_read_value(fact, node.source)[0] or 0.0 for fact in rows)
    return float(len({_find_period(day, node.period) for day in _list_dates(rows, node.source.event)}))


def _find_period(day: date, period: PeriodUnit) -> object:
    if period is PeriodUnit.WEEK:
        return day - day.weekday() * DAY
    if period is PeriodUnit.MONTH:
        return day.year, day.month
    return get_school_year(day) if period is PeriodUnit.SCHOOL_YEAR else day


def _measure_state(known: Known, person: Person, node: StateAt) -> Found:
    rows = [
        fact
        for fact in known.list_rows(person.person_id, node.source.item)
        if get_date(fact, "valid_to") is None and passes(fact, node.source.tests)
    ]
    if not rows:
        return Found()
    latest = max(rows, key=lambda fact: _get_order(fact, "valid_from"))
    number, text = _read_value(latest, node.source) if node.source.value else (1.0, None)
    return replace(_describe(rows, "valid_from"), number=number, text=text)


def _measure_missing(rows: Sequence[Fact], node: Missing, person: Person) -> Found:
    base = _describe(rows, node.source.event)
    if person.birth_month is None:
        return base
    deadline = add_months(person.birth_month, node.until_age_months + 1)
    is_in_time = min(_list_dates(rows, node.source.event)) < deadline
    return replace(base, number=0.0, text=DONE if is_in_time else LATE)


def _measure_change_of_latest(rows: Sequence[Fact], node: ChangeOfLatest) -> Found:
    # Without an earlier day there is nothing to compare with.
    base = _describe(rows, node.source.event)
    earlier = [fact for fact in rows if get_date(fact, node.source.event) != base.event_on]
    if not earlier:
        return base
    now, before = _read_value(rows[-1], node.source)[0], _read_value(earlier[-1], node.source)[0]
    needed_from = get_date(earlier[-1], node.source.event)
    return replace(base, number=(now or 0.0) - (before or 0.0), needed_from=needed_from)


def _measure_spell(rows: Sequence[Fact], node: Spell, place: Callable[[date], int]) -> Found:
    runs: list[list[date]] = []
    for day in sorted(set(_list_dates(rows, node.source.event))):
        if runs and place(day) - place(runs[-1][-1]) <= 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    lengths = [(len({place(day) for day in run}), run[-1]) for run in runs]
    length, last_day = lengths[-1] if node.take is Take.LATEST else max(lengths)
    return replace(_describe(rows, node.source.event), number=float(length), event_on=last_day)


def _build_places(known: Known, node: Spell) -> Callable[[date], int]:
    if node.consecutive is Consecutive.DAYS:
        return date.toordinal
    if node.consecutive is Consecutive.MONTHS:
        return lambda day: day.year * 12 + day.month
    open_days = {
        day
        for person_id in set(known.world.subjects.values())
        for day in _list_dates(known.list_rows(person_id, node.source.item), node.source.event)
    }
    return {day: position for position, day in enumerate(sorted(open_days))}.__getitem__


def _measure_state_spell(known: Known, person: Person, node: Spell) -> Found:
    start = node.span.start if node.span.since is None else find_life_start(person, node.span.since)
    rows, stays = [], []
    for fact in known.list_rows(person.person_id, node.source.item):
        begins = max(get_date(fact, "valid_from") or EARLIEST, start)
        ends = min(get_date(fact, "valid_to") or LATEST, node.span.end)
        if begins < ends and passes(fact, node.source.tests):
            rows.append(fact)
            stays.append((begins, ends))
    if not rows:
        return Found()
    runs: list[tuple[date, date]] = []
    for begins, ends in sorted(stays):
        if runs and begins <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(ends, runs[-1][1]))
        else:
            runs.append((begins, ends))
    lengths = [((ends - begins).days, ends - DAY) for begins, ends in runs]
    length, last_day = lengths[-1] if node.take is Take.LATEST else max(lengths)
    return replace(_describe(rows, node.source.event), number=float(length), event_on=last_day)
