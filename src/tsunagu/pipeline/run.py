"""One run = linkage, indicators and judgement for one `as_of`, in one commit.

Nothing is kept between runs, so any past day can be run again; the same inputs, definitions and programs give
the same canonical hashes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import metadata
from typing import Any

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import get_fact_table
from tsunagu.indicators.compute import compute_indicators
from tsunagu.indicators.tables import INDICATOR_VALUE, POPULATION
from tsunagu.judgement.judge import judge
from tsunagu.judgement.tables import DOMAIN_SCORE
from tsunagu.judgement.tables import TABLES as JUDGEMENT_TABLES
from tsunagu.linkage import TABLES as LINKAGE_TABLES
from tsunagu.linkage import LinkageSummary, link_records
from tsunagu.linkage.lineage import stage_lineage
from tsunagu.linkage.review import list_decisions_in_force
from tsunagu.linkage.tables import REGISTRY
from tsunagu.linkage.taking_over import stage_night
from tsunagu.linkage.versions import LinkVersion, stage_version
from tsunagu.pipeline.manifest import (
    MANIFEST,
    LinkBasis,
    Manifest,
    get_manifest,
    list_run_ids,
    stage_documents,
)
from tsunagu.store.commit import Reader, Writer, open_writer
from tsunagu.store.facts import CLOSURE, COVERAGE, DESK_DECISION
from tsunagu.store.home import Home
from tsunagu.store.landing import FILE
from tsunagu.store.runs import RUN
from tsunagu.vocabulary.dates import AsOf
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.progress import Progress, tell_nobody
from tsunagu.vocabulary.tables import Table, Zone

# Results of less than a term ago are the same term's.
_TERM_DAYS = 100
_STAGES = ("名寄せ", "指標の計算", "判定", "結果の保存")
_PROJECTIONS = tuple(table for table in LINKAGE_TABLES if table.zone is Zone.FACTS)


class NoActivePurposeError(TsunaguError):
    """A run without a purpose."""

    exit_code = ExitCode.NOT_ALLOWED


class NothingLoadedError(TsunaguError):
    """A run before anything was taken in."""

    exit_code = ExitCode.NOT_FOUND


class ResultChangedError(TsunaguError):
    """The same inputs gave another result: a defect of the program or a damaged store."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run leaves to whoever asked for it; `should_learn`: the weights' version has been outgrown."""

    manifest: Manifest
    is_repeat: bool
    is_new_link_version: bool
    should_learn: bool


def run_pipeline(home: Home, catalog: Catalog, *, as_of: date, report: Progress = tell_nobody) -> RunResult:
    """Link, compute, judge and commit for one day.

    Raises:
        NoActivePurposeError: the municipality has chosen no purpose.
        NothingLoadedError: nothing was known on that day.
        ResultChangedError: a repeat of an earlier run gave something else; the earlier one is kept.
    """
    purposes = require_purposes(catalog)
    with open_writer(home, "run", purpose=purposes, details={"as_of": as_of.isoformat()}) as writer:
        earlier_run = _find_earlier_run(writer, as_of)
        known = list_known_inputs(writer, as_of=as_of)
        linked = _compute(writer, catalog, as_of, earlier_run, hash_inputs(known), report)
        inputs = _hash_run_inputs(known, earlier_run, linked.version)
        return _commit(writer, catalog, as_of, inputs, linked, report)


def require_purposes(catalog: Catalog) -> str:
    """The active purposes, for the journal.

    Raises:
        NoActivePurposeError: the municipality has chosen none.
    """
    if not catalog.active_purposes:
        raise NoActivePurposeError(
            "使う目的がまだ選ばれていません。",
            why="目的のない分析は、個人情報の目的外利用になります。",
            todo="municipality.yaml の active_purposes に目的を書いてから、もう一度実行してください。",
        )
    return " ".join(catalog.active_purposes)


def list_known_inputs(reader: Reader, *, as_of: date) -> list[Any]:
    """Which files were known, in whatever order they were taken in, what people decided, and what the desk recorded.

    Raises:
        NothingLoadedError: nothing was known on that day.
    """
    reader.attach(FILE)
    rows = reader.engine.list_rows(
        "SELECT file_id, feed, CAST(known_from AS VARCHAR) FROM landing.file"
        " WHERE known_from <= $as_of AND coalesce(withdrawn_on > $as_of, true) ORDER BY file_id",
        as_of=as_of,
    )
    if not rows:
        raise NothingLoadedError(
            f"{as_of} までに受け取ったファイルがありません。",
            why="データがないまま実行すると、全員が「分からない」になります。",
            todo="tsunagu intake でファイルを取り込むか、--as-of の日付を確かめてください。",
        )
    decisions = list_decisions_in_force(reader, as_of=as_of)
    known = [rows, [[one.one_id, one.other_id, one.decision] for one in decisions]]
    recorded = _list_recorded_facts(reader, as_of)
    return [*known, recorded] if recorded else known


