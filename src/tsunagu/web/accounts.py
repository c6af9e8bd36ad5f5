"""What administrators do with the accounts of others: a first password, and a second step to be set up anew.

Called inside `acting_as`; each deed checks the right, writes its row of the trail, and ends the sessions of whoever it
is about.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.models import Staff
from tsunagu.access.queries import is_administrator
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

FIRST_PASSWORD_DAYS = 7
# Without letters that are taken for one another; sixteen of thirty are 78 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz2345678"
_GROUPS, _GROUP_LETTERS = 4, 4


class AccountOutOfReachError(TsunaguError):
    """An account that whoever acts may not touch: not an administrator, or their own."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A password that lets its holder choose one of their own, until a moment."""

    password: str
    until: datetime


def make_first_password(now: datetime) -> FirstPassword:
    """One that can be read from paper and typed."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS))
    return FirstPassword("-".join(groups), now + timedelta(days=FIRST_PASSWORD_DAYS))


def give_first_password(acting: Acting, staff: Staff, *, now: datetime) -> FirstPassword:
    """A new first password, in the place of whatever password there was.

    Raises:
        AccountOutOfReachError: recorded as refused.
    """
    _check(acting, staff, "password.give")
    given = make_first_password(now)
    staff.set_password(given.password)
    staff.first_password_until = given.until
    staff.save()
    _end_sessions(staff)
    return given


def reset_second_step(acting: Acting, staff: Staff) -> None:
    """Take the second step away, so that it is set up anew at the next sign-in.

    Raises:
        AccountOutOfReachError: recorded as refused.
    """
    _check(acting, staff, "two_step.reset")
    Authenticator.objects.filter(user=staff).delete()
    _end_sessions(staff)


def _check(acting: Acting, staff: Staff, act: str) -> None:
    """Nobody does either to themselves: another administrator looks at who asks."""
    if acting.staff.pk == staff.pk or not is_administrator(acting.staff, on_date=acting.on_date):
        record_refusal(acting, Act(act, Outcome.REFUSED, "staff", str(staff.pk)))
        raise AccountOutOfReachError(
            "この職員のサインインを変えることはできません。",
            why="変えられるのは、本人でない権限の管理者だけです。なりすましを、もう一人の目で防ぎます。",
            todo="ほかの権限の管理者に頼んでください。",
        )
    record(Act(act, Outcome.CHANGED, "staff", str(staff.pk)))


def _end_sessions(staff: Staff) -> None:
    for session in UserSession.objects.filter(user=staff):
        session.end()
