"""Why an answer is not, or not wholly, known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tsunagu.catalog.feeds import CoverageScope
from tsunagu.catalog.indicators import Who
from tsunagu.indicators.nodes import Calendar, Declared, Source, Span
from tsunagu.indicators.oracle.known import (
    DAY,
    Known,
    Stay,
    find_age_years,
    find_moved_in_on,
    is_of_school_age,
    is_unborn,
    list_days,
)
from tsunagu.indicators.world import Person
from tsunagu.vocabulary.dates import get_school_year
from tsunagu.vocabulary.knowing import UnknownReason as Reason


def find_gap(
    known: Known, person: Person, source: Source, span: Span, needed_from: date, calendar: Calendar
) -> Reason | None:
    """Why the time from `needed_from` to the window's end is not wholly spoken for."""
    is_school = source.scope is CoverageScope.SCHOOL
    if is_school and span.end > known.plan.school_year_start and known.is_roster_pending(person):
        return Reason.NEW_SCHOOL_YEAR
    moved_in_on = find_moved_in_on(person)
    if moved_in_on is not None and moved_in_on > needed_from:
        return Reason.MOVED_IN_LATER
    if source.scope is CoverageScope.MUNICIPALITY:
        if not person.is_registered and not known.list_rows(person.person_id, source.item):
            return Reason.NOT_LINKED
        stays = [Stay("*", needed_from, span.end, True)]
    else:
        stays = [
            replace(stay, start=max(stay.start, needed_from), end=min(stay.end, span.end))
            for stay in known.list_stays(person.person_id, source.scope)
        ]
    needed = [stay for stay in stays if stay.start < stay.end]
    if not needed:
        is_city = source.scope is CoverageScope.MUNICIPALITY
        return None if is_city else _explain_no_stay(known, person, source.scope, span)
    return _find_uncovered(known, source, needed, span, needed_from, calendar)


def _explain_no_stay(known: Known, person: Person, scope: CoverageScope, span: Span) -> Reason:
    if scope is CoverageScope.FACILITY:
        return Reason.NOT_APPLICABLE if known.is_list_loaded("nursery_enrolment") else Reason.NOT_LOADED
    if not known.is_list_loaded("school_enrolment"):
        return Reason.NOT_LOADED
    is_of_age = is_of_school_age(person, get_school_year(span.end - DAY))
    return Reason.NOT_APPLICABLE if is_of_age is False else Reason.NOT_LINKED


def _find_uncovered(
    known: Known, source: Source, needed: Sequence[Stay], span: Span, needed_from: date, calendar: Calendar
) -> Reason | None:
    covered = {
        stay.scope_id: known.list_covered_days(source.item, source.scope, stay.scope_id, calendar)
        for stay in needed
    }
    if all(day in covered[stay.scope_id] for stay in needed for day in list_days(stay.start, stay.end)):
        return None
    last_end = max(stay.end for stay in needed)
    ends = [
        known.find_covered_end(source.item, source.scope, stay.scope_id, calendar)
        for stay in needed
        if stay.end == last_end
    ]
    ran_out_on = max((end for end in ends if end < last_end), default=None)
    if ran_out_on is None:
        return Reason.NOT_LOADED
    begins, began = known.plan.school_year_start, known.plan.last_school_year_start
    if calendar.resets and span.end > begins and began < ran_out_on <= begins:
        return Reason.NEW_SCHOOL_YEAR
    # A window that lies in the past does not grow old: what is not there was never loaded.
    is_fresh_needed = span.end == known.plan.end
    return Reason.STALE if is_fresh_needed and ran_out_on > needed_from else Reason.NOT_LOADED


def combine_gaps(gaps: Sequence[Reason | None]) -> Reason | None:
    """The first gap among the sources that concern the child; `not_applicable` when none does."""
    concerning = [gap for gap in gaps if gap is not Reason.NOT_APPLICABLE]
    if not concerning:
        return Reason.NOT_APPLICABLE
    return next((gap for gap in concerning if gap is not None), None)


def find_gate(known: Known, declared: Declared, person: Person, span_end: date) -> Reason | None:
    """Why the child is not, or not known to be, one of those the indicator is about."""
    if _is_other(declared, person, known.as_of):
        return Reason.NOT_APPLICABLE
    if declared.who is Who.PUPILS:
        gap = find_pupil_gap(known, person)
        is_past = span_end <= known.plan.school_year_start
        return None if gap is Reason.NEW_SCHOOL_YEAR and is_past else gap
    return find_nursery_gap(known, person) if declared.who is Who.NURSERY else None


def _is_other(declared: Declared, person: Person, as_of: date) -> bool:
    age, unborn = find_age_years(person, as_of), is_unborn(person)
    least, most = declared.from_age_years, declared.to_age_years
    is_too_young = least is not None and (unborn or (age is not None and age < least))
    is_too_old = most is not None and age is not None and age > most
    is_wrong_side = (declared.who is Who.BORN and unborn) or (declared.who is Who.UNBORN and not unborn)
    return is_too_young or is_too_old or is_wrong_side


def find_pupil_gap(known: Known, person: Person) -> Reason | None:
    """Why the child is not known to be a pupil on the day; None = is a pupil."""
    stays = known.list_stays(person.person_id, CoverageScope.SCHOOL)
    if any(stay.is_current for stay in stays):
        return Reason.NEW_SCHOOL_YEAR if known.is_roster_pending(person) else None
    if is_of_school_age(person, known.plan.school_year) is False:
        return Reason.NOT_APPLICABLE
    if not known.is_list_loaded("school_enrolment"):
        return Reason.NOT_LOADED
    return Reason.NEW_SCHOOL_YEAR if known.is_roster_pending(person) else Reason.NOT_LINKED


def find_nursery_gap(known: Known, person: Person) -> Reason | None:
    """Why the child is not known to be in a nursery on the day; None = is in one."""
    stays = known.list_stays(person.person_id, CoverageScope.FACILITY)
    if any(stay.is_current for stay in stays):
        return None
    cohort = person.school_cohort
    is_before_school = cohort is None or known.plan.school_year - cohort - 6 < 1
    is_loaded = known.is_list_loaded("nursery_enrolment")
    could_be = is_before_school and not is_unborn(person)
    return Reason.NOT_LOADED if could_be and not is_loaded else Reason.NOT_APPLICABLE
