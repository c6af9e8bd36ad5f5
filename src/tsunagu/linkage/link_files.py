"""Links two files of people, or finds repeats within one, for anyone: no municipality's home is needed."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tsunagu.linkage.learning import Parameters
from tsunagu.linkage.people_files import PeopleFileError, keep_known_columns, read_people
from tsunagu.linkage.repeats import find_groups
from tsunagu.linkage.scoring import Scored, score, to_millibits, weigh_settled
from tsunagu.linkage.spellings import encode_people
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.progress import Progress, tell_nobody

LINK_PROBABILITY = 0.95
"""From here on a pair is linked without being looked at."""
REVIEW_PROBABILITY = 0.05
"""From here on a person should look."""
_READ = "ファイルの読み込み"
_FOLD = "表記の統一"


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """What one linkage found. `rules`: links by rule, with the wrong ones to be expected by their own probabilities."""

    left_records: int
    right_records: int
    links: int
    reviews: int
    nobody: int
    rules: tuple[tuple[str, int, float], ...]
    candidates: int


@dataclass(frozen=True, slots=True)
class LinkedFiles:
    """The result of `link_files`.

    `pairs`: left_id, right_id, decision, match_weight (bits), match_probability, rule; ordered by right record.
    `entities` (one file only): record_id, entity_id, the id of the entity's first record.
    """

    pairs: pa.Table
    entities: pa.Table | None
    counts: LinkCounts
    parameters: Parameters


def link_files(
    left: Path | pa.Table,
    right: Path | pa.Table | None = None,
    *,
    report: Progress = tell_nobody,
    memory: str | None = None,
) -> LinkedFiles:
    """Find which records of two files are one person, or repeats within one file.

    Args:
        left: a CSV or Parquet file, or an Arrow table, with any of `people_files.COLUMNS`.
        right: the second file; None looks for repeats within the first.
        report: told how far the work is.
        memory: the engine's limit, such as `2GB`.

    Returns:
        Pairs with their decision. With two files every right record without a link or a pair for review stands
        there once with decision `none` and no left record.

    Raises:
        PeopleFileError: a file that cannot be linked.
    """
    report(_READ, 0, 1)
    with ThreadPoolExecutor(2) as pool:
        tables = list(pool.map(_open, [side for side in (left, right) if side is not None]))
    report(_READ, 1, 1)
    report(_FOLD, 0, 1)
    people = encode_people(tables[0], tables[1] if right is not None else None)
    report(_FOLD, 1, 1)
    with (
        tempfile.TemporaryDirectory(prefix="tsunagu-") as folder,
        Engine(spill=Path(folder), readable=[], memory=memory) as engine,
    ):
        scored = score(engine, people, report=report)
        found = _fetch_links(engine, scored, with_nobody=right is not None)
    ids = [table["record_id"].combine_chunks() for table in tables]
    pairs = _name_pairs(found, ids[0], ids[-1])
    return LinkedFiles(
        pairs=pairs,
        entities=None if right is not None else _group_entities(found, ids[0]),
        counts=_count(pairs, tables, scored),
        parameters=scored.parameters,
    )


def write_links(result: LinkedFiles, out: Path) -> list[Path]:
    """Write the pairs (and `<out>_entities.parquet` for one file); a file appears whole or not at all.

    Returns:
        The files written.
    """
    targets = [(out, result.pairs)]
    if result.entities is not None:
        targets.append((out.with_name(f"{out.stem}_entities{out.suffix}"), result.entities))
    staged = []
    try:
        for path, table in targets:
            part = path.with_name(f".{path.name}.part")
            staged.append((part, path))
            pq.write_table(table, part, compression="zstd")
    except OSError:
        for part, _ in staged:
            part.unlink(missing_ok=True)
        raise PeopleFileError(
            "結果を書き込めませんでした。",
            why="書き込み先のフォルダがないか、権限か空き容量が足りません。前からあるファイルはそのままです。",
            todo="--out に、書き込めるフォルダのファイル名を指定してください。",
        ) from None
    for part, path in staged:
        part.replace(path)
    return [path for _, path in staged]


def _open(side: Path | pa.Table) -> pa.Table:
    return keep_known_columns(side, "(表)") if isinstance(side, pa.Table) else read_people(side)


def _fetch_links(engine: Engine, scored: Scored, *, with_nobody: bool) -> pa.Table:
    engine.register("scoring_rule_weight", weigh_settled(engine, scored))
    return engine.fetch_arrow(
        read_sql("tsunagu.linkage", "scoring_links"),
        link_millibits=to_millibits(LINK_PROBABILITY / (1 - LINK_PROBABILITY)),
        review_millibits=to_millibits(REVIEW_PROBABILITY / (1 - REVIEW_PROBABILITY)),
        with_nobody=with_nobody,
    )


def _name_pairs(found: pa.Table, left_ids: pa.Array, right_ids: pa.Array) -> pa.Table:
    bits = pc.divide(pc.cast(found["match_millibits"], pa.float64()), 1000.0)
    probability = pc.divide(1.0, pc.add(1.0, pc.power(2.0, pc.negate(bits))))
    return pa.table(
        {
            "left_id": left_ids.take(found["left_id"].combine_chunks()),
            "right_id": right_ids.take(found["right_id"].combine_chunks()),
            "decision": found["decision"],
            "match_weight": bits,
            "match_probability": pc.round(probability, 6),
            "rule": found["rule"],
        }
    )


def _group_entities(found: pa.Table, ids: pa.Array) -> pa.Table:
    linked = found.filter(pc.equal(found["decision"], "link"))
    first = find_groups(len(ids), linked["left_id"].to_numpy(), linked["right_id"].to_numpy())
    return pa.table({"record_id": ids, "entity_id": ids.take(pa.array(first))})


def _count(pairs: pa.Table, tables: list[pa.Table], scored: Scored) -> LinkCounts:
    decisions = dict(_count_values(pairs["decision"]))
    links = pairs.filter(pc.equal(pairs["decision"], "link"))
    doubt = links.append_column("doubt", pc.subtract(1.0, links["match_probability"]))
    rules = (
        doubt.group_by("rule").aggregate([("doubt", "count"), ("doubt", "sum")]).sort_by("rule").to_pylist()
    )
    return LinkCounts(
        left_records=tables[0].num_rows,
        right_records=tables[-1].num_rows,
        links=decisions.get("link", 0),
        reviews=decisions.get("review", 0),
        nobody=decisions.get("none", 0),
        rules=tuple((row["rule"], row["doubt_count"], row["doubt_sum"]) for row in rules),
        candidates=scored.candidates,
    )


def _count_values(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = pc.value_counts(column)
    return list(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))
