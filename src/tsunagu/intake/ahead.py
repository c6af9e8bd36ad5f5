"""Reads the next file while the present one is compared with what is known and committed."""

from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tsunagu.intake.reading import FileReader, Findings, Incoming, ReadFile, read_file
from tsunagu.intake.refusals import FileRefusedError

LARGEST_AHEAD_BYTES = 16 << 20
"""A larger file waits until the one before it is done, so that memory never holds two of them."""
_STOP_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Attempt:
    """One file read, refused, or (neither) known already; `findings` as far as it came."""

    incoming: Incoming
    findings: Findings
    read: ReadFile | None = None
    refusal: FileRefusedError | None = None


def attempt_file(reader: FileReader, incoming: Incoming) -> Attempt:
    """Read one file; a refusal is a result like any other."""
    findings = Findings()
    try:
        return Attempt(incoming, findings, read_file(reader, incoming, findings))
    except FileRefusedError as error:
        return Attempt(incoming, findings, refusal=error)


def read_ahead(reader: FileReader, files: Sequence[Incoming]) -> Generator[Attempt]:
    """Every file in its order, as soon as it has been read. Close it to stop what is being read."""
    upcoming: Future[Attempt] | None = None
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as pool:
        try:
            for place, incoming in enumerate(files, start=1):
                attempt = (upcoming or pool.submit(attempt_file, reader, incoming)).result()
                is_next_small = place < len(files) and _is_small(files[place].path)
                upcoming = pool.submit(attempt_file, reader, files[place]) if is_next_small else None
                yield attempt
        finally:
            _stop(reader, upcoming)


def _stop(reader: FileReader, upcoming: Future[Attempt] | None) -> None:
    """End the reading thread's work, whichever statement it begins meanwhile."""
    reader.stop()
    while upcoming is not None and not upcoming.cancel() and not upcoming.done():
        wait([upcoming], timeout=_STOP_AGAIN_SECONDS)
        reader.stop()


def _is_small(path: Path) -> bool:
    with suppress(OSError):
        return path.stat().st_size <= LARGEST_AHEAD_BYTES
    return False
