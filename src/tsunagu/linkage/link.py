"""Linkage of one run, as a function of what was known on one day: exact keys, then the weight of all fields.

What a run takes over from the one before is what it would have computed (`nights`), so any past day can be computed
again, and without anything kept every result is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import metadata

from tsunagu.linkage.city_learning import learn_model
from tsunagu.linkage.households import compute_households
from tsunagu.linkage.model import LINKS
from tsunagu.linkage.nights import (
    Night,
    find_night,
    get_child_birth_limit,
    list_fact_subjects,
    list_segments_read,
    reach_exactly,
    read_known_records,
    select_facts,
)
from tsunagu.linkage.review import Constraints, keep_constraints, register_constraints
from tsunagu.linkage.rules import ATENA_NUMBER, EXACT_KEYS, OPENED, ExactKey
from tsunagu.linkage.sides import RIGHT_SIDE, read_side
from tsunagu.linkage.spelling_keys import attach_spellings
from tsunagu.linkage.taking_over import (
    drop_taken_over,
    list_new_fact_subjects,
    read_likely,
    take_over_households,
    take_over_links,
)
from tsunagu.linkage.versions import LinkVersion, find_version, make_version
from tsunagu.linkage.weighing import (
    get_frequencies,
    join_beyond_doubt,
    prepare_weighing,
    weigh_waiting_records,
)
from tsunagu.store.commit import Reader
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import PERSON_REGISTRY, RECORD
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Table

_PACKAGE = "tsunagu.linkage"
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
    none for the day, so this linkage learned it, and whoever keeps the results keeps it too. `night`: what was built
    on, None where everybody was linked. `segments_read`: what the next night need not read again.
    """

    counts: tuple[RuleCount, ...]
    opened_persons: int
    for_review: int
    version: LinkVersion | None
    is_new_version: bool
    night: Night | None
    segments_read: tuple[str, ...]

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
    version = find_version(reader, as_of=as_of)
    night = find_night(reader, version.version_id, as_of=as_of, fact_tables=fact_tables) if version else None
    is_new = False
    if version is None or night is None or not _build_on(reader, night, version):
        night = None
        version, is_new = _link_all(reader, version, as_of, fact_tables, basis)
    _check_registry(reader)
    return _summarise(reader, version, is_new, night, list_segments_read(reader, fact_tables))


def _link_all(
    reader: Reader, version: LinkVersion | None, as_of: date, fact_tables: Sequence[Table], basis: str
) -> tuple[LinkVersion | None, bool]:
    """Link everybody; returns the version, and whether it was learned here."""
    constraints = link_exactly(reader, as_of=as_of)
    prepare_weighing(reader.engine)
    is_new = version is None
    if version is None:
        version = learn_version(reader, as_of=as_of, basis=basis)
    if version is not None:
        weigh_under(reader, version, as_of=as_of)
        join_beyond_doubt(reader.engine)
    keep_constraints(reader.engine, constraints)
    list_fact_subjects(reader.engine, select_facts(fact_tables), as_of=as_of)
    _open_unmatched(reader.engine)
    reader.engine.run_file(_PACKAGE, "matches")
    _tell_subjects(reader.engine)
    compute_households(reader.engine, as_of=as_of)
    return version, is_new and version is not None


def _build_on(reader: Reader, night: Night, version: LinkVersion) -> bool:
    with reader.engine.use_one_thread():
        return _link_reached(reader, night, version)


def _link_reached(reader: Reader, night: Night, version: LinkVersion) -> bool:
    """Link those whom changes reach and take over the rest; returns whether that could be done."""
    engine, as_of = reader.engine, night.as_of
    decided: list[Constraints] = []
    if not reach_exactly(
        reader, night, version.version_id, lambda: decided.append(_link_known(reader, as_of))
    ):
        return False
    prepare_weighing(engine)
    attach_spellings(reader, version.version_id)
    frequencies = get_frequencies(engine, version.model)
    engine.run_file(_PACKAGE, "weighing_right", every=0)
    read_likely(engine, read_side(engine, RIGHT_SIDE), frequencies, night)
    weigh_under(reader, version, as_of=as_of)
    join_beyond_doubt(engine)
    keep_constraints(engine, decided[-1])
    drop_taken_over(engine)
    list_new_fact_subjects(engine, night)
    _open_unmatched(engine)
    engine.run_file(_PACKAGE, "matches")
    take_over_links(reader, night)
    _tell_subjects(engine)
    compute_households(engine, as_of=as_of)
    return take_over_households(reader, night)


