"""受付 as pages: nothing is taken without a search; bad input stays; the clock stands among today's work until the child was seen."""

import re
from datetime import date

import pytest

from .test_finding import browser  # noqa: F401 # a caseworker's, of a city with two children

TOLD = {
    "source": "neighbour",
    "received_on": "R8.3.31",
    "received_time": "午前9時",
    "said": "夜中に泣き声が続いています。\n心配です。",
    "name": "架空 花子",
    "was_seen": "not_seen",
    "urgency": "today",
}


@pytest.fixture(autouse=True)
def standing_still(desk):
    from django.test import override_settings

    with override_settings(DEMO_DAY=date(2026, 4, 1)):
        yield


def search_and_begin(browser, person: str = "") -> str:  # noqa: F811 # the fixture, handed on
    """After a search, the address of the form."""
    browser.send("/find/", words="花子")
    page = browser.get("/find/").content.decode()
    assert 'action="/find/intakes/begin/"' in page
    answer = browser.send("/find/intakes/begin/", person=person)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_an_intake_from_the_search_to_the_sighting(browser) -> None:  # noqa: F811
    assert browser.send("/find/intakes/begin/", person="").status_code == 403
    form = search_and_begin(browser, "0000-0000-0001")
    page = browser.get(form).content.decode()
    assert "名簿のこども: 架空 花子" in page
    assert page.count("架空 華子") >= 1  # beside the form, of the directory
    assert "似ているものはありません" in page

    kept = browser.send(f"{form}keep/", **TOLD, kana="カクウ ハナコ", tell_also=["police", "school"])
    assert "書きかけは残っています" in kept.content.decode()
    page = browser.get(form).content.decode()
    assert "心配です。" in page
    assert page.count("架空 華子") >= 1  # still beside it
    assert len(re.findall(r'name="tell_also"[^>]* checked', page)) == 2
    assert "書きかけの受付があります" in browser.get("/find/").content.decode()

    for wrong, says in (
        ({"said": " "}, "言われたことを、そのまま書いてください。"),
        ({"received_time": "25時"}, "時刻を読めません"),
        ({"received_on": "2026-04-02"}, "まだ来ていない時刻です"),
        ({"source": ""}, "だれからの知らせかを選んでください。"),
        ({"was_seen": "seen"}, "いつ見たかが書かれていません"),
    ):
        answer = browser.send(form, **{**TOLD, **wrong})
        text = answer.content.decode()
        assert (answer.status_code, says in text, "まだ受け付けていません" in text) == (422, True, True)
        assert wrong.get("said", "心配です。") in text

    taken = browser.send(form, **TOLD)
    assert taken.status_code == 302
    intake = taken["Location"]
    assert browser.send(form, **TOLD)["Location"] == intake  # sent twice is one
    assert browser.get(form).status_code == 404
    page = browser.get(intake).content.decode()
    assert "夜中に泣き声が続いています。<br>心配です。" in page
    assert "きょうの当番が決まっていません" in page

    assert f'href="{intake}"' in browser.get("/children/0000-0000-0001/").content.decode()
    work = browser.get("/today/?tab=waiting").content.decode()
    assert f'href="{intake}"' in work
    assert "誰も受け取っていない受付が 1件" in browser.get("/today/").content.decode()
    assert re.search(r"あと \d+時間|期限を", work)
    browser.send(f"{intake}receipt/", next="/today/?tab=waiting")
    assert f'href="{intake}"' not in browser.get("/today/?tab=waiting").content.decode()
    for wrong, says in (
        ({"sighting-occurred_on": "2026-04-01"}, "どうやって見たか"),
        ({"sighting-occurred_on": "2026-03-30", "sighting-way": "visit"}, "知らせを受けた日より前"),
    ):
        answer = browser.send(f"{intake}sighting/", **wrong)
        assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert browser.send(f"{intake}closing/", **{"closing-ending": "other"}).status_code == 422
    seen = {"sighting-occurred_on": "令和8年4月1日", "sighting-way": "visit", "sighting-note": "元気"}
    assert browser.send(f"{intake}sighting/", **seen).status_code == 302
    page = browser.get(intake).content.decode()
    assert "48時間の時計は止まりました" in page
    step = re.search(r'name="step" value="([0-9a-f-]+)"', page)[1]
    assert browser.send(f"{intake}receipt/").status_code == 403
    assert "あと" not in browser.get("/find/intakes/").content.decode()
    assert f'href="{intake}"' not in browser.get("/children/0000-0000-0001/").content.decode()
    browser.send(f"{intake}undo/", step=step)
    assert "姿を見たと記録する" in browser.get(intake).content.decode()
    closed = {"closing-ending": "seen_by_others", "closing-note": "警察が会った"}
    assert browser.send(f"{intake}closing/", **closed).status_code == 302


def test_the_second_intake_of_a_child_shows_the_first_beside_it(browser) -> None:  # noqa: F811
    first = browser.send(search_and_begin(browser), **TOLD)["Location"]
    begun = browser.send("/find/intakes/begin/", nothing="1")
    assert (
        "手がかりがなく" in browser.get(browser.send(begun["Location"], **TOLD)["Location"]).content.decode()
    )
    form = search_and_begin(browser)
    page = browser.get(form).content.decode()
    assert "同じこどもかもしれません" not in page  # 花子 alone is like nobody yet
    beside = browser.send(f"{form}keep/", **{**TOLD, "name": "", "kana": "かくう はなこ"}).content.decode()
    assert "似ている受付" in beside
    beside = browser.send(f"{form}keep/", **{**TOLD, "name": "架空　花子"}).content.decode()
    assert first in beside
    assert "同じこどもかもしれません" in beside
    chosen = browser.send(f"{form}child/", person="0000-0000-0001")
    assert "名簿のこども: 架空 花子" in browser.get(chosen["Location"]).content.decode()
    browser.send(f"{form}child/", person="")
    assert "名簿のどのこどもでもない" in browser.get(form).content.decode()
    browser.send(f"{form}discard/")
    assert browser.get(form).status_code == 404


def test_the_roster_is_set_by_the_coordinator(browser, employ, grant, sign_in) -> None:  # noqa: F811
    from tsunagu.access.models import Staff

    staff = employ("S0005", "coordinator")
    grant(staff)
    other = sign_in(staff)
    other.send("/purpose/", purpose="poverty_support")
    worker = Staff.objects.get(staff_number="S0001")
    fields = {"on": "2026-04-01", "officer": worker.pk, "deputy": staff.pk}
    assert browser.send("/find/duty/", **fields).status_code == 403
    assert other.send("/find/duty/", **{**fields, "deputy": worker.pk}).status_code == 422
    assert other.send("/find/duty/", **{**fields, "on": "2026-03-31"}).status_code == 422
    assert other.send("/find/duty/", **fields).status_code == 302
    page = browser.get("/find/duty/").content.decode()
    assert page.count(worker.name) >= 1
    assert "当番を決めるのは、調整担当か係長です。" in page
    assert f"きょうの当番: {worker.name}" in browser.get("/find/intakes/").content.decode()
