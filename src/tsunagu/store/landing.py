"""Landing: files exactly as received, addressed by content, encrypted to two keys."""

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event
from typing import IO

import pyrage

from tsunagu.store.commit import Reader, Writer
from tsunagu.store.engine import explain_full_disk
from tsunagu.store.keys import read_recovery_recipient, read_worker_identity
from tsunagu.vocabulary.tables import Table, Zone, day, identifier, integer, text

ORIGINALS = "landing.original"
_ADDRESS_DIGITS = 32
_READ_BYTES = 1 << 20

FILE = Table(
    zone=Zone.LANDING,
    name="file",
    grain="one delivery: a file received on one day; the same bytes may come again (a month without a row)",
    columns=(
        text("file_id", "the delivery: hash of content, feed, reference date, day and turn of receipt"),
        text("content_id", "content address: first 32 hex digits of the SHA-256 of the bytes as received"),
        identifier("number", "counts this installation's deliveries in the order they were taken in"),
        text("file_name", "name as received"),
        text("feed", "feed it was read by"),
        text("delivery", "snapshot or delta"),
        day("known_from", "day the scheme knew its content (JST)"),
        text("encoding", "text encoding found, or excel"),
        identifier("rows", "data rows in the file"),
        identifier("problem_rows", "rows with a problem"),
        text("override_reason", "why a volume out of band was accepted", null="not overridden"),
        day("withdrawn_on", "day its department took it back", null="not withdrawn"),
        text("withdrawal_reason", "why it was taken back", null="not withdrawn"),
    ),
    key=("file_id",),
)

PROBLEM = Table(
    zone=Zone.LANDING,
    name="problem",
    grain="one problem of one cell or row; never the value itself",
    columns=(
        text("feed", "feed"),
        text("file_id", "file"),
        identifier("row", "row in the file, the header being row 1"),
        text("column_name", "source header", null="the row as a whole"),
        text("code", "problem code"),
        text("message", "what is wrong and what to do, in Japanese"),
        integer("is_row_dropped", "1 when nothing of the row was kept"),
    ),
)


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An encrypted original at `path`; `content_id` is the content address of what was sealed."""

    path: Path
    content_id: str


def identify_content(content: bytes) -> str:
    """The content address of a file."""
    return hashlib.sha256(content).hexdigest()[:_ADDRESS_DIGITS]


def identify_delivery(
    content_id: str, feed: str, reference_date: date, known_from: date, earlier: int = 0
) -> str:
    """The id of one delivery; `earlier` counts the deliveries that agree in everything else."""
    parts = (content_id, feed, reference_date.isoformat(), known_from.isoformat(), str(earlier))
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


@contextmanager
def seal_beside(writer: Writer, path: Path) -> Iterator[Callable[[], SealedFile]]:
    """Encrypt the file as received in another thread, for the worker's key and the offline recovery key.

    Yields a function that waits for the sealed file. Leaving the block early ends the work; nothing is staged here.
    """
    stopped = Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sealing") as pool:
        sealing = pool.submit(_seal, writer, path, stopped)
        try:
            yield sealing.result
        finally:
            stopped.set()


def _seal(writer: Writer, path: Path, stopped: Event) -> SealedFile:
    recipients = [read_worker_identity(writer.home).to_public(), read_recovery_recipient(writer.home)]
    sealed = writer.folder / f"{uuid.uuid4().hex}.age"
    with path.open("rb", buffering=_READ_BYTES) as file, sealed.open("wb") as target:
        content = _HashedContent(file, stopped)
        try:
            pyrage.encrypt_io(content, target, recipients)
        except pyrage.EncryptError as error:
            # All it keeps of the disk's own error is the text.
            if "No space left" not in str(error):
                raise
            raise explain_full_disk() from None
    return SealedFile(sealed, content.content_id)


def stage_original(writer: Writer, sealed: SealedFile) -> None:
    """Stage a sealed file, to be found by its content."""
    writer.add_file(ORIGINALS, Zone.LANDING, sealed.path, tags={"content_id": sealed.content_id})


class _HashedContent(io.RawIOBase):
    """A file whose content address is known once it has been read to its end."""

    def __init__(self, file: IO[bytes], stopped: Event) -> None:
        self._file = file
        self._stopped = stopped
        self._hash = hashlib.sha256()

    @property
    def content_id(self) -> str:
        return self._hash.hexdigest()[:_ADDRESS_DIGITS]

    def read(self, size: int = -1) -> bytes:
        if self._stopped.is_set():
            raise InterruptedError
        chunk = self._file.read(size)
        self._hash.update(chunk)
        return chunk


def read_original(reader: Reader, content_id: str) -> bytes:
    """The bytes as received (identity zone's side only)."""
    (segment,) = reader.head.list_segments(ORIGINALS, {"content_id": content_id})
    encrypted = (Path(reader.home.var) / segment.path).read_bytes()
    content: bytes = pyrage.decrypt(encrypted, [read_worker_identity(reader.home)])
    return content
