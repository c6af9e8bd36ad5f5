"""緊急時の閲覧 at the desk: opened by whole name and birth date or from the child's page, ended, explained, judged by another."""

import re
from datetime import date

import pyarrow as pa
import pytest

from tsunagu.pipeline.seam import DIRECTORY, key_child, read_search_key
from tsunagu.vocabulary.identifiers import show_id

pytestmark = (
    pytest.mark.slow
)  # part of `.ci/run`; what the database holds is asked in every run (tests/spec/access)

CHILD, PROTECTED, NONE = 21, 22, 99
BIRTH = date(2017, 5, 5)
NAMES = {CHILD: "架空花子", PROTECTED: "架空太郎"}
REASON = "警察から深夜に連絡があり、安否をすぐに確かめる必要がある。"


@pytest.fixture
def children(desk, desk_home, employ, grant):
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory

    key = read_search_key(desk_home)
    rows = [
        {
            "person_id": number,
            "name": name,
            "birth_year": 2017,
            "is_unborn": False,
            "school_id": "S9",
            "is_protected": number == PROTECTED,
            "search_keys": [key_child(key, name, BIRTH)],
        }
        for number, name in NAMES.items()
    ]
    with owner_connection(desk):
        load_directory(
            [pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)], on=date(2026, 6, 1), using=OWNER_ALIAS
        )


@pytest.fixture
def enter(children, employ, grant, sign_in):
    def make(number: str, role: str, **scope):
        staff = employ(number, role, **scope)
        grant(staff)
        browser = sign_in(staff)
        browser.send("/purpose/", purpose="poverty_support")
        return browser

    return make


TEAM = {"scope_kind": "team", "scope_id": "T1"}


def type_form(browser, name="架空 花子", birth="H29.5.5", reason=REASON, hours="1"):
    fields = {"name": name, "birth": birth, "reason": reason, "hours": hours}
    return browser.send("/breaking/", **{f"breaking-{one}": value for one, value in fields.items()})


def address(person_id: int) -> str:
    return f"/children/{show_id(person_id)}/"


def test_a_child_is_opened_shown_ended_and_judged_by_another(enter):
    opener, other = enter("B1", "supervisor", **TEAM), enter("B2", "supervisor", **TEAM)
    assert opener.get(address(CHILD)).status_code == 404
    assert "/breaking/" in opener.get(address(CHILD)).content.decode()
    answer = type_form(opener)
    assert (answer.status_code, answer["Location"]) == (302, address(CHILD))
    page = opener.get(address(CHILD)).content.decode()
    assert "緊急時の閲覧で開いています" in page
    assert REASON in page
    assert opener.get(address(PROTECTED)).status_code == 404
    assert other.get(address(CHILD)).status_code == 404

    queue = other.get("/audit/breakings/").context["waiting"]
    (breaking,) = (one.view.breaking for one in queue)
    judge = f"/audit/breakings/{breaking.pk}/"
    assert opener.send(judge, verdict="proper", words="自分で確かめた").status_code == 404
    assert other.send(judge, verdict="proper", words="").status_code == 422
    assert other.send(judge, verdict="asked", words="なぜ開いたのですか").status_code == 302
    assert "説明を求められています" in opener.get("/breaking/").content.decode()
    assert opener.send(f"/breaking/{breaking.pk}/explain/", words="警察の電話を受けた").status_code == 302
    assert other.send(f"/breaking/{breaking.pk}/end/").status_code == 404
    assert opener.send(f"/breaking/{breaking.pk}/end/").status_code == 302
    assert opener.get(address(CHILD)).status_code == 404
    assert other.send(judge, verdict="proper", words="電話の記録と合う").status_code == 302
    assert other.send(judge, verdict="improper", words="やはり違うと思う").status_code == 404
    (done,) = other.get("/audit/breakings/").context["judged"]
    assert done.view.verdict == "proper"


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "架空"},
        {"name": "架空 花"},
        {"birth": "H29.5.6"},
        {"name": "別人 花子"},
        {"reason": "急ぎ"},
        {"hours": "9"},
    ],
)
def test_less_than_everything_opens_nothing(enter, typed):
    browser = enter("B1", "supervisor", **TEAM)
    assert type_form(browser, **typed).status_code == 422
    assert browser.get(address(CHILD)).status_code == 404


@pytest.mark.parametrize("role", ["school", "auditor", "council_member", "analyst"])
def test_to_other_roles_nothing_says_that_there_is_such_a_way_or_such_a_child(enter, role):
    scope = {"scope_kind": "school", "scope_id": "S1"} if role == "school" else {}
    browser = enter("B3", role, **scope)
    pages = [
        re.sub(r'csrfmiddlewaretoken" value="\w+"', "", browser.get(address(number)).content.decode())
        for number in (CHILD, NONE)
    ]
    assert pages[0].replace(show_id(CHILD), "") == pages[1].replace(show_id(NONE), "")
    assert "/breaking/" not in pages[0]
    assert type_form(browser).status_code == type_form(browser, name="別人 花子").status_code == 403


def test_from_the_page_of_a_child_one_finds(enter):
    browser = enter("B4", "caseworker", **TEAM)
    fields = {"breaking-reason": REASON, "breaking-hours": "2"}
    assert 'id="breaking"' in browser.get(address(PROTECTED)).content.decode()
    assert browser.send(f"{address(PROTECTED)}breaking/", **{"breaking-hours": "2"}).status_code == 422
    assert browser.send(f"{address(PROTECTED)}breaking/", **fields).status_code == 302
    page = browser.get(address(PROTECTED)).content.decode()
    assert "緊急時の閲覧で開いています" in page
    assert "非開示" in page
    assert "S9" not in page
    assert browser.send(f"{address(PROTECTED)}contacts/", reason="夜間に訪問するため").status_code == 404
    assert browser.send(f"{address(NONE)}breaking/", **fields).status_code == 404
