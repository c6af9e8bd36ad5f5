"""Who may write, and which segments readers still need. Both hang on `flock`, which dies with its process."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsunagu.store.head import Head, load_head
from tsunagu.store.home import Home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class WriterBusyError(TsunaguError):
    """Another process is writing."""

    exit_code = ExitCode.BUSY


@contextmanager
def hold_writer_lock(home: Home) -> Iterator[None]:
    """Be the only writer of this home.

    Raises:
        WriterBusyError: another process holds the lock.
    """
    with home.lock_file.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WriterBusyError(
                "別の処理(取り込み・実行など)が進行中です。",
                why="同時に書き込むと、どちらの結果が正しいか分からなくなります。",
                todo="進行中の処理が終わってから、もう一度実行してください。",
            ) from error
        yield


@contextmanager
def pin_head(home: Home, name: str) -> Iterator[Head]:
    """The committed state, whose segments are not collected while the block runs; `name` is the reader's own."""
    while True:
        head = load_head(home)
        with _hold_pin(home, head, name) as pin:
            # A writer may have committed and collected before the pin was seen: then pin the newer state.
            if pin.exists() and load_head(home).sequence == head.sequence:
                yield head
                return


@contextmanager
def _hold_pin(home: Home, head: Head, name: str) -> Iterator[Path]:
    path = home.pins / f"{name}.json"
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        json.dump(sorted(head.list_paths()), file)
        file.flush()
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def list_pinned_paths(home: Home) -> set[str]:
    """Paths that living readers need; pins of dead readers are removed on the way."""
    pinned: set[str] = set()
    for path in home.pins.glob("*.json"):
        pinned |= _read_pin(path)
    return pinned


def list_living_readers(home: Home) -> set[str]:
    """Names of the readers whose pins are held; pins of dead readers are removed on the way."""
    list_pinned_paths(home)
    return {path.stem for path in home.pins.glob("*.json")}


def _read_pin(path: Path) -> set[str]:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return set()
    with os.fdopen(descriptor, encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _list_needed(file.read())
        path.unlink(missing_ok=True)
        return set()


def _list_needed(text: str) -> set[str]:
    """A pin's paths; none while it is still being written: its reader looks at HEAD again afterwards."""
    try:
        return set(json.loads(text))
    except ValueError:
        return set()