def _list_recorded_facts(reader: Reader, as_of: date) -> list[str]:
    """What the desk recorded that became a fact, or took one back."""
    reader.attach(DESK_DECISION)
    rows = reader.engine.list_rows(
        "SELECT content_hash FROM facts.desk_decision WHERE known_from <= $as_of"
        " AND (sighting_id IS NOT NULL OR kind = 'taking_back') ORDER BY content_hash",
        as_of=as_of,
    )
    return [row[0] for row in rows]


def hash_inputs(inputs: object) -> str:
    """One hash over what a computation rests on."""
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _hash_run_inputs(known: list[Any], earlier_run: str | None, version: LinkVersion | None) -> str:
    """What the run knew, the run it is compared with, and what the weights were learned from.

    Not the version's own id: that depends on the installation's keys, as the ids of persons do.
    """
    learned = None if version is None else [version.as_of.isoformat(), version.basis]
    return hash_inputs([*known, earlier_run, learned])


def _compute(
    writer: Writer,
    catalog: Catalog,
    as_of: date,
    earlier_run: str | None,
    basis: str,
    report: Progress,
) -> LinkageSummary:
    fact_tables = [get_fact_table(item) for item in catalog.items.values()]
    for table in (*fact_tables, CLOSURE, COVERAGE):
        writer.attach(table)
    report(_STAGES[0], 0, 1)
    linked = link_records(writer, as_of=as_of, fact_tables=fact_tables, basis=basis)
    _show_as_views(writer, _PROJECTIONS, "linkage")
    report(_STAGES[0], 1, 1)
    report(_STAGES[1], 0, 1)
    compute_indicators(
        writer.engine,
        _list_wanted_indicators(catalog),
        catalog.items,
        catalog.feeds.values(),
        as_of=AsOf(as_of),
    )
    report(_STAGES[1], 1, 1)
    report(_STAGES[2], 0, 1)
    judge(writer.engine, catalog, as_of=as_of, earlier=_attach_earlier(writer, earlier_run))
    report(_STAGES[2], 1, 1)
    return linked


def _list_wanted_indicators(catalog: Catalog) -> list[Indicator]:
    """What the active purposes' packs read, and what the silence watch reads whatever the purpose."""
    on = catalog.opened_for
    watch = catalog.find_silence_watch(on=on)
    wanted = {
        indicator.id: indicator
        for purpose in catalog.active_purposes
        for indicator in catalog.list_active_indicators(purpose, on=on)
    }
    for indicator in catalog.list_indicators_read([watch.indicator] if watch else []):
        wanted[indicator.id] = indicator
    return [_drop_unloadable_sightings(catalog, wanted[name]) for name in sorted(wanted)]


def _drop_unloadable_sightings(catalog: Catalog, indicator: Indicator) -> Indicator:
    """Without the items that no active purpose may load.

    They can never be covered here, and would turn every "nobody has seen this child" into "unknown".
    """
    loadable = tuple(item for item in indicator.sightings if catalog.may_load(item, on=catalog.opened_for))
    return indicator.model_copy(update={"sightings": loadable}) if loadable else indicator


def _find_earlier_run(writer: Writer, as_of: date) -> str | None:
    """The last run of at least a term ago, to say what became worse or better since."""
    runs = (get_manifest(writer, run_id) for run_id in list_run_ids(writer))
    earlier = [run for run in runs if run.as_of <= as_of - timedelta(days=_TERM_DAYS)]
    return earlier[-1].run_id if earlier else None


def _find_run_before(writer: Writer, as_of: date, run_id: str) -> str | None:
    """The last run up to the same day, this one left out."""
    runs = [other for other in list_run_ids(writer) if other != run_id]
    earlier = [other for other in runs if get_manifest(writer, other).as_of <= as_of]
    return earlier[-1] if earlier else None


def _attach_earlier(writer: Writer, run_id: str | None) -> str | None:
    if run_id is None:
        return None
    writer.attach(DOMAIN_SCORE, run=run_id)
    writer.engine.run("CREATE OR REPLACE TEMP TABLE earlier_domain_score AS SELECT * FROM runs.domain_score")
    return "earlier_domain_score"


def _show_as_views(writer: Writer, tables: Sequence[Table], prefix: str) -> None:
    """Let later stages read a stage's temporary tables under their final names."""
    for table in tables:
        writer.engine.make_view(table.zone.value, table.name, f"SELECT * FROM {prefix}_{table.name}")  # noqa: S608 - declared tables


