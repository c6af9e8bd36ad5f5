"""Work on the children whom a run listed: the list is narrowed, one of them is opened; the pages of data and audit."""

import pytest

from .conftest import TABLET
from .test_first_minutes import choose_purpose

pytestmark = pytest.mark.slow


def test_the_list_is_narrowed_and_a_child_opened(sign_in_as, desk_on_air, check_axe):
    page = sign_in_as("coordinator", fresh=True)
    choose_purpose(page)
    page.goto(desk_on_air.pages["narrow_list"])
    everybody = page.locator("tr[data-row]").count()
    assert everybody > 3
    page.goto(f"{desk_on_air.pages['narrow_list']}?cap=3")
    check_axe(page)
    first = page.locator("table.children").first.locator("tr[data-row]")
    assert first.count() == 3
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/children/**")
    assert page.locator("main h1").count() == 1
    check_axe(page)
    page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    check_axe(page)


@pytest.mark.parametrize(
    ("role", "name", "picture"),
    [("coordinator", "show_data_state", "data-state"), ("auditor", "show_trail", "audit")],
)
def test_keepers_of_data_and_auditors_find_their_page(
    role, name, picture, sign_in_as, desk_on_air, check_axe, take_picture
):
    page = sign_in_as(role)
    answer = page.goto(desk_on_air.pages[name])
    assert answer.status == 200
    assert page.locator("main h1").count() == 1
    check_axe(page)
    take_picture(page, picture)
