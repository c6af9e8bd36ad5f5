"""The journal: one line per analytic command, appended and chained, never changed.

A command writes its first line before it does anything, so that nothing happens unrecorded; a commit names
that line in HEAD.json. Lines hold counts and file hashes, never a personal value. This module and `locks`
are the only places of the analytic half that meet the clock and the OS user.
"""

import fcntl
import getpass
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tsunagu.store.home import Home

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line: which command (`entry`), what stage it reached, when, by which OS user, with which counts."""

    entry: str
    event: str
    command: str
    at: str
    os_user: str
    purpose: str
    details: Mapping[str, Any]
    previous_hash: str


def start_entry(
    home: Home, command: str, *, purpose: str = "", details: Mapping[str, Any] | None = None
) -> str:
    """Record that a command begins; returns the entry's id."""
    entry = uuid.uuid4().hex
    append_line(home, entry, "started", command, purpose=purpose, details=details)
    return entry


def append_line(
    home: Home,
    entry: str,
    event: str,
    command: str,
    *,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one line and flush it to disk."""
    path = home.journal / "journal.jsonl"
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _read_last_line(path)
        line = {
            "entry": entry,
            "event": event,
            "command": command,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "os_user": getpass.getuser(),
            "purpose": purpose,
            "details": dict(details or {}),
            "previous_hash": hashlib.sha256(last).hexdigest() if last else FIRST_HASH,
        }
        # A line cut off by a kill is ended first, so that it can never swallow this one.
        prefix = b"\n" if _is_torn(path) else b""
        file.write(prefix + json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def list_lines(home: Home) -> list[JournalLine]:
    """All whole lines, oldest first; a line cut off by a kill is skipped."""
    return [line for line, _ in _iterate_lines(home.journal / "journal.jsonl")]


def find_broken_link(home: Home) -> int | None:
    """The number (from 1) of the first line whose chain does not fit its predecessor; None when whole."""
    previous = FIRST_HASH
    for number, (line, raw) in enumerate(_iterate_lines(home.journal / "journal.jsonl"), start=1):
        if line.previous_hash != previous:
            return number
        previous = hashlib.sha256(raw).hexdigest()
    return None


def _iterate_lines(path: Path) -> Iterator[tuple[JournalLine, bytes]]:
    if not path.exists():
        return
    for raw in path.read_bytes().split(b"\n"):
        line = _parse(raw)
        if line is not None:
            yield line, raw


def _parse(raw: bytes) -> JournalLine | None:
    try:
        return JournalLine(**json.loads(raw))
    except (ValueError, TypeError):
        return None


def _read_last_line(path: Path) -> bytes:
    """The last whole line; reads backwards so that a long journal costs nothing."""
    size = path.stat().st_size
    block = min(size, 65536)
    while True:
        with path.open("rb") as file:
            file.seek(size - block)
            lines = file.read(block).split(b"\n")
        whole = lines if block == size else lines[1:]
        for raw in reversed(whole):
            if _parse(raw) is not None:
                return raw
        if block == size:
            return b""
        block = min(size, block * 4)


def _is_torn(path: Path) -> bool:
    size = path.stat().st_size
    if size == 0:
        return False
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read(1) != b"\n"