def _commit(
    writer: Writer, catalog: Catalog, as_of: date, inputs: str, linked: LinkageSummary, report: Progress
) -> RunResult:
    definitions = catalog.resolve()
    definitions_hash = catalog.get_content_hash()
    version = metadata.version("tsunagu")
    run_id = f"{as_of}-{hashlib.sha256(f'{inputs}{definitions_hash}{version}'.encode()).hexdigest()[:8]}"
    results = (
        *_name(LINKAGE_TABLES, "linkage"),
        *_name((POPULATION, INDICATOR_VALUE), "runs"),
        *_name(JUDGEMENT_TABLES, "runs"),
    )
    hashes: dict[str, str] = {}
    counts: dict[str, int] = {}
    for done, (table, source) in enumerate(results):
        report(_STAGES[3], done, len(results))
        hashes[table.full_name] = writer.engine.hash_rows(source, table.column_names)
        counts[table.full_name] = writer.replace(table, f"SELECT * FROM {source}", tags={"run": run_id})  # noqa: S608 - declared tables
    manifest = Manifest(
        run_id,
        as_of,
        catalog.active_purposes,
        version,
        inputs,
        definitions_hash,
        _describe_basis(linked.version),
        hashes,
        counts,
    )
    is_repeat = _check_repeat(writer, manifest)
    writer.append(
        REGISTRY,
        "SELECT person_id, anchor FROM linkage_registry WHERE known_anchor IS NULL",
        tags={"run": run_id},
    )
    _stage_weights(writer, linked, run_id=run_id, as_of=as_of)
    # Not among the results that must repeat: it says what changed since another run.
    stage_lineage(writer, run_id=run_id, earlier_run_id=_find_run_before(writer, as_of, run_id))
    writer.replace(RUN, _select_run(), tags={"run": run_id}, **_describe_run(manifest))
    stage_documents(writer, manifest, definitions)
    writer.commit(
        purpose=" ".join(manifest.purposes), details=_describe_for_journal(manifest, linked.is_new_version)
    )
    report(_STAGES[3], len(results), len(results))
    return RunResult(manifest, is_repeat, linked.is_new_version, linked.is_version_outgrown)


def _stage_weights(writer: Writer, linked: LinkageSummary, *, run_id: str, as_of: date) -> None:
    """Keep the version where the run learned it, and what the next run need not work out again."""
    if linked.version is None:
        return
    if linked.is_new_version:
        stage_version(writer, linked.version)
    stage_night(
        writer,
        run_id,
        linked.version.version_id,
        night=linked.night,
        segments_read=linked.segments_read,
        as_of=as_of,
    )


def _describe_basis(version: LinkVersion | None) -> LinkBasis | None:
    return None if version is None else LinkBasis(version.version_id, version.number, version.as_of)


def _describe_for_journal(manifest: Manifest, is_new_version: bool) -> dict[str, object]:
    details: dict[str, object] = {"run_id": manifest.run_id, "rows": sum(manifest.counts.values())}
    if manifest.link_basis is not None:
        details |= {"link_version": manifest.link_basis.version_id, "is_new_link_version": is_new_version}
    return details


def _name(tables: Sequence[Table], prefix: str) -> list[tuple[Table, str]]:
    return [(table, f"{prefix}_{table.name}") for table in tables]


def _check_repeat(writer: Writer, manifest: Manifest) -> bool:
    """Whether the run was made before; if so its result must be the same."""
    if not writer.head.list_segments(MANIFEST, {"run": manifest.run_id}):
        return False
    writer.attach(RUN, run=manifest.run_id)
    if writer.engine.get_value("SELECT result_hash FROM runs.run") != manifest.result_hash:
        raise ResultChangedError(
            "同じ入力と同じ定義なのに、前回と違う結果になりました。",
            why="結果を信用できないため、前回の結果を残し、今回の結果は捨てました。",
            todo="tsunagu status で保管庫を確かめ、開発元へお知らせください。",
        )
    return True


def _select_run() -> str:
    return (
        "SELECT $run_id AS run_id, CAST($as_of AS DATE) AS as_of, $purposes AS purposes,"
        " $definitions_hash AS definitions_hash, $input_hash AS input_hash, $result_hash AS result_hash"
    )


def _describe_run(manifest: Manifest) -> dict[str, object]:
    return {
        "run_id": manifest.run_id,
        "as_of": manifest.as_of,
        "purposes": " ".join(manifest.purposes),
        "definitions_hash": manifest.definitions_hash,
        "input_hash": manifest.input_hash,
        "result_hash": manifest.result_hash,
    }
