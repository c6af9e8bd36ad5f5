"""From what the rows say and which time is covered to one of: a value, nothing, unknown with its reason.

Three steps, one inside the other: `found` (rows and reach of coverage side by side), `judged` (the gap, if any,
in the time that matters), and the result's columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlglot import exp

from tsunagu.catalog.feeds import CoverageScope
from tsunagu.catalog.indicators import Empty, Who
from tsunagu.indicators.expressions import (
    WORD_TYPES,
    Join,
    alias,
    all_of,
    any_of,
    case,
    coalesce,
    column,
    day,
    double,
    equals,
    figure,
    get_span_start,
    greatest,
    inner,
    is_at_most,
    is_less,
    is_not,
    is_null,
    least,
    null,
    number,
    query,
    read,
    truth,
    word,
)
from tsunagu.indicators.measures import NamedMeasure, name_measures
from tsunagu.indicators.nodes import (
    DONE,
    EARLIEST,
    LATE,
    MISSING,
    Calendar,
    Change,
    ChangeOfLatest,
    Count,
    DaysSince,
    Declared,
    Latest,
    Measure,
    Missing,
    Node,
    Plan,
    Source,
    Span,
    Spell,
    StateAt,
)
from tsunagu.vocabulary.dates import get_school_year
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason


@dataclass(frozen=True, slots=True)
class Part:
    """One measure with the coverage it needs, under the table aliases `w1` and `c1`, `w2` and `c2`."""

    place: int
    named: NamedMeasure
    calendar: Calendar

    @property
    def source(self) -> Source:
        """The measure's source."""
        return self.named.measure.source

    @property
    def span(self) -> Span:
        """The measure's window."""
        return self.named.measure.span

    def read(self, name: str) -> exp.Expr:
        """A column of the measure in the item's grouped table."""
        return column(f"{self.named.name}_{name}", f"w{self.place}")


def list_parts(declared: Declared) -> tuple[Part, ...]:
    """The measures of an indicator; of a change only the present one can start anew in April."""
    return tuple(
        Part(place, named, _get_calendar(declared, place))
        for place, named in enumerate(name_measures(declared), start=1)
    )


def _get_calendar(declared: Declared, place: int) -> Calendar:
    is_past = isinstance(declared.node, Change) and place == 2
    return replace(declared.calendar, resets=False) if is_past else declared.calendar


def select_verdict(plan: Plan, declared: Declared) -> exp.Select:
    """The result of one indicator (not of the kind household) for everybody in `ind_people`."""
    gap = _get_gap(plan, declared)
    blocked = _get_blocked(plan, declared)
    judged = query(
        ["*", alias(gap, "gap"), alias(blocked, "blocked")], inner(_select_found(declared), "found")
    )
    answered = query(["*", alias(_get_is_answer(declared), "is_answer")], inner(judged, "judged"))
    return select_result(plan, declared, inner(answered, "answered"))


def select_result(plan: Plan, declared: Declared, answered: exp.Subquery) -> exp.Select:
    """The columns of `runs.indicator_value` from rows with `is_answer`, `gap` and `blocked`.

    `blocked`: the reason for an unknown that shows no rows; `gap`: why the time that matters is not whole.
    """
    answer, answer_text = _get_answer(plan, declared)
    default = figure(0) if declared.empty is Empty.ZERO else null()
    states = query(
        [
            "person_id",
            alias(_get_state(plan, declared), "state"),
            alias(_get_reason(plan, declared), "unknown_reason"),
            alias(case((column("is_answer"), answer), default=default), "answer"),
            alias(case((column("is_answer"), answer_text)), "answer_text"),
            "is_answer AND gap IS NOT NULL AS is_short",
            "CASE WHEN blocked IS NULL THEN event_on END AS latest_event_on",
            "CASE WHEN blocked IS NULL THEN known_on END AS latest_known_from",
            "CASE WHEN blocked IS NULL THEN COALESCE(found_rows, 0) ELSE 0 END AS evidence_rows",
            "CASE WHEN blocked IS NULL THEN first_feed END AS first_feed",
            "CASE WHEN blocked IS NULL THEN last_feed END AS last_feed",
        ],
        answered,
    )
    # What was expected and came in time cannot be undone by time we do not know.
    is_short = "is_short AND answer_text = 'late'" if isinstance(declared.node, Missing) else "is_short"
    return query(
        [
            "person_id",
            alias(word(declared.id), "indicator"),
            "state",
            "CASE WHEN state = 'value' THEN answer END AS value",
            "CASE WHEN state = 'value' THEN answer_text END AS text_value",
            "unknown_reason",
            f"COALESCE(state = 'value' AND {is_short}, FALSE) AS is_lower_bound",
            *("latest_event_on", "latest_known_from", "evidence_rows"),
            "CASE WHEN first_feed = last_feed THEN first_feed ELSE first_feed || ',' || last_feed END AS feeds",
        ],
        inner(states, "states"),
    )


