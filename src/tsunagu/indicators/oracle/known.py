"""What is known of a small world on one day: people, rows, schools, covered days."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from tsunagu.catalog.feeds import CoverageScope
from tsunagu.indicators.nodes import EARLIEST, Calendar, FeedRule, Plan, Since
from tsunagu.indicators.resolve import add_months
from tsunagu.indicators.world import Fact, Person, Stretch, World
from tsunagu.vocabulary.dates import get_school_year

DAY = timedelta(days=1)
MONTHS_OF_PREGNANCY = 10


@dataclass(frozen=True, slots=True)
class Stay:
    """Days `[start, end)` in a school or facility; `*` stands for the whole municipality."""

    scope_id: str
    start: date
    end: date
    is_current: bool


class Known:
    """One world, read for one plan; everything is worked out when asked."""

    def __init__(self, world: World, plan: Plan) -> None:
        """Remember answers: a world is small, and never changes."""
        self.world = world
        self.plan = plan
        self.as_of: date = plan.as_of
        self.persons = {person.person_id: person for person in world.persons}
        self.list_rows = cache(self._list_rows)
        self.list_stays = cache(self._list_stays)
        self.list_covered_days = cache(self._list_covered_days)

    def is_known(self, item: str, fact: Fact) -> bool:
        """Whether the version counts as known on the day."""
        ended = any(
            closure.item == item
            and closure.record_id == fact.record_id
            and closure.version_known_from == fact.known_from
            and closure.known_to <= self.as_of
            for closure in self.world.closures
        )
        return fact.known_from <= self.as_of and not ended

    def _list_rows(self, person_id: int, item: str) -> tuple[Fact, ...]:
        rows = []
        for fact in self.world.facts.get(item, ()):
            if self.world.subjects.get(fact.subject_id) == person_id and self.is_known(item, fact):
                begins = get_date(fact, "occurred_on") or get_date(fact, "valid_from")
                if begins is None or begins <= self.as_of:
                    rows.append(self._clip(fact))
        return tuple(rows)

    def _clip(self, fact: Fact) -> Fact:
        # An end that lies ahead is announced, not yet a fact.
        valid_to = get_date(fact, "valid_to")
        if valid_to is not None and valid_to > self.as_of:
            return replace(fact, columns={**fact.columns, "valid_to": None})
        return fact

    def _list_stays(self, person_id: int, scope: CoverageScope) -> tuple[Stay, ...]:
        is_school = scope is CoverageScope.SCHOOL
        item, column = (
            ("school_enrolment", "school_id") if is_school else ("nursery_enrolment", "facility_id")
        )
        stays = []
        for fact in self.list_rows(person_id, item):
            start, end = get_date(fact, "valid_from") or EARLIEST, get_date(fact, "valid_to")
            stay = Stay(str(fact.columns[column]), start, end or self.plan.end, end is None)
            if fact.columns[column] is not None and stay.start < stay.end:
                stays.append(stay)
        return tuple(stays)

    def list_stretches(self, item: str, scope: CoverageScope, scope_id: str) -> list[tuple[date, date, str]]:
        """First day, end and feed of the stretches for a scope and of those for the whole city."""
        return [
            (stretch.covers_from, min(stretch.covers_to, self.plan.end), stretch.feed)
            for stretch in self.world.coverage
            if stretch.item == item
            and (stretch.scope_id == "*" or (stretch.scope_kind, stretch.scope_id) == (scope.value, scope_id))
            and self._is_stretch_known(stretch)
            and stretch.covers_from <= self.as_of
            and stretch.covers_from < stretch.covers_to
        ]

    def _is_stretch_known(self, stretch: Stretch) -> bool:
        is_withdrawn = stretch.known_to is not None and stretch.known_to <= self.as_of
        return stretch.known_from <= self.as_of and not is_withdrawn

    def _list_covered_days(
        self, item: str, scope: CoverageScope, scope_id: str, calendar: Calendar
    ) -> frozenset[date]:
        days: set[date] = set()
        stretches = [
            (start, self._find_own_end(start, end, rule), rule)
            for start, end, feed in self.list_stretches(item, scope, scope_id)
            for rule in [self.plan.feed_rules.get((item, feed), FeedRule())]
        ]
        last_end = max((end for _, end, _ in stretches), default=EARLIEST)
        for start, end, rule in stretches:
            reaches = end + (rule.stale_after_days * DAY if end == last_end else timedelta())
            if calendar.resets and end <= self.plan.school_year_start:
                reaches = min(reaches, self.plan.school_year_start)
            days.update(list_days(start, reaches))
        if days and calendar.quiet_months:
            for day in list_days(min(days), self.plan.end):
                if day.month in calendar.quiet_months and day - DAY in days:
                    days.add(day)
        return frozenset(days)

    def _find_own_end(self, start: date, end: date, rule: FeedRule) -> date:
        year_end = min(date(get_school_year(start) + 1, 4, 1), self.plan.end)
        return max(end, year_end) if rule.is_yearly else end

    def find_covered_end(self, item: str, scope: CoverageScope, scope_id: str, calendar: Calendar) -> date:
        """The day after the last covered one."""
        return max(self.list_covered_days(item, scope, scope_id, calendar), default=EARLIEST - DAY) + DAY

    def is_list_loaded(self, item: str) -> bool:
        """Whether any list of pupils (of children in nurseries) was ever delivered."""
        return any(
            stretch.item == item and self._is_stretch_known(stretch) and stretch.covers_from <= self.as_of
            for stretch in self.world.coverage
        )

    def is_roster_pending_at(self, school: str) -> bool:
        """Whether a school's list of last school year is known and that of this one is not."""
        stretches = self.list_stretches("school_enrolment", CoverageScope.SCHOOL, school)
        start, last_start = self.plan.school_year_start, self.plan.last_school_year_start
        had = any(begins < start and end > last_start for begins, end, _ in stretches)
        return had and not any(end > start for _, end, _ in stretches)

    def is_roster_pending(self, person: Person) -> bool:
        """Whether this year's school of the child cannot be known yet."""
        stays = self.list_stays(person.person_id, CoverageScope.SCHOOL)
        current = [stay.scope_id for stay in stays if stay.is_current]
        if current:
            return any(self.is_roster_pending_at(school) for school in current)
        schools = {stretch.scope_id for stretch in self.world.coverage if stretch.item == "school_enrolment"}
        is_school_age = is_of_school_age(person, self.plan.school_year) is True
        return is_school_age and any(self.is_roster_pending_at(school) for school in schools)

    def is_child(self, person: Person) -> bool:
        """Whether the person belongs to the population of the day."""
        if person.died_on is not None and person.died_on <= self.as_of:
            return False
        has_left = person.resident_to is not None and person.resident_to <= self.as_of
        if has_left and not self._is_still_here(person):
            return False
        if is_unborn(person):
            assert person.due_month is not None
            return person.due_month >= add_months(self.as_of, -12)
        if person.school_cohort is not None:
            return self.plan.school_year <= person.school_cohort + 18
        return person.opened_by != "register"

    def _is_still_here(self, person: Person) -> bool:
        removed = any(
            fact.columns["resident_status"] == "removed"
            for fact in self.list_rows(person.person_id, "residence")
        )
        kinds = (CoverageScope.SCHOOL, CoverageScope.FACILITY)
        return removed or any(
            stay.is_current for kind in kinds for stay in self.list_stays(person.person_id, kind)
        )

    def list_household_ids(self, person_id: int) -> set[int]:
        """The households the person lives in on the day."""
        return {
            stay.household_id
            for stay in self.world.stays
            if stay.person_id == person_id
            and (stay.valid_from is None or stay.valid_from <= self.as_of)
            and (stay.valid_to is None or stay.valid_to > self.as_of)
        }


