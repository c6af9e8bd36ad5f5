"""The pairs that people may decide, ordered by what a decision is worth, and the decisions they bring back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from tsunagu.store.commit import Reader, Writer
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import LINK, MATCH, RECORD, REVIEW_DECISION

_PACKAGE = "tsunagu.linkage"
WRONG_LINK_COST = 10.0
"""How many missed links weigh as much as one record on the wrong child."""


@dataclass(frozen=True, slots=True)
class QueuedPair:
    """A record and a candidate. `decision`: how the run treats them now."""

    subject_id: int
    person_id: int
    system: str
    decision: str
    match_probability: float
    match_millibits: int
    pattern: int
    held_back: str | None
    rivals: int
    loss: float


@dataclass(frozen=True, slots=True)
class ExpectedErrors:
    """Missed and wrong links to be expected among the pairs nobody has decided."""

    missed: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Queue:
    """The pairs most worth deciding, how many there are in all, and the errors expected before and after."""

    pairs: tuple[QueuedPair, ...]
    waiting: int
    before: ExpectedErrors
    after: ExpectedErrors


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One decision to be kept: two ids, what they are to each other, why, and who says so."""

    one_id: int
    other_id: int
    decision: str
    reason: str
    decided_by: str


def list_queue(reader: Reader, run_id: str, *, capacity: int, hidden: Collection[int] = ()) -> Queue:
    """The pairs of a run that are most worth a look.

    Args:
        reader: a state of the store.
        run_id: the run.
        capacity: how many pairs people can decide.
        hidden: persons of whom whoever asks may see nothing; records that may be theirs are left out.
    """
    reader.attach(MATCH, run=run_id)
    reader.attach(REVIEW_DECISION)
    _register_hidden(reader, hidden)
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "review_queue"), wrong_link_cost=WRONG_LINK_COST)
    pairs = [QueuedPair(*row) for row in rows]
    return Queue(tuple(pairs[:capacity]), len(pairs), _expect(pairs), _expect(pairs[capacity:]))


def is_hidden_pair(
    reader: Reader, run_id: str, *, subject_id: int, person_id: int, hidden: Collection[int]
) -> bool:
    """Whether a pair is of a hidden person, or of a record that may be theirs."""
    reader.attach(MATCH, run=run_id)
    _register_hidden(reader, {*hidden})
    rows = reader.engine.list_rows(
        read_sql(_PACKAGE, "review_is_hidden"), subject_id=subject_id, person_id=person_id
    )
    return bool(rows)


def _register_hidden(reader: Reader, hidden: Collection[int]) -> None:
    reader.engine.register("review_hidden", pa.table({"person_id": pa.array(sorted(hidden), pa.int64())}))


def _expect(pairs: Sequence[QueuedPair]) -> ExpectedErrors:
    return ExpectedErrors(
        missed=sum(pair.match_probability for pair in pairs if pair.decision != "link"),
        wrong=sum(1 - pair.match_probability for pair in pairs if pair.decision == "link"),
    )


def list_values(
    reader: Reader, run_id: str, pairs: Sequence[QueuedPair]
) -> dict[tuple[int, int], tuple[str | None, ...]]:
    """What both sides of each pair say (names, addresses): only for whoever decides."""
    reader.attach(LINK, run=run_id)
    reader.attach(RECORD)
    shown = {
        "subject_id": pa.array([pair.subject_id for pair in pairs], pa.int64()),
        "person_id": pa.array([pair.person_id for pair in pairs], pa.int64()),
    }
    reader.engine.register("review_shown", pa.table(shown))
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "review_values"))
    return {(row[0], row[1]): row[2:] for row in rows}


def find_unknown_ids(reader: Reader, ids: Sequence[int]) -> set[int]:
    """Which of these ids are neither a record's nor a person's of any run."""
    reader.attach(RECORD)
    reader.attach(LINK)
    reader.engine.register("review_asked", pa.table({"id": pa.array(sorted(set(ids)), pa.int64())}))
    rows = reader.engine.list_rows(
        "SELECT id FROM review_asked AS a"
        " WHERE NOT EXISTS (SELECT 1 FROM identity.record AS r WHERE r.subject_id = a.id)"
        " AND NOT EXISTS (SELECT 1 FROM identity.link AS l WHERE l.person_id = a.id)"
    )
    return {row[0] for row in rows}


def stage_decisions(writer: Writer, decisions: Sequence[NewDecision], *, known_from: date) -> int:
    """Stage decisions behind those kept before; they count from the writer's commit. Returns the rows."""
    first = writer.count_rows(REVIEW_DECISION) + 1
    rows = [
        {
            "sequence": first + place,
            "one_id": min(one.one_id, one.other_id),
            "other_id": max(one.one_id, one.other_id),
            "decision": one.decision,
            "reason": one.reason,
            "decided_by": one.decided_by,
            "known_from": known_from,
        }
        for place, one in enumerate(decisions)
    ]
    return writer.append_rows(REVIEW_DECISION, pa.Table.from_pylist(rows), tags={}) if rows else 0
