"""The analytic engine: DuckDB in process, closed to the network and to every folder but our own.

The only module that knows the engine's library. SQL stays in the subset that Spark also runs; what differs
(`keyed_id`) is a macro made here.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from tsunagu.store.interruption import hold_back, note_interruptible
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import ID_BITS

_HMAC_BLOCK_BYTES = 64
_HEX_DIGITS_OF_ID = ID_BITS // 4
_NAME = re.compile(r"^[a-z_][a-z0-9_]*$")

# HMAC-SHA256 (RFC 2104) of `label, unit separator, value`, cut to 60 bits. The padded keys are variables, so
# that no statement text, plan or error message ever shows them.
_KEYED_ID = f"""
CREATE TEMP MACRO keyed_id(label, value) AS CAST(
  '0x' || substr(
    sha256(getvariable('outer_pad') || unhex(sha256(
      getvariable('inner_pad') || encode(label || chr(31) || value)
    ))), 1, {_HEX_DIGITS_OF_ID}
  ) AS BIGINT
)
"""


class EngineError(TsunaguError):
    """The engine could not carry out a statement for a reason outside the program (disk, memory)."""

    exit_code = ExitCode.STORE


class DiskFullError(TsunaguError):
    """No room left on the disk."""

    exit_code = ExitCode.DISK_FULL


class CsvShapeError(Exception):
    """A delimited file's rows do not have the declared number of cells, or a quote is not closed."""


