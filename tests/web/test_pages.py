"""Every address, and what it answers to whom (`addresses.txt`); what holds for every page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from .addresses import (
    ADMINISTRATOR,
    CALLERS,
    CHILDREN,
    NOBODY,
    PERSON,
    PLAIN,
    SIGN_IN,
    TABLE,
    Line,
    LineError,
    read_line,
    read_table,
)
from .callers import ask_everybody, describe, list_parts, make_address, open_everybody
from .conftest import make_browser

LINES = read_table(TABLE.read_text(encoding="utf-8"))


def list_names() -> list[str]:
    from tsunagu.web.urls import urlpatterns

    return [pattern.name for pattern in urlpatterns]


@pytest.fixture(scope="module")
def everybody(shared_desk, put_roles, quick_passwords):
    put_roles(shared_desk)
    return open_everybody(shared_desk, make_browser)


@pytest.fixture(scope="module")
def answers(everybody):
    """Every address, asked by one of those who may; by everybody in the slow test."""
    return [(line, ask_everybody(everybody, line, [line.find_one()])) for line in LINES]


def find_missing(lines: list[Line]) -> list[Line]:
    """Addresses that are not in the table; of those about a child, by child."""
    listed = {(line.name, line.given.get(PERSON, "")) for line in lines}
    asked = {
        (name, child) for name in list_names() for child in (CHILDREN if PERSON in list_parts(name) else [""])
    }
    return [Line("GET", name, {PERSON: child} if child else {}) for name, child in sorted(asked - listed)]


def test_every_address_is_in_the_table(everybody):
    missing = find_missing(LINES)
    assert not missing, "not in addresses.txt:\n" + "\n".join(line.key for line in missing)
    assert {line.name for line in LINES} <= set(list_names())


def test_an_address_that_is_not_listed_would_be_seen(everybody):
    (missing,) = find_missing(LINES[1:])
    assert missing.name == LINES[0].name


def find_mismatches(found) -> list[Line]:
    """The lines that are not true."""
    return [
        line
        for line, answered in found
        if any(describe(one) != line.answers[who] for who, one in answered.items())
    ]


def write_as_is(everybody, lines: list[Line]) -> str:
    """The lines as they would be true, everybody asked."""
    asked = ((line, ask_everybody(everybody, line, CALLERS)) for line in lines)
    return "\n".join(
        line.write({who: describe(one) for who, one in answered.items()}) for line, answered in asked
    )


def test_every_page_answers_one_as_the_table_says(everybody, answers):
    mismatches = find_mismatches(answers)
    assert not mismatches, "addresses.txt is wrong; this is so:\n" + write_as_is(everybody, mismatches)


@pytest.mark.slow
def test_every_page_answers_everybody_as_the_table_says(everybody):
    asked = [(line, ask_everybody(everybody, line, CALLERS)) for line in LINES]
    mismatches = find_mismatches(asked)
    assert not mismatches, "addresses.txt is wrong; this is so:\n" + write_as_is(everybody, mismatches)


def test_a_door_that_is_wider_would_be_seen(everybody, monkeypatch):
    from tsunagu.web import middleware
    from tsunagu.web.doors import Door

    monkeypatch.setattr(middleware, "get_door", lambda view: Door.STAFF)
    (line,) = (line for line in LINES if line.name == "list_staff")
    assert find_mismatches([(line, ask_everybody(everybody, line, [("c", True)]))]) == [line]
    words = ["GET", "list_staff", "in", "200", "200", "|", "200", "|", "200"]
    assert write_as_is(everybody, [line]).split() == words


def test_asked_is_who_is_let_in_or_else_refused():
    line = "GET list_staff in {} 200 | 403 cw={} u=404 | 403"
    assert read_line(line.format(403, 200)).find_one() in {("admin", False), ("c", False), ("w", False)}
    shut = read_line("GET list_staff in in 403 | in | in")
    assert shut.find_one() == ("admin", False)


@pytest.mark.parametrize(
    "line",
    ["GET home in 200 200 | 200", "GET in 200 200 | 200 | 200", "GET home in 200 200 | 200 x=404 | 200"],
)
def test_a_line_that_says_too_little_is_refused(line):
    with pytest.raises(LineError):
        read_line(line)


def test_a_line_is_written_as_it_is_read():
    line = "GET show_child person_id=bound in 403 403 | 403 | 200 da=404"
    assert read_line(line).write(read_line(line).answers).split() == line.split()


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


def test_every_page_keeps_to_itself(answers):
    for _, answered in answers:
        for answer in answered.values():
            policy = answer["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
            assert "unsafe" not in policy
            assert "*" not in policy
            assert answer["Cache-Control"] == "no-store"
            assert answer["X-Frame-Options"] == "DENY"
        for answer in {one.status_code: one for one in answered.values()}.values():
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                assert list_outside(answer.content.decode()) == []


def test_a_page_that_is_not_there_keeps_to_itself(everybody):
    answer = everybody[PLAIN].browser.get("/nowhere/")
    assert answer.status_code == 404
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


def test_the_style_sheet_fetches_nothing(everybody):
    from django.contrib.staticfiles import finders

    sheet = Path(finders.find("desk/desk.css")).read_text(encoding="utf-8")
    assert re.findall(r"url\(|@import|https?:", sheet) == []


def test_static_files_are_served_by_us(everybody):
    browser = make_browser()
    page = browser.get(SIGN_IN).content.decode()
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(files) >= 3
    for path in files:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert b"".join(answer)
        answer.close()


def test_no_form_without_its_token_is_taken(everybody):
    for line in LINES:
        path, fields = make_address(line)
        for who in (NOBODY, PLAIN, ADMINISTRATOR):
            answer = everybody[who].browser.post(path, fields, secure=True)
            # Who is not signed in may be sent to sign in first; nobody's form is taken.
            is_sent_away = who == NOBODY and describe(answer) == SIGN_IN
            assert is_sent_away or answer.status_code in (403, 405), line.key


def test_a_view_that_says_nothing_is_closed(everybody):
    from tsunagu.web.doors import Door, get_door

    assert get_door(lambda request: None) is Door.STAFF


def test_a_door_left_open_would_be_seen(everybody, monkeypatch):
    from tsunagu.web import middleware
    from tsunagu.web.doors import Door

    monkeypatch.setattr(middleware, "get_door", lambda view: Door.ANYONE)
    with pytest.raises(AttributeError):
        everybody[NOBODY].browser.get("/")
