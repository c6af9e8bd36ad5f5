"""Members of staff at the desk: signed in with both steps, or on the way."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

PASSWORD = "ao-zora kami-hikouki"
DAY = date(2000, 1, 1)
PURPOSE = "poverty_support"


@pytest.fixture(scope="module", autouse=True)
def quick_passwords(desk_server):
    """Scrypt takes a tenth of a second each time, on purpose; here it would take most of the time."""
    from django.test import override_settings
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()  # answers remember what their templates were given
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    teardown_test_environment()


@pytest.fixture
def make_officer(make_staff) -> Callable[..., Any]:
    """A member of staff with a password, and with the second step unless said otherwise."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    def make(number: str, *, has_second_step: bool = True):
        staff = make_staff(number)
        staff.set_password(PASSWORD)
        staff.save()
        if has_second_step:
            TOTP.activate(staff, generate_totp_secret())
        return staff

    return make


@pytest.fixture
def grant(administrator) -> Callable[..., None]:
    """An administrator gives a purpose for some days."""
    from tsunagu.access.models import PurposeGrant
    from tsunagu.access.session import acting_as

    def give(staff, purpose: str = PURPOSE, *, valid_from: date = DAY, valid_to: date | None = None) -> None:
        with acting_as(administrator, "administration", date(2026, 1, 1)):
            PurposeGrant.objects.create(
                staff=staff, purpose=purpose, valid_from=valid_from, valid_to=valid_to
            )

    return give


def make_browser():
    """A browser on https, as the cookies ask; CSRF is checked as in reality."""
    from django.test import Client

    class Browser(Client):
        def get(self, path, *args, **named):
            return super().get(path, *args, secure=True, **named)

        def send(self, path, **fields):
            """Post a form the way a browser does, with its token."""
            token = self.cookies["csrftoken"].value if "csrftoken" in self.cookies else ""
            headers = {"referer": "https://localhost/"}
            content = {**fields, "csrfmiddlewaretoken": token}
            return super().post(path, content, secure=True, headers=headers)

    return Browser(enforce_csrf_checks=True, SERVER_NAME="localhost")


@pytest.fixture
def open_browser(desk):
    """Opens browsers."""
    return make_browser


@pytest.fixture
def sign_in(open_browser):
    """A browser in which somebody is signed in, without typing."""

    def enter(staff):
        browser = open_browser()
        browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        browser.get("/sign-out/")  # brings the token
        return browser

    return enter


def make_code(staff) -> str:
    """What the authenticator app shows now."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = get_adapter().decrypt(Authenticator.objects.get(user=staff, type="totp").data["secret"])
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def read_code():
    return make_code