class Engine:
    """One connection to an in-memory engine. Values are passed as named parameters (`$name`) only."""

    def __init__(self, *, spill: Path, readable: Sequence[Path], memory: str | None = None) -> None:
        """Open the engine.

        Args:
            spill: folder for what does not fit into memory.
            readable: the only folders whose files it may read or write.
            memory: limit such as `2GB`; default `TSUNAGU_MEMORY`, else 2GB.
        """
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": memory or os.environ.get("TSUNAGU_MEMORY", "2GB"),
                "temp_directory": str(spill),
                "preserve_insertion_order": "true",
                # Whatever the engine holds is thrown away: rewriting a table to make it smaller is lost work.
                "checkpoint_threshold": "1TB",
            }
        )
        self._connection.execute("SET enable_progress_bar = false")  # steps are told in our own words
        folders = [str(folder) for folder in (*readable, spill)]
        self._connection.execute("SET allowed_directories = $folders", {"folders": folders})
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET TimeZone = 'UTC'")
        # Segments never change once written.
        self._connection.execute("SET parquet_metadata_cache = true")
        note_interruptible(self)

    def open_beside(self) -> Self:
        """A second connection to the same tables, for another thread.

        Temporary and registered tables and the pseudonym key are each connection's own.
        """
        beside = type(self).__new__(type(self))
        beside._connection = self._connection.cursor()
        beside._connection.execute("SET TimeZone = 'UTC'")
        note_interruptible(beside)
        return beside

    @contextmanager
    def use_one_thread(self) -> Iterator[None]:
        """For many statements over few rows: sharing these out costs more than carrying them out."""
        self._execute("SET threads = 1", {})
        try:
            yield
        finally:
            self._execute("RESET threads", {})

    def attach_file(self, name: str, path: Path) -> None:
        """Make `name.<schema>.<table>` tables of a new file, compressed as they are written, for all connections."""
        if not _NAME.match(name):
            raise ValueError("not a database name")
        self._execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name}", {})

    def interrupt(self) -> None:
        """Break off the statement that another thread is carrying out here, if any; it raises KeyboardInterrupt."""
        # An engine that is closed already has nothing to break off.
        with suppress(duckdb.Error):
            self._connection.interrupt()

    def set_pseudonym_key(self, key: bytes) -> None:
        """Make `keyed_id(label, text)` available: BIGINT below 2^60; null stays null."""
        block = key.ljust(_HMAC_BLOCK_BYTES, b"\0")
        self._execute("SET VARIABLE inner_pad = $pad", {"pad": bytes(byte ^ 0x36 for byte in block)})
        self._execute("SET VARIABLE outer_pad = $pad", {"pad": bytes(byte ^ 0x5C for byte in block)})
        self._execute(_KEYED_ID, {})

    def run(self, sql: str, **parameters: Any) -> None:
        """Carry out a statement whose result nobody reads."""
        self._execute(sql, parameters)

    def run_file(self, package: str, name: str, **parameters: Any) -> None:
        """Carry out `<package>/sql/<name>.sql`."""
        self._execute(read_sql(package, name), parameters)

    def list_rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        return self._execute(sql, parameters).fetchall()

    def get_row(self, sql: str, **parameters: Any) -> tuple[Any, ...]:
        """The one row of a query that has exactly one."""
        (row,) = self.list_rows(sql, **parameters)
        return row

    def get_value(self, sql: str, **parameters: Any) -> Any:
        """The one value of a query that has exactly one row of one column."""
        (value,) = self.get_row(sql, **parameters)
        return value

    def fetch_arrow(self, sql: str, **parameters: Any) -> pa.Table:
        """The result as an Arrow table."""
        with _explaining():
            # Not through the cursor, which would copy every row once more.
            return self._connection.sql(sql, params=parameters or None).to_arrow_table()

    def iterate_arrow(self, sql: str, rows_at_once: int, **parameters: Any) -> Iterator[pa.Table]:
        """The result in pieces, one at least, never held as a whole.

        Nothing else may run on this connection until the last piece is out.
        """
        with _explaining():
            reader = self._connection.sql(sql, params=parameters or None).to_arrow_reader(rows_at_once)
            batch = next(reader, None)
        yield pa.Table.from_batches([] if batch is None else [batch], reader.schema)
        while batch is not None:
            with _explaining():
                batch = next(reader, None)
            if batch is not None:
                yield pa.Table.from_batches([batch])

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable in SQL under `name`."""
        self._connection.register(name, table)

    def load_csv(
        self,
        name: str,
        path: Path,
        columns: Sequence[str],
        *,
        kept: Sequence[str],
        marked: str = "true",
        delimiter: str,
        skip_lines: int,
    ) -> None:
        """Make the temporary table `name` of the `kept` columns of a UTF-8 file with LF line ends; cells are text.

        Nothing is sniffed or repaired; blank cells are null, blank lines are skipped. `rowid` counts the
        rows from 0 in the order of the file. The view `<name>_file` shows all columns as long as the file is there.
        The column `is_marked` says of which rows the condition `marked` holds, which may speak of all columns.

        Raises:
            CsvShapeError: a row has too few or too many cells, or a quote is not closed.
        """
        declared = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
        source = str(path).replace("'", "''")
        try:
            # Names are the caller's own, the path lies in our own folder.
            self._execute(
                f"CREATE OR REPLACE TEMP VIEW {name}_file AS SELECT * FROM read_csv('{source}', "  # noqa: S608 - our own names
                f"columns = {{{declared}}}, auto_detect = false, header = false, skip = {skip_lines}, "
                f"delim = '{delimiter.replace(chr(39), chr(39) * 2)}', quote = '\"', escape = '\"', "
                "new_line = '\\n', strict_mode = true, null_padding = false)",
                {},
            )
            select = (
                f"SELECT {', '.join(kept)}, CASE WHEN {marked} THEN true END AS is_marked FROM {name}_file"  # noqa: S608 - our own names
            )
            self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", {})
        except duckdb.InvalidInputException:
            # The engine's text quotes the line, so it goes no further.
            raise CsvShapeError from None

    def make_view(self, schema: str, name: str, select: str) -> None:
        """Make `schema.name` stand for a SELECT."""
        if not (_NAME.match(schema) and _NAME.match(name)):
            raise ValueError("not a table name")
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {schema}", {})
        self._execute(f"CREATE OR REPLACE VIEW {schema}.{name} AS {select}", {})

    def write_parquet(self, select: str, path: Path, parameters: Mapping[str, Any]) -> int:
        """Write a query's result; returns its rows."""
        target = str(path).replace("'", "''")
        statement = f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        (row,) = self._execute(statement, parameters).fetchall()
        return int(row[0])

    def hash_rows(self, relation: str, columns: Sequence[str]) -> str:
        """A hash of the rows as a multiset: independent of order, files and engine version.

        The sum of the first 60 bits of each row's MD5, with the row count: additions commute.
        """
        cells = ", ".join(f"coalesce(CAST({column} AS VARCHAR), chr(0))" for column in columns)
        row_hash = f"CAST('0x' || substr(md5(concat_ws(chr(31), {cells})), 1, 15) AS HUGEINT)"
        # Relation and columns are names of declared tables, never input.
        count, total = self.get_row(f"SELECT count(*), coalesce(sum({row_hash}), 0) FROM {relation}")  # noqa: S608
        return hashlib.sha256(f"{count}:{total}".encode()).hexdigest()

    def close(self) -> None:
        """Let go of memory and files."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _execute(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        with _explaining():
            return self._connection.execute(sql, dict(parameters) or None)


@contextmanager
def _explaining() -> Iterator[None]:
    """Around one statement: turn what only the outside can cause into our own errors."""
    try:
        with hold_back():
            yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise _explain(error) from None
    except duckdb.TransactionException as error:
        # What a statement has to say for itself may be written only when it is committed.
        if not _is_full_disk(error):
            raise
        raise explain_full_disk() from None
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        # Control-C in a program that does not hear interruptions as ours does.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise


def _is_full_disk(error: Exception) -> bool:
    # The engine's own text may quote a value of the data, so it is read here and never shown.
    text = str(error)
    return "No space left" in text or "max_temp_directory_size" in text


def _explain(error: Exception) -> TsunaguError:
    if _is_full_disk(error):
        return explain_full_disk()
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            "メモリが足りません。",
            why="処理を最後まで行えなかったため、データは処理前のままです。",
            todo="環境変数 TSUNAGU_MEMORY(例: 4GB)で上限を上げるか、他のプログラムを終了してください。",
        )
    return EngineError(
        "データのファイルを読み書きできませんでした。",
        why="ファイルが欠けているか、読む権限がありません。データは処理前のままです。",
        todo="tsunagu status で保管庫の状態を確かめ、欠けていればバックアップから戻してください。",
    )


def explain_full_disk() -> DiskFullError:
    """The error for a disk without room, whoever met it."""
    return DiskFullError(
        "ディスクの空きがなくなりました。",
        why="途中までの結果は捨てました。データは、最後に完了したところのままです。",
        todo="--home のあるディスクで、要らないファイル（var の中以外）を消すか移して空きを作り、"
        "同じ操作をもう一度実行してください。",
    )


@cache
def read_sql(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`."""
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
