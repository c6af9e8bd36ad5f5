"""On whose behalf, for which purpose and on which day the database is asked: one transaction, one context.

Row policies read the context from four settings of the transaction. The settings end with it, so a connection that
goes back to a pool carries nobody's rights; without them every policy answers with no rows.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from tsunagu.access.models import Staff
from tsunagu.access.queries import is_purpose_granted
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# Purposes of the desk itself, which nobody is granted and for which nobody looks at a child: a row policy about
# children asks for a grant of the purpose in force, and finds none.
OWN_ACCOUNT = "own_account"
ADMINISTRATION = "administration"
AUDIT = "audit"
DATA_KEEPING = "data_keeping"
DESK_PURPOSES = frozenset({AUDIT, OWN_ACCOUNT, ADMINISTRATION, DATA_KEEPING})


class InactiveStaffError(TsunaguError):
    """Somebody who has left asks for something."""

    exit_code = ExitCode.NOT_ALLOWED


class PurposeMissingError(TsunaguError):
    """Nothing is looked at without a purpose."""

    exit_code = ExitCode.NOT_ALLOWED


class PurposeNotGrantedError(TsunaguError):
    """The purpose is not one that whoever acts was granted for the day."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Acting:
    """The context of the transaction that is open."""

    staff: Staff
    purpose: str
    on_date: date
    request_id: uuid.UUID


@contextmanager
def acting_as(
    staff: Staff, purpose: str, on_date: date, *, request_id: uuid.UUID | None = None
) -> Iterator[Acting]:
    """One transaction on behalf of `staff`; committed at the end of the block, rolled back by an exception.

    Args:
        staff: who acts.
        purpose: id of the purpose in force: granted for the day, or one of the desk's own (`DESK_PURPOSES`).
        on_date: the day in Japan whose rights count; decided once, at the edge.
        request_id: what joins the audit rows of one request; made up when not given.

    Raises:
        InactiveStaffError: the member of staff has left.
        PurposeMissingError: the purpose is empty.
        PurposeNotGrantedError: nobody granted it for the day.
        RuntimeError: inside another transaction, which would keep the context beyond the block (a bug).
    """
    if not staff.is_active:
        raise InactiveStaffError(
            "この職員は在籍していません。",
            why="異動や退職のあとは、何も見られません。",
            todo="権限の管理者に確かめてください。",
        )
    if not purpose:
        raise PurposeMissingError(
            "利用目的が選ばれていません。",
            why="こどもの情報は、目的を決めずに見ることができません。",
            todo="画面の上で利用目的を選んでください。",
        )
    acting = Acting(staff, purpose, on_date, request_id or uuid.uuid4())
    with transaction.atomic(durable=True):
        _set_context(acting)
        _check_grant(acting)
        yield acting


def _check_grant(acting: Acting) -> None:
    """Beside the row policies, which ask for themselves: what is refused here says so, instead of showing nothing."""
    if acting.purpose in DESK_PURPOSES:
        return
    if not is_purpose_granted(acting.staff, acting.purpose, on_date=acting.on_date):
        raise PurposeNotGrantedError(
            "その利用目的は、この日には許可されていません。",
            why="許可されていない目的では、こどもの情報を見ることも書くこともできません。",
            todo="「わたしの権限」で目的を選び直すか、権限の管理者に頼んでください。",
        )


def _set_context(acting: Acting) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            read_statement("tsunagu.access", "set_context"),
            {
                "staff_id": str(acting.staff.pk),
                "purpose": acting.purpose,
                "on_date": acting.on_date.isoformat(),
                "request_id": str(acting.request_id),
            },
        )
