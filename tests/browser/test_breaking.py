"""緊急時の閲覧 in the browser: a child who is nobody's on duty is opened, seen, closed, and looked into by another person."""

import pytest
from playwright.sync_api import expect

from .test_first_minutes import choose_purpose

pytestmark = pytest.mark.slow

REASON = "夜間に警察から安否の照会があり、担当に連絡がつかない。"


def find_child_out_of_reach(coordinator, supervisor, desk) -> tuple[str, str, str]:
    """Address, name and birth date of a listed child whom the supervisor's team has nothing to do with."""
    coordinator.goto(desk.pages["narrow_list"])
    links = coordinator.locator("tr[data-row] a[href^='/children/']")
    for address in dict.fromkeys(link.get_attribute("href") for link in links.all()):
        if supervisor.goto(address).status != 404:
            continue
        coordinator.goto(address)
        birth = coordinator.locator("main dt", has_text="生年月日").locator("xpath=following-sibling::dd[1]")
        title, kana = coordinator.locator("main h1"), coordinator.locator("main h1 .kana")
        if birth.count() and birth.inner_text().endswith("日") and kana.count():
            return address, title.inner_text().removesuffix(kana.inner_text()).strip(), birth.inner_text()
    raise AssertionError("the supervisor's team has to do with every listed child")


def test_an_emergency_opens_one_child_and_another_person_looks_into_it(
    sign_in_as, desk_on_air, check_axe, take_picture
):
    coordinator, supervisor = sign_in_as("coordinator", fresh=True), sign_in_as("supervisor", fresh=True)
    choose_purpose(coordinator)
    choose_purpose(supervisor)
    address, name, birth = find_child_out_of_reach(coordinator, supervisor, desk_on_air)

    assert supervisor.goto(address).status == 404
    check_axe(supervisor)
    supervisor.click("main a[href='/breaking/']")
    supervisor.wait_for_url("**/breaking/")
    check_axe(supervisor)
    supervisor.fill("[name=breaking-name]", name)
    supervisor.fill("[name=breaking-birth]", birth)
    supervisor.click("main form.panel button")
    expect(supervisor.locator("main")).to_contain_text("理由")
    assert supervisor.input_value("[name=breaking-name]") == name
    supervisor.fill("[name=breaking-reason]", REASON)
    supervisor.click("main form.panel button")
    supervisor.wait_for_url(f"**{address}")
    expect(supervisor.locator("main")).to_contain_text("緊急時の閲覧で開いています")
    expect(supervisor.locator("main")).to_contain_text(REASON)
    check_axe(supervisor)
    take_picture(supervisor, "breaking")

    coordinator.goto("/audit/breakings/")
    waiting = coordinator.locator("section[aria-labelledby=waiting]")
    expect(waiting).to_contain_text(REASON)
    check_axe(coordinator)
    take_picture(coordinator, "breaking-review")
    waiting.locator("[name=words]").fill("電話の記録と合う")
    waiting.locator("button[value=proper]").click()
    expect(coordinator.locator("section[aria-labelledby=judged]")).to_contain_text("電話の記録と合う")

    supervisor.click("form[action$='/end/'] button")
    supervisor.wait_for_url("**/breaking/")
    expect(supervisor.locator("section[aria-labelledby=mine]")).to_contain_text("妥当")
    assert supervisor.goto(address).status == 404
