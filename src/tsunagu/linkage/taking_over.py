"""Puts what changes reach together with what is taken over from the run built on, and keeps what the next one needs."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from tsunagu.linkage.frequencies import Frequencies
from tsunagu.linkage.nights import (
    Night,
    get_tags,
    has_two_numbers,
    list_fact_subjects,
    read_wanted,
    select_keys,
)
from tsunagu.linkage.spelling_keys import find_likely
from tsunagu.store.commit import Reader, Writer
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.facts import KIN, MEMBERSHIP, PERSON
from tsunagu.store.identity import LINK, LINK_NIGHT, LINK_REACH, LINK_SPELLING, MATCH
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"
# Of facts `f`: those of whom nothing is taken over.
_NOT_TAKEN_OVER = "NOT EXISTS (SELECT 1 FROM night_outside AS o WHERE o.subject_id = f.subject_id)"


def read_likely(engine: Engine, right: pa.Table, frequencies: Frequencies, night: Night) -> None:
    """Add whoever might be a waiting record's person to what is linked tonight.

    Reads:
        `weighing_right` by `right`; `night_reach`, `night_link`, `identity.link_reach`, `identity.link_spelling`.

    Writes:
        `linkage_known`, `linkage_spine`, `linkage_link`.
    """
    find_likely(engine, right, frequencies)
    engine.run_file(_PACKAGE, "night_met")
    engine.run_file(_PACKAGE, "night_met_homes")
    read_wanted(engine, "night_met", "night_met_home", night.as_of)
    engine.run_file(_PACKAGE, "spine")
    engine.run(
        "INSERT INTO linkage_link SELECT l.* FROM night_link AS l"
        " WHERE EXISTS (SELECT 1 FROM night_met AS m WHERE m.id = l.subject_id)"
    )


def drop_taken_over(engine: Engine) -> None:
    """Leave to the run built on the links of everybody not reached."""
    engine.run(
        "DELETE FROM linkage_link AS t"
        " WHERE EXISTS (SELECT 1 FROM night_outside AS o WHERE o.subject_id = t.subject_id)"
    )


def list_new_fact_subjects(engine: Engine, night: Night) -> None:
    """Make `linkage_fact_subject` of whoever is not taken over."""
    list_fact_subjects(engine, night.facts, as_of=night.as_of, among=_NOT_TAKEN_OVER)


def take_over_links(reader: Reader, night: Night) -> None:
    """Complete `linkage_link` and `linkage_match`."""
    engine = reader.engine
    # Also whoever nobody but facts ever named, who is not among the records.
    engine.run(
        "CREATE OR REPLACE TEMP TABLE night_linked AS SELECT id FROM night_affected"
        " UNION SELECT subject_id FROM linkage_link"
    )
    for table in (LINK, MATCH):
        _merge(reader, night, table, "subject_id", "night_linked")


def take_over_households(reader: Reader, night: Night) -> bool:
    """Complete `linkage_membership`, `linkage_kin` and `linkage_person`; returns whether nobody got lost."""
    reader.engine.run_file(_PACKAGE, "night_shown")
    for table in (MEMBERSHIP, KIN):
        _merge(reader, night, table, "person_id", "night_affected")
    _merge(reader, night, PERSON, "person_id", "night_shown")
    people, told = reader.engine.get_row(
        "SELECT (SELECT count(DISTINCT person_id) FROM linkage_link), (SELECT count(*) FROM linkage_person)"
    )
    return bool(people == told)


def _merge(reader: Reader, night: Night, table: Table, by: str, reached: str) -> None:
    reader.attach(table, run=night.run_id)
    statement = read_sql(_PACKAGE, "night_merged").format(
        kept=table.full_name,
        made=f"linkage_{table.name}",
        columns=", ".join(table.column_names),
        id=by,
        reached=reached,
    )
    reader.engine.run(statement)


def stage_night(
    writer: Writer,
    run_id: str,
    version_id: str,
    *,
    night: Night | None,
    segments_read: Sequence[str],
    as_of: date,
) -> None:
    """Stage what the next run builds on: ways by which changes can travel, new spellings, the segments read.

    What is out of date stays until everybody is linked anew.
    """
    tags = get_tags(version_id)
    if night is not None:
        _stage_new_ways(writer, tags)
        writer.append(LINK_SPELLING, "SELECT * FROM weighing_new_spelling", tags=tags)
    elif _is_before_kept(writer, as_of) or has_two_numbers(writer.engine):
        return
    else:
        for table in (LINK_REACH, LINK_SPELLING):
            writer.drop(table, tags={})
        writer.append(LINK_REACH, f"SELECT DISTINCT * FROM ({_select_ways(select_keys())}) AS w", tags=tags)  # noqa: S608 - our own files
        writer.append(LINK_SPELLING, "SELECT * FROM weighing_key", tags=tags)
    writer.drop(LINK_NIGHT, tags={})
    rows = [{"run_id": run_id, "as_of": as_of, "segment": path} for path in segments_read]
    writer.append_rows(LINK_NIGHT, pa.Table.from_pylist(rows), tags=tags)


def _select_ways(keys: str) -> str:
    return f"{keys} UNION ALL SELECT * FROM ({read_sql(_PACKAGE, 'night_ties')}) AS t"  # noqa: S608 - our own files


def _stage_new_ways(writer: Writer, tags: Mapping[str, str]) -> None:
    ways = _select_ways("SELECT * FROM night_new_key")
    writer.engine.run(f"CREATE OR REPLACE TEMP TABLE night_way AS SELECT * FROM ({ways}) AS w")  # noqa: S608 - our own files
    writer.append(LINK_REACH, read_sql(_PACKAGE, "night_new_ways"), tags=tags)


def _is_before_kept(writer: Writer, as_of: date) -> bool:
    """Whether a later day's run is kept already, on which the next one builds."""
    writer.attach(LINK_NIGHT)
    kept = writer.engine.get_value("SELECT max(as_of) FROM identity.link_night")
    return kept is not None and as_of < kept
