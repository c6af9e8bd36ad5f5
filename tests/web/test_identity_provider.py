"""Signing in at a municipality's own directory: a real provider on this machine, and everything it may answer wrongly."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg
import pytest

from tsunagu.catalog.identity_provider import IdentityProvider
from tsunagu.database.logins import Login

pytestmark = pytest.mark.slow
SERVER = Path(__file__).resolve().parents[1] / "provider_server.py"
DESK = "http://localhost"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED, UNREACHABLE = "庁内の認証では、サインインできませんでした", "庁内の認証に、いまつながりません"


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Provider:
    """The running provider, and somebody's browser there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent_to: str | None = None

    def ask(self, path: str, body: bytes | None = None, method: str = "GET", **headers: str) -> str:
        parts = urlsplit(self.address)
        with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.sent_to = answer.headers["Location"]
            return answer.read().decode()

    def put_user(self, sub: str, claims: str) -> None:
        self.ask(f"/users/{sub}", claims.encode(), "PUT", **{"Content-Type": "application/json"})

    def spoil(self, kind: str) -> None:
        self.ask("/spoil", kind.encode(), "PUT", **{"Content-Type": "text/plain"})

    def agree(self, asked_address: str, sub: str, **form: str) -> str:
        """Somebody types who they are there; where the provider sends them."""
        parts = urlsplit(asked_address)
        assert asked_address.startswith(self.address)
        body = urlencode({"sub": sub, **form}).encode()
        self.ask(f"{parts.path}?{parts.query}", body, "POST", **FORM)
        assert self.sent_to, "the provider did not send them back"
        return self.sent_to


@pytest.fixture(scope="module")
def provider():
    port = find_free_port()
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, SERVER, str(port)]
    with subprocess.Popen(
        command, env=quiet, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port, process)
            yield Provider(f"http://localhost:{port}")
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the provider does not answer")


def describe(provider: Provider, **more) -> IdentityProvider:
    told = {
        "label": "市の職員アカウント",
        "issuer": provider.address,
        "client_id": "tsunagu",
        "desk": DESK,
        "staff_number_claim": "employee_number",
    }
    return IdentityProvider.model_validate(told | more)


@pytest.fixture
def configure(provider):
    """Puts the provider into the settings, the way the home would."""
    from django.test import override_settings

    with contextlib.ExitStack() as stack:

        def put(**more):
            told = override_settings(
                IDENTITY_PROVIDER=describe(provider, **more), IDENTITY_PROVIDER_SECRET="a shared secret"
            )
            stack.enter_context(told)

        yield put


@pytest.fixture
def read_trail(desk):
    def read() -> list[tuple[str, str, str]]:
        with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
            return connection.execute("SELECT staff_id, act, outcome FROM audit_row ORDER BY at").fetchall()

    return read


def go(browser, **form) -> str:
    """To the provider; its address with what we ask."""
    browser.get("/sign-in/")
    answer = browser.send("/sign-in/provider/", **form)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def come_back(browser, address: str):
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{DESK}/sign-in/provider/back/"
    return browser.get(f"{parts.path}?{parts.query}")


def pass_through(browser, provider: Provider, sub: str = "u1", **form):
    return come_back(browser, provider.agree(go(browser, **form), sub))


def is_inside(browser) -> bool:
    return browser.get("/").status_code == 200


def test_our_second_step_still_runs(provider, configure, open_browser, make_officer, read_code, read_trail):
    configure()
    staff = make_officer("S0001")
    provider.put_user("u1", '{"employee_number": "Ｓ０００１", "email": "someone@example.test"}')
    browser, proofs = open_browser(), int(provider.ask("/proofs"))
    address = go(browser, next="/today/")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["nonce"][0]) > 20
    assert "prompt" not in asked and asked["redirect_uri"] == [f"{DESK}/sign-in/provider/back/"]
    assert come_back(browser, provider.agree(address, "u1"))["Location"] == "/sign-in/code/"
    assert not is_inside(browser)
    browser.get("/sign-in/code/")
    assert browser.send("/sign-in/code/", code=read_code(staff))["Location"] == "/today/"
    assert is_inside(browser)
    assert int(provider.ask("/proofs")) == proofs + 1
    assert read_trail() == [(str(staff.pk), "sign_in", "changed")]
    with psycopg.connect(provider_free_url()) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'social%'"
        ).fetchall()
    assert tables == []


