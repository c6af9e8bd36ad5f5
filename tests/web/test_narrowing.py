"""名簿をしぼる as a page: its address, what it says, and to whom it says nothing."""

import random
from datetime import date
from urllib.parse import urlencode

import psycopg
import pytest

from tsunagu.database.logins import Login

PURPOSE = "poverty_support"
RUN_OF_60 = """
SELECT set_config('tsunagu.purpose', %(purpose)s, true);
INSERT INTO cases_run (run_id, purpose, as_of, told_on, expires_on, counts, kind_titles, is_current)
VALUES (
    'r1', %(purpose)s, %(on)s, %(on)s, %(on)s::date + 9, '{"children": "27000", "listed": 60}',
    '{"money": {"ja": "お金のこと", "en": "money"}}', true
);
INSERT INTO cases_listed (
    person_id, need_level, is_protected, school_id, district, purpose, run_id, need_rank, headline_ja, headline_en,
    has_red_flag, silence_state, is_silence_urgent, silence_ja, silence_en, age_ja, age_en, age_years, is_unborn,
    is_registered, kinds, listed_since, expires_on
)
SELECT
    n, CASE WHEN n <= 6 THEN 'urgent' ELSE 'high' END, n = 60, CASE WHEN n < 60 THEN '101' END,
    CASE WHEN n < 60 THEN '東町' END, %(purpose)s, 'r1', 4, '就学援助と給食費', 'school aid and meals', n = 1, '', false,
    '', '', '10歳', '10 years', 10, false, true, '{money}', %(on)s, %(on)s::date + 9
FROM generate_series(1, 60) AS n;
INSERT INTO access_listed (person_id, purpose, listed_since, expires_on)
SELECT n, %(purpose)s, %(on)s, %(on)s::date + 9 FROM generate_series(1, 60) AS n;
INSERT INTO people_directory (person_id, name, kana, birth_year, is_unborn, is_protected)
SELECT n, '架空 ' || n, 'カクウ', 2016, false, n = 60 FROM generate_series(1, 60) AS n
"""


def read(text: str):
    from django.http import QueryDict

    from tsunagu.web.narrowing_address import read_shown

    return read_shown(QueryDict(text))


@pytest.fixture
def choices(desk):
    """Everything one can choose, as pairs of an address."""
    from tsunagu.cases.narrowing import Facet, Order
    from tsunagu.web.narrowing_words import COLUMN_TITLES, VALUE_TITLES

    found = {str(facet): list(values) for facet, values in VALUE_TITLES.items()}
    places = {"kind": ["poverty", "a b&c"], "school": ["s12", "f3", "-", "*"], "district": ["d東町", "*"]}
    assert {*found, *places} == {str(facet) for facet in Facet}
    return {**found, **places, "sort": [str(one) for one in Order], "col": list(COLUMN_TITLES)}


@pytest.mark.parametrize("seed", range(30))
def test_an_address_says_all_that_was_chosen(choices, seed):
    chance = random.Random(seed)
    pairs = []
    for name, values in choices.items():
        at_most = 1 if name == "sort" else len(values)
        pairs += [(name, value) for value in chance.sample(values, chance.randint(0, at_most))]
    chosen = sorted({name for name, _ in pairs} - {"sort", "col"})
    pairs += [("cap", str(chance.randint(1, 200)))] * chance.randint(0, 1)
    pairs += [("page", str(chance.randint(1, 9)))] * chance.randint(0, 1)
    pairs += [("shares", "1")] * chance.randint(0, 1)
    if chosen:
        pairs += [("out", chance.choice(chosen))] * chance.randint(0, 1)
    shown = read(urlencode(pairs))
    assert read(shown.query) == shown
    assert {str(facet) for facet in shown.narrowing.chosen} == set(chosen)
    for facet, values in shown.narrowing.chosen.items():
        assert sorted(values) == sorted(value for name, value in pairs if name == facet)


@pytest.mark.parametrize(
    ("typed", "narrows", "capacity", "is_wrong"),
    [
        ("", 0, None, False),
        ("level=nothing&sort=x&page=-1&out=level&who=me", 0, None, False),
        ("cap=２０", 0, 20, False),
        ("cap=0", 0, None, True),
        ("cap=201", 0, None, True),
        ("cap=たくさん", 0, None, True),
        ("level=urgent&level=urgent&level=high", 1, None, False),
        ("kind=" + "x" * 81, 0, None, False),
        ("page=99999999999999", 0, None, False),
    ],
)
def test_what_is_not_ours_is_left_out(desk, typed, narrows, capacity, is_wrong):
    shown = read(typed)
    assert (len(shown.narrowing.chosen), shown.narrowing.capacity) == (narrows, capacity)
    assert shown.is_capacity_wrong is is_wrong
    assert shown.narrowing.page == 1