def get_gate(plan: Plan, declared: Declared) -> exp.Expr:
    """Why the person is not among those the indicator is about, when that is not simply `not_applicable`."""
    if declared.who is Who.NURSERY:
        return column("nursery_gap")
    if declared.who is not Who.PUPILS:
        return null()
    parts = list_parts(declared)
    if parts and parts[0].span.end <= plan.school_year_start:
        return read("NULLIF(pupil_gap, 'new_school_year')")
    return column("pupil_gap")


def get_is_other(declared: Declared) -> exp.Expr:
    """Whether the indicator is not about this person at all."""
    tests: list[exp.Expr] = []
    if declared.from_age_years is not None:
        tests.append(column("is_unborn"))
        tests.append(read(f"COALESCE(age_years < {declared.from_age_years}, FALSE)"))
    if declared.to_age_years is not None:
        tests.append(read(f"COALESCE(age_years > {declared.to_age_years}, FALSE)"))
    if declared.who is Who.BORN:
        tests.append(column("is_unborn"))
    elif declared.who is Who.UNBORN:
        tests.append(read("NOT is_unborn"))
    elif declared.who in (Who.PUPILS, Who.NURSERY):
        gap = "pupil_gap" if declared.who is Who.PUPILS else "nursery_gap"
        tests.append(read(f"COALESCE({gap} = 'not_applicable', FALSE)"))
    return any_of(*tests)


def _select_found(declared: Declared) -> exp.Select:
    parts, node = list_parts(declared), declared.node
    joins = [join for part in parts for join in _list_joins(part)]
    is_ordered = isinstance(node, Spell | ChangeOfLatest)
    if is_ordered:
        joins.append(Join(f"ind_ordered_{declared.id} AS o", "o.person_id = p.person_id", "left"))
    event_on = column("event_on", "o") if isinstance(node, Spell) else _combine(greatest, parts, "event_on")
    columns: list[exp.Expr | str] = [
        "p.*",
        alias(_count_rows(parts), "found_rows"),
        alias(event_on, "event_on"),
        alias(_combine(greatest, parts, "known_on"), "known_on"),
        alias(_combine(least, parts, "first_feed"), "first_feed"),
        alias(_combine(greatest, parts, "last_feed"), "last_feed"),
        alias(column("number", "o") if is_ordered else _get_figures(parts, node), "answer"),
        alias(_get_text(parts[0]), "answer_text"),
        *(name for part in parts for name in _list_reach_columns(part)),
    ]
    if isinstance(node, Missing):
        columns.append(alias(parts[0].read("first_on"), "first_on"))
    if isinstance(node, ChangeOfLatest):
        columns.append("o.needed_from")
    return query(columns, "ind_people AS p", joins=joins)


def _list_joins(part: Part) -> tuple[Join, Join]:
    rows, reach = f"w{part.place}", f"c{part.place}"
    is_city = part.source.scope is CoverageScope.MUNICIPALITY
    wanted = query(
        ["*"],
        "ind_reach_city" if is_city else "ind_reach_person",
        where=[
            equals(column("item"), word(part.source.item)),
            equals(column("calendar"), word(part.calendar.name)),
            equals(column("window_end"), day(part.span.end)),
        ],
    )
    return (
        Join(f"ind_groups_{part.source.item} AS {rows}", f"{rows}.person_id = p.person_id", "left"),
        # For the whole city it is one row in all.
        Join(inner(wanted, reach), None, "cross")
        if is_city
        else Join(inner(wanted, reach), f"{reach}.person_id = p.person_id", "left"),
    )


def _list_reach_columns(part: Part) -> tuple[str, ...]:
    reach, place = f"c{part.place}", part.place
    own = (
        f"w{place}.item_rows IS NOT NULL AS is_linked_{place}"
        if part.source.scope is CoverageScope.MUNICIPALITY
        else f"{reach}.last_to AS last_to_{place}"
    )
    return (
        f"{reach}.uncovered_until AS uncovered_until_{place}",
        f"{reach}.ran_out_on AS ran_out_on_{place}",
        own,
    )


