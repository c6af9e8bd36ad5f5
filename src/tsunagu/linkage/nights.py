"""Whom the changes since an earlier run can reach: everybody else's links are taken over from that run.

Linkage of all records falls apart into linkages of groups that share nothing by which a step of it joins: an exact
key, a household, an in-house number, a pair that might be one person. A group in which nothing has changed comes out
as it did. So the records of the groups that changed go through the same statements as all records would, and the rest
is taken over. What a group shares is kept in `identity.link_reach`; rows there that are out of date make a group
larger, never smaller.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import metadata, resources
from pathlib import Path

from tsunagu.linkage.rules import ExactKey, list_reaching_keys
from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.facts import MEMBERSHIP, PERSON
from tsunagu.store.identity import LINK, LINK_NIGHT, LINK_REACH, LINK_SPELLING, RECORD, REVIEW_DECISION
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"
_PROGRAM = (_PACKAGE, "tsunagu.japanese", "tsunagu.store")
# Whom only facts name, as far as the run built on had read them. They are worked out anew every night.
_NAMED_BY_FACTS = "(SELECT * FROM night_link WHERE rule = 'opened' AND system = 'unknown')"
_RECORDS = f"{RECORD.zone.value}/"
_CHILD_YEARS = 19
# Of the links of the run built on; beyond that, linking everybody is the quicker way.
_MOST_SHARE = 0.2
_MOST_ROUNDS = 6
_SMALL_SEGMENT_ROWS = 10_000
# Columns of records that no step of linkage asks for.
_NEVER_READ = ("source_key", "birth_date_text", "postal_code", "file_id", "row")
# Rows out of date gather until everything is linked, and kept, anew.
_MOST_SEGMENTS = 30


@dataclass(frozen=True, slots=True)
class Night:
    """The run whose links are built on, and its day.

    `new_records`: records that it had not read; `facts`: whom facts name, but for whoever it had read of and linked to
    something else than what facts say. Both are subqueries.
    """

    run_id: str
    kept_as_of: date
    as_of: date
    new_records: str
    facts: str


def get_child_birth_limit(as_of: date) -> date:
    """Children are born on or after this day."""
    return as_of - timedelta(days=round(_CHILD_YEARS * 365.25))


def get_tags(version_id: str) -> dict[str, str]:
    """What is kept between runs counts for one version and one program: another may fold a spelling otherwise."""
    return {"version": version_id, "program": f"{metadata.version('tsunagu')}+{_hash_program()}"}


@cache
def _hash_program() -> str:
    """Of everything that linkage is made of, for copies of the program that are changed without another number."""
    content = hashlib.sha256()
    for package in _PROGRAM:
        folder = Path(str(resources.files(package)))
        for file in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql")]):
            content.update(file.read_bytes())
    return content.hexdigest()[:12]


def list_segments_read(reader: Reader, fact_tables: Sequence[Table]) -> tuple[str, ...]:
    """Paths of the segments that linkage reads; one that stands under several tags is read as often."""
    tables = (RECORD, *fact_tables)
    return tuple(s.path for table in tables for s in reader.head.list_segments(table.full_name))


def find_night(reader: Reader, version_id: str, *, as_of: date, fact_tables: Sequence[Table]) -> Night | None:
    """The run that a run for the day can build on, or None where everything has to be linked.

    Only the last one kept under this version by this program; none for its own day (a repeat is to check it) or an earlier
    one, after records were rewritten, or where a part of what it left is gone.
    """
    tags = get_tags(version_id)
    reader.attach(LINK_NIGHT, **tags)
    rows = reader.engine.list_rows("SELECT run_id, as_of, segment FROM identity.link_night")
    kept = reader.head.list_segments(LINK_REACH.full_name, tags)
    if not rows or not 0 < len(kept) < _MOST_SEGMENTS:
        return None
    run_id, kept_as_of = rows[0][:2]
    is_whole = all(
        reader.head.list_segments(table.full_name, of)
        for table, of in ((LINK, {"run": run_id}), (PERSON, {"run": run_id}), (LINK_SPELLING, tags))
    )
    read = Counter(row[2] for row in rows)
    records = Counter(list_segments_read(reader, ()))
    gone = _list_gone(reader, read, fact_tables)
    if not is_whole or kept_as_of >= as_of or any(path.startswith(_RECORDS) for path in gone):
        return None
    new_records = _select_unread(reader, RECORD, set(records - read), kept_as_of)
    facts = select_facts(fact_tables) if gone else _select_new_facts(reader, fact_tables, read, kept_as_of)
    return Night(run_id, kept_as_of, as_of, new_records, facts)


def _list_gone(reader: Reader, read: Counter[str], fact_tables: Sequence[Table]) -> list[str]:
    """What had been read and is merged by now, or of an item that is no longer defined."""
    return list(read - Counter(list_segments_read(reader, fact_tables)))


def select_facts(fact_tables: Sequence[Table]) -> str:
    """Whom any fact names, as a subquery."""
    return _unite_facts(table.full_name for table in fact_tables)


def list_fact_subjects(engine: Engine, facts: str, *, as_of: date, among: str = "true") -> None:
    """Make `linkage_fact_subject`: a fact whose subject nobody ever named must open its person too."""
    statement = read_sql(_PACKAGE, "fact_subjects").format(facts=facts, among=among)
    engine.run(statement, as_of=as_of)


def _select_new_facts(
    reader: Reader, fact_tables: Sequence[Table], read: Container[str], kept_as_of: date
) -> str:
    segments = {table: reader.head.list_segments(table.full_name) for table in fact_tables}
    new = {segment.path for several in segments.values() for segment in several if segment.path not in read}
    unread = [_select_unread(reader, table, new, kept_as_of) for table in fact_tables]
    return _unite_facts([_NAMED_BY_FACTS, *unread])


def _unite_facts(sources: Iterable[str]) -> str:
    selects = [f"SELECT subject_id, feed, known_from FROM {source}" for source in sources]  # noqa: S608 - our own statements
    return f"({' UNION ALL '.join(selects)})"


def _select_unread(reader: Reader, table: Table, new: Container[str], kept_as_of: date) -> str:
    """Rows of segments that came since, and those of the others whose day has come since."""
    segments = reader.head.list_segments(table.full_name)
    old = reader.select_segments(table, [segment for segment in segments if segment.path not in new])
    came = reader.select_segments(table, [segment for segment in segments if segment.path in new])
    late = f"SELECT * FROM ({old}) WHERE known_from > DATE '{kept_as_of.isoformat()}'"  # noqa: S608 - declared columns, a date
    return f"({late} UNION ALL {came})"


def reach_exactly(reader: Reader, night: Night, version_id: str, link_known: Callable[[], None]) -> bool:
    """Link by the exact keys whoever the changes reach.

    Args:
        reader: of the store.
        night: what is built on.
        version_id: of the weights.
        link_known: links everybody in `linkage_known` by the exact keys.

    Writes:
        `linkage_known` and what `link_known` makes, of those reached; `night_affected`, who they are; `night_link`.

    Returns:
        Whether few enough are reached. If not, everybody is to be linked.
    """
    engine = reader.engine
    _attach_kept(reader, night, version_id)
    _find_changes(engine, night)
    _grow(engine)
    for _ in range(_MOST_ROUNDS):
        if _is_too_much(engine):
            return False
        engine.run_file(_PACKAGE, "night_beside")
        read_wanted(engine, "night_affected", "night_beside", night.as_of)
        link_known()
        if has_two_numbers(engine):
            return False
        if not _find_missed(engine):
            _drop_beside(engine)
            return True
    return False


def _attach_kept(reader: Reader, night: Night, version_id: str) -> None:
    engine = reader.engine
    reader.attach(RECORD)
    reader.attach(REVIEW_DECISION)
    reader.attach(LINK_REACH, **get_tags(version_id))
    for table in (LINK, PERSON, MEMBERSHIP):
        reader.attach(table, run=night.run_id)
    engine.run("CREATE OR REPLACE TEMP TABLE night_link AS SELECT * FROM identity.link")
    # Apart, as keys are by far the most and are gone through again and again; spellings are read once.
    engine.run(
        "CREATE OR REPLACE TEMP TABLE night_key AS"
        " SELECT owner_id, reach_key FROM identity.link_reach WHERE kind = 'key'"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE night_reach AS"
        " SELECT * FROM identity.link_reach WHERE kind IN ('home', 'number', 'waits')"
    )
    engine.run("CREATE OR REPLACE TEMP TABLE night_read (subject_id BIGINT)")
    _gather_records(reader)
    nobody = read_known_records("CREATE OR REPLACE TEMP TABLE linkage_known AS", among="false")
    engine.run(nobody, as_of=night.as_of)


def _gather_records(reader: Reader) -> None:
    """Make `night_record`: most of the time to read a small segment goes into opening it, so that is done once."""
    segments = reader.head.list_segments(RECORD.full_name)
    small = [segment for segment in segments if segment.rows <= _SMALL_SEGMENT_ROWS]
    large = [segment for segment in segments if segment.rows > _SMALL_SEGMENT_ROWS]
    rows = _select_columns(reader.select_segments(RECORD, small))
    reader.engine.run(f"CREATE OR REPLACE TEMP TABLE night_small AS {rows}")
    rest = _select_columns(reader.select_segments(RECORD, large))
    reader.engine.run(
        f"CREATE OR REPLACE TEMP VIEW night_record AS SELECT * FROM night_small UNION ALL {rest}"  # noqa: S608 - declared columns
    )


def _select_columns(records: str) -> str:
    columns = ", ".join(name for name in RECORD.column_names if name not in _NEVER_READ)
    return f"SELECT {columns} FROM ({records})"  # noqa: S608 - declared columns


def _find_changes(engine: Engine, night: Night) -> None:
    engine.run(read_sql(_PACKAGE, "night_changed").format(records=night.new_records), as_of=night.as_of)
    engine.run_file(_PACKAGE, "night_changed_ties")
    for key in list_reaching_keys():
        statement = read_sql(_PACKAGE, "night_changed_keys")
        engine.run(statement.format(name=key.name, columns=_write_key(key)))
    engine.run_file(
        _PACKAGE,
        "night_touched",
        kept_as_of=night.kept_as_of,
        as_of=night.as_of,
        kept_born_from=get_child_birth_limit(night.kept_as_of),
        born_from=get_child_birth_limit(night.as_of),
    )
    _find_guardians(engine, night.as_of)
    engine.run_file(_PACKAGE, "night_seeds")


def _find_guardians(engine: Engine, as_of: date) -> None:
    engine.run_file(_PACKAGE, "night_roofs")
    engine.run_file(_PACKAGE, "night_residents", as_of=as_of)
    for key in list_reaching_keys():
        if "guardian_name_folded" in key.columns:
            statement = read_sql(_PACKAGE, "night_guardian_keys")
            columns = {"name": key.name, "columns": _write_key(key)}
            engine.run(statement.format(**columns), born_from=get_child_birth_limit(as_of))


def _grow(engine: Engine) -> None:
    engine.run("CREATE OR REPLACE TEMP TABLE night_frontier AS SELECT id FROM night_affected")
    while engine.get_value("SELECT count(*) FROM night_frontier"):
        engine.run_file(_PACKAGE, "night_grown")
        engine.run("INSERT INTO night_affected SELECT id FROM night_frontier")


def _count_affected(engine: Engine) -> int:
    return int(engine.get_value("SELECT count(*) FROM night_affected"))


def _is_too_much(engine: Engine) -> bool:
    links, reached = engine.get_row(
        "SELECT count(*), sum(CASE WHEN a.id IS NULL THEN 0 ELSE 1 END)"
        " FROM night_link AS l LEFT JOIN night_affected AS a ON a.id = l.subject_id"
    )
    return int(reached or 0) > _MOST_SHARE * int(links)


def read_wanted(engine: Engine, whole: str, beside: str, as_of: date) -> None:
    """Add to `linkage_known` the records of one table, and register entries of another, that are not there yet."""
    engine.run(read_sql(_PACKAGE, "night_wanted").format(whole=whole, beside=beside))
    among = "EXISTS (SELECT 1 FROM night_wanted AS w WHERE w.subject_id = r.subject_id)"
    engine.run(read_known_records("INSERT INTO linkage_known", "night_record", among), as_of=as_of)
    engine.run("INSERT INTO night_read SELECT subject_id FROM night_wanted")


def read_known_records(target: str, records: str = "identity.record", among: str = "true") -> str:
    """The statement that reads identity records."""
    return read_sql(_PACKAGE, "known_records").format(target=target, records=records, among=among)


def has_two_numbers(engine: Engine) -> bool:
    """Whether an entry of the register changed its in-house number, so that it could stand for two people."""
    return bool(
        engine.get_value(
            "SELECT count(*) FROM (SELECT subject_id FROM linkage_known WHERE resident_status IS NOT NULL"
            " GROUP BY subject_id HAVING count(DISTINCT atena_number) > 1) AS moved"
        )
    )


def _drop_beside(engine: Engine) -> None:
    """Leave those who were only read beside others to the run that is built on."""
    engine.run_file(_PACKAGE, "night_only_reached")
    engine.run(
        "DELETE FROM linkage_subject AS t"
        " WHERE NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = t.subject_id)"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE night_outside AS SELECT subject_id FROM night_link AS l"
        " WHERE NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = l.subject_id)"
    )


def _find_missed(engine: Engine) -> bool:
    """Whether the links just made, or the keys they led to, reach somebody who was not linked with them."""
    before = _count_affected(engine)
    among = "EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = p.person_id)"
    engine.run(f"CREATE OR REPLACE TEMP TABLE night_new_key AS {select_keys(among)}")
    engine.run("INSERT INTO night_key SELECT owner_id, reach_key FROM night_new_key")
    engine.run(
        "INSERT INTO night_affected SELECT DISTINCT l.person_id FROM linkage_link AS l"
        " JOIN night_affected AS s ON s.id = l.subject_id"
        " WHERE NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = l.person_id)"
    )
    _grow(engine)
    return _count_affected(engine) > before


def select_keys(among: str = "true") -> str:
    """By which exact keys people and records are found, as rows of `identity.link_reach`."""
    template = read_sql(_PACKAGE, "night_keys")
    return " UNION ALL ".join(
        template.format(
            name=key.name,
            columns=_write_key(key),
            scope="is_child" if key.is_child_only else "true",
            among=among,
        )
        for key in list_reaching_keys()
    )


def _write_key(key: ExactKey) -> str:
    return " || chr(31) || ".join(f"CAST({column} AS VARCHAR)" for column in key.columns)
