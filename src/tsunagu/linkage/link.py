"""Linkage of one run, as a function of what was known on one day: exact keys, then the weight of all fields.

Nothing is kept from run to run but the registry of person ids, so any past day can be computed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tsunagu.linkage.households import compute_households
from tsunagu.linkage.review import keep_constraints, register_constraints
from tsunagu.linkage.rules import EXACT_KEYS, OPENED, ExactKey
from tsunagu.linkage.weighing import weigh_waiting_records
from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import PERSON_REGISTRY, RECORD
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"
_CHILD_YEARS = 19
# A second pass sees the spellings the first pass learned (a former surname, a telephone number).
_PASSES = 2


class PersonIdCollisionError(TsunaguError):
    """Two different people would get one id."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many subjects of one source system one rule linked."""

    system: str
    rule: str
    subjects: int


@dataclass(frozen=True, slots=True)
class LinkageSummary:
    """Counts per system and rule, persons opened by records that matched nobody, records for people to look at."""

    counts: tuple[RuleCount, ...]
    opened_persons: int
    for_review: int


def link_records(reader: Reader, *, as_of: date, fact_tables: Sequence[Table]) -> LinkageSummary:
    """Put every subject on a person, and project what the facts zone may know of each.

    Reads:
        `identity.record`, `identity.review_decision`, and `subject_id, feed, known_from` of the given fact tables (attached by the caller).

    Returns:
        Counts; the results are the temporary tables `linkage_link`, `linkage_match`, `linkage_match_field`, `linkage_review_conflict`,
        `linkage_subject_person`, `linkage_person`, `linkage_membership`, `linkage_kin` and `linkage_registry`.

    Raises:
        PersonIdCollisionError: an id would stand for two people.
    """
    reader.attach(RECORD)
    reader.attach(PERSON_REGISTRY)
    engine = reader.engine
    engine.run_file(_PACKAGE, "known_records", as_of=as_of)
    for step in ("spine", "subjects", "link_register"):
        engine.run_file(_PACKAGE, step)
    constraints = register_constraints(reader, as_of=as_of)
    for step in ("link_reviewed", "link_atena_number", "link_birth_of_pregnancy"):
        engine.run_file(_PACKAGE, step)
    child_born_from = as_of - timedelta(days=round(_CHILD_YEARS * 365.25))
    _link_by_exact_keys(engine, child_born_from)
    weigh_waiting_records(engine, child_born_from=child_born_from)
    keep_constraints(engine, constraints)
    _open_unmatched(reader, as_of, fact_tables)
    engine.run_file(_PACKAGE, "matches")
    compute_households(engine, as_of=as_of)
    _check_registry(reader)
    return _summarise(reader)


def _link_by_exact_keys(engine: Engine, child_born_from: date) -> None:
    for _ in range(_PASSES):
        engine.run_file(_PACKAGE, "profiles", child_born_from=child_born_from)
        for key in EXACT_KEYS:
            engine.run(_write_exact_key(key))


def _write_exact_key(key: ExactKey) -> str:
    return read_sql(_PACKAGE, "link_exact_key").format(
        columns=", ".join(key.columns),
        present=" AND ".join(f"{column} IS NOT NULL" for column in key.columns),
        scope="is_child" if key.is_child_only else "true",
        most_subjects=key.most_subjects,
        rule=key.name,
    )


def _open_unmatched(reader: Reader, as_of: date, fact_tables: Sequence[Table]) -> None:
    engine = reader.engine
    engine.run(_select_fact_subjects(fact_tables), as_of=as_of)
    engine.run_file(_PACKAGE, "link_opened")
    engine.run(
        "INSERT INTO linkage_link SELECT subject_id, person_id, system, $rule, feed, known_from FROM linkage_opened",
        rule=OPENED,
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE linkage_subject_person AS SELECT subject_id, person_id FROM linkage_link"
    )


def _select_fact_subjects(fact_tables: Sequence[Table]) -> str:
    """Subjects that facts speak of; a fact whose subject nobody ever named must open its person too."""
    selects = [
        f"SELECT subject_id, feed, known_from FROM {table.full_name} WHERE known_from <= $as_of"  # noqa: S608 - declared tables
        for table in fact_tables
    ]
    union = " UNION ALL ".join(selects)
    return (
        "CREATE OR REPLACE TEMP TABLE linkage_fact_subject AS"  # noqa: S608 - declared tables
        f" SELECT subject_id, min(feed) AS feed, min(known_from) AS known_from FROM ({union}) GROUP BY subject_id"
    )


def _check_registry(reader: Reader) -> None:
    engine = reader.engine
    engine.run_file(_PACKAGE, "new_registry_entries")
    clashes = engine.get_value(
        "SELECT (SELECT count(*) - count(DISTINCT person_id) FROM linkage_registry)"
        " + (SELECT count(*) FROM linkage_registry WHERE known_anchor <> anchor)"
    )
    if clashes:
        raise PersonIdCollisionError(
            "異なる2人に同じ個人番号(内部の仮の番号)が割り当たりました。",
            why="別の子どもの記録が1人にまとまる恐れがあるため、実行を止めました。",
            todo="データは処理前のままです。開発元へ、この文面をそのままお知らせください。",
        )


def _summarise(reader: Reader) -> LinkageSummary:
    rows = reader.engine.list_rows(
        "SELECT system, rule, count(*) FROM linkage_link GROUP BY system, rule ORDER BY system, rule"
    )
    opened = reader.engine.get_value("SELECT count(DISTINCT person_id) FROM linkage_opened")
    for_review = reader.engine.get_value("SELECT count(*) FROM linkage_match WHERE decision = 'review'")
    return LinkageSummary(tuple(RuleCount(*row) for row in rows), opened, for_review)
