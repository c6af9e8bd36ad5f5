"""Sessions on the store: readers pin one state, the one writer stages segments and commits them together.

Nothing a writer does is visible before `commit`; a kill at any point leaves the old state or the new one.
"""

import errno
import hashlib
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tsunagu.store import journal
from tsunagu.store.engine import Engine, explain_full_disk
from tsunagu.store.head import Head, Segment, load_head, save_head
from tsunagu.store.home import Home, make_private_folder, sync_file, sync_folder
from tsunagu.store.keys import read_pseudonym_key
from tsunagu.store.locks import hold_writer_lock, list_living_readers, list_pinned_paths, pin_head
from tsunagu.vocabulary.tables import ColumnType, Table, Zone

_ARROW_TYPES = {
    ColumnType.BIGINT: pa.int64(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.VARCHAR: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
}

_FLUSHES_AT_ONCE = 8


class Reader:
    """A pinned state of the store, with views over the tables attached."""

    def __init__(self, home: Home, head: Head, engine: Engine) -> None:
        """Use `open_reader`."""
        self.home = home
        self.head = head
        self.engine = engine

    def attach(self, table: Table, **tags: str) -> None:
        """Make the view `zone.table` over the segments carrying `tags`; an empty one when there are none."""
        self.attach_segments(table, self.head.list_segments(table.full_name, tags))

    def attach_segments(self, table: Table, segments: Sequence[Segment]) -> None:
        """Make the view `zone.table` over these segments alone: a caller who knows which ones can matter."""
        self.engine.make_view(table.zone.value, table.name, self.select_segments(table, segments))

    def select_segments(self, table: Table, segments: Sequence[Segment]) -> str:
        """A SELECT of all rows of these segments, to stand inside a statement that is run once."""
        return _select_segments(table, [self.home.var / segment.path for segment in segments])

    @contextmanager
    def open_beside(self) -> Iterator[Engine]:
        """A second connection to this engine, with the pseudonym key, for another thread."""
        with self.engine.open_beside() as engine:
            engine.set_pseudonym_key(read_pseudonym_key(self.home))
            yield engine

    def count_rows(self, table: Table, **tags: str) -> int:
        """Rows of a table by its segments' own counts; reads no data."""
        return sum(segment.rows for segment in self.head.list_segments(table.full_name, tags))


@dataclass(frozen=True, slots=True)
class _Staged:
    table: str
    segment: Segment
    file: Path


class SegmentFile:
    """A segment being written; the file is made with the first row."""

    def __init__(self, table: Table, folder: Path) -> None:
        """Begin it in a writer's folder; `Writer.add_segment` stages it."""
        self.table = table
        self.path = folder / f"{uuid.uuid4().hex}.parquet"
        self.rows = 0
        self._schema = pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in table.columns])
        self._file: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Add rows; columns the table does not have are left out."""
        if rows.num_rows == 0:
            return
        if self._file is None:
            # Ids and row numbers hardly ever repeat.
            texts = [field.name for field in self._schema if field.type == pa.string()]
            self._file = pq.ParquetWriter(self.path, self._schema, compression="zstd", use_dictionary=texts)
        self._file.write_table(rows.select(self._schema.names).cast(self._schema))
        self.rows += int(rows.num_rows)

    def close(self) -> None:
        """Finish the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def select(self) -> str:
        """A SELECT of all its rows, once it is closed."""
        return _select_segments(self.table, [self.path] if self.rows else [])


