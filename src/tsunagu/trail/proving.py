"""Proofs to hand out: that one checkpoint continues another, that one row is in the log. Neither shows other rows."""

import base64
import uuid
from typing import Any

from tsunagu.audit.merkle import hash_leaf, prove_consistency, prove_inclusion
from tsunagu.database.sessions import Session
from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE
from tsunagu.trail.log import stream_log
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class NotProvableError(TsunaguError):
    """There is nothing in the log that the proof could be about."""

    exit_code = ExitCode.NOT_FOUND


def prove_continuation(session: Session, old_size: int, size: int) -> dict[str, Any]:
    """The proof that the log of `size` rows begins with the one of `old_size`, as `verify.py --consistency` reads it.

    Raises:
        NotProvableError: the older one is empty or not the older one.
        LogDamagedError: the log is not that long.
    """
    if not 0 < old_size <= size:
        raise NotProvableError(
            "続きであることの証明を作れない組です。",
            why="古い控えが空か、新しい控えより件数が多いためです。",
            todo="古い控え、新しい控えの順に指定してください。",
        )
    leaves = [hash_leaf(row) for row in stream_log(session, stop=size)]
    return {"hashes": _encode(prove_consistency(leaves, old_size))}


def prove_row(session: Session, row_id: str, size: int) -> dict[str, Any]:
    """The proof that a row is among the first `size`, with the row, as `verify.py --inclusion` reads it.

    Raises:
        NotProvableError: no such row, or one that came later.
        LogDamagedError: the log is not that long.
    """
    index = _find_place(session, row_id)
    if index is None or index >= size:
        raise NotProvableError(
            "その番号の行は、この控えまでの記録にありません。",
            todo="行の番号と、控えの日時を確かめてください。",
        )
    rows = list(stream_log(session, stop=size))
    hashes = prove_inclusion([hash_leaf(row) for row in rows], index)
    return {"row": rows[index].decode(), "index": index, "hashes": _encode(hashes)}


def _find_place(session: Session, row_id: str) -> int | None:
    try:
        wanted = uuid.UUID(row_id)
    except ValueError:
        return None
    found = session.run(read_statement(PACKAGE, "find_audit_leaf"), {"row_id": wanted})
    return int(found[0][0]) if found else None


def _encode(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]
