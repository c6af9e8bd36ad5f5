"""受付 from the telephone to the sighting: searched, taken down, shown beside the next one, received, over."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

NAME = "架空埜 まるこ"
PURPOSE = "abuse_prevention"


def choose(page, purpose: str) -> None:
    page.goto("/")
    page.locator("header details.menu summary").first.click()
    page.click(f"button[name=purpose][value={purpose}]")
    expect(page.locator(".bar")).to_contain_text("児童虐待の予防")


def search(page, name: str) -> None:
    page.goto("/find/")
    page.fill("[name=words]", name)
    page.click("form.search button >> nth=0")
    expect(page.locator("main")).to_contain_text("見つかりませんでした。")


def begin(page) -> None:
    """After a search that was not certain: a child who is none of those shown."""
    page.click("button[name=person][value='']")
    page.wait_for_url("**/find/drafts/**")


def test_an_intake_runs_until_the_child_was_seen(sign_in_as, check_axe, take_picture):
    page = sign_in_as("coordinator", fresh=True)
    choose(page, PURPOSE)
    page.goto("/find/")
    assert page.locator("button[name=person]").count() == 0
    search(page, NAME)
    begin(page)
    check_axe(page)
    page.select_option("[name=source]", "neighbour")
    page.fill("[name=said]", "夜中に、一人で外にいました。")
    page.locator("[name=place]").fill("架空町9丁目の公園")
    expect(page.locator("#alike")).to_contain_text("書きかけは残っています")
    page.click("form.intake > button")  # without the rest
    expect(page.locator("main")).to_contain_text("まだ受け付けていません。")
    assert page.input_value("[name=said]") == "夜中に、一人で外にいました。"
    check_axe(page)
    page.check("[name=was_seen][value=not_seen]")
    page.check("[name=urgency][value=now]")
    page.click("form.intake > button")
    page.wait_for_url("**/find/intakes/*/")
    first = page.url
    check_axe(page)
    take_picture(page, "intake")

    search(page, NAME)
    begin(page)
    expect(page.locator("#alike")).to_contain_text("同じこどもかもしれません")
    assert page.locator(f"#alike a[href='{first.removeprefix(page.url.split('/find/')[0])}']").count() == 1
    take_picture(page, "intake-beside")
    page.click("form[action$='/discard/'] button")
    page.wait_for_url("**/find/")

    officer = sign_in_as("caseworker", fresh=True)
    choose(officer, PURPOSE)
    officer.goto("/today/?tab=week&whose=mine")
    row = officer.locator("li[data-row]", has_text=NAME)
    expect(row).to_contain_text("あと 4")
    expect(row).to_contain_text("当番に回りました")
    check_axe(officer)
    take_picture(officer, "today-intake")
    row.get_by_role("link", name=NAME).click()
    officer.wait_for_url("**/find/intakes/*/")
    assert officer.url == first
    officer.click("form[action$='/receipt/'] button")
    expect(officer.locator(".timeline")).to_contain_text("受け取りました")
    officer.select_option("[name='sighting-way']", "visit")
    officer.fill("[name='sighting-note']", "公園の前の家で会えた")
    officer.click("form[action*='/sighting/'] button")
    expect(officer.locator(".notice.undo")).to_contain_text("48時間の時計は止まりました。")
    check_axe(officer)
    officer.goto("/today/?tab=week&whose=mine")
    expect(officer.locator("main h1")).to_have_text("今日の仕事")
    assert officer.locator("li[data-row]", has_text=NAME).count() == 0