def _combine(
    function: Callable[[Sequence[exp.Expr]], exp.Expr], parts: Sequence[Part], name: str
) -> exp.Expr:
    return function([part.read(name) for part in parts])


def _count_rows(parts: Sequence[Part]) -> exp.Expr:
    total: exp.Expr = coalesce(parts[0].read("rows"), number(0))
    for part in parts[1:]:
        total = exp.Add(this=total, expression=coalesce(part.read("rows"), number(0)))
    return total


def _get_figures(parts: Sequence[Part], node: Node) -> exp.Expr:
    if isinstance(node, Change):
        now, before = (coalesce(_get_figure(part), figure(0)) for part in parts)
        is_any = any_of(*(is_not(is_null(_get_figure(part))) for part in parts))
        return case((is_any, exp.Sub(this=now, expression=before)))
    return null() if isinstance(node, DaysSince | Missing) else _get_figure(parts[0])


def _get_figure(part: Part) -> exp.Expr:
    measure = part.named.measure
    has_rows = is_less(number(0), part.read("rows"))
    if isinstance(measure, Count):
        return case((has_rows, double(part.read("rows"))))
    if isinstance(measure, StateAt) and measure.source.value is None:
        return case((has_rows, figure(1)))
    return null() if _answers_words(measure) else case((has_rows, double(part.read("number"))))


def _get_text(part: Part) -> exp.Expr:
    return part.read("text") if _answers_words(part.named.measure) else read("CAST(NULL AS VARCHAR)")


def _answers_words(measure: Measure) -> bool:
    return isinstance(measure, Latest | StateAt) and measure.source.value_type in WORD_TYPES


def _get_gap(plan: Plan, declared: Declared) -> exp.Expr:
    node = declared.node
    parts = list_parts(declared)
    gaps = [_explain_gap(plan, part, _get_needed_from(declared, part)) for part in parts]
    reasons = [get_gate(plan, declared)]
    if isinstance(node, Change):
        was_not_there = is_less(day(node.before.span.start), column("life_from"))
        reasons.append(case((was_not_there, word(UnknownReason.NOT_APPLICABLE))))
    if isinstance(node, Missing):
        reasons.append(case((read("birth_month IS NULL"), word(UnknownReason.NOT_LINKED))))
    reasons += [_combine_gaps(gaps)] if isinstance(node, DaysSince) else gaps
    return coalesce(*reasons)


def _get_needed_from(declared: Declared, part: Part) -> exp.Expr:
    # The first day of the time that matters: nothing before it could change the answer.
    node = declared.node
    if isinstance(node, Missing):
        return _get_birthday(node.from_age_months)
    start = get_span_start(part.span)
    if part.span.since is None:
        start = greatest([start, column("life_from")])
    if isinstance(node, Latest | DaysSince):
        return coalesce(column("event_on"), start)
    return coalesce(column("needed_from"), start) if isinstance(node, ChangeOfLatest) else start


def _get_birthday(age_months: int) -> exp.Expr:
    return read(f"CAST(birth_month + INTERVAL '{age_months}' MONTH AS DATE)")


def _explain_gap(plan: Plan, part: Part, needed_from: exp.Expr) -> exp.Expr:
    place, source, end = part.place, part.source, part.span.end
    uncovered, ran_out = column(f"uncovered_until_{place}"), column(f"ran_out_on_{place}")
    branches: list[tuple[exp.Expr, exp.Expr]] = []
    if source.scope is CoverageScope.SCHOOL and end > plan.school_year_start:
        branches.append((column("is_roster_pending"), word(UnknownReason.NEW_SCHOOL_YEAR)))
    branches.append((is_less(needed_from, column("moved_in_on")), word(UnknownReason.MOVED_IN_LATER)))
    if source.scope is CoverageScope.MUNICIPALITY:
        is_stranger = read(f"NOT is_registered AND NOT is_linked_{place}")
        branches.append((is_stranger, word(UnknownReason.NOT_LINKED)))
    else:
        last_to = coalesce(column(f"last_to_{place}"), day(EARLIEST))
        branches.append((is_at_most(last_to, needed_from), _explain_no_stay(source.scope, part.span)))
    branches.append((is_at_most(uncovered, needed_from), null()))
    if part.calendar.resets and end > plan.school_year_start:
        is_of_last_year = all_of(
            is_less(day(plan.last_school_year_start), ran_out),
            is_at_most(ran_out, day(plan.school_year_start)),
        )
        branches.append((is_of_last_year, word(UnknownReason.NEW_SCHOOL_YEAR)))
    if end == plan.end:
        branches.append((is_less(needed_from, ran_out), word(UnknownReason.STALE)))
    return case(*branches, default=word(UnknownReason.NOT_LOADED))