class Writer(Reader):
    """The one writer: stages new segments and makes them the new state in one step."""

    def __init__(
        self,
        home: Home,
        head: Head,
        engine: Engine,
        flushing: ThreadPoolExecutor,
        *,
        entry: str,
        command: str,
    ) -> None:
        """Use `open_writer`."""
        super().__init__(home, head, engine)
        self._flushing = flushing
        self.entry = entry
        self._command = command
        self._folder = home.temporary / entry
        self._staged: list[_Staged] = []
        self._dropped: list[tuple[str, Mapping[str, str]]] = []
        self._merged: set[tuple[str, tuple[str, frozenset[tuple[str, str]]]]] = set()
        make_private_folder(self._folder)

    @property
    def folder(self) -> Path:
        """A private folder for this writer's temporary files; emptied at the end."""
        return self._folder

    def append(self, table: Table, select: str, *, tags: Mapping[str, str], **parameters: Any) -> int:
        """Stage the rows of `select` as a new segment of `table`; returns the rows. No rows, no segment."""
        columns = ", ".join(
            f"CAST({column.name} AS {column.type}) AS {column.name}" for column in table.columns
        )
        staged = self._folder / f"{uuid.uuid4().hex}.parquet"
        statement = f"SELECT {columns} FROM ({select})"  # noqa: S608 - names are those of declared tables
        rows = self.engine.write_parquet(statement, staged, parameters)
        if rows == 0:
            staged.unlink()
            return 0
        self._stage(table.zone, table.full_name, staged, rows, tags)
        return rows

    def append_rows(self, table: Table, rows: pa.Table, *, tags: Mapping[str, str]) -> int:
        """Stage rows made in Python (counts, problems) as a new segment; returns the rows. No rows, no segment."""
        with self.open_segment(table, tags=tags) as segment:
            segment.write(rows)
        return segment.rows

    @contextmanager
    def open_segment(self, table: Table, *, tags: Mapping[str, str]) -> Iterator[SegmentFile]:
        """Stage a new segment of `table` piece by piece. No rows, no segment."""
        segment = SegmentFile(table, self._folder)
        try:
            yield segment
        finally:
            segment.close()
        self.add_segment(segment, tags=tags)

    def add_segment(self, segment: SegmentFile, *, tags: Mapping[str, str]) -> int:
        """Stage a segment that is closed; returns the rows. No rows, no segment."""
        if segment.rows:
            self._stage(segment.table.zone, segment.table.full_name, segment.path, segment.rows, tags)
        return segment.rows

    def replace(self, table: Table, select: str, *, tags: Mapping[str, str], **parameters: Any) -> int:
        """Stage rows that take the place of every segment of `table` carrying `tags`."""
        self.drop(table, tags=tags)
        return self.append(table, select, tags=tags, **parameters)

    def drop(self, table: Table, *, tags: Mapping[str, str]) -> None:
        """Stage the removal of every segment of `table` that carries `tags`."""
        self._dropped.append((table.full_name, dict(tags)))

    def merge(self, table: Table, segments: Sequence[Segment], *, tags: Mapping[str, str]) -> None:
        """Stage one segment with the rows of these committed ones, which go."""
        merged = {(table.full_name, segment.key) for segment in segments}
        if merged & self._merged:
            raise ValueError("a segment can be merged only once in a commit")
        self.append(table, self.select_segments(table, segments), tags=tags)
        self._merged |= merged

    def add_file(self, name: str, zone: Zone, file: Path, *, tags: Mapping[str, str]) -> None:
        """Stage a file that is no table (an encrypted original, a manifest); it commits with everything else."""
        self._stage(zone, name, file, 1, tags)

    def replace_file(self, name: str, zone: Zone, file: Path, *, tags: Mapping[str, str]) -> None:
        """Stage a file in place of those of that name that carry `tags`."""
        self._dropped.append((name, dict(tags)))
        self.add_file(name, zone, file, tags=tags)

    def commit(self, *, purpose: str = "", details: Mapping[str, Any] | None = None) -> Head:
        """Make everything staged the new state, and say so in the journal."""
        _publish(
            [(staged.file, self.home.var / staged.segment.path) for staged in self._staged], self._flushing
        )
        new_head = self._next_head()
        save_head(self.home, new_head)
        self.head = new_head
        self._staged.clear()
        self._dropped.clear()
        self._merged.clear()
        journal.append_line(
            self.home,
            self.entry,
            "committed",
            self._command,
            purpose=purpose,
            details={**(details or {}), "sequence": new_head.sequence},
        )
        return new_head

    def discard(self) -> bool:
        """Forget everything staged since the last commit; returns whether there was anything."""
        had_any = bool(self._staged or self._dropped or self._merged)
        for staged in self._staged:
            staged.file.unlink(missing_ok=True)
        self._staged.clear()
        self._dropped.clear()
        self._merged.clear()
        return had_any

    def _stage(self, zone: Zone, name: str, file: Path, rows: int, tags: Mapping[str, str]) -> None:
        content_hash = _hash_file(file)
        target = f"{zone.value}/{name.split('.')[-1]}/{content_hash[:32]}{file.suffix}"
        segment = Segment(target, rows, content_hash, dict(tags))
        self._staged.append(_Staged(name, segment, file))

    def _next_head(self) -> Head:
        tables = dict(self.head.tables)
        for name in {name for name, _ in self._merged}:
            tables[name] = tuple(s for s in tables[name] if (name, s.key) not in self._merged)
        for name, tags in self._dropped:
            tables[name] = tuple(s for s in tables.get(name, ()) if not s.has_tags(tags))
        staged: dict[str, list[Segment]] = {}
        for entry in self._staged:
            staged.setdefault(entry.table, []).append(entry.segment)
        tables |= {name: (*tables.get(name, ()), *segments) for name, segments in staged.items()}
        return replace(self.head, sequence=self.head.sequence + 1, entry=self.entry, tables=tables)


