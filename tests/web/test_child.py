"""こどものページ: what of a child it shows to whom; what address protection hides on every part of it."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import (
    ChildRecord,
    ContactPoint,
    ContactPoints,
    Covered,
    Fact,
    FactValue,
    Phrase,
    Relative,
)
from tsunagu.vocabulary.identifiers import show_id

DAY = date(2000, 1, 1)
PURPOSE = "poverty_support"
MINE, PROTECTED, OTHERS, NONE, SISTER = 11, 12, 13, 99, 14
ADDRESS, PHONE, SCHOOL = "架空町一丁目二番地", "000-1111-2222", "S777"


def make_fact(department: str, title: str, *values: FactValue, on: date | None = None) -> Fact:
    return Fact(
        item=title,
        title=Phrase(title, title),
        department=department,
        occurred_on=on,
        valid_from=None if on else date(2025, 4, 1),
        valid_to=None,
        known_from=date(2026, 4, 2),
        source=Phrase("学齢簿", "roll"),
        values=values,
        recipients=("caseworker", "public_health_nurse", "school_social_worker", "school", "supervisor"),
    )


def make_value(name: str, shown: str, *, is_place: bool = False) -> FactValue:
    return FactValue(name, Phrase(name, name), Phrase(shown, shown), "", False, is_place)


FACTS = (
    make_fact(
        "education",
        "在学のこと",
        make_value("school_id", SCHOOL, is_place=True),
        make_value("grade", "小学三年"),
    ),
    make_fact("health", "健診のこと", make_value("checkup", "三歳児健診"), on=date(2020, 6, 1)),
    make_fact("benefits", "手当のこと", make_value("category", "全部支給")),
)


def make_record(person_id: int, *, is_protected: bool) -> ChildRecord:
    return ChildRecord(
        person_id=person_id,
        run_id="r1",
        name="架空 花子",
        kana="カクウ ハナコ",
        birth_date=date(2017, 5, 5),
        due_on=None,
        sex="female",
        age=Phrase("9歳", "9 y"),
        grade="p3",
        school_id=SCHOOL,
        facility_id=None,
        is_unborn=False,
        is_registered=True,
        is_protected=is_protected,
        relatives=(
            Relative(900, "架空 母親", None, "parent", "certain", 1990),
            Relative(SISTER, "架空 妹子", None, "sibling", "likely", 2019),
        ),
        withheld_relatives=0,
        facts=FACTS,
        covered=(Covered("education", date(2025, 4, 1), date(2026, 4, 1)),),
    )


@pytest.fixture
def children(desk, roles):
    """Four children in the directory."""
    load_children(desk, {PROTECTED})


def load_children(desk, protected: set[int]) -> None:
    import pyarrow as pa

    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.loading import load_directory
    from tsunagu.pipeline.seam import DIRECTORY

    rows = [
        {
            "person_id": number,
            "name": "架空 花子",
            "birth_year": 2017,
            "is_unborn": False,
            "is_protected": number in protected,
            "school_id": SCHOOL,
            "search_keys": [],
        }
        for number in (MINE, PROTECTED, OTHERS, SISTER)
    ]
    with owner_connection(desk):
        piece = pa.RecordBatch.from_pylist(rows, schema=DIRECTORY)
        load_directory([piece], on=date(2026, 6, 1), using=OWNER_ALIAS)


def fetch(desk, person_id: int) -> None:
    """What the worker does."""
    from tsunagu.access.clock import read_today
    from tsunagu.access.owner import OWNER_ALIAS, owner_connection
    from tsunagu.people.copying import replace_child

    record = make_record(person_id, is_protected=person_id == PROTECTED)
    points = (ContactPoint("resident", ADDRESS, "000-0000", PHONE, DAY),)
    contacts = ContactPoints(person_id, record.is_protected, points)
    with owner_connection(desk):
        replace_child(record, contacts, purpose=PURPOSE, as_of=read_today(), using=OWNER_ALIAS)


@pytest.fixture
def enter(children, administrator, make_officer, grant, sign_in):
    """A browser of somebody with one role, to whom two of the children are bound."""
    from tsunagu.access.models import Relationship, RoleAssignment
    from tsunagu.access.session import acting_as

    def make(role: str, kind: str = "assigned"):
        staff = make_officer(f"S-{role}")
        grant(staff)
        scope = {"scope_kind": "municipality", "scope_id": ""}
        if role in ("school", "school_social_worker"):
            scope = {"scope_kind": "school", "scope_id": SCHOOL}
        if role == "supervisor":
            scope = {"scope_kind": "team", "scope_id": "T1"}
        with acting_as(administrator, "administration", date(2026, 1, 1)):
            RoleAssignment.objects.create(staff=staff, role=role, valid_from=DAY, **scope)
            for child in (MINE, PROTECTED):
                Relationship.objects.create(staff=staff, person_id=child, kind=kind, valid_from=DAY)
        browser = sign_in(staff)
        browser.send("/purpose/", purpose=PURPOSE)
        return browser

    return make


def address(person_id: int, rest: str = "") -> str:
    return f"/children/{show_id(person_id)}/{rest}"


def read(browser, person_id: int) -> str:
    return browser.get(address(person_id)).content.decode()


def list_trail(desk, acts: str = "child.%") -> list[tuple]:
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        rows = "SELECT act, outcome, object_id FROM audit_row WHERE act LIKE %s ORDER BY at"
        return connection.execute(rows, [acts]).fetchall()


def test_the_directory_is_shown_at_once_and_the_rest_when_it_has_come(desk, enter) -> None:
    from tsunagu.jobs.models import Work

    browser = enter("caseworker")
    page = read(browser, MINE)
    assert "架空 花子" in page
    assert "記録を取り寄せています" in page
    assert "読み込み直す" in page
    assert "データなし" not in page
    assert browser.get(address(MINE, "copy/")).headers.get("HX-Refresh") is None
    read(browser, MINE)
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("ALTER TABLE jobs_work NO FORCE ROW LEVEL SECURITY")
        asked = owner.execute("SELECT kind, arguments->>'person_id', purpose FROM jobs_work").fetchall()
        owner.rollback()
    assert asked == [("fetch_child", str(MINE), PURPOSE)]
    assert Work.objects.count() == 0
    fetch(desk, MINE)
    assert browser.get(address(MINE, "copy/"))["HX-Refresh"] == "true"
    page = read(browser, MINE)
    for text in (
        ADDRESS,
        PHONE,
        SCHOOL,
        "在学のこと",
        "三歳児健診",
        "全部支給",
        "架空 母親",
        "令和2年6月1日",
        "データなし",
    ):
        assert text in page, text
    assert f'href="{address(SISTER)}"' in page
    assert "取り寄せています" not in page
    assert list_trail(desk)[-2:] == [
        ("child.open", "read", show_id(MINE)),
        ("child.contact", "read", show_id(MINE)),
    ]


def test_not_there_and_not_theirs_are_one_answer(desk, enter) -> None:
    browser = enter("public_health_nurse")
    answers = {browser.get(address(child)).content for child in (OTHERS, NONE)}
    texts = {text.decode().replace(show_id(OTHERS), "-").replace(show_id(NONE), "-") for text in answers}
    assert {browser.get(address(child)).status_code for child in (OTHERS, NONE)} == {404}
    assert len({text[text.index("<main") : text.index("</main")] for text in texts}) == 1
    assert "架空 花子" not in texts.pop()


PARTS = [
    ("public_health_nurse", "assigned", ["健診のこと", ADDRESS], ["在学のこと", "手当のこと"]),
    ("school", "shared", ["在学のこと", SCHOOL], ["健診のこと", "手当のこと", ADDRESS]),
    ("child_guidance_center", "shared", ["架空 母親", ADDRESS], ["在学のこと", "健診のこと"]),
]


def test_each_role_sees_its_part_and_is_told_of_the_others(desk, enter) -> None:
    fetch(desk, MINE)
    for role, kind, seen, shut in PARTS:
        page = read(enter(role, kind), MINE)
        assert [text for text in seen if text not in page] == []
        assert [text for text in shut if text in page] == []
        assert "あなたの役割では見られない部署です" in page


def test_a_school_is_called_by_its_name_where_the_municipality_wrote_it_down(
    desk, enter, monkeypatch
) -> None:
    from tsunagu.web import place_words

    fetch(desk, MINE)
    monkeypatch.setattr(place_words, "find_place_name", lambda kind, code: f"{kind} of {code}")
    page = read(enter("school", "shared"), MINE)
    assert page.count(f"school of {SCHOOL}") > 1


def find_leaks(page: str) -> list[str]:
    return [text for text in (ADDRESS, PHONE, SCHOOL, "架空 母親", "架空 妹子") if text in page]


def test_of_a_protected_child_no_part_tells_where_it_is(desk, enter) -> None:
    fetch(desk, PROTECTED)
    for role, kind in (
        ("caseworker", "assigned"),
        ("school_social_worker", "assigned"),
        ("coordinator", "assigned"),
        ("school", "shared"),
    ):
        browser = enter(role, kind)
        page = read(browser, PROTECTED)
        assert find_leaks(page) == []
        assert "支援措置があります" in page
        assert "非開示" in page
        english = browser.send("/language/", language="en", next=address(PROTECTED))
        assert find_leaks(browser.get(english["Location"]).content.decode()) == []


def test_a_mask_that_is_gone_would_be_seen(desk, enter) -> None:
    fetch(desk, PROTECTED)
    browser = enter("caseworker")
    tables = ("people_place", "people_contact", "people_relative", "people_fact")
    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as owner:
        for table in tables:
            owner.execute(f"ALTER POLICY mask_protected ON {table} USING (true)")
        try:
            leaks = find_leaks(read(browser, PROTECTED))
        finally:
            restore_masks(owner)
    assert leaks == [ADDRESS, PHONE, SCHOOL]  # the page itself keeps the household closed besides
    assert find_leaks(read(browser, PROTECTED)) == []


def restore_masks(owner) -> None:
    from tsunagu.access.row_policies import mask_places, mask_protected

    for table in ("people_place", "people_contact", "people_relative", "people_fact"):
        step = mask_places(table) if table == "people_fact" else mask_protected(table)
        owner.execute(step.reverse_sql)
        owner.execute(step.sql)


def test_a_reason_opens_the_protected_for_one_view_and_is_kept(desk, enter) -> None:
    fetch(desk, PROTECTED)
    browser = enter("caseworker")
    answer = browser.send(address(PROTECTED, "contacts/"), reason="面談の日を手紙で知らせるため")
    assert answer.status_code == 200
    assert len(find_leaks(answer.content.decode())) == 5
    assert find_leaks(read(browser, PROTECTED)) == []
    assert ("child.contact", "read", show_id(PROTECTED)) in list_trail(desk)


def test_without_a_reason_nothing_opens_and_the_page_says_so(desk, enter) -> None:
    fetch(desk, PROTECTED)
    answer = enter("caseworker").send(address(PROTECTED, "contacts/"), reason=" ")
    assert answer.status_code == 422
    assert "見る理由を短く書いてください" in answer.content.decode()
    assert find_leaks(answer.content.decode()) == []


def test_a_part_that_fails_fails_alone(desk, enter, monkeypatch) -> None:
    from tsunagu.web import child_page

    fetch(desk, MINE)
    browser = enter("caseworker")
    monkeypatch.setattr(child_page, "list_relatives", lambda person_id: 1 / 0)
    page = read(browser, MINE)
    assert "この欄は表示できませんでした" in page
    assert "在学のこと" in page
    assert ADDRESS in page
    assert "架空 母親" not in page


def list_statements(browser, path: str, **headers: str) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path, **headers).status_code == 200
    return [one["sql"] for one in captured.captured_queries if one["sql"] not in ("BEGIN", "COMMIT")]


def test_a_page_asks_the_database_no_more_than_it_must(desk, enter) -> None:
    browser = enter("caseworker")
    fetch(desk, MINE)
    for _ in range(2):
        asked, around = list_statements(browser, address(MINE)), list_statements(browser, "/audit/roles/")
    assert len(asked) <= 48, asked
    assert len(around) <= 15, around
    noted = "usersessions_usersession"
    assert not any(noted in one for one in [*asked, *around])
    elsewhere = list_statements(browser, "/audit/roles/", HTTP_USER_AGENT="another")
    assert any(noted in one for one in elsewhere), "a session used from elsewhere is noted at once"


def test_a_worker_that_does_not_come_is_said_kindly(desk, enter) -> None:
    browser = enter("caseworker")
    read(browser, MINE)
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("ALTER TABLE jobs_work NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE jobs_work SET asked_at = asked_at - interval '1 minute'")
        owner.execute("ALTER TABLE jobs_work FORCE ROW LEVEL SECURITY")
    page = read(browser, MINE)
    assert "記録がまだ届きません" in page
    assert "hx-trigger" not in page


def test_ones_own_relative_is_gone_at_once_with_those_who_live_with_it(desk, enter) -> None:
    fetch(desk, MINE)
    browser = enter("caseworker")
    assert browser.get(address(SISTER)).status_code == 200
    assert browser.send(address(MINE, "own-relative/"), kind="nonsense").status_code == 422
    answer = browser.send(address(MINE, "own-relative/"), kind="own_relative")
    assert answer.status_code == 302
    assert "見えません" in browser.get("/").content.decode()
    assert [browser.get(address(child)).status_code for child in (MINE, SISTER, OTHERS)] == [404, 404, 200]
    assert ("child.seal", "changed", show_id(MINE)) in list_trail(desk)


def say(text: str) -> dict[str, str]:
    return {"ja": text, "en": f"EN {len(text)}"}


def make_reason(kind: str, title: str, *, strength: str | None = None, indicator: str | None = "one") -> dict:
    """As the seam gives it."""
    row = {
        "kind": kind,
        "part": title,
        "indicator": indicator,
        "strength": strength,
        "points": 7,
        "feeds": "education/roll",
    }
    words = {"title": say(title), "strength": say("強" if strength else ""), "value": say(f"{title}の値")}
    rest = {"comparison": say("同じ学年のまん中は4"), "origin": say("学齢簿から"), "remark": say("")}
    return {"row": row, "items": [], **words, **rest}


def receive_run(desk, *, expires_on: date) -> None:
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute(
            "INSERT INTO cases_run (run_id, purpose, as_of, told_on, expires_on, counts, kind_titles, is_current)"
            " VALUES ('r1', %s, '2019-01-01', '2019-01-01', %s, '{}', '{}', true)",
            [PURPOSE, expires_on],
        )


@pytest.fixture
def judged(desk):
    """What a run says of two children, as it is received."""
    told = {
        "title": say("困窮の規則"),
        "level": say("高い（早めに人が確かめます）"),
        "headline": say("欠席が多い"),
        "class_title": say(""),
        "withheld": ["x"],
        "reasons": [
            make_reason("raises", "欠席が多い", strength="strong"),
            make_reason("protective", "相談できる人がいる"),
            make_reason("unknown", "給食費のこと"),
        ],
    }
    receive_run(desk, expires_on=date(9999, 1, 1))
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        for child in (MINE, PROTECTED):
            owner.execute(
                "INSERT INTO cases_result (person_id, purpose, pack, version, run_id, need_level, is_listed, has_red_flag,"
                " results, expires_on) VALUES (%s, %s, 'pack', 3, 'r1', 'high', true, false, %s, %s)",
                [child, PURPOSE, json.dumps(told), date(9999, 1, 1)],
            )


def test_reasons_are_told_in_words_with_what_supports_and_what_is_not_known(desk, enter, judged) -> None:
    fetch(desk, MINE)
    page = read(enter("caseworker"), MINE)
    part = page[page.index('id="reasons"') : page.index('id="timeline"')]
    for text in (
        "欠席が多いの値",
        "同じ学年のまん中は4",
        "学齢簿から",
        "重み 強",
        "相談できる人がいる",
        "給食費のこと",
        "第3版",
    ):
        assert text in part, text
    assert "判定の期限が切れています" not in page
    assert "いまの目的では見せない指標が1件" in part
    assert not re.search(r"[%％]|100人|点数|7点", part)


def test_what_has_expired_is_said_to_have_and_not_shown(desk, enter) -> None:
    fetch(desk, MINE)
    browser = enter("caseworker")
    assert "まだ判定を受け取っていません" in read(browser, MINE)
    receive_run(desk, expires_on=date(2020, 1, 1))
    page = read(browser, MINE)
    assert page.count("判定の期限が切れています") == 2
    assert "令和2年1月1日</time>からは使えない" in page


def test_who_may_not_know_reasons_is_told_none(desk, enter, judged) -> None:
    fetch(desk, MINE)
    for role in ("school", "child_guidance_center"):
        page = read(enter(role, "shared"), MINE)
        assert "気づきの理由は見られません" in page
        assert "欠席が多い" not in page
        assert "高い（" not in page


def test_who_looked_is_for_those_it_is_assigned_to(desk, enter) -> None:
    fetch(desk, MINE)
    read(enter("school", "shared"), MINE)
    page = read(enter("caseworker"), MINE)
    part = page[page.index('id="looks"') :]
    assert "架空 S-school" in part
    assert "架空 S-caseworker" in part
    assert "ページを開いた" in part
    other = read(enter("public_health_nurse"), MINE)
    assert "閲覧記録は見られません" in other
    assert "架空 S-school" not in other


def write(browser, person_id: int, what: str, **fields):
    return browser.send(address(person_id, f"{what}/"), **fields)


DECISION = {
    "decision-outcome": "watch",
    "decision-reason": "来週また様子を見る",
    "decision-next_action_on": "R99.4.1",
}
CONTACT = {
    "contact-occurred_on": "2026-01-05",
    "contact-way": "visit",
    "contact-saw_child": "on",
    "contact-note": "元気だった",
}


def test_a_decision_and_a_contact_are_kept_shown_and_taken_back(desk, enter) -> None:
    fetch(desk, MINE)
    browser = enter("caseworker")
    assert write(browser, MINE, "decisions", **DECISION).status_code == 302
    page = read(browser, MINE)
    assert "判断を記録しました" in page
    assert "来週また様子を見る" in page
    assert "次は" in page
    entry = re.search(r'name="entry" value="([^"]+)"', page)[1]
    assert write(browser, MINE, "contacts-made", **CONTACT).status_code == 302
    page = read(browser, MINE)
    assert "元気だった" in page
    assert "姿を見た" in page
    assert write(browser, MINE, "taking-back", entry=entry).status_code == 302
    page = read(browser, MINE)
    assert "来週また様子を見る" not in page
    assert "元気だった" in page
    assert write(browser, MINE, "taking-back", entry=entry).status_code == 404


FAULTS = [
    ("decisions", {**DECISION, "decision-next_action_on": ""}, "次に動く日がありません"),
    ("decisions", {**DECISION, "decision-next_action_on": "2020-01-01"}, "もう過ぎた日付です"),
    ("decisions", {**DECISION, "decision-next_action_on": "きのう"}, "日付を読めません"),
    ("contacts-made", {**CONTACT, "contact-way": "letter"}, "手紙や電話では、こどもの姿は見られません"),
    ("contacts-made", {**CONTACT, "contact-occurred_on": "R99.1.1"}, "まだ来ていない日付です"),
]


def test_what_makes_no_sense_is_said_kindly_and_what_was_typed_stays(desk, enter) -> None:
    from tsunagu.cases.models import ContactMade, Decision

    fetch(desk, MINE)
    browser = enter("caseworker")
    for what, fields, words in FAULTS:
        answer = write(browser, MINE, what, **fields)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        assert (fields.get("decision-reason") or fields["contact-note"]) in page
    assert Decision.objects.count() == ContactMade.objects.count() == 0


def test_whether_a_reason_is_right_is_kept_beside_it(desk, enter, judged) -> None:
    fetch(desk, MINE)
    browser = enter("caseworker")
    said = {"pack": "pack", "indicator": "one"}
    assert write(browser, MINE, "feedback", **said, verdict="wrong").status_code == 422
    assert (
        write(browser, MINE, "feedback", **said, verdict="wrong", source="education/roll").status_code == 302
    )
    assert "誤り（" in read(browser, MINE)
    assert (
        write(browser, MINE, "feedback", **said, verdict="correct", source="education/roll").status_code
        == 302
    )
    page = read(browser, MINE)
    assert "誤り（" not in page
    assert '<span class="mark good">正しい' in page


def test_who_may_not_write_is_refused_on_record(desk, enter) -> None:
    fetch(desk, MINE)
    browser = enter("school", "shared")
    assert "判断を記録する" not in read(browser, MINE)
    said = {"pack": "pack", "indicator": "one", "verdict": "correct"}
    for what, fields in (("decisions", DECISION), ("contacts-made", CONTACT), ("feedback", said)):
        assert write(browser, MINE, what, **fields).status_code == 403
    assert [row[1] for row in list_trail(desk, "case.%")] == ["refused"] * 3


ALLOWED = ("caseworker", "council_member")
SHARING = {
    "sharing-meeting": "第３回 個別会議",
    "sharing-reason": "支援を話し合う",
    "sharing-sections": ["facts", "reasons", "decisions", "ties"],
}


@pytest.fixture
def shared(desk, enter, judged, monkeypatch):
    """A version of each bound child, made by the caseworker through today, and how to make another."""
    from tsunagu.access.clock import read_today

    facts = [
        replace(fact, recipients=ALLOWED if fact.item != "手当のこと" else ("caseworker",)) for fact in FACTS
    ]
    monkeypatch.setitem(globals(), "FACTS", tuple(facts))
    fetch(desk, MINE)
    fetch(desk, PROTECTED)
    browser = enter("caseworker")
    typed = {**SHARING, "sharing-last_day": read_today().isoformat()}

    def make(child: int, **changes):
        return browser.send(address(child, "shared/"), **{**typed, **changes})

    words = {"decision-outcome": "no_support", "decision-reason": "架空町の祖母が見ている"}
    for child in (MINE, PROTECTED):
        assert browser.send(address(child, "decisions/"), **words).status_code == 302
    return SimpleNamespace(
        make=make, browser=browser, pages={one: make(one)["Location"] for one in (MINE, PROTECTED)}
    )


def test_a_version_holds_what_a_meeting_may_be_told_and_never_a_place(desk, enter, shared) -> None:
    member = enter("council_member", "agenda")
    for browser in (shared.browser, member):
        page = browser.get(shared.pages[MINE]).content.decode()
        for text in ("三歳児健診", "小学三年", "架空町の祖母が見ている", "第3回 個別会議・作成"):
            assert text in page, text
        protected = browser.get(shared.pages[PROTECTED]).content.decode()
        assert "架空町の祖母" not in protected
        assert "三歳児健診" in protected
        for text in (SCHOOL, ADDRESS, PHONE, "架空 母親", "手当のこと", "全部支給"):
            assert text not in page + protected, text
        # The reasons rest on no item of which the register lets a meeting be told.
        assert "欠席が多い" not in page
        assert "会議の構成員に渡せない項目によるものが、ほかに2件" in page
    assert shared.pages[MINE] in read(member, MINE)
    assert list_trail(desk, "child.shared")[-1] == ("child.shared", "read", show_id(PROTECTED))


def test_a_version_is_closed_to_others_when_taken_back_and_after_its_day(
    desk, enter, shared, monkeypatch
) -> None:
    from tsunagu.access import clock, owner
    from tsunagu.cases.sharing import drop_expired

    member = enter("council_member", "agenda")
    for role, kind in (("public_health_nurse", "assigned"), ("school", "shared")):
        assert enter(role, kind).get(shared.pages[MINE]).status_code == 404
    assert member.send(address(MINE, "shared/"), **SHARING).status_code == 422
    other = shared.make(MINE)["Location"]
    entry = other.rstrip("/").rpartition("/")[2]
    shared.browser.send(address(MINE, "taking-back/"), entry=entry)
    assert [browser.get(other).status_code for browser in (member, shared.browser)] == [404, 404]
    assert other not in read(member, MINE)
    assert member.get(shared.pages[MINE]).status_code == 200
    # What was typed before the protection began may tell where the child is.
    load_children(desk, {MINE, PROTECTED})
    assert member.get(shared.pages[MINE]).status_code == 404
    assert ("child.shared", "refused", show_id(MINE)) in list_trail(desk, "child.shared")
    with owner.owner_connection(desk):
        drop_expired(on=clock.read_today(), using=owner.OWNER_ALIAS)
        assert member.get(shared.pages[PROTECTED]).status_code == 200
        drop_expired(on=clock.read_today() + timedelta(days=1), using=owner.OWNER_ALIAS)
    assert member.get(shared.pages[PROTECTED]).status_code == 404


def test_without_its_guards_a_version_would_tell_a_place(shared, monkeypatch) -> None:
    from tsunagu.people import record

    view = record._view
    monkeypatch.setattr(
        record, "_view", lambda row, places: replace(it := view(row, places), own_values=it.values)
    )
    page = shared.browser.get(shared.make(MINE)["Location"]).content.decode()
    assert SCHOOL in page


def test_a_version_for_no_reason_or_for_ever_is_asked_again(shared) -> None:
    for changes, says in (
        ({"sharing-last_day": "2000-01-01"}, "開ける日は、今日から 14 日のうちに"),
        ({"sharing-last_day": "R80.4.1"}, "開ける日は、今日から 14 日のうちに"),
        ({"sharing-reason": " "}, "共有する理由を書いてください"),
        ({"sharing-sections": []}, "会議で要るものを一つ以上"),
    ):
        answer = shared.make(MINE, **changes)
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert "個別会議" in answer.content.decode()
