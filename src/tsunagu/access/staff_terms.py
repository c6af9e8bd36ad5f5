"""What staff hold from day to day, and what a new list would begin, end and change. Pure: no database, no clock.

What lies before the day on which the list begins stays as it was: nobody's past rights are rewritten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What is held."""

    ROLE = "role"
    PURPOSE = "purpose"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """One thing that is held: a role in a scope, a purpose, or that one gives and takes rights."""

    kind: Kind
    what: str = ""
    scope_kind: str = ""
    scope_id: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to before another; None: no end known."""

    valid_from: date
    valid_to: date | None = None

    @property
    def end(self) -> date:
        """The upper bound as a day that can be compared."""
        return self.valid_to or date.max


Term = tuple[Held, Period]


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff as a list has them."""

    number: str
    name: str
    department: str
    terms: tuple[Term, ...] = ()


class Deed(StrEnum):
    """What becomes of a term."""

    BEGIN = "begin"
    END = "end"
    CHANGE = "change"
    """Its last day is another one."""
    WITHDRAW = "withdraw"
    """It ends before it began."""


@dataclass(frozen=True, slots=True)
class Change:
    """One term that is not as it was. `before` None: there was none; `after` None: there is none any more."""

    number: str
    deed: Deed
    held: Held
    before: Period | None
    after: Period | None


@dataclass(slots=True)
class Plan:
    """What a list would change from a day on."""

    on: date
    joined: list[Person] = field(default_factory=list)
    renamed: list[Person] = field(default_factory=list)
    left: list[Person] = field(default_factory=list)
    """Who is not on the list any more, and had something."""
    changes: list[Change] = field(default_factory=list)


def plan_changes(present: Mapping[str, Person], listed: Iterable[Person], *, on: date) -> Plan:
    """Compare the list with what is there.

    Args:
        present: everybody who is known, by number, with every term they ever had.
        listed: who is to have what.
        on: the day on which the list begins.
    """
    plan, wanted = Plan(on), {person.number: person for person in listed}
    for number, person in wanted.items():
        before = present.get(number)
        if before is None:
            plan.joined.append(person)
        elif (before.name, before.department) != (person.name, person.department):
            plan.renamed.append(person)
        plan.changes += _compare(number, before.terms if before else (), person.terms, on)
    for number, person in present.items():
        if number not in wanted:
            ended = list(_compare(number, person.terms, (), on))
            plan.left += [person] if ended else []
            plan.changes += ended
    plan.changes.sort(key=lambda change: (change.number, change.held, change.deed))
    return plan


def _compare(number: str, present: Sequence[Term], wanted: Sequence[Term], on: date) -> Iterator[Change]:
    for held in sorted({held for held, _ in (*present, *wanted)}):
        there = [period for one, period in present if one == held and period.end > on]
        asked = merge(period for one, period in wanted if one == held)
        if _clip(there, on) == _clip(asked, on):
            continue
        clipped = {max(period.valid_from, on): period for period in asked if period.end > on}
        for period in there:
            start = max(period.valid_from, on)
            match = clipped.pop(start, None)
            if match is None:
                yield _take_away(number, held, period, on)
            elif match.valid_to != period.valid_to:
                yield Change(number, Deed.CHANGE, held, period, Period(period.valid_from, match.valid_to))
        for start, period in clipped.items():
            yield Change(number, Deed.BEGIN, held, None, Period(start, period.valid_to))


def _clip(periods: Iterable[Period], on: date) -> list[Period]:
    """What is held from the day on, however it is divided."""
    return merge(Period(max(one.valid_from, on), one.valid_to) for one in periods if one.end > on)


def _take_away(number: str, held: Held, period: Period, on: date) -> Change:
    if period.valid_from >= on:
        return Change(number, Deed.WITHDRAW, held, period, None)
    return Change(number, Deed.END, held, period, Period(period.valid_from, on))


def merge(periods: Iterable[Period]) -> list[Period]:
    """The same days in as few periods as possible."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda one: one.valid_from):
        if found and period.valid_from <= found[-1].end:
            longest = max(found[-1], period, key=lambda one: one.end)
            found[-1] = Period(found[-1].valid_from, longest.valid_to)
        else:
            found.append(period)
    return found


def find_last_day(terms: Iterable[Term], roles: Iterable[str], *, on: date) -> date | None:
    """The first day from `on` at which none of the roles is held; None: no such day is known, or none was ever held."""
    mine = set(roles)
    stretches = merge(period for held, period in terms if held.kind is Kind.ROLE and held.what in mine)
    begun = [period for period in stretches if period.valid_from <= on]
    return begun[-1].valid_to if begun else None