def provider_free_url() -> str:
    from django.db import connection

    told = connection.settings_dict
    return f"postgresql://{told['USER']}:{told['PASSWORD']}@/{told['NAME']}?host={told['HOST']}&port={told['PORT']}"


def test_a_first_password_is_not_asked_for(provider, configure, open_browser, make_officer, read_code):
    from tsunagu.access.clock import read_now

    configure()
    staff = make_officer("S0001")
    staff.first_password_until = read_now()
    staff.save()
    provider.put_user("u1", '{"employee_number": "S0001"}')
    browser = open_browser()
    pass_through(browser, provider)
    browser.get("/sign-in/code/")
    browser.send("/sign-in/code/", code=read_code(staff))
    assert is_inside(browser)


def test_who_has_no_second_step_yet_sets_it_up(provider, configure, open_browser, make_staff):
    configure()
    make_staff("S0002")
    provider.put_user("u2", '{"employee_number": "S0002"}')
    browser = open_browser()
    pass_through(browser, provider, "u2")
    assert browser.get("/")["Location"] == "/second-step/"


TRUSTED = {"trusted_second_step": {"claim": "amr", "values": ["mfa", "otp"]}}


def test_a_trusted_second_step_is_not_asked_again(provider, configure, open_browser, make_staff, read_trail):
    configure(**TRUSTED)
    staff = make_staff("S0002")
    provider.put_user("u2", '{"employee_number": "S0002", "amr": ["pwd", "mfa"]}')
    browser = open_browser()
    address = go(browser)
    assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
    assert come_back(browser, provider.agree(address, "u2"))["Location"] == "/"
    assert is_inside(browser)
    assert read_trail() == [(str(staff.pk), "sign_in", "changed")]


@pytest.mark.parametrize("said", ['"amr": ["pwd"]', '"acr": "mfa"', '"amr": null', '"amr": {"mfa": 1}'])
def test_what_is_not_said_is_not_trusted(provider, configure, open_browser, make_staff, said):
    configure(**TRUSTED)
    make_staff("S0002")
    provider.put_user("u2", f'{{"employee_number": "S0002", {said}}}')
    browser = open_browser()
    pass_through(browser, provider, "u2")
    assert browser.get("/")["Location"] == "/second-step/"


@pytest.mark.parametrize("kind", ["stale", "no_auth_time"])
def test_a_session_left_open_there_is_no_trusted_step(provider, configure, open_browser, make_staff, kind):
    configure(**TRUSTED)
    make_staff("S0002")
    provider.put_user("u2", '{"employee_number": "S0002", "amr": ["mfa"]}')
    browser = open_browser()
    address = provider.agree(go(browser), "u2")
    provider.spoil(kind)
    assert REFUSED in come_back(browser, address).content.decode()
    assert not is_inside(browser)


WRONG = [
    "other_key",
    "unsigned",
    "shared_secret",
    "public_key_as_secret",
    "wrong_nonce",
    "no_nonce",
    "wrong_audience",
    "for_several",
    "wrong_issuer",
    "expired",
    "no_end",
]


def come_back_spoiled(provider, browser, kind: str):
    provider.put_user("u1", '{"employee_number": "S0001"}')
    address = provider.agree(go(browser), "u1")
    provider.spoil(kind)
    return come_back(browser, address)


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_token_is_not_believed(provider, configure, open_browser, make_officer, read_trail, kind):
    configure()
    make_officer("S0001")
    answer = come_back_spoiled(provider, open_browser(), kind)
    assert answer.status_code == 403
    assert REFUSED in answer.content.decode()
    assert read_trail() == [("", "sign_in.provider", "refused")]


@pytest.mark.parametrize("kind", ["other_key", "wrong_nonce", "wrong_audience", "expired"])
def test_without_the_check_it_would_be(provider, configure, open_browser, make_officer, monkeypatch, kind):
    import jwt

    from tsunagu.web import identity_provider

    configure()
    make_officer("S0001")
    monkeypatch.setattr(
        identity_provider,
        "read_claims",
        lambda token, keys, **_: jwt.decode(token, options={"verify_signature": False}),
    )
    assert come_back_spoiled(provider, open_browser(), kind)["Location"] == "/sign-in/code/"


