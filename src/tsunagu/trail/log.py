"""The audit trail in the order of its places, as the bytes that are hashed and handed out."""

from collections.abc import Iterator
from typing import Any

from tsunagu.audit.rows import AuditRow, Outcome, encode_row
from tsunagu.database.sessions import Session
from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_BATCH_ROWS = 10_000


class LogDamagedError(TsunaguError):
    """Rows of the audit trail are gone or not what they were."""

    exit_code = ExitCode.AUDIT


def stream_log(session: Session, *, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Each row's canonical bytes, from place `start` on.

    Raises:
        LogDamagedError: a place or its row is gone.
    """
    end = count_leaves(session) if stop is None else stop
    for first in range(start, end, _BATCH_ROWS):
        last = min(first + _BATCH_ROWS, end)
        rows = session.run(read_statement(PACKAGE, "list_audit_log"), {"start": first, "stop": last})
        for place, row in zip(range(first, last), rows, strict=False):
            if row[0] != place or row[1] is None:
                raise _say_damage(place)
            yield encode_row(read_row(row[1:]))
        if len(rows) < last - first:
            raise _say_damage(first + len(rows))


def count_leaves(session: Session) -> int:
    """How many rows have a place.

    Raises:
        LogDamagedError: places are missing in between.
    """
    ((count, last),) = session.run(read_statement(PACKAGE, "count_audit_leaves"))
    if count and last != count - 1:
        raise _say_damage(count)
    return int(count)


def read_row(columns: tuple[Any, ...]) -> AuditRow:
    """A row as the statements of this package list its columns."""
    row_id, at, staff_id, role, purpose, act, object_kind, object_id, relationship, outcome, request_id = (
        columns
    )
    return AuditRow(
        row_id=str(row_id),
        at=at,
        staff_id=staff_id,
        role=role,
        purpose=purpose,
        act=act,
        object_kind=object_kind,
        object_id=object_id,
        relationship=relationship,
        outcome=Outcome(outcome),
        request_id=request_id,
    )


def _say_damage(place: int) -> LogDamagedError:
    return LogDamagedError(
        f"監査の記録の {place + 1} 件目の前後がなくなっています。",
        why="監査の記録は足されるだけのものです。なくなるのは、改ざんか故障です。",
        todo="何も直さずにバックアップを保全し、外に置いた控えを持つ監査の担当者に知らせてください。",
    )
