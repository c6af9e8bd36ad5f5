"""What a run says of itself: versions, inputs, counts, canonical hashes; kept when its rows are purged."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.store.commit import Reader, Writer
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Zone

MANIFEST = "runs.manifest"
DEFINITIONS = "runs.definitions"
# A run's id begins with its day.
_DAY_LETTERS = len("2026-03-31")


class RunNotFoundError(TsunaguError):
    """No such run."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class LinkBasis:
    """The version of linkage's weights that a run used."""

    version_id: str
    number: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run. `hashes` and `counts` are per result table; no hash depends on row order or file layout.

    `link_basis`: None where there was too little to learn weights from.
    """

    run_id: str
    as_of: date
    purposes: tuple[str, ...]
    version: str
    input_hash: str
    definitions_hash: str
    link_basis: LinkBasis | None
    hashes: Mapping[str, str]
    counts: Mapping[str, int]

    @property
    def result_hash(self) -> str:
        """One hash over all result tables."""
        return hashlib.sha256(json.dumps(self.hashes, sort_keys=True).encode()).hexdigest()


def stage_documents(writer: Writer, manifest: Manifest, definitions: Mapping[str, Any]) -> None:
    """Stage the manifest and the resolved definitions, to commit with the run's tables."""
    tags = {"run": manifest.run_id}
    for name, content in ((MANIFEST, _write(manifest)), (DEFINITIONS, definitions)):
        file = writer.folder / f"{name}.json"
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        writer.replace_file(name, Zone.RUNS, file, tags=tags)


def list_run_ids(reader: Reader) -> list[str]:
    """Every run of this installation, by day; of one day the last made comes last."""
    made = dict.fromkeys(segment.tags["run"] for segment in reader.head.list_segments(MANIFEST))
    return sorted(made, key=lambda run_id: run_id[:_DAY_LETTERS])


def find_latest_run_id(reader: Reader, *, as_of: date) -> str | None:
    """The run of the latest day not after `as_of`; a run's id begins with its day."""
    run_ids = [run_id for run_id in list_run_ids(reader) if run_id[:10] <= as_of.isoformat()]
    return run_ids[-1] if run_ids else None


def get_manifest(reader: Reader, run_id: str | None = None) -> Manifest:
    """A run's manifest; of the run with the latest day when none is named.

    Raises:
        RunNotFoundError: no run yet, or none of that id.
    """
    run_ids = list_run_ids(reader)
    wanted = run_id or (run_ids[-1] if run_ids else None)
    if wanted is None or wanted not in run_ids:
        raise RunNotFoundError(
            "実行結果がまだありません。" if not run_ids else "その番号の実行結果はありません。",
            todo="tsunagu run --as-of 日付 を実行するか、tsunagu status で番号を確かめてください。",
        )
    (segment,) = reader.head.list_segments(MANIFEST, {"run": wanted})
    return _read(json.loads((reader.home.var / segment.path).read_text(encoding="utf-8")))


def _write(manifest: Manifest) -> dict[str, Any]:
    return {
        "run_id": manifest.run_id,
        "as_of": manifest.as_of.isoformat(),
        "purposes": list(manifest.purposes),
        "version": manifest.version,
        "input_hash": manifest.input_hash,
        "definitions_hash": manifest.definitions_hash,
        "link_version": _write_basis(manifest.link_basis),
        "hashes": dict(manifest.hashes),
        "counts": dict(manifest.counts),
        "result_hash": manifest.result_hash,
    }


def _read(data: Mapping[str, Any]) -> Manifest:
    return Manifest(
        data["run_id"],
        date.fromisoformat(data["as_of"]),
        tuple(data["purposes"]),
        data["version"],
        data["input_hash"],
        data["definitions_hash"],
        _read_basis(data.get("link_version")),
        data["hashes"],
        data["counts"],
    )


def _write_basis(basis: LinkBasis | None) -> dict[str, Any] | None:
    if basis is None:
        return None
    return {"id": basis.version_id, "number": basis.number, "as_of": basis.as_of.isoformat()}


def _read_basis(data: dict[str, Any] | None) -> LinkBasis | None:
    return None if data is None else LinkBasis(data["id"], data["number"], date.fromisoformat(data["as_of"]))
