"""Versions of what weighing rests on: which one a day uses, and how a new one is kept.

A day uses the newest version learned as of it or an earlier day, so it never knows what was learned from later
data, and learning for a later day changes no earlier run.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib import metadata

import pyarrow as pa

from tsunagu.linkage.model import LinkModel, Parameter
from tsunagu.store.commit import Reader, Writer
from tsunagu.store.identity import LINK_FREQUENCY, LINK_PARAMETER, LINK_VERSION
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_ID_DIGITS = 12


class VersionDamagedError(TsunaguError):
    """A version's rows no longer have its hash."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class LinkVersion:
    """One version. `basis`: hash of the files and decisions it was learned from; `earlier_id`: the one before it."""

    number: int
    as_of: date
    basis: str
    earlier_id: str | None
    model: LinkModel
    program: str

    @property
    def version_id(self) -> str:
        """Hash of the day, all numbers and the place in the order of learning."""
        text = f"{self.number}|{self.as_of}|{self.model.content_hash}"
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def find_version(reader: Reader, *, as_of: date) -> LinkVersion | None:
    """The version that a run for the day uses, or None before any was learned.

    Writes:
        `linkage_frequency`, the version's.

    Raises:
        VersionDamagedError: its rows are not what was learned.
    """
    reader.attach(LINK_VERSION)
    rows = reader.engine.list_rows(
        "SELECT version_id, number, as_of, basis_hash, content_hash, frequency_hash, earlier_version_id,"
        " program_version FROM identity.link_version WHERE as_of <= $as_of ORDER BY as_of DESC, number DESC LIMIT 1",
        as_of=as_of,
    )
    if not rows:
        return None
    version_id, number, learned_as_of, basis, content, _, earlier_id, program = rows[0]
    version = LinkVersion(number, learned_as_of, basis, earlier_id, _load_model(reader, version_id), program)
    if version.model.content_hash != content or version.version_id != version_id:
        raise VersionDamagedError(
            "名寄せの重みの版が、学んだときのものと違っています。",
            why="記録を結ぶ根拠が変わるため、実行を止めました。",
            todo="tsunagu status で保管庫を確かめ、壊れていればバックアップから戻してください。",
        )
    return version


def _load_model(reader: Reader, version_id: str) -> LinkModel:
    reader.attach(LINK_PARAMETER, version=version_id)
    reader.attach(LINK_FREQUENCY, version=version_id)
    engine = reader.engine
    engine.run("CREATE OR REPLACE TEMP TABLE linkage_frequency AS SELECT * FROM identity.link_frequency")
    rows = engine.list_rows("SELECT kind, name, place, value FROM identity.link_parameter ORDER BY ALL")
    frequency_hash = engine.hash_rows("linkage_frequency", LINK_FREQUENCY.column_names)
    return LinkModel(tuple(Parameter(*row) for row in rows), frequency_hash)


def make_version(reader: Reader, model: LinkModel, *, as_of: date, basis: str) -> LinkVersion:
    """A new version after all others; nothing is kept yet."""
    reader.attach(LINK_VERSION)
    last, earlier_id = reader.engine.get_row(
        "SELECT coalesce(max(number), 0), max_by(version_id, as_of * 1000000 + number) FROM ("
        "SELECT version_id, number, CASE WHEN as_of <= $as_of THEN date_diff('day', DATE '1970-01-01', as_of) END AS as_of"
        " FROM identity.link_version)",
        as_of=as_of,
    )
    return LinkVersion(last + 1, as_of, basis, earlier_id, model, metadata.version("tsunagu"))


def stage_version(writer: Writer, version: LinkVersion) -> None:
    """Stage a version, to commit with whatever uses it first.

    Reads:
        `linkage_frequency`, the version's.
    """
    tags = {"version": version.version_id}
    model = version.model
    one = {
        "version_id": version.version_id,
        "number": version.number,
        "as_of": version.as_of,
        "basis_hash": version.basis,
        "content_hash": model.content_hash,
        "frequency_hash": model.frequency_hash,
        "earlier_version_id": version.earlier_id,
        "program_version": version.program,
    }
    writer.append_rows(LINK_VERSION, pa.Table.from_pylist([one]), tags=tags)
    parameters = [
        {"kind": one.kind, "name": one.name, "place": one.place, "value": one.value}
        for one in model.parameters
    ]
    writer.append_rows(LINK_PARAMETER, pa.Table.from_pylist(parameters), tags=tags)
    writer.append(LINK_FREQUENCY, "SELECT * FROM linkage_frequency", tags=tags)
