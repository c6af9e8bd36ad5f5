"""From a department's file to a child's decision without a command: a file nobody knows is read, approved by a second
person, taken in with another, and judged; then the list is narrowed to a few, about whom it is decided for a reason."""

import re

import pytest
from playwright.sync_api import expect

from .small_city import SmallCity
from .test_first_minutes import choose_purpose

pytestmark = pytest.mark.slow

# A command of the worker's takes some seconds, on a busy machine many.
WORK_MILLISECONDS = 120_000
UNKNOWN = "在籍一覧_20250410.csv"
REASON = "担任と話し、訪ねることにした。"


def make_unknown(city: SmallCity) -> bytes:
    """The list of pupils as another company's program writes it, with a column nobody knows."""
    head, *rows = city.register.read_bytes().decode("cp932").splitlines()
    for ours, theirs in {"学籍番号": "児童生徒番号", "異動年月日": "異動日", "学校コード": "学校CD"}.items():
        head = head.replace(ours, theirs)
    lines = [f"{head},色組", *(f"{row},{'赤青黄'[place % 3]}" for place, row in enumerate(rows))]
    return "\r\n".join([*lines, ""]).encode("cp932")


def wait_for_work(page) -> None:
    """The page looks again by itself until the work has ended."""
    page.wait_for_selector("#work")
    expect(page.locator("#work[hx-get]")).to_have_count(0, timeout=WORK_MILLISECONDS)
    said = page.inner_text("#work")
    assert "終わりました" in said, said


def send_files(page, desk, files: list) -> None:
    page.goto(desk.pages["show_data_state"])
    page.click("main a[href='/data/load/']")
    page.set_input_files("#files", files)
    page.click("form[enctype] button")
    expect(page).to_have_title(re.compile("送ったファイルを確かめる"))


def draft_reading(page, desk, unknown) -> str:
    """Where the draft is, every doubtful line of it confirmed."""
    send_files(page, desk, [unknown])
    expect(page.locator("main")).to_contain_text("このままでは取り込めません")
    page.click("form[action$='/draft/'] button")
    wait_for_work(page)
    page.click("#work a[href^='/data/mappings/']")
    address = page.url
    for box in page.locator("input[type=checkbox][name^='cell/']").all():
        box.check()
    page.click("form[action$='/answer/'] > p button")
    expect(page.locator("main")).to_contain_text("すべて確かめてあります")
    assert page.locator("form[action$='/approve/']").count() == 0, "whoever drafted does not approve"
    return address


def approve_reading(page, address: str) -> None:
    """As somebody else, who finds it among the works."""
    page.goto("/data/work/")
    page.goto(address)
    page.click("form[action$='/approve/'] button")
    wait_for_work(page)


def take_in_and_judge(page, desk, files: list) -> None:
    send_files(page, desk, files)
    expect(page.locator("input[name=file]:checked")).to_have_count(len(files))
    page.click("#take-in section button")
    wait_for_work(page)
    assert page.locator("#work .mark.good", has_text="取り込みました").count() == len(files)
    page.click("#work a[href='/data/run/']")
    page.click("form[action='/data/run/'] button")
    expect(page.locator("#work [role=status]")).to_be_visible()
    wait_for_work(page)


def open_somebody_of_today(page, desk, take_picture) -> None:
    """A child of 今日の仕事, its reasons in words, and what is not known of it."""
    page.goto("/")
    choose_purpose(page, "poverty_support")
    page.goto(desk.pages["show_today"])
    expect(page.locator("ul.tasks > li").first).to_be_visible()
    take_picture(page, "today")
    page.locator("ul.tasks > li a[href^='/children/']").first.click()
    page.wait_for_url("**/children/**")
    expect(page.locator("#reasons article").first).to_be_visible()
    expect(page.locator("#reasons")).to_contain_text("これは人が見るための順番づけです")
    expect(page.locator("#reasons")).to_contain_text("分からないこと")
    expect(page.locator("svg.lanes")).to_be_visible(timeout=WORK_MILLISECONDS)
    take_picture(page, "child")


def decide_about_a_few(page, desk, check_axe, take_picture) -> None:
    """From everybody listed to a few; none without a reason, then all of them at once."""
    page.goto("/")
    choose_purpose(page, "abuse_prevention")
    page.goto(desk.pages["narrow_list"])
    total = int(re.sub(r"\D", "", page.inner_text("h2#children")))
    assert total > 100
    page.locator("#facets input[name=flag]").first.check()
    expect(page.locator("h2#children")).not_to_have_text(f"{total}人")
    few = int(re.sub(r"\D", "", page.inner_text("h2#children")))
    assert 0 < few < total / 2
    expect(page.locator("main")).to_contain_text(f"{total - few}人")
    page.fill("#cap", "3")
    page.press("#cap", "Enter")
    expect(page.locator("table.children").first.locator("tr[data-row]")).to_have_count(3)
    expect(page.locator("#below")).to_contain_text("線のすぐ下")
    take_picture(page, "narrowing")
    rows = page.locator("table.children").first.locator("tr[data-row]")
    names = rows.locator("a strong").all_inner_texts()
    for box in rows.locator("input[name=person]").all():
        box.check()
    page.click("#chosen button")
    expect(page).to_have_title(re.compile("選んだこどもについて決める"))
    check_axe(page)
    page.locator("input[name=deed][value=offer]").check()
    page.fill("[name=next_action_on]", "令和7年5月20日")
    page.locator("form[action='/narrow/chosen/']").evaluate("form => form.noValidate = true")
    page.click("form[action='/narrow/chosen/'] > button")
    expect(page.locator("[role=alert]")).to_contain_text("理由を書いてください")
    page.fill("[name=reason]", REASON)
    page.click("form[action='/narrow/chosen/'] > button")
    expect(page.locator(".notice.undo")).to_contain_text("3人")
    page.locator("a", has=page.locator("strong", has_text=names[0])).first.click()
    page.wait_for_url("**/children/**")
    expect(page.locator("#decisions")).to_contain_text(REASON)


def test_from_a_file_to_a_decision_in_the_browser_alone(sign_in_as, desk_on_air, check_axe, take_picture):
    unknown = {"name": UNKNOWN, "mimeType": "text/csv", "buffer": make_unknown(desk_on_air.city)}
    page = sign_in_as("coordinator")
    choose_purpose(page)
    address = draft_reading(page, desk_on_air, unknown)
    approve_reading(sign_in_as("supervisor"), address)
    held_back = desk_on_air.city.held_back
    known = {"name": held_back.name, "mimeType": "", "buffer": held_back.read_bytes()}
    take_in_and_judge(page, desk_on_air, [unknown, known])
    open_somebody_of_today(page, desk_on_air, take_picture)
    decide_about_a_few(page, desk_on_air, check_axe, take_picture)