@contextmanager
def open_reader(
    home: Home, command: str, *, purpose: str = "", details: Mapping[str, Any] | None = None
) -> Iterator[Reader]:
    """Read one committed state, whatever a writer does meanwhile; the reading is journalled first."""
    journal.start_entry(home, command, purpose=purpose, details=details)
    name = f"reader-{uuid.uuid4().hex}"
    with (
        pin_head(home, name) as head,
        _open_scratch(home, name) as spill,
        _open_engine(home, spill) as engine,
    ):
        yield Reader(home, head, engine)


@contextmanager
def open_writer(
    home: Home, command: str, *, purpose: str = "", details: Mapping[str, Any] | None = None
) -> Iterator[Writer]:
    """Be the writer; leaving the block without `commit` changes nothing.

    Raises:
        WriterBusyError: somebody else is writing.
        DiskFullError: no room left; nothing has changed.
    """
    with hold_writer_lock(home):
        head = load_head(home)
        collect_garbage(home, head)
        entry = journal.start_entry(home, command, purpose=purpose, details=details)
        spill = home.temporary / f"{entry}-spill"
        make_private_folder(spill)
        try:
            with (
                _open_engine(home, spill) as engine,
                ThreadPoolExecutor(_FLUSHES_AT_ONCE, "flush") as flushing,
            ):
                yield Writer(home, head, engine, flushing, entry=entry, command=command)
        except BaseException as error:
            with suppress(OSError):
                journal.append_line(
                    home, entry, "abandoned", command, details={"error": type(error).__name__}
                )
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise explain_full_disk() from None
            raise
        finally:
            shutil.rmtree(home.temporary / entry, ignore_errors=True)
            shutil.rmtree(spill, ignore_errors=True)


def collect_garbage(home: Home, head: Head) -> int:
    """Remove what a killed writer left and what no state and no reader needs; returns the files removed.

    Call it with the writer lock held.
    """
    # Listed before the readers are: a reader pins its state before it makes its folder.
    leftovers = list(home.temporary.iterdir())
    living = list_living_readers(home)
    for leftover in leftovers:
        if leftover.name not in living:
            shutil.rmtree(leftover, ignore_errors=True)
    needed = head.list_paths() | list_pinned_paths(home)
    removed = 0
    for zone in (Zone.LANDING, Zone.IDENTITY, Zone.FACTS, Zone.RUNS):
        for file in home.zone(zone).glob("*/*.*"):
            if _is_segment(file) and str(file.relative_to(home.var)) not in needed:
                file.unlink()
                removed += 1
    return removed


def find_damaged_segments(home: Home, head: Head) -> list[str]:
    """Paths of segments that are gone or whose content no longer has its hash."""
    damaged = []
    for segments in head.tables.values():
        for segment in segments:
            file = home.var / segment.path
            if not file.is_file() or _hash_file(file) != segment.sha256:
                damaged.append(segment.path)
    return damaged


@contextmanager
def _open_scratch(home: Home, name: str) -> Iterator[Path]:
    folder = home.temporary / name
    make_private_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _open_engine(home: Home, spill: Path) -> Iterator[Engine]:
    with Engine(spill=spill, readable=[home.var]) as engine:
        engine.set_pseudonym_key(read_pseudonym_key(home))
        yield engine


def _select_segments(table: Table, paths: list[Path]) -> str:
    columns = ", ".join(table.column_names)
    if not paths:
        empty = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns)
        return f"SELECT {empty} WHERE false"
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    # Names are those of declared tables, paths are content hashes below our own folder.
    return f"SELECT {columns} FROM read_parquet([{files}], union_by_name = true)"  # noqa: S608


def _publish(files: Sequence[tuple[Path, Path]], flushing: ThreadPoolExecutor) -> None:
    """Move staged files to their places and flush them together: the disk serves one flush as quickly as six."""
    folders = {target.parent for _, target in files}
    for folder in folders:
        make_private_folder(folder)
    # A new table's folder is an entry of its zone's folder, which must survive a power cut as well.
    folders |= {folder.parent for folder in folders}
    for staged, target in files:
        staged.replace(target)
    for flushed in [
        *(flushing.submit(sync_file, target) for _, target in files),
        *(flushing.submit(sync_folder, folder) for folder in folders),
    ]:
        flushed.result()


def _is_segment(file: Path) -> bool:
    return file.suffix in {".parquet", ".age", ".json"}


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
