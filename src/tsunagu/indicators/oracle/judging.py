"""One cell: a value, nothing, or unknown with its reason."""

from dataclasses import replace
from datetime import date
from functools import cache

from tsunagu.catalog.indicators import Empty, Over, ResultTest
from tsunagu.indicators.nodes import (
    LATE,
    MISSING,
    Change,
    Count,
    DaysSince,
    Declared,
    Household,
    Missing,
    Plan,
    Span,
    StateAt,
)
from tsunagu.indicators.oracle.gaps import combine_gaps, find_gap, find_gate
from tsunagu.indicators.oracle.known import DAY, Known, find_life_start, is_unborn
from tsunagu.indicators.oracle.measuring import Found, measure_rows, merge_found
from tsunagu.indicators.resolve import add_months
from tsunagu.indicators.world import Cell, Person, World
from tsunagu.vocabulary.knowing import Knowledge
from tsunagu.vocabulary.knowing import UnknownReason as Reason


def judge_world(world: World, plan: Plan) -> dict[tuple[int, str], Cell]:
    """The cell of every child of the population and every indicator."""
    judge = _Judge(Known(world, plan))
    return {
        (person.person_id, declared.id): judge.judge(person.person_id, declared.id)
        for person in world.persons
        if judge.known.is_child(person)
        for declared in plan.indicators
    }


