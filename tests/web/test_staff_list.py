"""The list of staff in the browser: what changes is shown first, and taken over as it was shown."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

pytestmark = pytest.mark.slow  # part of `.ci/run`; too long for every run


@pytest.fixture
def browser(administrator, sign_in):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    return sign_in(administrator)


def fetch(browser) -> bytes:
    return browser.get("/staff/list/file/").content


def add_row(content: bytes, *cells) -> bytes:
    book = load_workbook(BytesIO(content))
    book["職員"].append(cells)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


ROW = ("S0001", "架空 一", "課", "caseworker", "team", "1", "", "令和19年4月1日", "")


def send(browser, content: bytes, on: str = "令和19年4月1日"):
    return browser.send("/staff/list/check/", file=SimpleUploadedFile("staff.xlsx", content), on=on)


def read_hidden(page: str) -> dict[str, str]:
    names = "content", "on", "seen"
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names}


def list_numbers() -> list[str]:
    from tsunagu.access.models import Staff

    return list(Staff.objects.order_by("staff_number").values_list("staff_number", flat=True))


def test_what_begins_is_shown_and_then_taken_over(browser):
    answer = send(browser, add_row(fetch(browser), *ROW))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert all(
        words in page for words in ("架空 一", "ケースワーカー（係・チーム 1）", "2037-04-01", "始まる")
    )
    assert list_numbers() == ["A0001"]
    assert browser.send("/staff/list/take-over/", **read_hidden(page))["Location"] == "/staff/"
    assert list_numbers() == ["A0001", "S0001"]
    rights = browser.get("/staff/?on=2037-04-01").context["rights"]
    assert [one.roles for one in rights] == [[], ["ケースワーカー（係・チーム 1）"]]
    assert "職員の一覧を取り込みました" not in browser.get("/").content.decode()
    again = send(browser, fetch(browser)).content.decode()
    assert "変わるところはありません" in again


def test_faults_name_the_cell_and_keep_the_day(browser):
    answer = send(browser, add_row(fetch(browser), *ROW[:3], "王様", *ROW[4:]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "職員!D4" in page
    assert "令和19年4月1日" in page
    assert list_numbers() == ["A0001"]


def test_what_was_changed_meanwhile_is_shown_again(browser, make_staff):
    from tsunagu.access.models import Staff

    hidden = read_hidden(send(browser, add_row(fetch(browser), *ROW)).content.decode())
    Staff.objects.create_staff("S0001", name="架空 一", department="課")
    answer = browser.send("/staff/list/take-over/", **hidden)
    assert answer.status_code == 422
    assert "ほかの変更がありました" in answer.content.decode()
    assert browser.send("/staff/list/take-over/", **read_hidden(answer.content.decode())).status_code == 302


@pytest.mark.parametrize(
    ("content", "on", "status", "says"),
    [
        (b"no workbook", "2037-04-01", 400, "Excel ファイルとして読めません"),
        (b"", "2037-04-01", 422, "中身のない"),
        (b"x" * 1_500_001, "2037-04-01", 422, "大きすぎます"),
        (b"x", "2037-02-30", 422, "日付を読めません"),
        (b"x", "2020-01-01", 400, "きょうより前"),
    ],
)
def test_what_cannot_be_a_list_says_so(browser, content, on, status, says):
    answer = send(browser, content, on)
    assert (answer.status_code, says in answer.content.decode()) == (status, True)


def test_the_list_holds_from_the_next_day_unless_said_otherwise(browser):
    from tsunagu.access.clock import read_today

    shown = browser.get("/staff/list/").context["form"].initial["on"]
    assert (shown - read_today()).days == 1
    assert isinstance(shown, date)
