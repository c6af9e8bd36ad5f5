"""A row of the audit trail for every act, written in the act's own transaction. No row, no read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import TypeVar

from tsunagu.audit.rows import Outcome
from tsunagu.database.sessions import Session
from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

Found = TypeVar("Found")
# Opens a transaction that is committed when its block ends.
Begin = Callable[[], AbstractContextManager[Session]]


class NotRecordedError(TsunaguError):
    """The audit row could not be written, so the act does not happen."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to what, in which role and by which relationship. Identifiers only."""

    act: str
    outcome: Outcome
    object_kind: str = ""
    object_id: str = ""
    role: str = ""
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, for which purpose, in which request; row policies and audit rows read it from the transaction."""

    staff_id: str = ""
    purpose: str = ""
    request_id: str = ""


def set_context(session: Session, context: Context) -> None:
    """Say who acts, for the rest of the transaction."""
    session.run(read_statement(PACKAGE, "set_audit_context"), asdict(context))


def record_act(session: Session, act: Act) -> None:
    """Write the row of an act into the transaction of the act.

    Raises:
        NotRecordedError: whatever the reason; the transaction must not go on.
    """
    try:
        session.run(read_statement(PACKAGE, "add_audit_row"), asdict(act))
    except Exception:  # noqa: BLE001 - for any reason at all: without its row the act must not happen
        raise NotRecordedError(
            "監査の記録を書けないため、行いませんでした。",
            why="誰が何を見たかの残らない閲覧は、できないようにしてあります。",
            todo="もう一度試し、続くようなら管理者に知らせてください。",
        ) from None


def record_read(begin: Begin, act: Act, read: Callable[[Session], Found]) -> Found:
    """Read, and hand over what was found only when the row that says so is committed.

    Raises:
        NotRecordedError: no row, so nothing was read.
        StatementRefusedError: the transaction could not be committed, so nothing is handed over.
    """
    with begin() as session:
        record_act(session, act)
        found = read(session)
    return found


def record_refusal(begin_apart: Begin, context: Context, act: Act) -> None:
    """Record that something was refused, on a connection of its own: the refused act is rolled back, its row is not.

    Args:
        begin_apart: opens a transaction on another connection than the refused act's.
        context: who was refused.
        act: what; its outcome is `refused`.
    """
    assert act.outcome is Outcome.REFUSED
    with begin_apart() as session:
        set_context(session, context)
        record_act(session, act)
