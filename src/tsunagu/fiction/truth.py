"""What is really so in the fictional city: written beside the deliveries, never read by the product."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tsunagu.fiction.almanac import school_cohort
from tsunagu.fiction.arrays import NEVER, NOBODY, Ints, draw, whole_numbers
from tsunagu.fiction.circumstances import HARDSHIP, KINDS, NEGLECT, NON_ATTENDANCE, VIOLENCE, Spell
from tsunagu.fiction.outbox import Outbox
from tsunagu.fiction.people import RESIDENT
from tsunagu.fiction.records import Records
from tsunagu.fiction.writing import join, pick

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
- circumstance.parquet  one row a spell: person_id, kind, started_on, ended_on (exclusive, null = open), severity 1-3
- outcome.parquet       one row an outcome: person_id, kind, occurred_on
"""


def write_truth(records: Records, outbox: Outbox, folder: Path) -> None:
    """Write every table and the note that says what they are."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(PROVENANCE, encoding="utf-8")
    _write(folder / "person.parquet", _persons(records))
    _write(folder / "source_person.parquet", _source_persons(records, outbox))
    _write(folder / "pregnancy.parquet", _pregnancies(records))
    _write(folder / "circumstance.parquet", _circumstances(records))
    _write(folder / "outcome.parquet", _outcomes(records))


def _write(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="none", store_schema=False)


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
    inside = people.family >= 0
    family = np.maximum(people.family, 0)
    born = pa.table(
        {
            "person_id": np.arange(len(people)),
            "atena_number": _numbers(records, np.arange(len(people))),
            "name": join(
                pick(names.surnames.texts, people.surname), "　", pick(names.given.texts, people.given)
            ),
            "kana": join(
                pick(names.surnames.kanas, people.surname), "　", pick(names.given.kanas, people.given)
            ),
            "birth_date": _days(people.birth),
            "sex": people.sex,
            "family_id": _or_null(people.family),
            "mother_id": _or_null(np.where(inside, city.families.mother[family], NOBODY)),
            "father_id": _or_null(np.where(inside, city.families.father[family], NOBODY)),
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
    return pa.table({"person_id": records.unborn_persons(rows), "mother_id": table.mother[rows]})


def _household_spells(records: Records) -> pa.Array:
    """One list a person: household, from when, whether resident, in the order of events."""
    entries = records.history.entries
    counts = np.bincount(entries.person, minlength=len(records.city.people))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
    spell = pa.StructArray.from_arrays(
        [pa.array(entries.household), _days(entries.day), pa.array(entries.status == RESIDENT)],
        names=["household_id", "from", "is_resident"],
    )
    return pa.ListArray.from_arrays(pa.array(offsets), spell)


def _source_persons(records: Records, outbox: Outbox) -> pa.Table:
    systems, keys, persons = [], [], []
    for system, texts, rows in outbox.list_keys():
        systems += [pick([system], np.zeros(len(rows), dtype=np.int64))]
        keys.append(texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts)
        persons.append(rows)
    everybody = whole_numbers(np.concatenate(persons))
    table = pa.table(
        {"system": pa.concat_arrays(systems), "source_key": pa.concat_arrays(keys), "person_id": everybody}
    )
    table = table.group_by(["system", "source_key"]).aggregate([("person_id", "min")])
    table = table.rename_columns(["system", "source_key", "person_id"])
    table = table.sort_by([("system", "ascending"), ("source_key", "ascending")])
    known = table["person_id"].to_numpy()
    is_born = known < len(records.city.people)
    numbers = _numbers(records, np.where(is_born, known, 0))
    return table.append_column("atena_number", pc.if_else(pa.array(is_born), numbers, None))


def _pregnancies(records: Records) -> pa.Table:
    table = records.city.pregnancies
    return pa.table(
        {
            "person_id": records.unborn_persons(np.arange(len(table.mother))),
            "mother_id": table.mother,
            "notified_on": _days(table.notified),
            "due_on": _days(table.due),
            "child_id": _or_null(table.child),
            "is_twin": table.is_twin == 1,
        }
    )


def _circumstances(records: Records) -> pa.Table:
    columns: dict[str, list[Ints]] = {"person": [], "kind": [], "start": [], "end": [], "severity": []}
    last = records.months[-1].last
    for number, kind in enumerate(KINDS):
        spell = records.circumstances.spells[kind]
        rows = np.flatnonzero((spell.start <= last) & (spell.end > spell.start))
        for name, values in zip(columns, (rows, np.full(len(rows), number), *_cut(spell, rows)), strict=True):
            columns[name].append(values)
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return pa.table(
        {
            "person_id": joined["person"],
            "kind": pick(KINDS, joined["kind"]),
            "started_on": _days(joined["start"]),
            "ended_on": _days(joined["end"]),
            "severity": joined["severity"],
        }
    )


def _cut(spell: Spell, rows: Ints) -> tuple[Ints, Ints, Ints]:
    return spell.start[rows], spell.end[rows], spell.severity[rows]


def _outcomes(records: Records) -> pa.Table:
    """What became of children: taken into custody, hurt, cut off from school, home lost; or recovered."""
    rng = records.stream("outcome")
    first, last = records.months[0].first, records.months[-1].last
    people = records.city.people
    children = school_cohort(people.birth) >= 2004
    parts: list[tuple[Ints, Ints, Ints]] = []
    plans = (
        (0, VIOLENCE, (0.0, 0.02, 0.10, 0.35)), (0, NEGLECT, (0.0, 0.01, 0.06, 0.25)), (1, VIOLENCE, (0.0, 0.03, 0.08, 0.2)),
        (2, NON_ATTENDANCE, (0.0, 0.1, 0.5, 0.95)), (3, HARDSHIP, (0.0, 0.0, 0.01, 0.04)), (4, NEGLECT, (0.0, 1.0, 1.0, 1.0)),
        (4, NON_ATTENDANCE, (0.0, 1.0, 1.0, 1.0)),
    )  # fmt: skip
    for outcome, kind, rates in plans:
        spell = records.circumstances.spells[kind]
        hit = draw(rng, np.array(rates)[spell.severity], len(people)) & children & (spell.start < NEVER)
        rows = np.flatnonzero(hit)
        length = np.minimum(spell.end[rows], last + 1) - np.maximum(spell.start[rows], first)
        when = np.maximum(spell.start[rows], first) + whole_numbers(
            rng.random(len(rows)) * np.maximum(length, 1)
        )
        when = np.where(outcome == 4, spell.end[rows], when)
        inside = (when >= first) & (when <= last) & (length > 0)
        parts.append((rows[inside], np.full(int(inside.sum()), outcome), when[inside]))
    person, outcome_row, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((person, outcome_row, day))
    kinds = ("temporary_custody", "emergency_treatment", "long_absence", "home_lost", "recovered")
    return pa.table(
        {
            "person_id": person[order],
            "kind": pick(kinds, outcome_row[order]),
            "occurred_on": _days(day[order]),
        }
    )
