"""The audit trail, through Django's connection.

An operation records its act inside `acting_as`, before it does it; both are committed together or not at all.
`read_as` is for a single read: nothing is handed over before its row is committed. What is refused is recorded
on a connection of its own, so that the row stays when the refused transaction is rolled back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tsunagu.access.models import Staff
from tsunagu.access.session import Acting, acting_as
from tsunagu.database.sessions import Session, bind
from tsunagu.database.statements import read_statement
from tsunagu.trail import recording
from tsunagu.trail.recording import Act, Context
from tsunagu.vocabulary.identifiers import read_id

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class DjangoSession:
    """The transaction that is open on one of Django's connections."""

    _connection: BaseDatabaseWrapper

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
        """Run one statement with `$name` parameters."""
        with self._connection.cursor() as cursor:
            cursor.execute(bind(statement, parameters), parameters)
            return cursor.fetchall() if cursor.description else []


def record(act: Act) -> None:
    """Write the row of an act; inside `acting_as`, before the act. What is done under an emergency opening names it.

    Raises:
        NotRecordedError: no row; the transaction must not go on.
    """
    assert connection.in_atomic_block, "an audit row is part of the act's own transaction"
    recording.record_act(DjangoSession(connection), _name_breaking(act))


def _name_breaking(act: Act) -> Act:
    """An act about a child names the opening of that child; one about many, a search or a list, the latest of any."""
    if act.relationship or act.object_kind not in ("child", "purpose"):
        return act
    try:
        person_id = read_id(act.object_id) if act.object_kind == "child" else None
    except ValueError:
        return act
    found = DjangoSession(connection).run(
        read_statement("tsunagu.access", "find_open_breaking"), {"person_id": person_id}
    )
    return replace(act, relationship=f"breaking/{found[0][0]}") if found else act


def read_as(staff: Staff, purpose: str, on_date: date, act: Act, read: Callable[[], Found]) -> Found:
    """Read on behalf of `staff`, and hand over what was found once its audit row is committed.

    Args:
        staff: who reads.
        purpose: id of the purpose in force.
        on_date: the day in Japan whose rights count.
        act: what is read.
        read: reads; a queryset it returns must be evaluated by it, because it shows nothing afterwards.

    Raises:
        NotRecordedError: no row, so nothing was read.
    """

    @contextmanager
    def begin() -> Iterator[Session]:
        with acting_as(staff, purpose, on_date):
            yield DjangoSession(connection)

    return recording.record_read(begin, act, lambda _: read())


def record_refusal(acting: Acting, act: Act) -> None:
    """Record that something was refused to whoever acts; the row stays when their transaction is rolled back.

    Raises:
        NotRecordedError: no row; the act is refused all the same.
    """
    context = Context(str(acting.staff.pk), acting.purpose, str(acting.request_id))
    recording.record_refusal(_begin_apart, context, act)


@contextmanager
def _begin_apart() -> Iterator[Session]:
    """A transaction on another connection than the request's."""
    apart = connection.copy()
    apart.set_autocommit(False)
    try:
        yield DjangoSession(apart)
        apart.commit()
    finally:
        apart.close()
