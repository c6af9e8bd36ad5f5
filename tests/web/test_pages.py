"""Every address, and what it answers to whom; what holds for every page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ANONYMOUS, PLAIN, ADMINISTRATOR = "nobody", "staff without right", "administrator"
SIGN_IN = "/sign-in/"
# Name -> (method, answer to: nobody, staff without any right, administrator). A path stands for a redirect to it.
PAGES: dict[str, tuple[str, object, object, object]] = {
    "home": ("GET", SIGN_IN, 200, 200),
    "choose_purpose": ("POST", SIGN_IN, 422, 422),
    "end_session": ("POST", SIGN_IN, 404, 404),
    "list_staff": ("GET", SIGN_IN, 403, 200),
    "lock": ("POST", SIGN_IN, "/", "/"),
    "unlock": ("POST", SIGN_IN, 200, 200),
    "set_language": ("POST", "https://localhost/", "https://localhost/", "https://localhost/"),
    "account_login": ("GET", 200, "/", "/"),
    "mfa_authenticate": ("GET", SIGN_IN, "/", "/"),
    "account_logout": ("GET", SIGN_IN, 200, 200),
    "account_reauthenticate": ("GET", SIGN_IN, 200, 200),
    "mfa_reauthenticate": ("GET", SIGN_IN, 200, 200),
    "account_change_password": ("GET", SIGN_IN, 200, 200),
    "mfa_activate_totp": ("GET", SIGN_IN, "/", "/"),
    "mfa_view_recovery_codes": ("GET", SIGN_IN, 404, 404),
    "mfa_generate_recovery_codes": ("GET", SIGN_IN, 200, 200),
}
ARGUMENTS = {"end_session": [999_999]}


def list_names() -> list[str]:
    from tsunagu.web.urls import urlpatterns

    return [pattern.name for pattern in urlpatterns]


def address(name: str) -> str:
    from django.urls import reverse

    return reverse(name, args=ARGUMENTS.get(name))


@pytest.fixture
def browsers(open_browser, make_officer, administrator, sign_in):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    administrator.set_password("niji-iro no kasa")
    administrator.save()

    def open_anonymous():
        browser = open_browser()
        browser.get(SIGN_IN)
        return browser

    plain = make_officer("S0001")
    return {
        ANONYMOUS: open_anonymous,
        PLAIN: lambda: sign_in(plain),
        ADMINISTRATOR: lambda: sign_in(administrator),
    }


def ask(browser, method: str, path: str):
    return browser.get(path) if method == "GET" else browser.send(path)


def describe(answer) -> object:
    return answer["Location"].partition("?")[0] if answer.status_code == 302 else answer.status_code


def test_every_address_is_in_the_table(desk):
    assert sorted(list_names()) == sorted(PAGES)


def test_every_page_answers_each_as_the_table_says(browsers):
    found = {}
    for name, (method, *_) in PAGES.items():
        answers = (ask(browsers[who](), method, address(name)) for who in (ANONYMOUS, PLAIN, ADMINISTRATOR))
        found[name] = (method, *(describe(answer) for answer in answers))
    assert found == PAGES


def list_answers(browsers):
    """Every page in both languages, and pages that are not there."""
    for who in (ANONYMOUS, PLAIN):
        for name, (method, *_) in PAGES.items():
            yield ask(browsers[who](), method, address(name))
    yield browsers[PLAIN]().get("/nowhere/")


class Outside(HTMLParser):
    """Collects what a page would fetch from another host, and what a strict policy would stop."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.is_in_code = False

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.is_in_code = tag == "style" or (tag == "script" and "src" not in named)
        for name, value in attributes:
            is_address = name in ("src", "href", "action", "srcset", "poster", "data", "formaction")
            if is_address and re.match(r"(?!data:)[a-z]+:|//", value or ""):
                self.found.append((tag, name, value))
            if name == "style" or name.startswith("on"):
                self.found.append((tag, name, value))

    def handle_data(self, data):
        if self.is_in_code and data.strip():
            self.found.append(("inline", data))
        self.is_in_code = False


def list_outside(html: str) -> list:
    parser = Outside()
    parser.feed(html)
    return parser.found


def test_every_page_keeps_to_itself(browsers):
    for answer in list_answers(browsers):
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"
        assert list_outside(answer.content.decode()) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        '<img src="https://cdn.example/x.png">',
        '<script src="//cdn.example/x.js"></script>',
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<p style="color:red">',
        '<button onclick="x()">',
    ],
)
def test_what_comes_from_elsewhere_would_be_seen(spoiled):
    assert list_outside(spoiled)


def test_the_style_sheet_fetches_nothing(desk):
    from django.contrib.staticfiles import finders

    sheet = Path(finders.find("desk/desk.css")).read_text(encoding="utf-8")
    assert re.findall(r"url\(|@import|https?:", sheet) == []


def test_static_files_are_served_by_us(open_browser):
    page = open_browser().get(SIGN_IN).content.decode()
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(files) >= 3
    for path in files:
        answer = open_browser().get(path)
        assert answer.status_code == 200
        assert b"".join(answer)
        answer.close()


def test_no_form_without_its_token_is_taken(browsers):
    for name in list_names():
        for who in (ANONYMOUS, PLAIN):
            browser = browsers[who]()
            answer = browser.post(address(name), {}, secure=True)
            assert answer.status_code in (403, 405), name


def test_a_view_that_says_nothing_is_closed(desk):
    from tsunagu.web.doors import Door, get_door

    assert get_door(lambda request: None) is Door.STAFF


def test_a_door_left_open_would_be_seen(browsers, monkeypatch):
    from tsunagu.web import middleware
    from tsunagu.web.doors import Door

    monkeypatch.setattr(middleware, "get_door", lambda view: Door.ANYONE)
    with pytest.raises(AttributeError):
        browsers[ANONYMOUS]().get("/")
