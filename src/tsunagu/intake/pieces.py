"""The rows of a file as columns, piece by piece: the next piece is made while the present one is worked on."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tsunagu.intake.columns import trim_cells
from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.store.engine import Engine

ROWS_AT_ONCE = 250_000
"""Rows in memory as columns at one time; larger files go through in pieces."""


@dataclass(frozen=True, slots=True)
class RawPiece:
    """Some rows of a file: row ids from 0, and the columns that are read, by position, as trimmed text."""

    row_ids: pa.Array
    columns: dict[int, pa.Array]


def iterate_pieces(engine: Engine, positions: Sequence[int], start: int) -> Iterator[RawPiece]:
    """The rows of `intake_raw` in pieces of `ROWS_AT_ONCE`, with these columns; `start` rows came before them.

    One piece at least, so that a file without a row says nothing instead of being forgotten.
    """
    names = ", ".join(f"c{position}" for position in positions)
    count = engine.get_value(f"SELECT count(*) FROM {RAW_TABLE}")  # noqa: S608 - a constant
    for first in range(0, max(count, 1), ROWS_AT_ONCE):
        table = engine.fetch_arrow(
            f"SELECT {names} FROM {RAW_TABLE} WHERE rowid >= $first AND rowid < $stop",  # noqa: S608 - declared names
            first=first,
            stop=first + ROWS_AT_ONCE,
        )
        cells = (trim_cells(_get_array(column)) for column in table.columns)
        row_ids = pa.array(np.arange(start + first, start + first + table.num_rows))
        yield RawPiece(row_ids, dict(zip(positions, cells, strict=True)))


def iterate_ahead(pieces: Generator[RawPiece]) -> Generator[RawPiece]:
    """The same pieces, each asked for in another thread as soon as the one before it has come."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="pieces") as pool:
        upcoming = pool.submit(next, pieces, None)
        while (piece := upcoming.result()) is not None:
            upcoming = pool.submit(next, pieces, None)
            yield piece


@contextmanager
def store_behind() -> Iterator[Callable[[Callable[[], None]], None]]:
    """A function that starts each task in another thread once the one before it is done; all are done at the end."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="store") as pool:
        running: list[Future[None]] = []

        def store(task: Callable[[], None]) -> None:
            while running:
                running.pop().result()
            running.append(pool.submit(task))

        yield store
        for future in running:
            future.result()


def _get_array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