def is_unborn(person: Person) -> bool:
    """Whether only a due month is known."""
    return person.birth_month is None and person.due_month is not None


def is_of_school_age(person: Person, school_year: int) -> bool | None:
    """Whether of compulsory school age that year; None = age unknown."""
    if is_unborn(person):
        return False
    return None if person.school_cohort is None else 1 <= school_year - person.school_cohort - 6 <= 9


def find_age_years(person: Person, on: date) -> int | None:
    """Completed years, by calendar months since the month of birth."""
    if person.birth_month is None:
        return None
    months = (on.year - person.birth_month.year) * 12 + on.month - person.birth_month.month
    return months // 12


def find_life_start(person: Person, since: Since | None) -> date:
    """The first day of the child's own time."""
    if since is Since.PREGNANCY or person.birth_month is None:
        month = person.birth_month or person.due_month
        return EARLIEST if month is None else add_months(month, -MONTHS_OF_PREGNANCY)
    return person.birth_month


def find_moved_in_on(person: Person) -> date | None:
    """The first day of residence of somebody not resident since birth."""
    if person.resident_from is None or person.birth_month is None:
        return person.resident_from
    return person.resident_from if person.resident_from >= add_months(person.birth_month, 1) else None


def get_date(fact: Fact, column: str) -> date | None:
    """A date column of a fact."""
    found = fact.columns.get(column)
    return found if isinstance(found, date) else None


def list_days(start: date, end: date) -> Iterator[date]:
    """The days `[start, end)`."""
    return (start + number * DAY for number in range((end - start).days))