@pytest.mark.parametrize("claims", ['{"employee_number": "X9999"}', "{}", '{"employee_number": ["S0001"]}'])
def test_who_is_not_on_the_list_is_not_added(
    provider, configure, open_browser, make_officer, claims, read_trail
):
    from tsunagu.access.models import Staff

    configure()
    make_officer("S0001")
    before = Staff.objects.count()
    provider.put_user("u3", claims)
    answer = pass_through(open_browser(), provider, "u3")
    assert answer.status_code == 403
    assert REFUSED in answer.content.decode()
    assert Staff.objects.count() == before
    assert read_trail() == [("", "sign_in.provider", "refused")]


def test_who_has_left_gets_the_same_answer(provider, configure, open_browser, make_officer, read_trail):
    configure()
    staff = make_officer("S0001")
    staff.is_active = False
    staff.save()
    provider.put_user("u1", '{"employee_number": "S0001"}')
    provider.put_user("u3", '{"employee_number": "X9999"}')
    left, unknown = pass_through(open_browser(), provider), pass_through(open_browser(), provider, "u3")
    assert (left.status_code, read_main(left)) == (unknown.status_code, read_main(unknown))
    assert read_trail()[0] == (str(staff.pk), "sign_in.provider", "refused")


def read_main(answer) -> str:
    return answer.content.decode().partition("<main")[2]


def test_an_answer_belongs_to_who_asked_and_counts_once(provider, configure, open_browser, make_officer):
    configure()
    make_officer("S0001")
    provider.put_user("u1", '{"employee_number": "S0001"}')
    browser, other = open_browser(), open_browser()
    address = provider.agree(go(browser), "u1")
    assert come_back(other, address).status_code == 403
    assert come_back(browser, address.replace("state=", "state=x")).status_code == 403
    assert come_back(browser, address)["Location"] == "/sign-in/code/"
    assert come_back(browser, address).status_code == 403


def test_another_sign_ins_code_is_refused(provider, configure, open_browser, make_officer):
    """PKCE: a code that was taken from somebody else's way back."""
    configure()
    make_officer("S0001")
    provider.put_user("u1", '{"employee_number": "S0001"}')
    browser = open_browser()
    stolen = parse_qs(urlsplit(provider.agree(go(open_browser()), "u1")).query)["code"][0]
    address = provider.agree(go(browser), "u1")
    own = parse_qs(urlsplit(address).query)["code"][0]
    assert come_back(browser, address.replace(own, stolen)).status_code == 403


def test_a_refusal_there_is_one_here(provider, configure, open_browser):
    configure()
    browser = open_browser()
    assert come_back(browser, provider.agree(go(browser), "u1", action="deny")).status_code == 403


def test_the_staff_number_may_stand_in_userinfo(provider, configure, open_browser, make_officer, monkeypatch):
    from tsunagu.web import identity_provider

    configure()
    make_officer("S0001")
    provider.put_user("u1", '{"employee_number": "S0001"}')
    read = identity_provider.read_claims

    def leave_out(*arguments, **named):
        return {k: v for k, v in read(*arguments, **named).items() if k != "employee_number"}

    monkeypatch.setattr(identity_provider, "read_claims", leave_out)
    assert pass_through(open_browser(), provider)["Location"] == "/sign-in/code/"
    monkeypatch.setattr(
        identity_provider, "read_claims", lambda *a, **n: leave_out(*a, **n) | {"sub": "another"}
    )
    assert pass_through(open_browser(), provider).status_code == 403


def test_a_provider_that_is_down_is_said_kindly(configure, open_browser, provider):
    configure(issuer=f"http://localhost:{find_free_port()}")
    browser = open_browser()
    browser.get("/sign-in/")
    answer = browser.send("/sign-in/provider/")
    assert answer.status_code == 503
    assert UNREACHABLE in answer.content.decode()
    configure(issuer=provider.address)
    address = provider.agree(go(browser), "u1")
    configure(issuer=f"http://localhost:{find_free_port()}")
    assert UNREACHABLE in come_back(browser, address).content.decode()


def test_another_issuer_than_the_home_says_is_no_provider(configure, open_browser, provider):
    configure(issuer=provider.address.replace("localhost", "127.0.0.1").rstrip("/") + "/")
    browser = open_browser()
    browser.get("/sign-in/")
    assert browser.send("/sign-in/provider/").status_code == 302
    configure(issuer=f"{provider.address}/other")
    assert browser.send("/sign-in/provider/").status_code == 503


