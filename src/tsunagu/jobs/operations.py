"""What a member of staff asks of the worker. Called inside `acting_as`; each writes its row of the audit trail first."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from tsunagu.access.auditing import DjangoSession, record
from tsunagu.access.permission import do_by_right
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.database.statements import read_statement
from tsunagu.jobs import PACKAGE
from tsunagu.jobs.kinds import RIGHTS, Kind
from tsunagu.jobs.models import Work
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class WorkNotFoundError(TsunaguError):
    """No such work, or not one they may see."""

    exit_code = ExitCode.NOT_FOUND


def ask_for(acting: Acting, kind: Kind, arguments: Mapping[str, Any]) -> uuid.UUID:
    """Ask the worker for something; it begins when this transaction is committed.

    Args:
        acting: who asks.
        kind: for what.
        arguments: what the task needs; plain values. Never a name or another personal value.

    Returns:
        The number of the work, by which `get_work` finds it.

    Raises:
        RightMissingError: no right to it; recorded as refused.
    """
    work_id = uuid.uuid4()
    act = Act(f"job.{kind}", Outcome.CHANGED, "job", str(work_id))
    if kind is Kind.FETCH_CHILD:
        record(act)
    else:
        do_by_right(acting, RIGHTS[kind], act)
    DjangoSession(connection).run(
        read_statement(PACKAGE, "add_work"),
        {
            "id": work_id,
            "kind": str(kind),
            "arguments": json.dumps(dict(arguments), ensure_ascii=False),
            "asked_by": acting.staff.pk,
            "purpose": acting.purpose,
        },
    )
    return work_id


def get_work(acting: Acting, work_id: uuid.UUID) -> Work:
    """One piece of work, as the row policies show it.

    Raises:
        WorkNotFoundError: there is none, or it is not theirs.
    """
    found = Work.objects.filter(pk=work_id).first()
    if found is None:
        raise WorkNotFoundError(
            "その仕事は見つかりません。", todo="データの状態の画面から開き直してください。"
        )
    return found


def stop_work(acting: Acting, work_id: uuid.UUID) -> None:
    """Ask for the end of work one asked for oneself; what has ended stays as it is.

    Raises:
        WorkNotFoundError: not theirs.
    """
    record(Act("job.stop", Outcome.CHANGED, "job", str(work_id)))
    get_work(acting, work_id)
    DjangoSession(connection).run(
        read_statement(PACKAGE, "ask_to_stop"), {"id": work_id, "at": timezone.now()}
    )