def test_a_step_can_be_taken_back(desk):
    from tsunagu.cases.narrowing import Facet

    shown = read("level=urgent&level=high&age=3&out=age&page=4&cap=20")
    fewer = shown.without(Facet.LEVEL, "urgent")
    assert fewer.narrowing.chosen == {Facet.LEVEL: ("high",), Facet.AGE: ("3",)}
    assert (fewer.narrowing.page, fewer.narrowing.left_out_by, fewer.narrowing.capacity) == (1, None, 20)
    assert shown.without(Facet.AGE).narrowing.chosen == {Facet.LEVEL: ("urgent", "high")}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "ja",
            "気づきのあったこどものうち、必要度が「至急」か「高い」、かつ 気づきの種類が「貧困」のこどもを、次の順に並べています: 年齢の低い順",
        ),
        (
            "en",
            "Of the children listed, those whose level of need is “urgent” or “high” and kind is “poverty”. Order: youngest first",
        ),
    ],
)
def test_the_query_reads_as_a_sentence(desk, language, sentence):
    from django.utils import translation

    from tsunagu.web.narrowing_words import write_sentence

    kinds = {"p": {"ja": "貧困", "en": "poverty"}}
    with translation.override(language):
        shown = read("level=urgent&level=high&kind=p&sort=young")
        assert write_sentence(shown.narrowing, kinds, language) == sentence


def test_places_are_called_by_their_names_and_those_without_one_by_their_codes(desk, monkeypatch):
    from tsunagu.cases.narrowing import Facet
    from tsunagu.web import place_words
    from tsunagu.web.narrowing_words import get_value_title

    names = {("school", "12"): "架空小学校", ("district", "100"): "架空一丁目"}
    monkeypatch.setattr(place_words, "find_place_name", lambda kind, code: names.get((kind, code)))
    asked = [
        ("school", "s12"),
        ("school", "f12"),
        ("district", "d100"),
        ("district", "d101"),
        ("district", "*"),
    ]
    said = [get_value_title(Facet(facet), value, {}, "ja") for facet, value in asked]
    assert said == ["架空小学校", "園・施設 12", "架空一丁目", "地区 101", "非開示（支援措置）"]


def test_without_a_purpose_the_page_says_what_to_do(make_officer, sign_in):
    page = sign_in(make_officer("S0001")).get("/narrow/").content.decode()
    assert "利用目的が選ばれていません" in page


@pytest.fixture
def enter(desk, administrator, make_officer, grant, sign_in):
    """Somebody with a role in the whole city, signed in, acting for the purpose in force."""
    from tsunagu.access.models import RoleAssignment
    from tsunagu.access.session import acting_as

    def as_role(number: str, role: str):
        staff = make_officer(number)
        grant(staff)
        with acting_as(administrator, "administration", date(2026, 1, 1)):
            RoleAssignment.objects.create(
                staff=staff, role=role, scope_kind="municipality", scope_id="", valid_from=date(2000, 1, 1)
            )
        browser = sign_in(staff)
        browser.send("/purpose/", purpose=PURPOSE)
        return browser

    return as_role


@pytest.fixture
def run_of_60(desk, roles):
    """Sixty children listed today, one of them under address protection."""
    from tsunagu.access.clock import read_today

    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        for statement in RUN_OF_60.split(";"):
            owner.execute(statement, {"purpose": PURPOSE, "on": read_today()})


def test_an_officer_narrows_and_sees_who_is_left_out(enter, run_of_60):
    browser = enter("S0001", "coordinator")
    answer = browser.get("/narrow/")
    page = answer.content.decode()
    assert answer.context["narrowed"].visible == 60
    assert all(
        words in page
        for words in (
            "架空 1<",
            '<a href="/children/0000-0000-0001/">',
            "27,000",
            "次の50人",
            "お金のこと",
            "就学援助と給食費",
        )
    )
    page = browser.get("/narrow/?level=urgent&cap=4").content.decode()
    assert "「至急」" in page
    assert "54人</a>" in page
    assert "上から 4人（6人のうち）" in page
    assert "線のすぐ下 2人" in page
    assert "外れた集団がないか確かめる" in page
    page = browser.get("/narrow/?level=high&meeting=not&state=new&contact=none&shares=1").content.decode()
    assert "こども一人ひとりの判断に使うものでもありません" in page
    assert '<input type="hidden" name="shares" value="1">' in page
    assert "50～59人" in page.replace("〜", "～")
    out = browser.get("/narrow/?level=urgent&out=level").context
    assert {one.row.need_level for one in out["rows"]} == {"high"}


