"""Sign-ins and what belongs to them, in the audit trail: a row in its own transaction, without which it does not happen.

What was typed is never written: a refused sign-in names a member of staff only when the number is one of ours.
"""

from typing import Any
from uuid import UUID

from allauth.account.signals import password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_reset
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.http import HttpRequest

from tsunagu.access.auditing import DjangoSession
from tsunagu.access.models import Staff
from tsunagu.access.session import OWN_ACCOUNT
from tsunagu.audit.rows import Outcome
from tsunagu.trail.recording import Act, Context, NotRecordedError, record_act, set_context


def record_own(
    request: HttpRequest, staff: Staff | None, act: str, *, outcome: Outcome, what: str = ""
) -> None:
    """Write the row of something a member of staff does with their own account.

    Args:
        request: the request it belongs to.
        staff: who; nobody when the number that was typed is not one of ours.
        act: what, as a word.
        outcome: what became of it.
        what: identifier of what it was done to; their account when empty.

    Raises:
        NotRecordedError: no row; the act must not happen.
    """
    staff_id = str(staff.pk) if staff else ""
    request_id: UUID | str = getattr(request, "request_id", "")
    with transaction.atomic():
        session = DjangoSession(connection)
        set_context(session, Context(staff_id, OWN_ACCOUNT, str(request_id)))
        record_act(session, Act(act, outcome, "staff", what or staff_id))


def connect_signals() -> None:
    """Record every sign-in, sign-out, failure and lock, and every change of password or second step."""
    for signal, receiver in _RECEIVERS:
        signal.connect(receiver, dispatch_uid=f"tsunagu.web.{receiver.__name__}")


def _record_sign_in(request: HttpRequest, user: Staff, **_: Any) -> None:
    try:
        record_own(request, user, "sign_in", outcome=Outcome.CHANGED)
    except NotRecordedError:
        request.session.flush()  # Django has signed them in already
        raise


def _record_sign_out(request: HttpRequest, user: Staff | None, **_: Any) -> None:
    if user is not None:
        record_own(request, user, "sign_out", outcome=Outcome.CHANGED)


def _record_failure(request: HttpRequest | None, credentials: dict[str, Any], **_: Any) -> None:
    if request is not None:
        typed = str(credentials.get("username", ""))
        record_own(request, _find_staff(typed), "sign_in", outcome=Outcome.REFUSED)


def _record_lock(request: HttpRequest, **_: Any) -> None:
    credentials = getattr(request, "axes_credentials", None) or {}
    staff = _find_staff(str(credentials.get("username", "")))
    record_own(request, staff, "sign_in.lock_out", outcome=Outcome.REFUSED)


def _record_two_step(request: HttpRequest, user: Staff, **_: Any) -> None:
    record_own(request, user, "two_step.set_up", outcome=Outcome.CHANGED)


def _record_new_codes(request: HttpRequest, user: Staff, **_: Any) -> None:
    record_own(request, user, "two_step.new_recovery_codes", outcome=Outcome.CHANGED)


def _record_password(request: HttpRequest, user: Staff, **_: Any) -> None:
    record_own(request, user, "password.change", outcome=Outcome.CHANGED)


def _count_wrong_code(request: HttpRequest, user: Staff, **_: Any) -> None:
    """A wrong code counts towards the lock like a wrong password, and is recorded like one."""
    credentials = {"username": user.staff_number}
    user_login_failed.send(sender=Staff, credentials=credentials, request=request)


def _find_staff(staff_number: str) -> Staff | None:
    return Staff.objects.filter(staff_number=staff_number).first()


_RECEIVERS = (
    (user_logged_in, _record_sign_in),
    (user_logged_out, _record_sign_out),
    (user_login_failed, _record_failure),
    (user_locked_out, _record_lock),
    (authenticator_added, _record_two_step),
    (authenticator_reset, _record_new_codes),
    (password_changed, _record_password),
    (authentication_failed, _count_wrong_code),
)
