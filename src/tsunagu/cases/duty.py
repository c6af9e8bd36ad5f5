"""当番: who answers on a day for intakes that nobody has received, and who does so after them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, ProgrammingError, connection, transaction

from tsunagu.access.auditing import DjangoSession, record, record_refusal
from tsunagu.access.models import Staff
from tsunagu.access.permission import RightMissingError, do_by_right
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases import PACKAGE
from tsunagu.cases.intake_models import Duty
from tsunagu.cases.policies import EntryFaultError
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement
from tsunagu.trail.recording import Act

ROSTER_DAYS = 14
MOST_DAYS = 31
_FORBIDDEN = "42501"


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is on duty on a day; None: nobody was named."""

    on: date
    duty: Duty | None


def list_duty(acting: Acting) -> list[OnDuty]:
    """Today and the days that follow.

    Raises:
        RightMissingError: no role of the day takes intakes.
        NotRecordedError: no audit row, so nothing was read.
    """
    act = Act("duty.list", Outcome.READ, "day", acting.on_date.isoformat())
    do_by_right(acting, Right.TAKE_INTAKE, act)
    days = [acting.on_date + timedelta(days=number) for number in range(ROSTER_DAYS)]
    found = _read_duty(days)
    return [OnDuty(day, found.get(day)) for day in days]


def find_duty(on: date) -> Duty | None:
    """Who is on duty on a day."""
    return _read_duty([on]).get(on)


def list_takers(on: date) -> list[Staff]:
    """Who may take intakes on a day, and so be on duty."""
    rows = DjangoSession(connection).run(read_statement(PACKAGE, "list_takers"), {"on": on})
    return list(Staff.objects.filter(pk__in=[row[0] for row in rows]).order_by("department", "staff_number"))


def set_duty(
    acting: Acting, on: date, officer: Staff, deputy: Staff, *, until: date | None = None
) -> list[Duty]:
    """Say who is on duty on a day, or from it to another; what was said before stays, and counts no more.

    Raises:
        EntryFaultError: a day that has passed, too many days, one person twice, or somebody who may not take intakes then.
        RightMissingError: no role of the day says who is in charge; recorded as refused.
        NotRecordedError: no audit row, so nothing was kept.
    """
    if officer == deputy:
        raise EntryFaultError(
            "当番と副当番が同じ人です。",
            why="当番が出られないときに、ほかの人へ回すためです。",
            todo="副当番には、ほかの人を選んでください。",
            field="deputy",
        )
    if on < acting.on_date:
        raise EntryFaultError(
            "もう過ぎた日付です。",
            why="過ぎた日の当番は変えられません。",
            todo="今日より後の日を選んでください。",
            field="on",
        )
    days = (((until or on) - on).days if until else 0) + 1
    if not 0 < days <= MOST_DAYS:
        raise EntryFaultError(
            "終わりの日が、はじめの日より前か、先すぎます。",
            why=f"一度に決められるのは、{MOST_DAYS}日までです。",
            todo="終わりの日を入れ直してください。",
            field="until",
        )
    return [_set_day(acting, on + timedelta(days=number), officer, deputy) for number in range(days)]


def _set_day(acting: Acting, on: date, officer: Staff, deputy: Staff) -> Duty:
    act = Act("duty.set", Outcome.CHANGED, "day", on.isoformat())
    record(act)
    try:
        with transaction.atomic():
            return Duty.objects.create(on_date=on, officer=officer, deputy=deputy, staff=acting.staff)
    except IntegrityError as error:
        raise EntryFaultError(
            "その日に受付ができない人が入っています。",
            why="受付の権限がないと、回ってきた受付を見られません。",
            todo="その日に受付のできる人を選んでください。",
            field="officer",
        ) from error
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _FORBIDDEN:
            raise
        record_refusal(acting, Act(act.act, Outcome.REFUSED, act.object_kind, act.object_id))
        raise RightMissingError(
            "当番を決める権限がありません。",
            why="当番を決めるのは、担当を決める役割の人です。",
            todo="調整担当か係長に頼んでください。",
        ) from error


def _read_duty(days: Iterable[date]) -> dict[date, Duty]:
    """The last that was said of each day."""
    rows = Duty.objects.filter(on_date__in=list(days)).select_related("officer", "deputy")
    return {row.on_date: row for row in rows.order_by("recorded_at", "pk")}
