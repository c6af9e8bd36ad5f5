"""Marking a run against a truth of a few hand-made persons."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tsunagu.cli.truth import KIND_TITLES, LinkCount, ListMark, NeedCount, count_links, count_needs, mark_list
from tsunagu.fiction.circumstances import KINDS
from tsunagu.store.engine import Engine

AS_OF = date(2026, 3, 31)


class Reader:
    """The run's tables as far as marking reads them."""

    def __init__(self, engine):
        self.engine = engine

    def attach(self, table, **tags):
        """Everything is there already."""


@pytest.fixture
def show(tmp_path):
    """Make `zone.table` out of rows."""
    with Engine(spill=tmp_path, readable=[tmp_path]) as engine:

        def make(name, columns, rows):
            engine.register(
                f"rows_of_{name.replace('.', '_')}",
                pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True))),
            )
            engine.make_view(*name.split("."), f"SELECT * FROM rows_of_{name.replace('.', '_')}")  # noqa: S608 - names of the test
            return Reader(engine)

        yield make


@pytest.fixture
def reader(show):
    """Four of the city's children: 1 and 2 in the register, 3 under two records of ours, 4 linked to 2 by mistake."""
    show("runs.population", ["person_id"], [(10,), (20,), (30,), (31,), (99,)])
    show(
        "runs.judgement",
        ["person_id", "is_listed"],
        [(10, True), (10, False), (20, False), (30, False), (31, False), (99, True)],
    )
    show("runs.silence", ["person_id", "is_listed"], [(10, False), (20, False), (30, False), (31, True)])
    show(
        "identity.link",
        ["subject_id", "person_id", "rule"],
        [
            (1, 10, "register"),
            (2, 20, "register"),
            (3, 30, "opened"),
            (4, 31, "opened"),
            (5, 10, "name"),
            (6, 20, "name"),
        ],
    )
    return show(
        "identity.record",
        ["subject_id", "system", "source_key"],
        [
            (1, "resident", "a"),
            (1, "resident", "a"),
            (2, "resident", "b"),
            (3, "school", "c"),
            (4, "meal", "d"),
            (5, "school", "e"),
            (6, "school", "f"),
        ],
    )


@pytest.fixture
def truth(tmp_path):
    sources = [
        ("resident", "a", 1),
        ("resident", "b", 2),
        ("school", "c", 3),
        ("meal", "d", 3),
        ("school", "e", 1),
        ("school", "f", 4),
    ]
    system, key, person = zip(*sources, strict=True)
    pq.write_table(
        pa.table({"system": system, "source_key": key, "person_id": person}),
        tmp_path / "source_person.parquet",
    )
    circumstances = [
        (1, "neglect", date(2025, 1, 1), None, 2),
        (1, "neglect", date(2025, 6, 1), None, 3),
        (2, "neglect", date(2025, 1, 1), None, 3),
        # Over, not begun, too light.
        (2, "illness", date(2024, 1, 1), AS_OF, 3),
        (2, "violence", date(2026, 4, 1), None, 3),
        (3, "isolation", date(2025, 1, 1), None, 1),
        # Ends the day after, and stands in the list by the silence watch alone.
        (3, "young_carer", AS_OF, date(2026, 4, 1), 2),
    ]
    person, kind, start, end, severity = zip(*circumstances, strict=True)
    table = {
        "person_id": person,
        "kind": kind,
        "started_on": start,
        "ended_on": pa.array(end, pa.date32()),
        "severity": severity,
    }
    pq.write_table(pa.table(table), tmp_path / "circumstance.parquet")
    return tmp_path


def test_found_and_missed(reader, truth):
    assert count_needs(reader, truth, "run", as_of=AS_OF) == [
        NeedCount("養育の困難(ネグレクト)", 2, 1),
        NeedCount("ヤングケアラー", 1, 1),
    ]


def test_missed_is_the_rest():
    assert NeedCount("不登校", 11, 4).missed == 7


def test_the_list_as_a_whole(reader, truth):
    """By the packs alone. Somebody under two records counts once; a person of nobody's truth does not count."""
    mark = mark_list(reader, truth, "run", as_of=AS_OF)
    assert mark == ListMark(children=3, listed=1, in_need=3, found=1)
    assert mark.found_by_chance == 1


def test_nobody_is_no_division_by_zero():
    assert ListMark(0, 0, 0, 0).found_by_chance == 0


def test_links(reader, truth):
    """The register's own records are not counted: they are what the others are held against."""
    assert count_links(reader, truth, "run") == LinkCount(right=1, wrong=1, opened=2)


def test_every_circumstance_of_the_city_has_words():
    assert set(KIND_TITLES) == set(KINDS)
