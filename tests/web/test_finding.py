"""さがす: what the page asks, shows and refuses."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tsunagu.japanese import fold_kana, fold_name, list_name_keys
from tsunagu.pipeline.seam import DIRECTORY, key_birth, read_search_key

PURPOSE = "poverty_support"
EXAMPLE = Path(__file__).resolve().parents[2] / "municipalities" / "example_city"
BIRTH = date(2018, 5, 5)


@pytest.fixture
def browser(desk, employ, grant, sign_in, use_home, tmp_path):
    """A caseworker's, of a city with two children, for a purpose."""
    home = Path(shutil.copytree(EXAMPLE, tmp_path / "home"))
    use_home(home)
    staff = employ("S0001", "caseworker", scope_kind="team", scope_id="T1")
    grant(staff)
    fill(desk, read_search_key(home))
    found = sign_in(staff)
    found.send("/purpose/", purpose=PURPOSE)
    return found


def fill(desk, key: bytes) -> None:
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory

    rows = [
        {
            "person_id": number,
            "name": name,
            "kana": "カクウ ハナコ",
            "birth_year": BIRTH.year,
            "is_unborn": False,
            "is_protected": number == 2,
            "search_keys": [
                *list_name_keys([fold_name(name), fold_kana("カクウ ハナコ")]),
                key_birth(key, BIRTH),
            ],
        }
        for number, name in ((1, "架空 花子"), (2, "架空 華子"))
    ]
    with owner_connection(desk):
        load_directory(
            [pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)], on=date(2026, 6, 1), using=OWNER_ALIAS
        )


def test_what_was_typed_leads_to_children_and_stands_in_no_address(browser) -> None:
    answer = browser.send("/find/", words="架空　花子", birth="Ｈ30.5.5")
    assert (answer.status_code, answer["Location"]) == (302, "/find/")
    page = browser.get("/find/").content.decode()
    assert "2人見つかりました" in page
    assert page.index("氏名が同じ") < page.index("架空 華子")
    assert page.count("生年月日が同じ") == 2
    assert 'href="/children/0000-0000-0001/"' in page
    assert "支援措置" in page[page.index("架空 華子") :]
    browser.send("/find/", clear="1")
    assert "見つかりました" not in browser.get("/find/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "氏名か読み、または年月日のそろった生年月日を入れてください。"),
        ({"birth": "2018"}, "氏名か読み、または年月日のそろった生年月日を入れてください。"),
        ({"words": "花子", "birth": "おととし"}, "生年月日を読めません。"),
    ],
)
def test_too_little_is_said_kindly_and_kept_in_the_form(browser, fields, words) -> None:
    answer = browser.send("/find/", **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert all(f'value="{value}"' in page for value in fields.values())
    assert "見つかりました" not in browser.get("/find/").content.decode()


def test_nobody_is_found_says_why_in_both_languages(browser) -> None:
    browser.send("/find/", words="存在しない")
    assert "見つかりませんでした。" in browser.get("/find/").content.decode()
    browser.send("/language/", language="en")
    assert "Nobody was found." in browser.get("/find/").content.decode()


def test_who_finds_nobody_has_no_line_in_the_rail(browser, employ, sign_in) -> None:
    assert 'href="/find/"' in browser.get("/").content.decode()
    assert 'href="/find/"' not in sign_in(employ("S0002", "auditor")).get("/").content.decode()
