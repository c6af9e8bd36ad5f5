"""The fact rows behind one value of one child: for the explanation, and for the trace to file and row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item, ItemKind
from tsunagu.indicators.expressions import Join, belongs, inner, query
from tsunagu.indicators.measures import list_known_conditions, name_measures
from tsunagu.indicators.nodes import Declared, Household, Measure, Plan
from tsunagu.indicators.oracle.known import Known
from tsunagu.indicators.oracle.measuring import measure_rows
from tsunagu.indicators.relatives import OVER_WORDS, meets_result_test
from tsunagu.indicators.resolve import build_plan
from tsunagu.indicators.world import Fact, Person, World
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.dates import AsOf

_PACKAGE = "tsunagu.indicators"
_LIFE_FROM = (
    "COALESCE(p.birth_month, CAST(p.due_month - INTERVAL '10' MONTH AS DATE), DATE '1900-01-01') AS life_from"
)
_CONCEIVED_FROM = (
    "COALESCE(CAST(COALESCE(p.birth_month, p.due_month) - INTERVAL '10' MONTH AS DATE), DATE '1900-01-01')"
    " AS conceived_from"
)
# An end that lies ahead is announced, not yet a fact; the row shows it all the same.
_STATE_DATES = (
    "f.valid_from",
    "CASE WHEN f.valid_to <= $as_of THEN f.valid_to END AS valid_to",
    "f.valid_to AS stated_valid_to",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact row as known on the day.

    `person_id` is the child, or for a household indicator the relative. `occurred_on` is set for events,
    `valid_from` and `valid_to` for states (null = since before the records, still holds).
    """

    person_id: int
    item: str
    occurred_on: date | None
    valid_from: date | None
    valid_to: date | None
    known_from: date
    values: Mapping[str, Any]
    feed: str
    file_id: str
    row: int


def list_evidence(
    engine: Engine,
    person_id: int,
    indicator: Indicator,
    *,
    indicators: Mapping[str, Indicator],
    items: Mapping[str, Item],
    feeds: Iterable[Feed],
    as_of: AsOf,
) -> list[Evidence]:
    """The rows an indicator's value rests on, newest first.

    These are the rows counted in `evidence_rows`: inside the window, meeting the conditions, known on the day.
    An indicator that is unknown because it does not apply has rows here too, if there are any.

    Reads: the facts of the indicator's items, `facts.closure`, `facts.person`, `facts.subject_person`; for a
    household indicator also `facts.kin`, `facts.membership`.

    Args:
        engine: with those tables attached.
        person_id: the child.
        indicator: whose value is to be explained.
        indicators: by id; only the one a household indicator names is looked up.
        items: every item they name.
        feeds: every feed of those items.
        as_of: the day of the run.
    """
    named = [indicators[name] for name in indicator.references]
    plan = build_plan([indicator, *named], items, feeds, as_of=as_of)
    declared, *others = plan.indicators
    if isinstance(declared.node, Household):
        return list(_list_relatives_evidence(engine, plan, declared.node, others[0], person_id, items))
    return list(_list_own(engine, plan, declared, person_id, items))


def _list_own(
    engine: Engine, plan: Plan, declared: Declared, person_id: int, items: Mapping[str, Item]
) -> Iterator[Evidence]:
    found = [
        evidence
        for named in name_measures(declared)
        for evidence in _list_rows(engine, plan, named.measure, person_id, items[named.measure.source.item])
    ]
    yield from sorted(found, key=_get_order, reverse=True)


def _list_relatives_evidence(
    engine: Engine, plan: Plan, node: Household, other: Declared, person_id: int, items: Mapping[str, Item]
) -> Iterator[Evidence]:
    relatives = engine.list_rows(
        read_sql(_PACKAGE, "relatives_of_one"),
        as_of=plan.as_of,
        person_id=person_id,
        over_whom=OVER_WORDS[node.over],
    )
    for relative_id, birth_month, due_month in relatives:
        relative = Person(relative_id, birth_month=birth_month, due_month=due_month)
        rows = list(_list_own(engine, plan, other, relative_id, items))
        if rows and _counts(plan, node, other, relative, rows):
            yield from rows


def _counts(plan: Plan, node: Household, other: Declared, relative: Person, rows: list[Evidence]) -> bool:
    # A relative's rows are nobody's business here unless they are why the child's indicator says what it says.
    measures = [named.measure for named in name_measures(other)]
    if len(measures) != 1:
        return True
    item = measures[0].source.item
    facts = tuple(
        Fact(0, place, row.known_from, row.feed, {**_get_dates(row), **row.values})
        for place, row in enumerate(reversed(rows))
    )
    world = World(persons=(relative,), subjects={0: relative.person_id}, facts={item: facts})
    found = measure_rows(Known(world, plan), relative, measures[0])
    return meets_result_test(node.test, found.number, found.text)


def _get_dates(row: Evidence) -> dict[str, date | None]:
    if row.occurred_on is not None:
        return {"occurred_on": row.occurred_on}
    return {"valid_from": row.valid_from, "valid_to": row.valid_to}


def _list_rows(
    engine: Engine, plan: Plan, measure: Measure, person_id: int, item: Item
) -> Iterator[Evidence]:
    is_state = item.kind is ItemKind.STATE
    dates = _STATE_DATES if is_state else ("f.occurred_on",)
    values = tuple(item.values)
    known = query(
        [
            *dates,
            *(f"f.{name}" for name in values),
            *("f.known_from", "f.record_id", "f.feed", "f.file_id", "f.row"),
            _LIFE_FROM,
            _CONCEIVED_FROM,
        ],
        f"facts.{item.id} AS f",
        joins=[
            Join("facts.subject_person AS l", "l.subject_id = f.subject_id"),
            Join("facts.person AS p", "p.person_id = l.person_id"),
        ],
        where=[
            "p.person_id = $person_id",
            *list_known_conditions(plan.as_of, item.id, "valid_from" if is_state else "occurred_on"),
        ],
    )
    shown = ("valid_from", "stated_valid_to") if is_state else ("occurred_on",)
    rows = query(
        [*shown, *values, "known_from", "feed", "file_id", "row"],
        inner(known, "k"),
        where=[belongs(measure)],
    )
    parameters = {"person_id": person_id} | ({"as_of": plan.as_of} if is_state else {})
    for found in engine.list_rows(rows.sql(dialect="duckdb"), **parameters):
        yield _build_evidence(found, person_id, item, values, is_state)


def _build_evidence(
    found: tuple[Any, ...], person_id: int, item: Item, values: tuple[str, ...], is_state: bool
) -> Evidence:
    n_date = 2 if is_state else 1
    known_from, feed, file_id, row = found[n_date + len(values) :]
    return Evidence(
        person_id=person_id,
        item=item.id,
        occurred_on=None if is_state else found[0],
        valid_from=found[0] if is_state else None,
        valid_to=found[1] if is_state else None,
        known_from=known_from,
        values=dict(zip(values, found[n_date : n_date + len(values)], strict=True)),
        feed=feed,
        file_id=file_id,
        row=row,
    )


def _get_order(evidence: Evidence) -> tuple[date, date, str, int]:
    happened = evidence.occurred_on or evidence.valid_from or date.min
    return happened, evidence.known_from, evidence.file_id, evidence.row
