"""A child under address protection on every screen: nothing tells where it is, neither a page's text nor its title, a
text for the ear, a file that can be kept, or a filter that could be tried out."""

import io
import re
import zipfile
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tsunagu.japanese import fold_name

from .small_city import Hidden
from .test_every_page import PAGES_OF_A_KIND, get_kind
from .test_first_minutes import choose_purpose

pytestmark = pytest.mark.slow

ROWS = "table.children tr[data-row]"


def find_listed(page, desk) -> tuple[Hidden, str, str]:
    """One of the protected who is listed: it, its name as the list has it, and where its page is."""
    hidden = {one.name: one for one in desk.city.hidden}
    page.goto(f"{desk.pages['narrow_list']}?school=*")
    for row in page.locator(ROWS).all():
        name = row.locator("a strong").inner_text()
        if fold_name(name) in hidden:
            assert row.locator(".mark.shut").count() == 2, "school and district are masked, and it is said"
            return hidden[fold_name(name)], name, row.locator("a").first.get_attribute("href")
    raise AssertionError("none of the protected is listed: another seed")


def read_source(page, path: str) -> str:
    """The whole of an answer: titles and texts for the ear too; the sheets of a workbook."""
    answer = page.context.request.get(path)
    body = answer.body()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as workbook:
            return "".join(workbook.read(name).decode() for name in workbook.namelist())
    return body.decode("utf-8-sig", errors="replace")


def list_linked(path: str, source: str) -> list[str]:
    """Where the links of a page lead, within the desk."""
    found = [urljoin(path, unescape(link)) for link in re.findall(r'<a[^>]* href="([^"#]+)', source)]
    return [link for link in found if link.startswith("/") and not link.startswith("/static/")]


def list_sources(page, first: list[str]):
    """Path and answer of every page and file that links lead to, some of each kind."""
    waiting, opened, of_kind = deque(first), set(), {}
    while waiting:
        path = waiting.popleft()
        kind = get_kind(urlsplit(path).path)
        if path in opened or (of_kind.get(kind, 0) >= PAGES_OF_A_KIND and path not in first):
            continue
        opened.add(path)
        of_kind[kind] = of_kind.get(kind, 0) + 1
        source = read_source(page, path)
        yield path, source
        waiting.extend(list_linked(path, source))


def check_child_page(page, child: str, hidden: Hidden) -> None:
    """In its own page there is no school either, and no number of it; on paper neither."""
    for medium in ("screen", "print"):
        page.emulate_media(media=medium)
        page.goto(child)
        shown = page.content()
        where = (*hidden.places, hidden.school_name, f'"{hidden.school_code}"', f">{hidden.school_code}<")
        assert [place for place in where if place in shown] == []
        assert page.locator(".child-head .mark.shut").count() >= 1
    page.emulate_media(media="screen")


def check_filters(page, desk, hidden: Hidden, child: str) -> None:
    """A filter for the right school or district does not give it away."""
    for asked in (f"school=s{hidden.school_code}", f"district=d{hidden.district_code}"):
        page.goto(f"{desk.pages['narrow_list']}?{asked}&cap=200")
        assert page.locator("h2#children").count() == 1
        assert page.locator(f"{ROWS} a[href='{child}']").count() == 0


def enter(sign_in_as, role: str):
    page = sign_in_as(role)
    if role != "auditor":
        choose_purpose(page)
    return page


def test_nothing_tells_where_a_protected_child_is(sign_in_as, desk_on_air):
    hidden, _, child = find_listed(enter(sign_in_as, "coordinator"), desk_on_air)
    first = ["/", *desk_on_air.pages.values(), child, f"{desk_on_air.pages['narrow_list']}?school=*"]
    first = [path for path in first if "recovery" not in path]
    for role in ("coordinator", "supervisor", "auditor"):
        page = enter(sign_in_as, role)
        leaks = [
            (role, path, place)
            for path, source in list_sources(page, first)
            for place in hidden.places
            if place in source
        ]
        assert leaks == []


def test_whoever_opens_it_sees_that_it_is_masked(sign_in_as, desk_on_air, check_axe):
    page = enter(sign_in_as, "coordinator")
    hidden, name, child = find_listed(page, desk_on_air)
    check_filters(page, desk_on_air, hidden, child)
    check_child_page(page, child, hidden)
    check_axe(page)
    page.goto(desk_on_air.pages["find_child"])
    page.fill("main [data-search]", name)
    with page.expect_navigation():
        page.press("main [data-search]", "Enter")
    found = page.locator("tr[data-row]", has=page.locator(f"a[href='{child}']"))
    assert found.locator(".mark.shut").count() == 1
    shown = page.content()
    assert [place for place in (*hidden.places, hidden.school_name) if place in shown] == []
