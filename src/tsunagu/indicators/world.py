"""A small city in memory: what the oracle reads. The same tables as the facts zone, as plain records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

import pyarrow as pa

from tsunagu.catalog.items import Item, get_fact_table
from tsunagu.store.engine import Engine
from tsunagu.store.facts import CLOSURE, COVERAGE, KIN, MEMBERSHIP, PERSON, SUBJECT_PERSON
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason
from tsunagu.vocabulary.tables import ColumnType, Table

_ARROW_TYPES = {
    ColumnType.BIGINT: pa.int64(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.VARCHAR: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One row of `facts.person`."""

    person_id: int
    birth_month: date | None = None
    school_cohort: int | None = None
    due_month: date | None = None
    sex: str | None = None
    district: str | None = None
    first_known_from: date | None = None
    is_registered: bool = True
    resident_from: date | None = None
    resident_to: date | None = None
    died_on: date | None = None
    opened_by: str = "register"


@dataclass(frozen=True, slots=True)
class Fact:
    """One version of one source record; `columns` holds dates and values by column name."""

    subject_id: int
    record_id: int
    known_from: date
    feed: str
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Closure:
    """One row of `facts.closure`."""

    item: str
    record_id: int
    version_known_from: date
    known_to: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row of `facts.coverage`; `scope_id` is `*` for the whole municipality."""

    item: str
    feed: str
    scope_kind: str
    scope_id: str
    covers_from: date
    covers_to: date
    known_from: date
    known_to: date | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """One row of `facts.membership`."""

    person_id: int
    household_id: int
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """One row of `facts.kin`."""

    person_id: int
    relative_id: int
    relation: str
    confidence: str = "certain"


@dataclass(frozen=True, slots=True)
class World:
    """Everything an indicator may read."""

    persons: tuple[Person, ...] = ()
    subjects: Mapping[int, int] = field(default_factory=dict)
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    coverage: tuple[Stretch, ...] = ()
    stays: tuple[Stay, ...] = ()
    kin: tuple[Kin, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of `runs.indicator_value`, without its key."""

    state: Knowledge
    value: float | None = None
    text_value: str | None = None
    unknown_reason: UnknownReason | None = None
    is_lower_bound: bool = False
    latest_event_on: date | None = None
    latest_known_from: date | None = None
    evidence_rows: int = 0
    feeds: str | None = None


def load_world(engine: Engine, world: World, items: Iterable[Item]) -> None:
    """Make the facts zone's views over a small world, for examples and tests.

    Args:
        engine: gets the views `facts.<item>` for all `items`, and the zone's own tables.
        world: what they hold.
        items: the items to make views of, with or without facts in the world.
    """
    for item in items:
        rows = [_lay_out_fact(fact) for fact in world.facts.get(item.id, ())]
        _make_view(engine, get_fact_table(item), rows)
    subjects = [{"subject_id": subject, "person_id": person} for subject, person in world.subjects.items()]
    _make_view(engine, SUBJECT_PERSON, subjects)
    _make_view(engine, PERSON, [asdict(person) for person in world.persons])
    _make_view(engine, CLOSURE, [asdict(closure) for closure in world.closures])
    _make_view(engine, COVERAGE, [asdict(stretch) for stretch in world.coverage])
    _make_view(engine, MEMBERSHIP, [asdict(stay) for stay in world.stays])
    _make_view(engine, KIN, [asdict(kin) for kin in world.kin])


def _lay_out_fact(fact: Fact) -> dict[str, object]:
    own = {"subject_id": fact.subject_id, "record_id": fact.record_id, "known_from": fact.known_from}
    return {**own, **fact.columns, "feed": fact.feed, "file_id": f"file-{fact.feed}", "row": fact.record_id}


def _make_view(engine: Engine, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    arrays = {
        column.name: pa.array([row.get(column.name) for row in rows], type=_ARROW_TYPES[column.type])
        for column in table.columns
    }
    engine.register(f"world_{table.name}", pa.table(arrays))
    engine.make_view("facts", table.name, f"FROM world_{table.name}")
