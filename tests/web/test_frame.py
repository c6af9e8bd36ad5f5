"""What stands around every page, and the parts pages are made of."""

import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "tsunagu" / "web" / "static" / "desk"
TEXT_ON = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("ink", "key-soft"),
    ("ink", "focus"),
    ("ink-soft", "paper"),
    ("ink-soft", "ground"),
    ("ink-soft", "key-soft"),
    ("key", "paper"),
    ("key", "ground"),
    ("key", "key-soft"),
    ("key-dark", "key-soft"),
    ("good", "paper"),
    ("good", "good-soft"),
    ("warn", "paper"),
    ("warn", "warn-soft"),
    ("warn", "ground"),
    ("bad", "paper"),
    ("bad", "bad-soft"),
    ("bad", "ground"),
    ("paper", "key"),
    ("paper", "key-dark"),
    ("paper", "bad"),
]
LINES_ON = [("line-strong", "paper"), ("key", "paper"), ("line-strong", "ground")]


@pytest.fixture(scope="module")
def sheet() -> str:
    return (STATIC / "desk.css").read_text(encoding="utf-8")


def read_colours(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*#([0-9a-f]{6});", sheet))


def measure_light(colour: str) -> float:
    def light(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (light(colour[at : at + 2]) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measure_contrast(one: str, other: str) -> float:
    darker, lighter = sorted((measure_light(one), measure_light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_lines_can_be_read(sheet):
    colours = read_colours(sheet)
    assert measure_contrast("000000", "ffffff") == pytest.approx(21)
    weak = [pair for pair in TEXT_ON if measure_contrast(*(colours[name] for name in pair)) < 4.5]
    weak += [pair for pair in LINES_ON if measure_contrast(*(colours[name] for name in pair)) < 3]
    assert weak == []


def test_every_colour_is_a_variable(sheet):
    rules = sheet.partition("* { box-sizing")[2]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= {"#fff", "#000"}
    used = set(re.findall(r"var\(--([\w-]+)", sheet))
    assert used <= set(re.findall(r"--([\w-]+):", sheet))


def test_the_page_for_builders_names_parts_that_exist(sheet):
    page = (ROOT / "docs" / "explanation" / "screens.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<=[\w`])?\.([a-z][a-z-]+)(?=[`. ])", " ".join(re.findall(r"`[^`]+`", page))))
    named -= {"html", "py", "css", "js", "po", "txt"}
    assert len(named) > 40
    assert [name for name in sorted(named) if f".{name}" not in sheet] == []


@pytest.mark.parametrize(
    ("part", "content", "shown"),
    [
        (
            "tabs",
            {"words": "種類", "tabs": [{"title": "今日", "address": "/x/", "is_here": True, "count": 3}]},
            ['aria-current="page"', '<span class="count">3</span>'],
        ),
        (
            "tabs",
            {"words": "種類", "tabs": [{"title": "今日", "address": "/x/", "count": None}]},
            ["今日</a>"],
        ),
        ("empty", {"what": "いません", "why": "まだ届いていません"}, ["いません", "まだ届いていません"]),
    ],
)
def test_a_part_says_what_it_was_given(desk, part, content, shown):
    from django.template.loader import render_to_string

    page = render_to_string(f"desk/parts/{part}.html", content)
    assert [words for words in shown if words not in page] == []


def test_the_rail_shows_each_the_pages_they_find(make_officer, administrator, sign_in):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    lines = {
        staff: [entry.address for entry in sign_in(staff).get("/").context["rail"]]
        for staff in (make_officer("S0001"), administrator)
    }
    plain, all_lines = lines.values()
    assert "/" in plain
    assert "/staff/" not in plain
    assert "/staff/" in all_lines


def test_the_rail_says_where_one_is_and_how_many_wait(make_officer, sign_in, monkeypatch):
    from tsunagu.web import framing

    lines = (
        framing.RailLine("はじめ", "home"),
        framing.RailLine("名簿", "account_change_password", count=lambda standing: 7),
        framing.RailLine("だれにも", "list_staff", is_for=lambda standing: False),
    )
    monkeypatch.setattr(framing, "RAIL", lines)
    answer = sign_in(make_officer("S0001")).get("/password/")
    assert [(entry.is_here, entry.count) for entry in answer.context["rail"]] == [(False, None), (True, 7)]
    assert '<span class="count">7</span>' in answer.content.decode()


def test_a_purpose_is_changed_from_any_page(make_officer, grant, sign_in):
    staff = make_officer("S0001")
    grant(staff)
    browser = sign_in(staff)
    assert 'name="purpose" value="poverty_support"' in browser.get("/password/").content.decode()
    answer = browser.send("/purpose/", purpose="poverty_support", next="/password/")
    assert answer["Location"] == "/password/"
    assert browser.get("/").context["standing"].purpose == "poverty_support"
    for foreign in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert browser.send("/purpose/", purpose="poverty_support", next=foreign)["Location"] == "/"


def test_undo_is_offered_once_on_a_whole_page(make_officer, sign_in, rf):
    from tsunagu.web.undoing import Undo, offer_undo, take_undo

    browser = sign_in(make_officer("S0001"))
    session = browser.session
    rf.session = session
    offer_undo(rf, Undo("3人を担当に決めました。", "/purpose/", {"purpose": "x"}))
    session.save()
    page = browser.get("/").content.decode()
    assert "3人を担当に決めました。" in page
    assert '<input type="hidden" name="purpose" value="x">' in page
    assert "元に戻す" not in browser.get("/").content.decode()
    assert take_undo(rf) is not None


@pytest.fixture
def rf():
    """A request in which nothing but a session matters."""

    class Bare:
        session: object

    return Bare()


def test_fields_take_what_people_type(desk):
    from tsunagu.web.fields import DayField, TidyNumberField, TidyTextField

    assert TidyTextField().clean("  ﾔﾏﾀﾞ　ＡＢＣ ") == "ヤマダ ABC"
    assert TidyNumberField().clean("１，２００") == 1200
    assert TidyNumberField(required=False).clean(" ") is None
    days = ("令和9年4月1日", "R9.4.1", "２０２７年４月１日", "2027-04-01", "2027/4/1")
    assert {DayField().clean(day) for day in days} == {date(2027, 4, 1)}
    assert DayField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [("TidyNumberField", "二十"), ("DayField", "2027-04"), ("DayField", "2027-02-30"), ("DayField", "あす")],
)
def test_what_cannot_be_read_is_asked_again(desk, field, typed):
    from django.core.exceptions import ValidationError

    from tsunagu.web import fields

    with pytest.raises(ValidationError):
        getattr(fields, field)().clean(typed)


def test_the_keys_need_nothing_from_elsewhere():
    script = (STATIC / "keys.js").read_text(encoding="utf-8")
    assert not re.findall(r"https?:|import\b|eval\(|Function\(|fetch\(|innerHTML", script)
