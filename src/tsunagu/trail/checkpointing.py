"""The checkpointer: gives committed rows their places, and signs how the log stands.

It has a login and a folder of its own. What it signed last lies in that folder beside the key, out of PostgreSQL's
reach: a database put back to an older state, or changed where it was signed already, is not signed again.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tsunagu.audit.checkpoints import Checkpoint, SigningKey
from tsunagu.audit.merkle import CompactRange, hash_leaf
from tsunagu.audit.rows import encode_row
from tsunagu.database.sessions import Session
from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE
from tsunagu.trail.log import count_leaves, read_row, stream_log
from tsunagu.trail.recording import Begin
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_BATCH_ROWS = 100_000


class LogSetBackError(TsunaguError):
    """The log does not continue what was signed last."""

    exit_code = ExitCode.AUDIT


class SignedStateError(TsunaguError):
    """What the checkpointer signed last is not known any more."""

    exit_code = ExitCode.AUDIT


@dataclass(frozen=True, slots=True)
class Signed:
    """How the log stood when it was signed last."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """A checkpoint that was taken: its note, and how many rows it adds to the one before."""

    checkpoint: Checkpoint
    note: bytes
    added_rows: int


def take_checkpoint(begin: Begin, key: SigningKey, state_file: Path, *, at: datetime) -> Taken:
    """Give every committed row its place, and sign the log as it stands then.

    Args:
        begin: opens a transaction as the checkpointer.
        key: signs.
        state_file: what was signed last; written anew.
        at: now.

    Raises:
        LogSetBackError: the log is shorter than what was signed, or another one.
        SignedStateError: the state file is gone or of another log.
        LogDamagedError: rows are gone.
    """
    with _hold_state(state_file):
        with begin() as session:
            session.run(read_statement(PACKAGE, "lock_audit_leaves"))
            signed = _read_state(state_file, key.origin)
            reached = _place_new_rows(session, _read_placed_rows(session, signed))
            checkpoint = Checkpoint(key.origin, reached.size, reached.root, at)
            note = key.sign(checkpoint)
            session.run(
                read_statement(PACKAGE, "add_audit_checkpoint"),
                {"size": reached.size, "note": note.decode(), "at": at},
            )
        # After the commit: a state that is one checkpoint behind is caught up with, one ahead would be an alarm.
        _write_state(state_file, Signed(key.origin, reached.size, reached.root))
    return Taken(checkpoint, note, reached.size - signed.size)


@contextmanager
def _hold_state(state_file: Path) -> Iterator[None]:
    """One checkpointer of a folder at a time, from reading what was signed last to writing it anew."""
    with state_file.with_suffix(".lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read_placed_rows(session: Session, signed: Signed) -> CompactRange:
    """Hash every row that has a place again: what was signed is compared each time, not only continued."""
    there = count_leaves(session)
    if there < signed.size:
        raise _say_set_back(f"署名したときは {signed.size} 件、いまは {there} 件です")
    before = CompactRange().extend(map(hash_leaf, stream_log(session, stop=signed.size)))
    if before.root != signed.root:
        raise _say_set_back(f"署名した {signed.size} 件のどこかが違います")
    return before.extend(map(hash_leaf, stream_log(session, start=signed.size, stop=there)))


def _place_new_rows(session: Session, reached: CompactRange) -> CompactRange:
    while True:
        found = session.run(read_statement(PACKAGE, "list_new_audit_rows"), {"batch_rows": _BATCH_ROWS})
        if not found:
            return reached
        reached = _place_rows(session, reached, found)


def _place_rows(session: Session, reached: CompactRange, found: Sequence[tuple[object, ...]]) -> CompactRange:
    hashes = [hash_leaf(encode_row(read_row(columns))) for columns in found]
    given = {"start": reached.size, "row_ids": [columns[0] for columns in found], "hashes": hashes}
    session.run(read_statement(PACKAGE, "add_audit_leaves"), given)
    return reached.extend(hashes)


def create_state(state_file: Path, origin: str) -> None:
    """Begin a log: nothing signed yet. A state that is there already is kept."""
    if not state_file.exists():
        _write_state(state_file, Signed(origin, 0, CompactRange().root))


def _read_state(state_file: Path, origin: str) -> Signed:
    try:
        content = json.loads(state_file.read_bytes())
        signed = Signed(content["origin"], int(content["size"]), bytes.fromhex(content["root"]))
    except (OSError, ValueError, KeyError, TypeError):
        signed = None
    if signed is None or signed.origin != origin:
        raise SignedStateError(
            "最後に署名した監査の記録の状態が、なくなっているか壊れています。",
            why="どこまで署名したかが分からないまま署名すると、書き換えられた記録を正しいと認めてしまいます。",
            todo="var/audit をバックアップから戻してください。戻せなければ、外の控えとの照合を監査の担当者に頼んでください。",
        )
    return signed


def _write_state(state_file: Path, signed: Signed) -> None:
    draft = state_file.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"origin": signed.origin, "size": signed.size, "root": signed.root.hex()}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(state_file)


def _say_set_back(what: str) -> LogSetBackError:
    return LogSetBackError(
        f"監査の記録が、前に署名したものの続きではありません({what})。",
        why="データベースが古い状態に戻されたか、記録が書き換えられています。署名はしていません。",
        todo="データベースと var/audit を保全し、外の控えを持つ監査の担当者と、いつの状態に戻したかを確かめてください。",
    )