class _Judge:
    """Answers one cell at a time."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.declared = {declared.id: declared for declared in known.plan.indicators}
        self.judge = cache(self._judge)

    def _judge(self, person_id: int, name: str) -> Cell:
        declared, person = self.declared[name], self.known.persons[person_id]
        node = declared.node
        gate = find_gate(self.known, declared, person, self._find_span_end(declared))
        if gate is Reason.NOT_APPLICABLE:
            return _unknown(Reason.NOT_APPLICABLE)
        if isinstance(node, Household):
            return self._judge_household(declared, node, person, gate)
        if isinstance(node, Change):
            return self._judge_change(declared, node, person, gate)
        if isinstance(node, DaysSince):
            return self._judge_days_since(declared, node, person, gate)
        if isinstance(node, Missing):
            return self._judge_missing(declared, node, person, gate)
        is_of_roster = isinstance(node, StateAt) and node.source.item == "school_enrolment"
        if is_of_roster and self.known.is_roster_pending(person):
            return _unknown(Reason.NEW_SCHOOL_YEAR)
        found = measure_rows(self.known, person, node)
        needed_from = found.needed_from or _find_start(person, node.span)
        gap = gate or find_gap(self.known, person, node.source, node.span, needed_from, declared.calendar)
        return self._conclude(declared, found, gap)

    def _find_span_end(self, declared: Declared) -> date:
        node = declared.node
        if isinstance(node, Household):
            return self.known.plan.end
        return node.now.span.end if isinstance(node, Change) else node.span.end

    def _conclude(self, declared: Declared, found: Found, gap: Reason | None) -> Cell:
        cell = Cell(
            Knowledge.VALUE,
            found.number,
            found.text,
            None,
            gap is not None,
            found.event_on,
            found.known_on,
            found.rows,
            _show_feeds(found.feeds),
        )
        if found.is_value:
            expires = declared.expires_after_days
            if (
                expires is None
                or found.event_on is None
                or self.known.as_of - found.event_on <= expires * DAY
            ):
                return cell
            return _as_unknown(cell, Reason.STALE)
        if gap is not None:
            return _as_unknown(cell, gap)
        if declared.empty is Empty.ZERO:
            return replace(cell, value=0.0)
        return replace(cell, state=Knowledge.NOTHING)

    def _judge_days_since(
        self, declared: Declared, node: DaysSince, person: Person, gate: Reason | None
    ) -> Cell:
        counts = [Count(source, node.span) for source in node.sources]
        found = merge_found([measure_rows(self.known, person, count) for count in counts])
        if found.event_on is not None:
            found = replace(found, number=float((self.known.as_of - found.event_on).days))
        needed_from = found.event_on or _find_start(person, node.span)
        gaps = [
            find_gap(self.known, person, source, node.span, needed_from, declared.calendar)
            for source in node.sources
        ]
        return self._conclude(declared, found, gate or combine_gaps(gaps))

    def _judge_change(self, declared: Declared, node: Change, person: Person, gate: Reason | None) -> Cell:
        founds = [measure_rows(self.known, person, figure) for figure in (node.now, node.before)]
        found = merge_found(founds)
        if any(one.is_value for one in founds):
            found = replace(found, number=(founds[0].number or 0.0) - (founds[1].number or 0.0))
        gap = gate
        if find_life_start(person, None) > node.before.span.start:
            gap = gap or Reason.NOT_APPLICABLE
        past = replace(declared.calendar, resets=False)
        for figure, calendar in ((node.now, declared.calendar), (node.before, past)):
            start = _find_start(person, figure.span)
            gap = gap or find_gap(self.known, person, figure.source, figure.span, start, calendar)
        cell = self._conclude(declared, found, gap)
        # The difference of two figures that may both be too small says nothing.
        return cell if gap is None else _as_unknown(cell, gap)

    def _judge_missing(self, declared: Declared, node: Missing, person: Person, gate: Reason | None) -> Cell:
        if is_unborn(person):
            return _unknown(Reason.NOT_APPLICABLE)
        found = measure_rows(self.known, person, node)
        if person.birth_month is None:
            return self._conclude(declared, found, gate or Reason.NOT_LINKED)
        start = add_months(person.birth_month, node.from_age_months)
        deadline = add_months(person.birth_month, node.until_age_months + 1)
        gap = gate or find_gap(self.known, person, node.source, node.span, start, declared.calendar)
        if found.is_value:
            cell = self._conclude(declared, found, gap)
            return replace(cell, is_lower_bound=found.text == LATE and gap is not None)
        if deadline > self.known.as_of:
            return _unknown(Reason.NOT_APPLICABLE)
        return Cell(Knowledge.VALUE, 1.0, MISSING) if gap is None else _unknown(gap)

    def _judge_household(
        self, declared: Declared, node: Household, person: Person, gate: Reason | None
    ) -> Cell:
        relatives = self._list_relatives(person.person_id, node.over)
        cells = [self.judge(relative, node.indicator) for relative in sorted(relatives)]
        met = [cell for cell in cells if _meets(cell, node.test)]
        doubts = [reason for cell in cells if (reason := _find_doubt(cell, node.test)) is not None]
        gap = gate or min(doubts, default=None)
        if not self.known.list_household_ids(person.person_id):
            gap = gap or Reason.NOT_LINKED
        found = Found(
            rows=len(met),
            number=float(len(met)) if met else None,
            event_on=max((cell.latest_event_on for cell in met if cell.latest_event_on), default=None),
            known_on=max((cell.latest_known_from for cell in met if cell.latest_known_from), default=None),
            feeds=frozenset(feed for cell in met for feed in (cell.feeds or "").split(",") if feed),
        )
        return self._conclude(declared, found, gap)

    def _list_relatives(self, person_id: int, over: Over) -> set[int]:
        persons = self.known.persons
        if over is Over.HOUSEHOLD:
            mine = self.known.list_household_ids(person_id)
            found = {other for other in persons if mine & self.known.list_household_ids(other)}
        else:
            relation = "sibling" if over is Over.SIBLINGS else "parent"
            found = {
                kin.relative_id
                for kin in self.known.world.kin
                if kin.person_id == person_id
                and kin.relation == relation
                and kin.confidence in ("certain", "likely")
            }
        return (found & set(persons)) - {person_id}


def _find_start(person: Person, span: Span) -> date:
    # The first day of the window that lies in the child's life.
    return max(span.start, find_life_start(person, span.since))


def _meets(cell: Cell, test: ResultTest) -> bool:
    if cell.state is not Knowledge.VALUE:
        return False
    if test.one_of is not None:
        return cell.text_value in test.one_of
    if cell.value is None:
        return False
    return cell.value >= test.at_least if test.at_least is not None else cell.value <= (test.at_most or 0.0)


def _find_doubt(cell: Cell, test: ResultTest) -> Reason | None:
    # Why a relative who does not count might count if we knew more.
    if cell.state is Knowledge.UNKNOWN and cell.unknown_reason is not Reason.NOT_APPLICABLE:
        return cell.unknown_reason
    is_short = cell.state is Knowledge.VALUE and cell.is_lower_bound and not _meets(cell, test)
    return Reason.NOT_LOADED if is_short and test.at_least is not None else None


def _unknown(reason: Reason) -> Cell:
    return Cell(Knowledge.UNKNOWN, unknown_reason=reason)


def _as_unknown(cell: Cell, reason: Reason) -> Cell:
    # The same rows, but no answer.
    return replace(
        cell,
        state=Knowledge.UNKNOWN,
        value=None,
        text_value=None,
        unknown_reason=reason,
        is_lower_bound=False,
    )


def _show_feeds(feeds: frozenset[str]) -> str | None:
    names = sorted(feeds)
    return None if not names else ",".join(dict.fromkeys([names[0], names[-1]]))