def link_exactly(reader: Reader, *, as_of: date) -> Constraints:
    """Make `linkage_link` of what people decided and what the exact keys settle; returns what was decided."""
    reader.attach(RECORD)
    every = read_known_records("CREATE OR REPLACE TEMP TABLE linkage_known AS")
    reader.engine.run(every, as_of=as_of)
    return _link_known(reader, as_of)


def _link_known(reader: Reader, as_of: date) -> Constraints:
    engine = reader.engine
    for step in ("spine", "subjects", "link_register"):
        engine.run_file(_PACKAGE, step)
    constraints = register_constraints(reader, as_of=as_of)
    for step in ("link_reviewed", "link_atena_number", "link_birth_of_pregnancy"):
        engine.run_file(_PACKAGE, step)
    _link_by_exact_keys(engine, get_child_birth_limit(as_of))
    return constraints


def learn_version(reader: Reader, *, as_of: date, basis: str) -> LinkVersion | None:
    """Learn a version from the exact links just made, or None where they tell too little; nothing is kept yet."""
    model = learn_model(reader.engine, child_born_from=get_child_birth_limit(as_of))
    return None if model is None else make_version(reader, model, as_of=as_of, basis=basis)


def weigh_under(reader: Reader, version: LinkVersion, *, as_of: date) -> None:
    """Weigh what the exact keys left under a version whose frequencies are in `linkage_frequency`."""
    attach_spellings(reader, version.version_id)
    weigh_waiting_records(reader.engine, version.model, child_born_from=get_child_birth_limit(as_of))


def _link_by_exact_keys(engine: Engine, child_born_from: date) -> None:
    engine.run_file(_PACKAGE, "link_waiting")
    for _ in range(_PASSES):
        engine.run_file(_PACKAGE, "profiles", child_born_from=child_born_from)
        for key in EXACT_KEYS:
            engine.run(_write_exact_key(key))
            engine.run(
                "DELETE FROM linkage_waiting WHERE subject_id IN (SELECT subject_id FROM linkage_link)"
            )


def _write_exact_key(key: ExactKey) -> str:
    return read_sql(_PACKAGE, "link_exact_key").format(
        columns=", ".join(key.columns),
        same=" AND ".join(f"w.{column} = linkage_profile.{column}" for column in key.columns),
        present=" AND ".join(f"{column} IS NOT NULL" for column in key.columns),
        scope="is_child" if key.is_child_only else "true",
        most_subjects=key.most_subjects,
        rule=key.name,
    )


def _open_unmatched(engine: Engine) -> None:
    engine.run_file(_PACKAGE, "link_opened")
    engine.run(
        "INSERT INTO linkage_link SELECT subject_id, person_id, system, $rule, feed, known_from FROM linkage_opened",
        rule=OPENED,
    )


def _tell_subjects(engine: Engine) -> None:
    engine.run(
        "CREATE OR REPLACE TEMP TABLE linkage_subject_person AS SELECT subject_id, person_id FROM linkage_link"
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


def _summarise(
    reader: Reader, version: LinkVersion | None, is_new: bool, night: Night | None, read: tuple[str, ...]
) -> LinkageSummary:
    rows = reader.engine.list_rows(
        "SELECT system, rule, count(*) FROM linkage_link GROUP BY system, rule ORDER BY system, rule"
    )
    opened = reader.engine.get_value(
        "SELECT count(DISTINCT person_id) FROM linkage_link WHERE rule = $rule", rule=OPENED
    )
    for_review = reader.engine.get_value("SELECT count(*) FROM linkage_match WHERE decision = 'review'")
    counts = tuple(RuleCount(*row) for row in rows)
    return LinkageSummary(counts, opened, for_review, version, is_new, night, read)
