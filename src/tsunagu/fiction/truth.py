"""What is really so in the fictional city: written beside the deliveries, never read by the product."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tsunagu.fiction.arrays import NEVER, NOBODY, Ints, whole_numbers
from tsunagu.fiction.benefits import CLASSES
from tsunagu.fiction.circumstances import CAUSES, ENDINGS, HAPPENINGS, KINDS
from tsunagu.fiction.people import RESIDENT
from tsunagu.fiction.records import EXPECTED_FROM, Records
from tsunagu.fiction.writing import blank_where, join, pick, repeat_text

Keys: TypeAlias = list[tuple[str, Any, Ints]]
"""Of every system: its name, the keys it wrote, and the rows of the people behind them."""

PROVENANCE = """# 架空のまちの「本当のこと」 / The truth of the fictional city

このフォルダーは、製品の結果を採点するテストと評価だけが読みます。製品は読みません。実在の人・団体とは関係がありません。
This folder is read only by tests and evaluations that mark the product's results. The product never reads it.
Nobody here exists: people, addresses, schools and events are drawn from a random seed.

- person.parquet        one row a person: person_id, atena_number (null: no resident record here), true name, reading,
                        birth date, sex, family_id, mother_id, father_id, household spells
- source_person.parquet one row a key in the files: system, source_key, person_id, atena_number. A key of several columns
                        is joined by `:`, the narrowest first (学籍番号:学校コード, 認定番号:年度, 対象児童宛名番号:証書番号)
- pregnancy.parquet     one row a pregnancy notified: person_id of the child expected, mother, due date. child_id is null
                        where no child was born here; such a child has a row in person.parquet without name and date
- circumstance.parquet  one row a person and stretch of one severity: person_id, kind, started_on, ended_on (exclusive,
                        null = open), severity 1-3; stretches of a spell share spell_started_on and cause; ending says
                        changed (of severity), faded, helped, grown_up, parted, left or open
- outcome.parquet       one row a happening: person_id, kind, circumstance it came of, occurred_on
- care.parquet          one row a placement outside the family: person_id, kind, started_on, ended_on
- benefit.parquet       one row a child, benefit and stretch of whole months: entitled_class and received_class (empty:
                        not), started_on, ended_on (exclusive, null = to the end of the period)
- city.json             what the city was built from
"""


class Truth:
    """The tables of the truth, to which every block of the city adds its rows."""

    def __init__(self, folder: Path) -> None:
        """Begin in an empty folder."""
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def write(self, records: Records, keys: Keys) -> None:
        """Add the rows of one block."""
        for name, describe in _TABLES.items():
            self._add(name, describe(records))
        self._add("source_person", _source_persons(records, keys))

    def close(self) -> None:
        """Finish the files."""
        for writer in self._writers.values():
            writer.close()

    def _add(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            path = self._folder / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, table.schema, compression="none", store_schema=False)
        self._writers[name].write_table(table)


@contextmanager
def open_truth(folder: Path) -> Iterator[Truth]:
    """Make the folder with the note that says what the tables are, and finish them at the end."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(PROVENANCE, encoding="utf-8")
    truth = Truth(folder)
    try:
        yield truth
    finally:
        truth.close()


def _days(days: Ints) -> pa.Array:
    open_ended = days >= NEVER // 2
    return pa.array(np.where(open_ended, 0, days).astype("int32"), pa.int32(), mask=open_ended).cast(
        pa.date32()
    )


def _numbers(records: Records, persons: Ints) -> pa.Array:
    people = records.city.people
    return pa.array(people.number[persons], mask=people.is_registered[persons] == 0)


def _or_null(rows: Ints) -> pa.Array:
    return pa.array(rows, mask=rows == NOBODY)


def _persons(records: Records) -> pa.Table:
    city, names = records.city, records.names
    people = city.people
    rows = np.arange(len(people))
    born = pa.table(
        {
            "person_id": records.person_ids(rows),
            "atena_number": _numbers(records, rows),
            "name": join(
                pick(names.surnames.texts, people.surname), "　", pick(names.given.texts, people.given)
            ),
            "kana": join(
                pick(names.surnames.kanas, people.surname), "　", pick(names.given.kanas, people.given)
            ),
            "birth_date": _days(people.birth),
            "sex": people.sex,
            "family_id": _or_null(
                np.where(people.family >= 0, people.family + records.number_from(1_000_000), NOBODY)
            ),
            "mother_id": _or_null(records.person_ids(people.mother)),
            "father_id": _or_null(records.person_ids(people.father)),
            "stay": pick(("registered", "evacuee", "pupil_from_outside"), people.stay),
            "hidden_from": _days(people.hidden_from),
            "away_from": _days(people.away_from),
            "household_spells": _household_spells(records),
        }
    )
    return pa.concat_tables([born, _unborn(records)], promote_options="default")


def _unborn(records: Records) -> pa.Table:
    """Children expected who were not born here (not yet, elsewhere, or never): no name, no birth date."""
    table = records.city.pregnancies
    rows = np.flatnonzero(table.child == NOBODY)
    ids = records.person_ids(records.expected_rows(rows))
    return pa.table({"person_id": ids, "mother_id": records.person_ids(table.mother[rows])})


def _household_spells(records: Records) -> pa.Array:
    """One list a person: household, from when, whether resident, in the order of events."""
    entries = records.history.entries
    counts = np.bincount(entries.person, minlength=len(records.city.people))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
    spell = pa.StructArray.from_arrays(
        [
            pa.array(entries.household + records.number_from(1_000_000)),
            _days(entries.day),
            pa.array(entries.status == RESIDENT),
        ],
        names=["household_id", "from", "is_resident"],
    )
    return pa.ListArray.from_arrays(pa.array(offsets), spell)


