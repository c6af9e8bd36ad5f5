"""Whoever sits there shows again that it is them: by password, or by a code when a city's directory has the password."""

from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from tsunagu.access.models import Staff
from tsunagu.web.sign_in import make_staff_key


def is_oneself(request: HttpRequest, typed: str) -> bool:
    """Whether the password is theirs (the code, of those who have no password here). Failures lock as at sign-in."""
    staff = request.user
    assert isinstance(staff, Staff)
    is_right = (
        _is_own_password(request, staff, typed)
        if staff.has_usable_password()
        else _is_own_code(request, staff, typed)
    )
    if is_right:
        AxesProxyHandler.reset_attempts(username=make_staff_key(staff.staff_number))
    return is_right


def _is_own_password(request: HttpRequest, staff: Staff, password: str) -> bool:
    found = authenticate(request, username=staff.staff_number, password=password)
    return found is not None and found.pk == staff.pk


def _is_own_code(request: HttpRequest, staff: Staff, code: str) -> bool:
    credentials = get_credentials(username=staff.staff_number)
    if not AxesProxyHandler.is_allowed(request, credentials):
        return False
    kept = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).first()
    if kept is not None and kept.wrap().validate_code("".join(code.split())):
        return True
    user_login_failed.send(sender=Staff, credentials={"username": staff.staff_number}, request=request)
    return False
