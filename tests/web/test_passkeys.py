"""A passkey as the second step: bound to our own name, to its holder, and to one question."""

import json

import pytest

from .soft_passkey import SoftPasskey

PASSWORD = "ao-zora kami-hikouki"


def read_options(answer) -> dict:
    return json.loads(answer.context["options"])


def type_in(browser, number: str):
    browser.get("/sign-in/")
    return browser.send("/sign-in/", login=number, password=PASSWORD)


def add(browser, passkey: SoftPasskey):
    options = read_options(browser.get("/second-step/passkey/"))
    return browser.send("/second-step/passkey/", name="鍵", credential=passkey.create(options))


@pytest.fixture
def passkey() -> SoftPasskey:
    return SoftPasskey()


@pytest.fixture
def holder(make_officer, open_browser, passkey):
    staff = make_officer("S0001", has_second_step=False)
    browser = open_browser()
    type_in(browser, "S0001")
    assert add(browser, passkey)["Location"] == "/recovery-codes/"
    assert browser.get("/recovery-codes/").status_code == 200
    assert browser.get("/").status_code == 200
    return staff


def enter(browser, passkey: SoftPasskey, number: str = "S0001"):
    type_in(browser, number)
    options = read_options(browser.get("/sign-in/code/"))
    return browser.send("/sign-in/code/", credential=passkey.get(options))


def is_inside(browser) -> bool:
    return browser.get("/").status_code == 200


def test_a_passkey_is_a_second_step_of_its_own(holder, open_browser, passkey):
    browser = open_browser()
    type_in(browser, "S0001")
    assert not is_inside(browser)
    assert enter(browser, passkey)["Location"] == "/"
    assert is_inside(browser)


@pytest.mark.parametrize(
    "spoil",
    [
        {"key": SoftPasskey().key},
        {"number": bytes(16)},
        {"host": "tsunagu.example"},
        {"origin": "https://tsunagu-city.example"},
        {"origin": "http://localhost.example"},
    ],
)
def test_another_key_or_another_name_does_not_do(holder, open_browser, passkey, spoil):
    words = {"key": passkey.key, "number": passkey.number, **spoil}
    browser = open_browser()
    answer = enter(browser, SoftPasskey(**words))
    assert answer.status_code == 200
    assert "確かめられませんでした" in answer.content.decode()
    assert not is_inside(browser)


def test_an_answer_is_good_once(holder, open_browser, passkey):
    browser = open_browser()
    type_in(browser, "S0001")
    answer = passkey.get(read_options(browser.get("/sign-in/code/")))
    browser.get("/sign-in/code/")  # asks anew
    browser.send("/sign-in/code/", credential=answer)
    assert not is_inside(browser)


def test_nobody_enters_with_anothers_passkey(holder, make_officer, open_browser, passkey, sign_in):
    make_officer("S0002", has_second_step=False)
    other = open_browser()
    type_in(other, "S0002")
    add(other, SoftPasskey())
    browser = open_browser()
    enter(browser, passkey, "S0002")
    assert not is_inside(browser)


def test_without_the_check_of_the_origin_a_false_page_would_do(holder, open_browser, passkey):
    from django.test import override_settings

    passkey.origin = "https://tsunagu-city.example"
    with override_settings(MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN=True):
        browser = open_browser()
        enter(browser, passkey)
    assert is_inside(browser)


@pytest.mark.parametrize("credential", ["", "{}", "no json", '{"id": 1}'])
def test_what_is_no_passkey_is_refused(make_officer, open_browser, credential):
    make_officer("S0001", has_second_step=False)
    browser = open_browser()
    type_in(browser, "S0001")
    browser.get("/second-step/passkey/")
    assert browser.send("/second-step/passkey/", name="鍵", credential=credential).status_code == 200
    assert browser.get("/")["Location"] == "/second-step/"


def test_who_has_codes_only_is_not_asked_for_a_passkey(make_officer, open_browser):
    make_officer("S0001")
    browser = open_browser()
    type_in(browser, "S0001")
    page = browser.get("/sign-in/code/").content.decode()
    assert "data-passkey" not in page