def test_a_locked_number_stays_locked(provider, configure, open_browser, make_officer, read_trail):
    configure()
    make_officer("S0001")
    provider.put_user("u1", '{"employee_number": "S0001"}')
    browser = open_browser()
    for _ in range(5):
        browser.get("/sign-in/")
        browser.send("/sign-in/", login="S0001", password="ame-furi kasa-nashi")
    assert pass_through(browser, provider).status_code == 429
    assert read_trail()[-1][1:] == ("sign_in.provider", "refused")


def test_refusals_there_lock_nobody(provider, configure, open_browser, make_officer):
    configure()
    make_officer("S0001")
    for _ in range(6):
        come_back_spoiled(provider, open_browser(), "wrong_nonce")
    provider.put_user("u1", '{"employee_number": "S0001"}')
    assert pass_through(open_browser(), provider)["Location"] == "/sign-in/code/"


def enter_trusted(provider, browser, make_staff):
    staff = make_staff("S0002")
    provider.put_user("u2", '{"employee_number": "S0002", "amr": ["mfa"]}')
    pass_through(browser, provider, "u2")
    assert is_inside(browser)
    return staff


def test_signing_out_ends_the_session_there_too(provider, configure, open_browser, make_staff, read_trail):
    configure(**TRUSTED)
    browser = open_browser()
    enter_trusted(provider, browser, make_staff)
    way_out = browser.send("/sign-out/")["Location"]
    assert way_out.startswith(f"{provider.address}/oauth2/end_session?")
    assert parse_qs(urlsplit(way_out).query) == {
        "client_id": ["tsunagu"],
        "post_logout_redirect_uri": [f"{DESK}/sign-in/"],
    }
    assert not is_inside(browser)
    assert read_trail()[-1][1:] == ("sign_out", "changed")


def test_who_signed_in_here_is_signed_out_here(provider, configure, sign_in, make_officer):
    configure()
    assert sign_in(make_officer("S0001")).send("/sign-out/")["Location"] == "/sign-in/"


def test_a_locked_page_opens_after_showing_anew_who_one_is(provider, configure, open_browser, make_staff):
    configure(**TRUSTED)
    browser = open_browser()
    enter_trusted(provider, browser, make_staff)
    browser.send("/lock/")
    locked = browser.get("/password/")
    assert locked.status_code == 423
    page = locked.content.decode()
    assert "市の職員アカウントで確かめる" in page and 'name="password"' not in page
    asked = browser.send("/sign-in/provider/", next="/today/")["Location"]
    assert parse_qs(urlsplit(asked).query)["prompt"] == ["login"]
    stale = provider.agree(asked, "u2")
    provider.spoil("stale")
    assert come_back(browser, stale).status_code == 403
    assert browser.get("/password/").status_code == 423
    again = provider.agree(browser.send("/sign-in/provider/", next="/today/")["Location"], "u2")
    assert come_back(browser, again)["Location"] == "/today/"
    assert is_inside(browser)


def test_the_trust_is_of_one_person_and_one_way_in(
    provider, configure, open_browser, make_staff, make_officer
):
    """Who signs in by password afterwards, in the same browser, has shown no second step."""
    configure(**TRUSTED)
    browser = open_browser()
    enter_trusted(provider, browser, make_staff)
    make_officer("S0001", has_second_step=False)
    browser.send("/sign-out/")
    browser.get("/sign-in/")
    browser.send("/sign-in/", login="S0001", password="ao-zora kami-hikouki")
    assert browser.get("/")["Location"] == "/second-step/"


def test_the_policy_of_pages_names_the_provider_when_there_is_one(provider, configure, open_browser):
    browser = open_browser()
    closed = browser.get("/sign-in/")
    assert "form-action 'self';" in closed["Content-Security-Policy"]
    assert "/sign-in/provider/" not in closed.content.decode()
    configure(issuer="https://login.example.test/realms/staff", form_origins=["https://adfs.example.test"])
    page = browser.get("/sign-in/")
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://login.example.test https://adfs.example.test;" in policy
    assert "市の職員アカウントでサインイン" in page.content.decode()
