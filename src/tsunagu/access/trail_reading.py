"""Reading the audit trail: who saw what, as far as the row policies show it to whoever acts; called inside `acting_as`.

Reading it is an act like any other, and is recorded. What is shown are numbers and codes: no child's name is in it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record, record_refusal
from tsunagu.access.models import TrailExport, Unmasking
from tsunagu.access.queries import is_administrator, list_logs
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.catalog.roles import Log
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

PAGE_ROWS = 100
EXPORT_ROWS = 100_000
# The hours of an office, and how often is often: what lies beyond is asked about, not forbidden.
RULES: Mapping[str, int] = {
    "first_hour": 7,
    "last_hour": 21,
    "many_children": 30,
    "many_searches": 40,
    "many_refusals": 5,
    "many_contacts": 10,
}
_PACKAGE = "tsunagu.access"
_REASON = re.compile(r"\S{5}")
_READERS = frozenset({Log.WITHOUT_NAMES, Log.OWN_SCHEME, Log.TEAM})


class TrailNotOpenError(TsunaguError):
    """The trail, or this part of it, is not for whoever asks."""

    exit_code = ExitCode.NOT_ALLOWED


class ExportReasonMissingError(TsunaguError):
    """A part of the trail was to be taken out without saying why."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Asked:
    """Which acts are asked for. Words: '' for any."""

    first_day: date
    last_day: date
    staff_number: str = ""
    act: str = ""
    outcome: str = ""
    object_id: str = ""

    @property
    def moments(self) -> dict[str, datetime]:
        """From midnight to midnight in Japan."""
        midnight = datetime.combine(self.last_day, time(), JST) + timedelta(days=1)
        return {"since": datetime.combine(self.first_day, time(), JST), "until": midnight}


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One act. The staff's number and name are empty when nobody was signed in."""

    at: datetime
    staff_id: str
    staff_number: str
    staff_name: str
    purpose: str
    act: str
    object_kind: str
    object_id: str
    outcome: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Unusual:
    """What somebody should be asked about: a rule, who, when, how often."""

    rule: str
    staff_number: str
    staff_name: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Note:
    """One signed checkpoint."""

    at: datetime
    size: int
    note: str


def list_acts(acting: Acting, asked: Asked, *, page: int = 1) -> list[TrailRow]:
    """One page of acts, the latest first, and one more when there is a next page.

    Raises:
        TrailNotOpenError: neither an auditor nor an administrator, nor whose scheme or team it is.
    """
    _check_reader(acting, asked)
    return _list_acts(asked, offset=(page - 1) * PAGE_ROWS, at_most=PAGE_ROWS + 1)


def list_act_kinds(asked: Asked) -> list[tuple[str, int]]:
    """Which acts occurred, and how often, as far as whoever acts sees them."""
    return [(act, times) for act, times in _run("list_act_kinds", asked.moments)]


def list_child_acts(acting: Acting, person_id: int, asked: Asked) -> list[TrailRow]:
    """Who opened one child: for whom the row policies show it to.

    Without a check of its own: whoever sees nothing of it is answered with nothing.
    """
    record(Act("audit.child", Outcome.READ, "child", show_id(person_id)))
    mine = Asked(asked.first_day, asked.last_day, object_id=show_id(person_id))
    return _list_acts(mine, offset=0, at_most=PAGE_ROWS)


def list_reasons(acting: Acting, asked: Asked) -> list[Unmasking]:
    """Views of what is masked, with the reasons that were written for them.

    Raises:
        TrailNotOpenError: an auditor's alone.
    """
    _check_auditor(acting, "audit.reasons", asked)
    moments = asked.moments
    found = Unmasking.objects.filter(at__gte=moments["since"], at__lt=moments["until"])
    return list(found.select_related("staff").order_by("-at")[:EXPORT_ROWS])


def list_exports(asked: Asked) -> list[TrailExport]:
    """Who took the trail out and why, as far as whoever acts sees it."""
    moments = asked.moments
    found = TrailExport.objects.filter(at__gte=moments["since"], at__lt=moments["until"])
    return list(found.select_related("staff").order_by("-at"))


def find_unusual(acting: Acting, asked: Asked) -> list[Unusual]:
    """What the plain rules (`RULES`) find.

    Raises:
        TrailNotOpenError: an auditor's alone.
    """
    _check_auditor(acting, "audit.unusual", asked)
    return [Unusual(*columns) for columns in _run("find_unusual", {**asked.moments, **RULES})]


def list_notes(acting: Acting, asked: Asked) -> list[Note]:
    """The last signed checkpoints.

    Raises:
        TrailNotOpenError: an auditor's alone.
    """
    _check_auditor(acting, "audit.checkpoints", asked)
    return [Note(*columns) for columns in _run("list_checkpoints", {})]


def export_acts(acting: Acting, asked: Asked, reason: str) -> list[TrailRow]:
    """The acts as they are taken out, the reason kept.

    Raises:
        TrailNotOpenError: an auditor's alone.
        ExportReasonMissingError: nothing that reads like a reason.
    """
    _check_auditor(acting, "audit.export", asked)
    if not _REASON.search(reason):
        raise ExportReasonMissingError(
            "書き出す理由が書かれていません。",
            why="記録は、持ち出されると、誰が何を見たかを外から追える資料になります。",
            todo="理由を短く書いて、もう一度押してください。",
        )
    days = {"first_day": asked.first_day, "last_day": asked.last_day}
    TrailExport.objects.bulk_create(
        [TrailExport(staff=acting.staff, request_id=acting.request_id, reason=reason, **days)]
    )
    return _list_acts(asked, offset=0, at_most=EXPORT_ROWS)


def _list_acts(asked: Asked, *, offset: int, at_most: int) -> list[TrailRow]:
    words = {
        "staff_number": asked.staff_number,
        "act": asked.act,
        "outcome": asked.outcome,
        "object_id": asked.object_id,
    }
    parameters = {**asked.moments, **words, "offset": offset, "at_most": at_most}
    return [TrailRow(*columns) for columns in _run("list_acts", parameters)]


def _check_reader(acting: Acting, asked: Asked) -> None:
    logs = list_logs(acting.staff, on_date=acting.on_date)
    is_reader = bool(logs & _READERS) or is_administrator(acting.staff, on_date=acting.on_date)
    _check(acting, "audit.look", asked, is_allowed=is_reader)


def _check_auditor(acting: Acting, act: str, asked: Asked) -> None:
    is_auditor = Log.WITHOUT_NAMES in list_logs(acting.staff, on_date=acting.on_date)
    _check(acting, act, asked, is_allowed=is_auditor)


def _check(acting: Acting, act: str, asked: Asked, *, is_allowed: bool) -> None:
    day = asked.first_day.isoformat()
    if is_allowed:
        record(Act(act, Outcome.READ, "day", day))
        return
    record_refusal(acting, Act(act, Outcome.REFUSED, "day", day))
    raise TrailNotOpenError(
        "監査の記録は開けません。",
        why="誰が何を見たかは、監査の担当者など、決められた役割の人だけが見ます。開こうとしたことは記録しました。",
        todo="必要なときは、監査の担当者か権限の管理者に頼んでください。",
    )


def _run(statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    return DjangoSession(connection).run(read_statement(_PACKAGE, statement), parameters)
