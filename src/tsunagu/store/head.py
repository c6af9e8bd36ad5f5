"""HEAD.json: the list of every table's segments in every zone. Replacing it is the only commit."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tsunagu.store.home import Home, sync_folder
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

FORMAT = 1


class StoreDamagedError(TsunaguError):
    """HEAD or a segment it names cannot be read."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class Segment:
    """One immutable Parquet file: path below `var/`, rows, content hash, and what it was written for."""

    path: str
    rows: int
    sha256: str
    tags: Mapping[str, str]

    @property
    def key(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """What tells it from other segments of its table: the same rows may stand under several tags."""
        return self.path, frozenset(self.tags.items())

    def has_tags(self, wanted: Mapping[str, str]) -> bool:
        """Whether every wanted tag has the wanted value."""
        return all(self.tags.get(name) == value for name, value in wanted.items())


@dataclass(frozen=True, slots=True)
class Head:
    """One state of the whole store. `entry` is the journal entry of the command that made it."""

    sequence: int = 0
    entry: str = ""
    tables: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)

    def list_segments(self, table: str, tags: Mapping[str, str] | None = None) -> list[Segment]:
        """Segments of a table (`zone.name`), oldest first, restricted to those carrying `tags`."""
        return [segment for segment in self.tables.get(table, ()) if segment.has_tags(tags or {})]

    def list_paths(self) -> set[str]:
        """Every path this state needs."""
        return {segment.path for segments in self.tables.values() for segment in segments}


def load_head(home: Home) -> Head:
    """The committed state; an empty one before the first commit.

    Raises:
        StoreDamagedError: HEAD.json is not one of ours.
    """
    try:
        text = home.head_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Head()
    try:
        return _read_head(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamagedError(
            "データの目録 var/HEAD.json を読めません。",
            why="どのファイルが有効なデータか分からないため、処理を始められません。",
            todo="手で編集せず、直前のバックアップの HEAD.json に戻してください。",
        ) from error


def save_head(home: Home, head: Head) -> None:
    """Commit: write beside, flush, replace, flush the folder."""
    temporary = home.head_file.with_suffix(".json.new")
    with temporary.open("w", encoding="utf-8") as file:
        # One line: thousands of segments would make the indented form the slowest part of a commit.
        file.write(json.dumps(_write_head(head), ensure_ascii=False, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home.head_file)
    sync_folder(home.var)


def _read_head(data: dict[str, Any]) -> Head:
    if data["format"] != FORMAT:
        raise ValueError("format")
    tables = {
        name: tuple(Segment(s["path"], s["rows"], s["sha256"], s["tags"]) for s in segments)
        for name, segments in data["tables"].items()
    }
    return Head(int(data["sequence"]), data["entry"], tables)


def _write_head(head: Head) -> dict[str, Any]:
    tables = {
        name: [{"path": s.path, "rows": s.rows, "sha256": s.sha256, "tags": dict(s.tags)} for s in segments]
        for name, segments in head.tables.items()
        if segments
    }
    return {"format": FORMAT, "sequence": head.sequence, "entry": head.entry, "tables": tables}