def test_a_protected_child_has_no_place_on_the_page(enter, run_of_60):
    page = enter("S0001", "coordinator").get("/narrow/?school=*").content.decode()
    assert "架空 60" in page
    assert page.count('<span class="mark shut">非開示</span>') == 2
    assert "東町</td>" not in page


@pytest.mark.parametrize("role", ["school", "council_member", "data_holder", "analyst", "auditor"])
def test_who_may_not_see_reasons_sees_nobody(enter, run_of_60, role):
    answer = enter("S0001", role).get("/narrow/?level=urgent")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "見られるこどもがいません" in page
    assert "架空 " not in page.partition("<main")[2]


def test_a_number_that_is_none_is_asked_again(enter, run_of_60):
    answer = enter("S0001", "coordinator").get("/narrow/?cap=たくさん")
    assert answer.status_code == 422
    assert 'value="たくさん"' in answer.content.decode()
    assert "1から200までの数字" in answer.content.decode()


def test_the_page_is_english_when_asked(enter, run_of_60):
    browser = enter("S0001", "coordinator")
    browser.send("/language/", language="en", next="/")
    page = browser.get("/narrow/?level=urgent&kind=money").content.decode()
    assert "Of the children listed, those whose level of need is" in page
    assert "school aid and meals" in page


def test_a_view_is_saved_opened_deleted_and_brought_back(enter, run_of_60):
    browser = enter("S0001", "coordinator")
    for _ in range(2):
        answer = browser.send("/narrow/views/", name="東町の ３年", query="level=urgent&sort=young&evil=1")
    assert answer["Location"] == "/narrow/?level=urgent&sort=young"
    (view,) = browser.get("/narrow/").context["saved_views"]
    assert (view.name, view.query) == ("東町の 3年", "level=urgent&sort=young")
    browser.send(f"/narrow/views/{view.pk}/delete/")
    answer = browser.get("/narrow/")
    assert answer.context["saved_views"] == []
    assert "見方「東町の 3年」を消しました。" in answer.content.decode()
    browser.send("/narrow/views/", name=view.name, query=view.query)
    assert len(browser.get("/narrow/").context["saved_views"]) == 1


def test_a_view_without_a_name_is_asked_again(enter, run_of_60):
    answer = enter("S0001", "coordinator").send("/narrow/views/", name=" ", query="level=urgent")
    assert answer.status_code == 422
    assert 'value="level=urgent"' in answer.content.decode()


def test_a_view_is_its_makers_alone(enter, run_of_60):
    from tsunagu.cases.models import SavedView

    one = enter("S0001", "coordinator")
    one.send("/narrow/views/", name="わたしの", query="")
    (view,) = one.get("/narrow/").context["saved_views"]
    other = enter("S0002", "coordinator")
    assert other.get("/narrow/").context["saved_views"] == []
    assert other.send(f"/narrow/views/{view.pk}/delete/").status_code == 404
    assert len(one.get("/narrow/").context["saved_views"]) == 1
    assert list(SavedView.objects.all()) == [], "no context, no row"


def test_thirty_views_are_enough(enter, run_of_60, monkeypatch):
    from tsunagu.cases import saved_views

    monkeypatch.setattr(saved_views, "VIEWS_AT_MOST", 1)
    browser = enter("S0001", "coordinator")
    browser.send("/narrow/views/", name="一", query="")
    assert browser.send("/narrow/views/", name="一", query="level=high").status_code == 302
    assert browser.send("/narrow/views/", name="二", query="").status_code == 403


def look_at(browser, number: int):
    rows = browser.get("/narrow/?sort=need").context["rows"]
    return next(one.row for one in rows if one.row.person_id == number)


def choose(browser, **fields):
    return browser.send("/narrow/chosen/", person=["1", "2"], back="level=urgent", **fields)


def test_several_are_decided_about_at_once_and_it_is_undone(enter, run_of_60):
    from tsunagu.access.clock import read_today

    browser = enter("S0001", "coordinator")
    asked = choose(browser).content.decode()
    assert "選んだ 2人について決める" in asked
    assert "架空 2" in asked
    day = read_today().isoformat()
    answer = choose(browser, step="keep", deed="watch", reason="家庭の様子を見る", next_action_on=day)
    assert answer["Location"] == "/narrow/?level=urgent"
    assert [look_at(browser, number).decision for number in (1, 2, 3)] == ["watch", "watch", "none"]
    choose(browser, step="keep", deed="council", reason="会議で相談する", next_action_on=day)
    undo = browser.session["undo"]
    assert undo["words"] == "2人: 会議にかける"
    browser.send(undo["address"], **undo["fields"])
    assert [look_at(browser, number).decision for number in (1, 2)] == ["watch", "watch"]


