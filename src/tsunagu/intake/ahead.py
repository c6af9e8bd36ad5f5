"""Reads the next files while the present one is compared with what is known and committed."""

from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from tsunagu.intake.reading import FileReader, Findings, Incoming, ReadFile, read_file
from tsunagu.intake.refusals import FileRefusedError

LARGEST_AHEAD_BYTES = 16 << 20
"""Of all files read ahead together. A larger one waits until the one before it is done: memory never holds two."""
MOST_AHEAD = 8
"""Files differ in whether reading or comparing them takes longer; a few in store keep both busy."""
_STOP_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Attempt:
    """One file read, refused, or (neither) known already; `findings` as far as it came."""

    incoming: Incoming
    findings: Findings
    read: ReadFile | None = None
    refusal: FileRefusedError | None = None


def attempt_file(reader: FileReader, incoming: Incoming, *, is_next: bool = False) -> Attempt:
    """Read one file; a refusal is a result like any other. `is_next`: every file before it has been committed."""
    findings = Findings()
    try:
        return Attempt(incoming, findings, read_file(reader, incoming, findings, is_next=is_next))
    except FileRefusedError as error:
        return Attempt(incoming, findings, refusal=error)


def read_ahead(reader: FileReader, files: Sequence[Incoming]) -> Generator[Attempt]:
    """Every file in its order, as soon as it has been read. Close it to stop what is being read."""
    sizes = [_measure(incoming.path) for incoming in files]
    upcoming: deque[Future[Attempt]] = deque()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as pool:
        try:
            for place, incoming in enumerate(files):
                if not upcoming:
                    upcoming.append(pool.submit(attempt_file, reader, incoming, is_next=True))
                attempt = upcoming.popleft().result()
                for number in _list_ahead(sizes, place + 1, len(upcoming)):
                    upcoming.append(pool.submit(attempt_file, reader, files[number]))
                yield attempt
        finally:
            _stop(reader, upcoming)


def _list_ahead(sizes: Sequence[int], first: int, begun: int) -> range:
    """Which files to begin with, when those from `first` are next and `begun` of them are read already."""
    total = list(accumulate(sizes[first : first + MOST_AHEAD]))
    return range(first + begun, first + max(begun, bisect_right(total, LARGEST_AHEAD_BYTES)))


def _stop(reader: FileReader, upcoming: Iterable[Future[Attempt]]) -> None:
    """End the reading thread's work, whichever statement it begins meanwhile."""
    reader.stop()
    for future in upcoming:
        while not future.cancel() and not future.done():
            wait([future], timeout=_STOP_AGAIN_SECONDS)
            reader.stop()


def _measure(path: Path) -> int:
    """Bytes; a file that cannot be asked is left until its turn."""
    with suppress(OSError):
        return path.stat().st_size
    return LARGEST_AHEAD_BYTES + 1