def _source_persons(records: Records, keys: Keys) -> pa.Table:
    systems, written, persons = [], [], []
    for system, texts, rows in keys:
        systems += [repeat_text(system, rows)]
        written.append(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)
        persons.append(rows)
    everybody = whole_numbers(np.concatenate(persons))
    table = pa.table(
        {"system": pa.concat_arrays(systems), "source_key": pa.concat_arrays(written), "person_id": everybody}
    )
    table = table.group_by(["system", "source_key"]).aggregate([("person_id", "min")])
    table = table.rename_columns(["system", "source_key", "person_id"])
    table = table.sort_by([("system", "ascending"), ("source_key", "ascending")])
    rows = table["person_id"].to_numpy()
    child = np.append(records.city.pregnancies.child, NOBODY)
    born = np.where(rows < EXPECTED_FROM, rows, child[np.clip(rows - EXPECTED_FROM, -1, len(child) - 1)])
    numbers = _numbers(records, np.maximum(born, 0))
    table = table.set_column(2, "person_id", pa.array(records.person_ids(rows)))
    return table.append_column("atena_number", pc.if_else(pa.array(born != NOBODY), numbers, None))


def _pregnancies(records: Records) -> pa.Table:
    table = records.city.pregnancies
    return pa.table(
        {
            "person_id": records.person_ids(records.expected_rows(np.arange(len(table.mother)))),
            "mother_id": records.person_ids(table.mother),
            "notified_on": _days(table.notified),
            "due_on": _days(table.due),
            "child_id": _or_null(records.person_ids(table.child)),
            "is_twin": table.is_twin == 1,
        }
    )


def _circumstances(records: Records) -> pa.Table:
    """One row a person and stretch of one severity; the stretches of a spell share its first day."""
    last = records.months[-1].last
    parts: list[tuple[Ints, ...]] = []
    for number, kind in enumerate(KINDS):
        table = records.circumstances.stretches[kind]
        rows, persons = records.circumstances.expand_stretches(kind)
        kept = table.start[rows] <= last
        rows, persons = rows[kept], persons[kept]
        start = np.maximum(table.start[rows], records.city.people.birth[persons])
        kinds = np.full(len(rows), number)
        since = np.maximum(table.since[rows], records.city.people.birth[persons])
        columns = (table.end, table.severity, table.cause, table.ending)
        parts.append((persons, kinds, start, since, *(column[rows] for column in columns)))
    person, kind_row, start, since, end, severity, cause, ending = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    end = np.where(end > last, NEVER, end)
    return pa.table(
        {
            "person_id": records.person_ids(person),
            "kind": pick(KINDS, kind_row),
            "started_on": _days(start),
            "ended_on": _days(end),
            "severity": severity,
            "spell_started_on": _days(since),
            "cause": pick(CAUSES, cause),
            "ending": blank_where(end == NEVER, pick(ENDINGS, ending), "open"),
        }
    )


def _outcomes(records: Records) -> pa.Table:
    """What became of people under a circumstance, day by day."""
    table = records.circumstances.happenings
    first, last = records.months[0].first, records.months[-1].last
    rows = np.flatnonzero((table.day >= first) & (table.day <= last))
    rows = rows[np.lexsort((table.person[rows], table.kind[rows], table.happening[rows], table.day[rows]))]
    return pa.table(
        {
            "person_id": records.person_ids(table.person[rows]),
            "kind": pick(HAPPENINGS, table.happening[rows]),
            "circumstance": pick(KINDS, table.kind[rows]),
            "occurred_on": _days(table.day[rows]),
        }
    )


def _benefits(records: Records) -> pa.Table:
    """One row a child, benefit and stretch of months in which entitlement and receipt stay the same."""
    benefits, parts = records.benefits, []
    firsts = whole_numbers([*(month.first for month in records.months), NEVER])
    for benefit, names in CLASSES.items():
        entitled, received = (whole_numbers(grid[benefit]) for grid in (benefits.entitled, benefits.received))
        state = entitled * 8 + received
        child, begins = np.nonzero(np.diff(state, axis=1, prepend=-1))
        ends = np.append(begins[1:], 0)
        ends = np.where(
            np.append(child[1:] == child[:-1], np.zeros(min(1, len(child)), dtype=bool)),
            ends,
            len(records.months),
        )
        kept = state[child, begins] > 0
        child, begins, ends = child[kept], begins[kept], ends[kept]
        words = ["", *names]
        parts.append(
            pa.table(
                {
                    "person_id": records.person_ids(benefits.children[child]),
                    "benefit": repeat_text(benefit, child),
                    "entitled_class": pick(words, entitled[child, begins]),
                    "received_class": pick(words, received[child, begins]),
                    "started_on": _days(firsts[begins]),
                    "ended_on": _days(firsts[ends]),
                }
            )
        )
    return pa.concat_tables(parts)


def _care(records: Records) -> pa.Table:
    table, last = records.city.care, records.months[-1].last
    rows = np.flatnonzero(table.start <= last)
    return pa.table(
        {
            "person_id": records.person_ids(table.person[rows]),
            "kind": pick(("foster_family", "home"), table.kind[rows]),
            "started_on": _days(table.start[rows]),
            "ended_on": _days(table.end[rows]),
        }
    )


_TABLES: dict[str, Callable[[Records], pa.Table]] = {
    "person": _persons,
    "pregnancy": _pregnancies,
    "circumstance": _circumstances,
    "outcome": _outcomes,
    "care": _care,
    "benefit": _benefits,
}
