"""Linkage of one run, as a function of what was known on one day: exact keys, then the weight of all fields.

Nothing is kept from run to run but the registry of person ids and the versions of what weighing rests on, so any past
day can be computed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import metadata

from tsunagu.linkage.city_learning import learn_model
from tsunagu.linkage.households import compute_households
from tsunagu.linkage.model import LINKS
from tsunagu.linkage.review import Constraints, keep_constraints, register_constraints
from tsunagu.linkage.rules import ATENA_NUMBER, EXACT_KEYS, OPENED, ExactKey
from tsunagu.linkage.spelling_keys import attach_spellings
from tsunagu.linkage.versions import LinkVersion, find_version, make_version
from tsunagu.linkage.weighing import join_beyond_doubt, prepare_weighing, weigh_waiting_records
from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import PERSON_REGISTRY, RECORD
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"
_CHILD_YEARS = 19
# A second pass sees the spellings the first pass learned (a former surname, a telephone number).
_PASSES = 2
# So many times what a version was learned from.
_OUTGROWN = 2


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
    """Counts per system and rule, persons opened by records that matched nobody, records for people to look at.

    `version`: what the weights rest on, None where there was too little to learn from. `is_new_version`: there was
    none for the day, so this linkage learned it, and whoever keeps the results keeps it too.
    """

    counts: tuple[RuleCount, ...]
    opened_persons: int
    for_review: int
    version: LinkVersion | None
    is_new_version: bool

    @property
    def is_version_outgrown(self) -> bool:
        """Whether there is twice as much to learn from by now, a system that the version never met, or another program."""
        if self.version is None:
            return False
        by_keys = {key.name for key in EXACT_KEYS}
        links = sum(one.subjects for one in self.counts if one.rule in {*by_keys, ATENA_NUMBER})
        systems = {one.system for one in self.counts if one.rule in by_keys}
        model = self.version.model
        is_overtaken = links > _OUTGROWN * model.get(LINKS) or not systems <= model.list_systems()
        return is_overtaken or self.version.program != metadata.version("tsunagu")


def link_records(
    reader: Reader, *, as_of: date, fact_tables: Sequence[Table], basis: str = ""
) -> LinkageSummary:
    """Put every subject on a person, and project what the facts zone may know of each.

    Args:
        reader: of the store.
        as_of: the day.
        fact_tables: attached by the caller.
        basis: hash of the files and decisions known on the day, for a version learned here.

    Reads:
        `identity.record`, `identity.review_decision`, the versions, and `subject_id, feed, known_from` of the fact tables.

    Returns:
        Counts and the version; the results are the temporary tables `linkage_link`, `linkage_match`, `linkage_match_field`, `linkage_review_conflict`,
        `linkage_subject_person`, `linkage_person`, `linkage_membership`, `linkage_kin` and `linkage_registry`.

    Raises:
        PersonIdCollisionError: an id would stand for two people.
    """
    constraints = link_exactly(reader, as_of=as_of)
    version, is_new = _weigh(reader, as_of, basis)
    keep_constraints(reader.engine, constraints)
    _open_unmatched(reader, as_of, fact_tables)
    reader.engine.run_file(_PACKAGE, "matches")
    compute_households(reader.engine, as_of=as_of)
    _check_registry(reader)
    return _summarise(reader, version, is_new)


def link_exactly(reader: Reader, *, as_of: date) -> Constraints:
    """Make `linkage_link` of what people decided and what the exact keys settle; returns what was decided."""
    reader.attach(RECORD)
    engine = reader.engine
    engine.run_file(_PACKAGE, "known_records", as_of=as_of)
    for step in ("spine", "subjects", "link_register"):
        engine.run_file(_PACKAGE, step)
    constraints = register_constraints(reader, as_of=as_of)
    for step in ("link_reviewed", "link_atena_number", "link_birth_of_pregnancy"):
        engine.run_file(_PACKAGE, step)
    _link_by_exact_keys(engine, get_child_birth_limit(as_of))
    return constraints


def get_child_birth_limit(as_of: date) -> date:
    """Children are born on or after this day."""
    return as_of - timedelta(days=round(_CHILD_YEARS * 365.25))


def learn_version(reader: Reader, *, as_of: date, basis: str) -> LinkVersion | None:
    """Learn a version from the exact links just made, or None where they tell too little; nothing is kept yet."""
    model = learn_model(reader.engine, child_born_from=get_child_birth_limit(as_of))
    return None if model is None else make_version(reader, model, as_of=as_of, basis=basis)


def _weigh(reader: Reader, as_of: date, basis: str) -> tuple[LinkVersion | None, bool]:
    """Join by the weight of all fields, under the version for the day; the first one is learned here."""
    prepare_weighing(reader.engine)
    version = find_version(reader, as_of=as_of)
    is_new = version is None
    if version is None:
        version = learn_version(reader, as_of=as_of, basis=basis)
    if version is None:
        return None, False
    weigh_under(reader, version, as_of=as_of)
    join_beyond_doubt(reader.engine)
    return version, is_new


def weigh_under(reader: Reader, version: LinkVersion, *, as_of: date) -> None:
    """Weigh what the exact keys left under a version whose frequencies are in `linkage_frequency`."""
    attach_spellings(reader, version.version_id)
    weigh_waiting_records(reader.engine, version.model, child_born_from=get_child_birth_limit(as_of))


def _link_by_exact_keys(engine: Engine, child_born_from: date) -> None:
    for _ in range(_PASSES):
        engine.run_file(_PACKAGE, "profiles", child_born_from=child_born_from)
        for key in EXACT_KEYS:
            engine.run(_write_exact_key(key))


def _write_exact_key(key: ExactKey) -> str:
    return read_sql(_PACKAGE, "link_exact_key").format(
        columns=", ".join(key.columns),
        same=" AND ".join(f"w.{column} = linkage_profile.{column}" for column in key.columns),
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
    reader.attach(PERSON_REGISTRY)
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


def _summarise(reader: Reader, version: LinkVersion | None, is_new: bool) -> LinkageSummary:
    rows = reader.engine.list_rows(
        "SELECT system, rule, count(*) FROM linkage_link GROUP BY system, rule ORDER BY system, rule"
    )
    opened = reader.engine.get_value("SELECT count(DISTINCT person_id) FROM linkage_opened")
    for_review = reader.engine.get_value("SELECT count(*) FROM linkage_match WHERE decision = 'review'")
    return LinkageSummary(tuple(RuleCount(*row) for row in rows), opened, for_review, version, is_new)