def test_somebody_is_put_in_charge_of_several_and_only_what_is_new_is_undone(enter, run_of_60):
    from tsunagu.access.models import Staff

    browser = enter("S0001", "coordinator")
    staff = Staff.objects.get(staff_number="S0001")
    one = {"step": "keep", "deed": "assign", "assignee": staff.pk, "reason": "地区の担当"}
    browser.send("/narrow/chosen/", person="1", **one)
    choose(browser, **one)
    undo = browser.session["undo"]
    assert [look_at(browser, number).in_charge for number in (1, 2, 3)] == [(staff.name,), (staff.name,), ()]
    browser.send(undo["address"], **undo["fields"])
    assert [look_at(browser, number).in_charge for number in (1, 2)] == [(staff.name,), ()]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"deed": "watch", "reason": "様子を見る"}, "次に動く日"),
        ({"deed": "watch", "reason": "様子を見る", "next_action_on": "R1.5.1"}, "日"),
        ({"deed": "watch", "reason": " ", "next_action_on": "R30.4.1"}, "理由を書いてください。"),
        ({"deed": "assign", "reason": "地区の担当"}, "担当にする人を選んでください。"),
        ({"reason": "様子を見る"}, "どれか一つを選んでください。"),
    ],
)
def test_what_is_missing_is_asked_again_and_nothing_is_kept(enter, run_of_60, fields, words):
    browser = enter("S0001", "coordinator")
    answer = choose(browser, step="keep", **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'name="person" value="2"' in answer.content.decode()
    assert {look_at(browser, number).decision for number in (1, 2)} == {"none"}


def test_one_child_that_is_not_theirs_stops_all(enter, run_of_60):
    browser = enter("S0001", "coordinator")
    fields = {"step": "keep", "deed": "watch", "reason": "様子を見る", "next_action_on": "R30.4.1"}
    answer = browser.send("/narrow/chosen/", person=["1", "999"], **fields)
    assert answer.status_code == 403
    assert look_at(browser, 1).decision == "none"


def test_nobody_ticked_is_said(enter, run_of_60):
    browser = enter("S0001", "coordinator")
    browser.send("/narrow/chosen/", back="")
    assert "だれも選ばれていません" in browser.get("/narrow/").content.decode()


def compare(listed: int, left: int, *, visible: int = 200, remaining: int = 100):
    from types import SimpleNamespace

    from tsunagu.cases.narrowing import GroupCount, Grouping, Narrowing
    from tsunagu.web.shares import describe_shares

    groups = (GroupCount(Grouping.SEX, "male", listed, left), GroupCount(Grouping.SEX, "female", 1, 1))
    narrowed = SimpleNamespace(groups=groups, visible=visible, left=remaining)
    (shown,) = describe_shares(narrowed, Narrowing(has_shares=True), {}, "ja")
    return shown.groups[0]


@pytest.mark.parametrize(
    ("listed", "left", "verdict"),
    [
        (100, 0, "fewer"),
        (100, 30, "fewer"),
        (109, 30, "fewer"),
        # Whether it is fewer turns on numbers that are not shown.
        (100, 31, "fewer"),
        (100, 40, "unsure"),
        (100, 50, "not_fewer"),
        (9, 0, "unsure"),
    ],
)
def test_a_group_is_said_to_be_fewer_only_when_it_is_so_for_every_number_shown(desk, listed, left, verdict):
    assert compare(listed, left).verdict == verdict


def test_no_two_panels_tell_of_a_single_child(desk):
    """Counts within one step of ten look alike, bars, words and verdicts included: there is nothing to subtract."""
    for tens in (0, 10, 40):
        seen = {repr(compare(listed, left)) for listed in range(100, 110) for left in range(tens, tens + 10)}
        assert len(seen) == 1


def test_with_exact_counts_a_single_child_would_show(desk, monkeypatch):
    from tsunagu.pipeline.seam import Disclosure
    from tsunagu.web import shares

    monkeypatch.setattr(shares, "_IN_STEPS", Disclosure(is_open=True))
    assert repr(compare(100, 40)) != repr(compare(100, 41))
