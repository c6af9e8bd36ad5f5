"""Every page of the table of addresses, and every page that a link leads to, is accessible and keeps to itself."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest

from .conftest import ADMINISTRATOR, DESKTOP, TABLET

pytestmark = pytest.mark.slow

# Those whose start pages differ most; a page they share is looked at as each of them sees it.
WALKERS = [ADMINISTRATOR, "coordinator", "caseworker", "school_social_worker", "council_member", "auditor"]
# A list of a thousand rows links to a thousand pages of one kind.
PAGES_OF_A_KIND = 2


def get_kind(path: str) -> str:
    """What pages of one kind share: the path, whatever number or name of a record stands in it."""
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
        answer = page.context.request.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page.goto(path)
        yield path
        waiting.extend(list_links(page, own))


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
def test_every_page_of_somebody_signed_in(role, sign_in_as, desk_on_air, check_axe):
    page = sign_in_as(role)
    first = [path for name, path in desk_on_air.pages.items() if name != "mfa_view_recovery_codes"]
    seen = []
    for path in walk(page, desk_on_air.address, ["/", *first]):
        check_axe(page)
        page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        check_width(page)
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        seen.append(path)
    assert len(seen) > 5


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
