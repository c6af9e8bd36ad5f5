"""Members of staff at the desk: signed in with both steps, or on the way."""

import contextlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
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


@pytest.fixture(scope="session")
def small_city(tmp_path_factory):
    """A hundred children's files of one month."""
    from tsunagu.fiction import build_city

    out = tmp_path_factory.mktemp("small") / "city"
    return build_city(out, children=100, seed=7, start=date(2025, 4, 1), months=1)


@pytest.fixture(scope="session")
def judged_home(small_city, tmp_path_factory) -> Path:
    """A home into which that city's files were taken, and judged once; not to be changed."""
    from tsunagu.catalog.checking import open_catalog
    from tsunagu.intake import intake_files
    from tsunagu.pipeline.run import run_pipeline
    from tsunagu.store.home import open_home
    from tsunagu.store.keys import create_keys

    example = Path(__file__).resolve().parents[2] / "municipalities" / "example_city"
    home = open_home(Path(shutil.copytree(example, tmp_path_factory.mktemp("judged") / "home")))
    create_keys(home)
    as_of = small_city.last_reference_date
    catalog = open_catalog(home.path, on=as_of)
    intake_files(home, catalog, [small_city.deliveries])
    run_pipeline(home, catalog, as_of=as_of)
    return home.path


@pytest.fixture
def use_home():
    """Lets the pages show another home."""
    from django.test import override_settings

    with contextlib.ExitStack() as stack:
        yield lambda path: stack.enter_context(override_settings(HOME=path))


@pytest.fixture
def roles(desk, put_roles):
    """The shipped table of roles, in the database."""
    put_roles(desk)


@pytest.fixture
def employ(roles, administrator, make_officer) -> Callable[..., Any]:
    """A member of staff with one role, who signs in with both steps."""
    from tsunagu.access.models import RoleAssignment
    from tsunagu.access.session import ADMINISTRATION, acting_as

    def make(number: str, role: str, **scope):
        staff = make_officer(number)
        place = {"scope_kind": "municipality", "scope_id": "", **scope}
        with acting_as(administrator, ADMINISTRATION, date(2026, 1, 1)):
            RoleAssignment.objects.create(staff=staff, role=role, valid_from=DAY, **place)
        return staff

    return make