def _explain_no_stay(scope: CoverageScope, span: Span) -> exp.Expr:
    not_applicable = word(UnknownReason.NOT_APPLICABLE)
    if scope is CoverageScope.FACILITY:
        return case((column("has_nurseries"), not_applicable), default=word(UnknownReason.NOT_LOADED))
    school_year = get_school_year(span.end - timedelta(days=1))
    is_not_of_age = read(f"is_unborn OR NOT ({school_year} - school_cohort - 6 BETWEEN 1 AND 9)")
    return case(
        (read("NOT has_schools"), word(UnknownReason.NOT_LOADED)),
        (is_not_of_age, not_applicable),
        default=word(UnknownReason.NOT_LINKED),
    )


def _combine_gaps(gaps: Sequence[exp.Expr]) -> exp.Expr:
    # Sources that do not concern the child are passed over; when none does, neither does the indicator.
    not_applicable = word(UnknownReason.NOT_APPLICABLE)
    concerning = [exp.Nullif(this=gap, expression=not_applicable) for gap in gaps]
    none_does = all_of(*(equals(coalesce(gap, word("")), not_applicable) for gap in gaps))
    return case((none_does, not_applicable), default=coalesce(*concerning))


def _get_blocked(plan: Plan, declared: Declared) -> exp.Expr:
    node = declared.node
    branches = [(get_is_other(declared), word(UnknownReason.NOT_APPLICABLE))]
    if isinstance(node, StateAt) and node.source.item == "school_enrolment":
        branches.append((column("is_roster_pending"), word(UnknownReason.NEW_SCHOOL_YEAR)))
    if isinstance(node, Missing):
        deadline = _get_birthday(node.until_age_months + 1)
        is_not_due = all_of(read("found_rows = 0"), is_less(day(plan.as_of), deadline))
        is_other = any_of(column("is_unborn"), is_not_due)
        branches.append((is_other, word(UnknownReason.NOT_APPLICABLE)))
    return case(*branches)


def _get_is_answer(declared: Declared) -> exp.Expr:
    if isinstance(declared.node, Missing):
        return read("birth_month IS NOT NULL AND (found_rows > 0 OR gap IS NULL)")
    if isinstance(declared.node, DaysSince):
        return read("event_on IS NOT NULL")
    if isinstance(declared.node, Change):
        # The difference of two figures that may both be too small says nothing.
        return read("answer IS NOT NULL AND gap IS NULL")
    return read("answer IS NOT NULL OR answer_text IS NOT NULL")


def _get_is_expired(plan: Plan, declared: Declared) -> exp.Expr:
    if declared.expires_after_days is None:
        return truth(False)
    oldest = day(plan.as_of - timedelta(days=declared.expires_after_days))
    return all_of(column("is_answer"), is_less(column("event_on"), oldest))


def _get_state(plan: Plan, declared: Declared) -> exp.Expr:
    unknown, value = word(Knowledge.UNKNOWN), word(Knowledge.VALUE)
    return case(
        (read("blocked IS NOT NULL"), unknown),
        (_get_is_expired(plan, declared), unknown),
        (column("is_answer"), value),
        (read("gap IS NOT NULL"), unknown),
        default=value if declared.empty is Empty.ZERO else word(Knowledge.NOTHING),
    )


def _get_reason(plan: Plan, declared: Declared) -> exp.Expr:
    return case(
        (read("blocked IS NOT NULL"), column("blocked")),
        (_get_is_expired(plan, declared), word(UnknownReason.STALE)),
        (column("is_answer"), null()),
        default=column("gap"),
    )


def _get_answer(plan: Plan, declared: Declared) -> tuple[exp.Expr, exp.Expr]:
    node = declared.node
    if isinstance(node, DaysSince):
        days = exp.DateDiff(this=day(plan.as_of), expression=column("event_on"), unit=exp.var("DAY"))
        return double(days), null()
    if isinstance(node, Missing):
        is_missing = read("found_rows = 0")
        is_in_time = is_less(column("first_on"), _get_birthday(node.until_age_months + 1))
        words = case((is_missing, word(MISSING)), (is_in_time, word(DONE)), default=word(LATE))
        return case((is_missing, figure(1)), default=figure(0)), words
    return column("answer"), column("answer_text")
