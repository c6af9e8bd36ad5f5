"""Marks a run on the fictional city against the truth that the city's builder wrote beside the files.

Only for fictional cities: it shows that the program works, never how effective it is.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import Reader
from tsunagu.store.identity import LINK, RECORD

KIND_TITLES = {
    "economic_hardship": "生活の困窮",
    "neglect": "養育の困難(ネグレクト)",
    "violence": "暴力",
    "young_carer": "ヤングケアラー",
    "non_attendance": "不登校",
    "bullying": "いじめ",
    "isolation": "孤立",
    "perinatal_depression": "産前産後のうつ",
    "developmental_need": "発達の特性への支援",
    "parent_illness": "保護者の病気",
    "illness": "こどもの病気",
}
SEVERE = 2


@dataclass(frozen=True, slots=True)
class NeedCount:
    """Children with one circumstance on the day, and how many of them the run put before people."""

    title: str
    children: int
    listed: int

    @property
    def missed(self) -> int:
        """Those the list does not hold."""
        return self.children - self.listed


@dataclass(frozen=True, slots=True)
class ListMark:
    """Children of the run, how many of them a pack put before people; the same of those in some heavy need.

    Without the silence watch: it lists whom nobody has seen, whatever the circumstances.
    """

    children: int
    listed: int
    in_need: int
    found: int

    @property
    def found_by_chance(self) -> float:
        """How many in need a list of the same length would hold if it were drawn by lot."""
        return self.in_need * self.listed / self.children if self.children else 0.0


@dataclass(frozen=True, slots=True)
class LinkCount:
    """Subjects whose true person is known: linked to that person, to another, or to nobody in the register."""

    right: int
    wrong: int
    opened: int


def count_needs(reader: Reader, truth: Path, run_id: str, *, as_of: date) -> list[NeedCount]:
    """Per circumstance of some weight on the day: children of the run, and those listed."""
    children = _list_children(reader, truth, run_id)
    needs = _read_circumstances(truth, as_of).join(children, "person_id", join_type="inner")
    counts = needs.group_by("kind").aggregate([("person_id", "count_distinct"), ("listed", "sum")])
    rows = sorted(counts.to_pylist(), key=lambda row: (-row["person_id_count_distinct"], row["kind"]))
    return [
        NeedCount(KIND_TITLES[row["kind"]], row["person_id_count_distinct"], row["listed_sum"])
        for row in rows
    ]


def mark_list(reader: Reader, truth: Path, run_id: str, *, as_of: date) -> ListMark:
    """How the list compares with one drawn by lot, whatever the circumstance."""
    children = _list_children(reader, truth, run_id)
    in_need = _read_circumstances(truth, as_of).select(["person_id"]).group_by("person_id").aggregate([])
    needy = children.join(in_need, "person_id", join_type="left semi")
    return ListMark(children.num_rows, _sum_judged(children), needy.num_rows, _sum_judged(needy))


def count_links(reader: Reader, truth: Path, run_id: str) -> LinkCount:
    """How many subjects stand on the right person, a wrong one, or a person of their own."""
    found = _read_links(reader, run_id).join(
        _read_sources(truth), ["system", "source_key"], join_type="inner"
    )
    register = found.filter(pc.equal(found["rule"], "register")).select(["our_id", "person_id"])
    owners = register.rename_columns(["our_id", "owner"])
    others = found.filter(pc.not_equal(found["rule"], "register")).join(
        owners, "our_id", join_type="left outer"
    )
    opened = pc.sum(pc.cast(pc.is_null(others["owner"]), pa.int64())).as_py() or 0
    right = pc.sum(pc.cast(pc.equal(others["owner"], others["person_id"]), pa.int64())).as_py() or 0
    return LinkCount(right, others.num_rows - opened - right, opened)


def _list_children(reader: Reader, truth: Path, run_id: str) -> pa.Table:
    """Each of the city's children in the run once: `judged` put before people by a pack, `listed` by that or silence.

    A child under two persons of ours counts when either does.
    """
    attach_run(reader, run_id)
    persons = _find_true_persons(reader, truth, run_id)
    population = reader.engine.fetch_arrow(
        "SELECT p.person_id AS our_id, max(CASE WHEN j.is_listed THEN 1 ELSE 0 END) AS judged,"
        " max(CASE WHEN j.is_listed OR s.is_listed THEN 1 ELSE 0 END) AS listed"
        " FROM runs.population AS p LEFT JOIN runs.judgement AS j ON j.person_id = p.person_id"
        " LEFT JOIN runs.silence AS s ON s.person_id = p.person_id GROUP BY p.person_id"
    )
    children = population.join(persons, "our_id", join_type="inner")
    return (
        children.group_by("person_id")
        .aggregate([("judged", "max"), ("listed", "max")])
        .rename_columns(["person_id", "judged", "listed"])
    )


def _sum_judged(children: pa.Table) -> int:
    return int(pc.sum(children["judged"]).as_py() or 0)


def _find_true_persons(reader: Reader, truth: Path, run_id: str) -> pa.Table:
    """Our person id → the city's, by the register where the person stands there, else by any record."""
    found = _read_links(reader, run_id).join(
        _read_sources(truth), ["system", "source_key"], join_type="inner"
    )
    is_register = pc.cast(pc.equal(found["rule"], "register"), pa.int64())
    ordered = found.append_column("is_register", is_register).sort_by(
        [("is_register", "descending"), ("person_id", "ascending")]
    )
    return (
        ordered.group_by("our_id", use_threads=False)
        .aggregate([("person_id", "first")])
        .rename_columns(["our_id", "person_id"])
    )


def _read_links(reader: Reader, run_id: str) -> pa.Table:
    reader.attach(LINK, run=run_id)
    reader.attach(RECORD)
    return reader.engine.fetch_arrow(
        "SELECT l.person_id AS our_id, l.rule, r.system, r.source_key"
        " FROM identity.link AS l JOIN ("
        "SELECT DISTINCT subject_id, system, source_key FROM identity.record) AS r USING (subject_id)"
    )


def _read_sources(truth: Path) -> pa.Table:
    return pq.read_table(truth / "source_person.parquet", columns=["system", "source_key", "person_id"])


def _read_circumstances(truth: Path, as_of: date) -> pa.Table:
    table = pq.read_table(truth / "circumstance.parquet")
    day = pa.scalar(as_of, pa.date32())
    is_open = pc.fill_null(pc.greater(table["ended_on"], day), True)
    now = pc.and_(pc.less_equal(table["started_on"], day), is_open)
    severe = pc.greater_equal(table["severity"], SEVERE)
    return (
        table.filter(pc.and_(now, severe))
        .select(["person_id", "kind"])
        .group_by(["person_id", "kind"])
        .aggregate([])
    )
