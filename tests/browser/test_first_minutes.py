"""An officer's first minutes: sign-in with both steps, the purpose, the lock, the language, the way out."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import TABLET, type_both_steps

pytestmark = pytest.mark.slow


def choose_purpose(page, purpose: str = "abuse_prevention") -> None:
    page.locator(f"main [name=purpose][value={purpose}]").check()
    with page.expect_navigation():
        page.click("main form[action='/purpose/'] button")
    assert page.locator(".bar .none").count() == 0


def test_an_officer_signs_in_chooses_a_purpose_locks_and_comes_back(open_page, desk_on_air, take_picture):
    page, officer = open_page(), desk_on_air.officers["caseworker"]
    page.goto("/")
    take_picture(page, "sign-in")
    type_both_steps(page, officer)
    assert "ケースワーカー" in page.inner_text(".bar")
    page.goto(desk_on_air.pages["home"])
    choose_purpose(page)
    page.click("form[action='/lock/'] button")
    expect(page).to_have_title(re.compile("ロック"))
    assert "わたしの権限" not in page.inner_text("main")
    page.fill("[name=password]", officer.password)
    page.click("main button")
    expect(page).to_have_title(re.compile("今日の仕事"))
    page.click("form[action='/language/'] button")
    expect(page).to_have_title(re.compile("Today"))
    assert page.get_attribute("html", "lang") == "en"
    page.click("form[action='/sign-out/'] button")
    page.wait_for_url("**/sign-in/**")
    page.goto("/")
    assert "/sign-in/" in page.url


def test_a_wrong_code_lets_nobody_in(open_page, desk_on_air):
    page, officer = open_page(), desk_on_air.officers["public_health_nurse"]
    page.goto("/")
    page.fill("[name=login]", officer.number)
    page.fill("[name=password]", officer.password)
    page.click("main button")
    page.wait_for_url("**/sign-in/code/**")
    page.fill("[name=code]", "12345678")
    page.click("main button")
    assert page.locator("[role=alert]").count() == 1
    page.goto("/")
    assert "/sign-in/" in page.url


def test_the_keyboard_alone_is_enough_to_sign_in(open_page, desk_on_air):
    page, officer = open_page(), desk_on_air.officers["supervisor"]
    page.goto("/")
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.type(officer.number)
    page.keyboard.press("Tab")
    page.keyboard.type(officer.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code/**")
    expect(page.locator("[name=code]")).to_be_focused()
    page.keyboard.type(officer.make_code())
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.rail")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_a_page_prints(sign_in_as, tmp_path):
    page = sign_in_as("caseworker", size=TABLET)
    page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_passkey_is_added_and_signs_in(open_page, desk_on_air, check_axe):
    """With an authenticator that Chromium plays itself."""
    page, officer = open_page(), desk_on_air.officers["caseworker"]
    type_both_steps(page, officer)
    chromium = page.context.new_cdp_session(page)
    chromium.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
    chromium.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    can = {"hasResidentKey": False, "hasUserVerification": True, "isUserVerified": True}
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **can}})
    page.goto(desk_on_air.pages["mfa_add_webauthn"])
    check_axe(page)
    page.click("form[data-passkey] button")
    page.wait_for_url("**/")
    page.click("form[action='/sign-out/'] button")
    page.wait_for_url("**/sign-in/")
    page.fill("[name=login]", officer.number)
    page.fill("[name=password]", officer.password)
    page.click("main button")
    page.wait_for_url("**/sign-in/code/**")
    page.click("form[data-passkey] button")
    page.wait_for_selector("nav.rail")
    assert "ケースワーカー" in page.inner_text(".bar")
