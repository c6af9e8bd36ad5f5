"""A real Chromium at a real desk: `tsunagu serve` on a port of its own, for all tests of this folder.

A test gets pages from `open_page()` or `sign_in_as(role)`, looks at them with `check_axe(page)`, and leaves a picture
for the manual with `take_picture(page, name)`. Whatever a page asks of another host, and whatever the content policy
stops, fails the test in the end.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tsunagu.catalog.words import Role

from .small_city import ROOT, SmallCity, judge_small_city

HERE = Path(__file__).parent
DESKTOP, TABLET = (1280, 900), (820, 1180)
STARTING_SECONDS = 180
# For a machine that does other things as well.
PATIENCE_MILLISECONDS = 90_000
# The second step of time-based codes: RFC 6238.
CODE_SECONDS, CODE_DIGITS = 30, 6
# WCAG 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
ADMINISTRATOR = "administrator"
NUMBERS = {
    ADMINISTRATOR: "D0001",
    **{str(role): f"D{place:04}" for place, role in enumerate(Role, start=2)},
}


@dataclass
class Officer:
    """How somebody who does not exist signs in."""

    number: str
    password: str
    secret: str
    recovery_codes: list[str]
    used_codes: set[str] = field(default_factory=set)

    def make_code(self) -> str:
        """What the authenticator shows; a recovery code when that was used already."""
        code = make_code(self.secret, time.time())
        if code in self.used_codes:
            return self.recovery_codes.pop()
        self.used_codes.add(code)
        return code


@dataclass(frozen=True)
class Desk:
    """A desk that answers."""

    city: SmallCity
    address: str
    officers: dict[str, Officer]
    pages: dict[str, str]
    """Name of every address that is opened by GET -> a path of it."""


def make_code(secret: str, now: float) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(now) // CODE_SECONDS), hashlib.sha1)
    place = digest[-1] & 0xF
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        # Without the sandbox, because the tests run as root as well.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk_on_air(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    city = judge_small_city(tmp_path_factory.mktemp("browser"))
    port, said = find_free_port(), city.home.with_name("said.txt")
    with said.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "tsunagu.cli", "serve", "--home", city.home, "--port", str(port)]
        process = subprocess.Popen(command, stdout=file, env={**os.environ, "COLUMNS": "200"})
    try:
        wait_for_port(port, process)
        yield describe_desk(city, port, said.read_text(encoding="utf-8"))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=90) == 0


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the desk has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the desk does not answer")


def describe_desk(city: SmallCity, port: int, said: str) -> Desk:
    done = subprocess.run(
        [sys.executable, HERE / "describe_desk.py"],
        input=json.dumps(list_opened()),
        env={**os.environ, "TSUNAGU_HOME": str(city.home), "DJANGO_SETTINGS_MODULE": "tsunagu.web.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    passwords = {
        cells[0].strip(): cells[2].strip()
        for cells in (line.split("│") for line in said.splitlines() if line.startswith("D0"))
    }
    officers = {
        role: Officer(number, passwords[number], found["secrets"][number], found["codes"][number])
        for role, number in NUMBERS.items()
    }
    return Desk(city, f"http://localhost:{port}", officers, found["addresses"])


def list_opened() -> list[list]:
    """Name and arguments of what is opened by GET, out of the one table of addresses: nothing is named here again.

    A child's page is found by the links that lead to it, for a child who is there.
    """
    path = ROOT / "tests" / "web" / "addresses.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for _method, name, *words in (line.split("|")[0].split() for line in lines if line[:3] == "GET"):
        given = dict(word.split("=", 1) for word in words[:-3])
        if "person_id" not in given:
            found.append([name, given])
    return found


class Watch:
    """What the pages of one test asked for, and what they complained of."""

    def __init__(self, own: str) -> None:
        self.own = own
        self.asked: list[str] = []
        self.complaints: list[str] = []

    def look_at(self, context) -> None:
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("console", lambda message: self.note(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def note(self, text: str) -> None:
        if re.search(r"Content.Security.Policy", text):
            self.complaints.append(text)

    def list_outside(self) -> list[str]:
        return [url for url in self.asked if not url.startswith((f"{self.own}/", "data:", "about:"))]


@pytest.fixture
def watch(desk_on_air: Desk) -> Iterator[Watch]:
    found = Watch(desk_on_air.address)
    yield found
    assert found.list_outside() == []
    assert found.complaints == []


@pytest.fixture
def open_page(chromium, watch: Watch, desk_on_air: Desk) -> Iterator[Callable]:
    """A page of a browser of its own, nobody signed in yet."""
    contexts = []

    def open_one(*, size: tuple[int, int] = DESKTOP, kept=None):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            base_url=desk_on_air.address,
            storage_state=kept,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        watch.look_at(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def kept_sessions() -> dict:
    """Role -> the cookies of somebody who has signed in."""
    return {}


@pytest.fixture
def sign_in_as(open_page, desk_on_air: Desk, kept_sessions: dict) -> Callable:
    """A page at the start, signed in with both steps.

    A session is used again by the next test, unless it is asked to be `fresh`: for whoever locks or ends it.
    """

    def enter(role: str, *, size: tuple[int, int] = DESKTOP, fresh: bool = False):
        if role in kept_sessions and not fresh:
            page = open_page(size=size, kept=kept_sessions[role])
            page.goto("/")
            return page
        page = open_page(size=size)
        type_both_steps(page, desk_on_air.officers[role])
        if not fresh:
            kept_sessions[role] = page.context.storage_state()
        return page

    return enter


def type_both_steps(page, officer: Officer) -> None:
    page.goto("/")
    page.fill("[name=login]", officer.number)
    page.fill("[name=password]", officer.password)
    page.click("main button")
    page.wait_for_url("**/sign-in/code/**")
    for _ in range(2):
        page.fill("[name=code]", officer.make_code())
        with page.expect_navigation():
            page.click("main button")
        if "/sign-in/" not in page.url:
            return
    raise AssertionError("a code may grow old on its way on a busy machine; two did, or they are wrong")


@pytest.fixture
def check_axe() -> Callable:
    """No violation of WCAG 2.2 AA on a page, as far as a program can tell."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(page) -> None:
        options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
        found = axe.run(page, options=options)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def take_picture() -> Callable:
    """Keeps a picture for the manual, when `make pictures` asks for them."""
    folder = os.environ.get("TSUNAGU_PICTURES")

    def take(page, name: str) -> None:
        if folder:
            page.screenshot(path=ROOT / folder / f"{name}.png", animations="disabled")

    return take
