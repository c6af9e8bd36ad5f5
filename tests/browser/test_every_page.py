"""Every page of the table of addresses, and every page that a link leads to, is accessible and keeps to itself."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .conftest import ADMINISTRATOR, DESKTOP, PATIENCE_MILLISECONDS, TABLET
from .test_first_minutes import choose_purpose

pytestmark = pytest.mark.slow

# Those whose pages differ most. Two of them open every address of the table, the others what links lead them to.
WALKERS = {
    ADMINISTRATOR: True,
    "coordinator": True,
    "caseworker": False,
    "school_social_worker": False,
    "council_member": False,
    "auditor": False,
}
# A list of a thousand rows links to a thousand pages of one kind.
PAGES_OF_A_KIND = 2
# What an address ends with behind which there is a file to be kept, and no page.
IS_FILE = re.compile(r"(/file/|\.\w+)$")
# Of what a page is made: every kind of element that is on it, whatever is written there.
PARTS = """[...new Set(Array.from(document.querySelectorAll("*"), one =>
    one.tagName + "." + one.className + [...one.attributes].map(given => given.name).sort()))].sort().join()"""


def get_kind(path: str) -> str:
    """What pages of one kind share: the path, whatever feed, number or name of a record stands in it."""
    path = re.sub(r"(?<=/feeds/)[^/]+/[^/]+", "…", path)
    return re.sub(r"/(?=[^/]*\d)[^/]+(?=/|$)", "/…", path)


def list_links(page, own: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    paths = [urlsplit(link)._replace(fragment="").geturl().removeprefix(own) for link in found]
    return [path for path in paths if path.startswith("/") and not path.startswith(("//", "/static/"))]


def walk(page, own: str, first: list[str]):
    """Open `first` and whatever they lead to, some of each kind; what is no page (a file) is passed over."""
    waiting, opened, of_kind = deque(first), set(), {}
    while waiting:
        path = waiting.popleft()
        kind = get_kind(urlsplit(path).path)
        if path in opened or of_kind.get(kind, 0) >= PAGES_OF_A_KIND:
            continue
        opened.add(path)
        of_kind[kind] = of_kind.get(kind, 0) + 1
        if not IS_FILE.search(kind):
            page.goto(path)
            wait_for_copy(page)
            yield path
            waiting.extend(list_links(page, own))


def wait_for_copy(page) -> None:
    """A child's page that fetches the child's records loads itself anew when they have come."""
    expect(page.locator("[hx-get$='/copy/']")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def looked_at() -> set[tuple[str, str]]:
    """Kind and parts of every page that was looked at: one made of the same parts is not looked at again."""
    return set()


def check_width(page) -> None:
    """Nothing of the page lies outside of the window; a wide table scrolls within itself."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, page.url


def test_every_page_before_sign_in(open_page, desk_on_air, check_axe):
    for size in (DESKTOP, TABLET):
        page = open_page(size=size)
        for path in ("/", "/nowhere/", desk_on_air.pages["account_login"]):
            page.goto(path)
            check_axe(page)
            check_width(page)


@pytest.mark.parametrize("role", WALKERS)
def test_every_page_of_somebody_signed_in(role, sign_in_as, desk_on_air, check_axe, looked_at):
    page = sign_in_as(role, fresh=True)
    first = ["/", desk_on_air.pages["show_today"], desk_on_air.pages["narrow_list"]]
    for path in first:
        page.goto(path)
        look_at_page(page, check_axe, looked_at)
    if role not in (ADMINISTRATOR, "auditor"):
        page.goto("/")
        choose_purpose(page)
    if WALKERS[role]:
        first += [path for name, path in desk_on_air.pages.items() if name != "mfa_view_recovery_codes"]
    seen = set()
    for path in walk(page, desk_on_air.address, first):
        look_at_page(page, check_axe, looked_at)
        seen.add(path)
    assert len(seen) > 5


def look_at_page(page, check_axe, looked_at) -> None:
    """It is as narrow as the window; axe looks at it, unless it is made of the same parts as one before."""
    made_of = get_kind(urlsplit(page.url).path), page.evaluate(PARTS)
    if made_of not in looked_at:
        check_axe(page)
        page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        check_width(page)
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        looked_at.add(made_of)


def test_a_page_of_other_parts_would_be_looked_at(open_page):
    page = open_page()
    page.goto("/")
    before = page.evaluate(PARTS)
    page.evaluate("document.querySelector('main').append('words')")
    assert page.evaluate(PARTS) == before
    page.evaluate("document.querySelector('main').append(document.createElement('progress'))")
    assert page.evaluate(PARTS) != before


SPOILED = {
    "a picture without words": "document.querySelector('main').innerHTML += '<img src=\"/static/desk/icon.svg\">'",
    "a field without a label": "document.querySelectorAll('label').forEach(one => one.remove())",
    "a page without a language": "document.documentElement.removeAttribute('lang')",
}


@pytest.mark.parametrize("spoiling", SPOILED.values(), ids=SPOILED)
def test_what_shuts_people_out_would_be_seen(spoiling, open_page, check_axe):
    page = open_page()
    page.goto("/")
    page.evaluate(spoiling)
    with pytest.raises(AssertionError, match="violations"):
        check_axe(page)


def test_a_page_wider_than_the_window_would_be_seen(open_page):
    page = open_page()
    page.goto("/")
    page.evaluate("document.querySelector('main').style.minWidth = '4000px'")
    with pytest.raises(AssertionError):
        check_width(page)


def test_a_request_to_elsewhere_would_be_seen(chromium, open_page, watch):
    context = chromium.new_context()
    watch.look_at(context)
    page = context.new_page()
    page.set_content('<img src="http://127.0.0.1:9/count.gif">')
    page.wait_for_timeout(200)
    context.close()
    assert watch.list_outside() == ["http://127.0.0.1:9/count.gif"]
    watch.asked.clear()


def test_what_the_policy_stops_would_be_seen(open_page, watch):
    page = open_page()
    page.goto("/")
    page.evaluate("document.body.innerHTML += '<img src=\"http://127.0.0.1:9/count.gif\">'")
    page.wait_for_timeout(200)
    assert watch.complaints
    watch.complaints.clear()
    watch.asked.clear()
