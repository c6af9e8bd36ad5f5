"""What people decided about pairs, as constraints that every later run keeps.

Decisions chain: records decided the same form clusters, and a cluster decided to differ from somebody differs as
a whole. A contradiction is never resolved by the program: the cluster it is in is left to the keys and the weight,
and the contradiction is reported.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import REVIEW_CONFLICT, REVIEW_DECISION

_PACKAGE = "tsunagu.linkage"
SAME, DIFFERENT, UNSURE, UNDO = "same", "different", "unsure", "undo"
DECISIONS = (SAME, DIFFERENT, UNSURE, UNDO)


@dataclass(frozen=True, slots=True)
class Decision:
    """Two ids (a record and a person, or two records) that are, or are not, one person."""

    one_id: int
    other_id: int
    decision: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction: see `identity.review_conflict`."""

    kind: str
    one_id: int
    other_id: int
    members: int


@dataclass(frozen=True, slots=True)
class Constraints:
    """Decisions carried through clusters.

    `links`: record and person of the register. `clusters`: record and cluster, for clusters without anybody of the
    register. `forbidden`: record and person. `apart`: two records.
    """

    links: tuple[tuple[int, int], ...]
    clusters: tuple[tuple[int, int], ...]
    forbidden: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    conflicts: tuple[Conflict, ...]


def resolve_decisions(decisions: Iterable[Decision], persons: Collection[int]) -> Constraints:
    """Carry decisions through clusters.

    Args:
        decisions: those in force, one a pair.
        persons: which of the ids are people of the register.
    """
    ordered = sorted(decisions, key=lambda one: (one.one_id, one.other_id))
    same = [one for one in ordered if one.decision == SAME]
    different = [one for one in ordered if one.decision == DIFFERENT]
    clusters = _join(ordered, same)
    conflicts = _find_conflicts(clusters, different, persons)
    spoiled = {member for conflict in conflicts for member in clusters[conflict.one_id]}
    sound = _join(ordered, [one for one in same if one.one_id not in spoiled])
    return _carry(sound, different, persons, conflicts)


def _join(decisions: Sequence[Decision], same: Sequence[Decision]) -> dict[int, frozenset[int]]:
    """The cluster of every id."""
    clusters = {one_id: frozenset([one_id]) for one in decisions for one_id in (one.one_id, one.other_id)}
    for one in same:
        joined = clusters[one.one_id] | clusters[one.other_id]
        clusters |= dict.fromkeys(joined, joined)
    return clusters


def _find_conflicts(
    clusters: dict[int, frozenset[int]], different: Sequence[Decision], persons: Collection[int]
) -> list[Conflict]:
    found = []
    for cluster in sorted(set(clusters.values()), key=min):
        known = sorted(cluster & set(persons))
        if len(known) > 1:
            found.append(Conflict("two_people", known[0], known[1], len(cluster)))
    for one in different:
        if one.other_id in clusters[one.one_id]:
            found.append(Conflict("different", one.one_id, one.other_id, len(clusters[one.one_id])))
    return found


def _carry(
    clusters: dict[int, frozenset[int]],
    different: Sequence[Decision],
    persons: Collection[int],
    conflicts: Sequence[Conflict],
) -> Constraints:
    links, grouped = set(), set()
    for cluster in set(clusters.values()):
        known, records = cluster & set(persons), cluster - set(persons)
        for record in records if len(cluster) > 1 else ():
            if known:
                links.add((record, min(known)))
            else:
                grouped.add((record, min(records)))
    forbidden: set[tuple[int, int]] = set()
    apart: set[tuple[int, int]] = set()
    for one in different:
        pairs = {(a, b) for a in clusters[one.one_id] for b in clusters[one.other_id]}
        for a, b in pairs | {(b, a) for a, b in pairs}:
            if a not in persons:
                (forbidden if b in persons else apart).add((a, b))
    return Constraints(
        tuple(sorted(links)),
        tuple(sorted(grouped)),
        tuple(sorted(forbidden)),
        tuple(sorted(apart)),
        tuple(conflicts),
    )


def list_decisions_in_force(reader: Reader, *, as_of: date) -> list[Decision]:
    """What people have decided and not taken back, as far as known on the day."""
    reader.attach(REVIEW_DECISION)
    return [
        Decision(*row) for row in reader.engine.list_rows(read_sql(_PACKAGE, "review_effective"), as_of=as_of)
    ]


def register_constraints(reader: Reader, *, as_of: date) -> Constraints:
    """Make `review_link`, `review_cluster`, `review_forbidden` and `review_apart` for the steps that keep them.

    Reads:
        `identity.review_decision`, `linkage_spine`.
    """
    engine = reader.engine
    decisions = list_decisions_in_force(reader, as_of=as_of)
    named = sorted({one_id for one in decisions for one_id in (one.one_id, one.other_id)})
    engine.register("review_named", pa.table({"id": pa.array(named, pa.int64())}))
    known = engine.list_rows("SELECT id FROM review_named AS n JOIN linkage_spine AS s ON s.person_id = n.id")
    constraints = resolve_decisions(decisions, {row[0] for row in known})
    for table, names, pairs in (
        ("review_link", ("subject_id", "person_id"), constraints.links),
        ("review_cluster", ("subject_id", "cluster_id"), constraints.clusters),
        ("review_forbidden", ("subject_id", "person_id"), constraints.forbidden),
        ("review_apart", ("one_id", "other_id"), constraints.apart),
    ):
        columns = {name: pa.array([pair[at] for pair in pairs], pa.int64()) for at, name in enumerate(names)}
        engine.register(table, pa.table(columns))
    return constraints


def keep_constraints(engine: Engine, constraints: Constraints) -> None:
    """Let decisions reach what the keys and the weight found, and note the contradictions in `linkage_review_conflict`."""
    torn = [Conflict("two_links", *row) for row in engine.list_rows(read_sql(_PACKAGE, "review_torn"))]
    engine.run_file(_PACKAGE, "review_spread")
    engine.run_file(_PACKAGE, "review_cut")
    cut = engine.list_rows("SELECT 'cut', subject_id, other_id, 2 FROM review_cut ORDER BY subject_id")
    if cut:
        engine.run_file(_PACKAGE, "review_kept")
    conflicts = [*constraints.conflicts, *torn, *(Conflict(*row) for row in cut)]
    columns = {
        name: pa.array([getattr(conflict, name) for conflict in conflicts], kind)
        for name, kind in zip(
            REVIEW_CONFLICT.column_names, (pa.string(), pa.int64(), pa.int64(), pa.int32()), strict=True
        )
    }
    engine.register("linkage_review_conflict", pa.table(columns))
