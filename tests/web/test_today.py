"""今日の仕事 as a page: what is to be done, taken on and put off in place; bad input stays and changes nothing."""

import json
import re
from datetime import date, timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login

DAY = date(2026, 4, 1)
PURPOSE = "poverty_support"
CHILD = 7
LISTED = {
    "person_id": CHILD,
    "purpose": PURPOSE,
    "run_id": "run-1",
    "need_level": "high",
    "need_rank": 4,
    "headline_ja": "就学援助と給食費",
    "headline_en": "school aid and meals",
    "has_red_flag": False,
    "silence_state": "",
    "is_silence_urgent": False,
    "silence_ja": "",
    "silence_en": "",
    "age_ja": "10歳",
    "age_en": "10 years",
    "is_unborn": False,
    "is_registered": True,
    "is_protected": False,
    "kinds": [],
    "listed_since": DAY.isoformat(),
    "expires_on": (DAY + timedelta(days=90)).isoformat(),
}
NAMED = {
    "person_id": CHILD,
    "name": "架空 花子",
    "is_unborn": False,
    "is_protected": False,
}


def fill(desk) -> None:
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.purpose', %s, true)", [PURPOSE])
        for table, row in (
            ("cases_listed", LISTED),
            (
                "access_listed",
                {name: LISTED[name] for name in ("person_id", "purpose", "listed_since", "expires_on")},
            ),
            ("people_directory", NAMED),
        ):
            names = ", ".join(row)
            owner.execute(
                f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608 # our own names
                f" FROM jsonb_populate_record(NULL::{table}, %s::jsonb)",
                [json.dumps(row)],
            )


@pytest.fixture
def enter(desk, roles, administrator, make_officer, grant, sign_in):
    """Somebody with a role, signed in, acting for the purpose, on the day of the list."""
    from django.test import override_settings

    from tsunagu.access.models import Relationship, RoleAssignment
    from tsunagu.access.session import acting_as

    fill(desk)
    with acting_as(administrator, "administration", date(2026, 1, 1)):
        Relationship.objects.create(
            scope_kind="team", scope_id="T1", person_id=CHILD, kind="team", valid_from=DAY
        )

    def as_role(role, scope=("municipality", "")):
        staff = make_officer(f"S-{role}")
        grant(staff)
        with acting_as(administrator, "administration", date(2026, 1, 1)):
            RoleAssignment.objects.create(
                staff=staff, role=role, scope_kind=scope[0], scope_id=scope[1], valid_from=date(2000, 1, 1)
            )
        browser = sign_in(staff)
        answer = browser.send("/purpose/", purpose=PURPOSE)
        assert answer["Location"] == "/today/"
        return browser

    with override_settings(DEMO_DAY=DAY):
        yield as_role


def read(page) -> tuple[list[str], dict[str, int]]:
    """Who is shown, and how many each tab says."""
    text = page.content.decode()
    tabs = re.findall(r'tab=(\w+)[^>]*>[^<]*<span class="count">(\d+)</span>', text)
    return re.findall(r"/children/([\w-]+)/\"><strong>", text), {tab: int(count) for tab, count in tabs}


def test_a_worker_takes_a_child_of_the_team_on(enter):
    browser = enter("caseworker", ("team", "T1"))
    children, tabs = read(browser.get("/today/?tab=waiting"))
    assert (len(children), tabs["waiting"], tabs["new"]) == (1, 1, 1)
    assert "unassigned" not in tabs
    answer = browser.send(f"/today/{children[0]}/take-on/", next="/today/?tab=waiting")
    assert answer["Location"] == "/today/?tab=waiting"
    page = browser.get("/today/?tab=waiting")
    assert read(page)[1]["waiting"] == 0
    assert "引き受けました。" in page.content.decode()


def test_a_coordinator_sees_whom_nobody_has(enter):
    browser = enter("coordinator")
    page = browser.get("/today/?tab=unassigned")
    assert read(page)[1]["unassigned"] == 1
    text = page.content.decode()
    assert "架空 花子" in text
    assert "就学援助と給食費" in text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"until": "2026-04-31", "reason": "家庭の都合"}, "日付を読めません"),
        ({"until": "", "reason": "家庭の都合"}, "日付を入れてください"),
        ({"until": "2026-03-31", "reason": "家庭の都合"}, "もう過ぎた日付です"),
        ({"until": "R8.4.20", "reason": ""}, "理由を短く書いてください"),
    ],
)
def test_what_cannot_be_put_off_so_stays_as_it_was_typed(enter, typed, says):
    browser = enter("coordinator")
    ((child, *_), _) = read(browser.get("/today/?tab=new"))
    answer = browser.send(f"/today/{child}/put-off/", tab="new", **typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    assert f'value="{typed["until"] or typed["reason"]}"' in text
    assert read(browser.get("/today/?tab=new"))[1]["new"] == 1


def test_what_was_put_off_can_be_had_back(enter):
    browser = enter("coordinator")
    ((child, *_), _) = read(browser.get("/today/?tab=new"))
    browser.send(
        f"/today/{child}/put-off/", until="令和8年4月5日", reason="家庭の都合", next="/today/?tab=new"
    )
    page = browser.get("/today/?tab=week")
    assert read(page)[1] | {"unassigned": 0} == {
        "overdue": 0,
        "today": 0,
        "week": 1,
        "new": 0,
        "waiting": 0,
        "handover": 0,
        "unassigned": 0,
    }
    entry = re.search(r'name="entry" value="([0-9a-f-]+)"', page.content.decode())
    browser.send(f"/children/{child}/taking-back/", entry=entry[1])
    assert read(browser.get("/today/?tab=new"))[1]["new"] == 1


def test_nobody_takes_on_what_is_not_their_teams(enter):
    children, _ = read(enter("coordinator").get("/today/?tab=new"))
    browser = enter("school_social_worker")
    browser.get("/today/")
    assert browser.send(f"/today/{children[0]}/take-on/").status_code == 403


def test_an_empty_tab_says_why(enter):
    text = enter("coordinator").get("/today/?tab=overdue").content.decode()
    assert "期限の過ぎた仕事はありません" in text


def test_without_a_purpose_the_page_says_what_to_do(make_officer, sign_in):
    assert "利用目的が選ばれていません" in sign_in(make_officer("S0001")).get("/today/").content.decode()


def test_the_loads_are_for_whoever_says_who_is_in_charge_and_lead_back_after_assigning(enter):
    from tsunagu.access.models import Staff

    browser = enter("coordinator")
    page = browser.get("/today/loads/").content.decode()
    assert "職員を評価するためのものではありません" in page
    assert '<a href="/today/?tab=unassigned&amp;whose=all">未割当</a>' in page
    ((child, *_), _) = read(browser.get("/today/?tab=unassigned"))
    from tsunagu.vocabulary.identifiers import read_id

    way = {"person": str(read_id(child)), "next": "/today/?tab=unassigned"}
    assert 'href="/today/?tab=unassigned">やめる' in browser.send("/narrow/chosen/", **way).content.decode()
    staff = Staff.objects.get(pk=browser.session["_auth_user_id"])
    typed = {"step": "keep", "deed": "assign", "assignee": staff.pk, "reason": "地区の担当"}
    assert browser.send("/narrow/chosen/", **way, **typed)["Location"] == "/today/?tab=unassigned"
    assert staff.name in browser.get("/today/loads/").content.decode()
    outside = {**way, "next": "https://elsewhere.example/"}
    assert browser.send("/narrow/chosen/", **outside, **typed)["Location"] == "/"
