"""What a file says, kept until it is staged: tables of the engine, or segments where nothing is known yet.

Nothing contradicts the first file of a feed, so its statements are written at once as they will stay. Only a target
that names a record twice becomes a table after all, from which the second word can be taken out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.intake.columns import fill
from tsunagu.intake.mapping import Plan
from tsunagu.intake.statements import Target
from tsunagu.store.commit import SegmentFile
from tsunagu.store.engine import Engine

Statements = Sequence[tuple[Target, pa.Table]]
_STATEMENT = "intake_statement"
_ROWS_PER_BATCH = 20_000
"""So that the engine's threads share the work of the keyed hash."""


@dataclass(slots=True)
class Said:
    """What one file says of each target: the table `<tables>.<target>`, or `segments[target]`.

    `engine` is the one that stores it. `repeating`: targets in which a record may be named twice. `file_id` is that of
    the segments.
    """

    engine: Engine
    tables: str
    repeating: set[str] = field(default_factory=set)
    segments: dict[str, SegmentFile] = field(default_factory=dict)
    file_id: str = ""

    def open_segments(self, targets: Sequence[Target], folder: Path, file_id: str) -> None:
        """Nothing is known of any of these: write segments."""
        self.segments = {target.name: SegmentFile(target.table, folder) for target in targets}
        self.file_id = file_id

    def note_repeats(self, statements: Statements, *, is_first: bool) -> None:
        """Note where a piece can name a record twice, before it is stored."""
        for target, table in statements:
            # Of several pieces nobody has compared the keys.
            if not is_first or pc.count_distinct(table.column("_record_text")).as_py() < table.num_rows:
                self.repeating.add(target.name)

    def store(self, statements: Statements, *, is_first: bool) -> None:
        """Keep what one piece of the file says; `is_first` of the pieces, which come in their order."""
        for target, table in statements:
            segment = self.segments.get(target.name)
            if segment is None:
                self._insert(target, table, is_first=is_first)
            else:
                stating = table.filter(table.column("_states"))
                rows = stating.append_column("record_id", self._identify_records(stating))
                segment.write(_stamp(rows, target.plan, self.file_id))

    def close(self) -> None:
        """Finish the segments, whatever has become of the file."""
        for segment in self.segments.values():
            segment.close()

    def settle(self) -> None:
        """Once the segments are closed: one that names a record twice becomes a table."""
        for name in self.repeating & self.segments.keys():
            rows = f"({self.segments[name].select()})"
            # Placeholders are declared names and a path of our own.
            if self.engine.get_value(f"SELECT count(*) > count(DISTINCT record_id) FROM {rows}"):  # noqa: S608
                self.engine.run(f"CREATE TABLE {self.tables}.{name} AS SELECT *, true AS _states FROM {rows}")  # noqa: S608
                self.segments.pop(name).path.unlink()
            else:
                self.repeating.remove(name)

    def _insert(self, target: Target, table: pa.Table, *, is_first: bool) -> None:
        self._register(table)
        select = (
            "SELECT subject_id, keyed_id('record', _record_text) AS record_id, row, _place, _time, _states, "  # noqa: S608 - declared names
            f"{', '.join(target.content)} FROM {_STATEMENT}"
        )
        name = f"{self.tables}.{target.name}"
        self.engine.run(f"CREATE TABLE {name} AS {select}" if is_first else f"INSERT INTO {name} {select}")

    def _identify_records(self, table: pa.Table) -> pa.ChunkedArray:
        self._register(table.select(["_record_text"]))
        ids = self.engine.fetch_arrow(
            f"SELECT keyed_id('record', _record_text) AS record_id FROM {_STATEMENT}"  # noqa: S608 - a constant
        )
        return ids.column("record_id")

    def _register(self, table: pa.Table) -> None:
        batches = table.to_batches(max_chunksize=_ROWS_PER_BATCH)
        self.engine.register(_STATEMENT, pa.Table.from_batches(batches, table.schema))


def _stamp(rows: pa.Table, plan: Plan, file_id: str) -> pa.Table:
    """The rows with what is the same in all of them."""
    constants = {
        "known_from": fill(plan.occasion.known_from, pa.date32(), rows.num_rows),
        "feed": fill(plan.feed.id, pa.string(), rows.num_rows),
        "file_id": fill(file_id, pa.string(), rows.num_rows),
    }
    for name, column in constants.items():
        rows = rows.append_column(name, column)
    return rows
