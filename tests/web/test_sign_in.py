"""Signing in: two steps, locks, sessions; and what the trail says of it."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login

PASSWORD = "ao-zora kami-hikouki"


@pytest.fixture
def read_trail(desk):
    def read() -> list[tuple[str, str, str]]:
        with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
            return connection.execute("SELECT staff_id, act, outcome FROM audit_row ORDER BY at").fetchall()

    return read


def type_in(browser, number: str, password: str = PASSWORD):
    browser.get("/sign-in/")
    return browser.send("/sign-in/", login=number, password=password)


def is_inside(browser) -> bool:
    return browser.get("/").status_code == 200


def test_both_steps_are_asked(open_browser, make_officer, read_code, read_trail):
    staff = make_officer("S0001")
    browser = open_browser()
    assert type_in(browser, "Ｓ０００１")["Location"] == "/sign-in/code/"
    assert not is_inside(browser)
    assert browser.send("/sign-in/code/", code="000000").status_code == 200
    assert not is_inside(browser)
    browser.get("/sign-in/code/")
    assert browser.send("/sign-in/code/", code=read_code(staff))["Location"] == "/"
    assert is_inside(browser)
    who = str(staff.pk)
    assert read_trail() == [(who, "sign_in", "refused"), (who, "sign_in", "changed")]


def test_a_code_is_good_once(open_browser, make_officer, read_code):
    staff = make_officer("S0001")
    code = read_code(staff)
    for is_first in (True, False):
        browser = open_browser()
        type_in(browser, "S0001")
        browser.send("/sign-in/code/", code=code)
        assert is_inside(browser) is is_first


def test_the_second_step_is_set_up_first(open_browser, make_officer, read_trail):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    staff = make_officer("S0001", has_second_step=False)
    browser = open_browser()
    type_in(browser, "S0001")
    for path in ("/", "/password/", "/recovery-codes/"):
        assert browser.get(path)["Location"] == "/second-step/"
    secret = browser.get("/second-step/").context["form"].secret
    assert "違います" in browser.send("/second-step/", code="000000").content.decode()
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert browser.send("/second-step/", code=code)["Location"] == "/recovery-codes/"
    codes = browser.get("/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    assert "****" in browser.get("/recovery-codes/").context["unused_codes"]
    assert is_inside(browser)
    kept = Authenticator.objects.get(user=staff, type="totp").data["secret"]
    assert secret not in kept
    again = open_browser()
    type_in(again, "S0001")
    again.send("/sign-in/code/", code=codes[0])
    assert is_inside(again)
    assert (str(staff.pk), "two_step.set_up", "changed") in read_trail()


def test_without_the_gate_a_password_would_do(open_browser, make_officer, monkeypatch):
    from tsunagu.web import middleware

    make_officer("S0001", has_second_step=False)
    monkeypatch.setattr(middleware, "is_mfa_enabled", lambda *_: True)
    browser = open_browser()
    type_in(browser, "S0001")
    assert is_inside(browser)


@pytest.mark.parametrize("number", ["S0001", "X9999"])
def test_a_wrong_password_says_nothing_of_the_number(open_browser, make_officer, number, read_trail):
    staff = make_officer("S0001")
    answer = type_in(open_browser(), number, "ame-furi kasa-nashi")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "職員番号かパスワードが違います" in page
    assert f'value="{number}"' in page
    assert read_trail() == [(str(staff.pk) if number == "S0001" else "", "sign_in", "refused")]


def test_what_was_typed_is_kept_nowhere(open_browser, make_officer, desk):
    make_officer("S0001")
    type_in(open_browser(), "himitsu-in-the-wrong-box", "ame-furi kasa-nashi")
    with psycopg.connect(desk.url(Login.APP)) as connection:
        kept = connection.execute(
            "SELECT a::text FROM axes_accessattempt AS a UNION ALL SELECT f::text FROM axes_accessfailurelog AS f"
        ).fetchall()
    assert len(kept) == 2
    assert not [row for row in kept if "himitsu" in row[0] or "kasa" in row[0]]


def fail(browser, times: int):
    for _ in range(times):
        answer = type_in(browser, "S0001", "ame-furi kasa-nashi")
    return answer


def test_five_failures_lock_and_time_opens(open_browser, make_officer, monkeypatch, read_trail):
    make_officer("S0001")
    browser = open_browser()
    assert fail(browser, 4).status_code == 200
    assert fail(browser, 1).status_code == 429
    assert type_in(open_browser(), "S0001").status_code == 429
    assert [act for _, act, _ in read_trail()].count("sign_in.lock_out") >= 1
    later = datetime.now(UTC) + timedelta(minutes=16)
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: later)
    assert type_in(open_browser(), "S0001")["Location"] == "/sign-in/code/"


def test_without_the_count_the_sixth_try_would_do(open_browser, make_officer):
    from django.test import override_settings

    make_officer("S0001")
    with override_settings(AXES_ENABLED=False):
        fail(open_browser(), 5)
        assert type_in(open_browser(), "S0001")["Location"] == "/sign-in/code/"


def test_wrong_codes_lock_too(open_browser, make_officer, read_code):
    staff = make_officer("S0001")
    browser = open_browser()
    type_in(browser, "S0001")
    answers = [browser.send("/sign-in/code/", code="000000").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert browser.send("/sign-in/code/", code=read_code(staff)).status_code == 429
    assert not is_inside(browser)


def test_who_has_left_is_outside_at_once(make_officer, sign_in, open_browser):
    staff = make_officer("S0001")
    browser = sign_in(staff)
    assert is_inside(browser)
    staff.is_active = False
    staff.save()
    assert not is_inside(browser)
    assert "職員番号かパスワードが違います" in type_in(open_browser(), "S0001").content.decode()


def test_no_trail_no_sign_in(open_browser, make_officer, monkeypatch, read_code):
    from tsunagu.trail.recording import NotRecordedError
    from tsunagu.web import recording

    def fail_to_write(*_):
        raise NotRecordedError("書けません")

    staff = make_officer("S0001")
    browser = open_browser()
    type_in(browser, "S0001")
    with monkeypatch.context() as patch:
        patch.setattr(recording, "record_act", fail_to_write)
        assert browser.send("/sign-in/code/", code=read_code(staff)).status_code == 403
    assert not is_inside(browser)


def test_only_granted_purposes_can_be_chosen(make_officer, grant, sign_in, read_trail):
    staff = make_officer("S0001")
    grant(staff)
    browser = sign_in(staff)
    for wrong in ("", "abuse_prevention", "x' OR 1=1"):
        answer = browser.send("/purpose/", purpose=wrong)
        assert answer.status_code == 422
        assert "利用目的" in answer.content.decode()
        assert browser.get("/").context["standing"].purpose == ""
    browser.send("/purpose/", purpose="poverty_support")
    assert browser.get("/").context["standing"].purpose == "poverty_support"
    assert (str(staff.pk), "purpose.choose", "changed") in read_trail()


def test_a_right_ends_at_midnight_in_japan(make_officer, grant, sign_in, monkeypatch):
    from django.utils import timezone

    find_day = timezone.localdate
    staff = make_officer("S0001")
    grant(staff, valid_to=date(2027, 4, 1))
    browser = sign_in(staff)
    browser.send("/purpose/", purpose="poverty_support")
    midnight = datetime(2027, 3, 31, 15, tzinfo=UTC)
    moments = {midnight - timedelta(seconds=2): "poverty_support", midnight: ""}
    for moment, purpose in moments.items():
        monkeypatch.setattr(timezone, "localdate", lambda moment=moment: find_day(moment))
        assert browser.get("/").context["standing"].purpose == purpose


def test_an_untouched_page_locks_and_gives_back_what_was_written(make_officer, grant, sign_in, monkeypatch):
    from tsunagu.web import middleware

    staff = make_officer("S0001")
    grant(staff)
    browser = sign_in(staff)
    browser.get("/")
    later = datetime.now(UTC) + timedelta(minutes=15)
    monkeypatch.setattr(middleware, "read_now", lambda: later)
    answer = browser.send("/purpose/", purpose="poverty_support")
    assert answer.status_code == 423
    kept = answer.context["form"].initial["kept"]
    assert "poverty_support" in kept
    assert browser.get("/password/").status_code == 423
    wrong = browser.send("/unlock/", password="chigau", next="/purpose/", kept=kept)
    assert "パスワードが違います" in wrong.content.decode()
    assert wrong.context["form"]["kept"].value() == kept
    answer = browser.send("/unlock/", password=PASSWORD, next="/purpose/", kept=kept)
    assert answer.context["fields"] == [("purpose", "poverty_support")]
    assert browser.get("/").context["standing"].purpose == ""
    browser.send(answer.context["address"], **dict(answer.context["fields"]))
    assert browser.get("/").context["standing"].purpose == "poverty_support"


def test_a_lock_by_hand_holds_until_the_password(make_officer, sign_in, read_trail):
    browser = sign_in(make_officer("S0001"))
    browser.get("/")
    browser.send("/lock/", next="/password/")
    assert browser.get("/password/").status_code == 423
    assert browser.send("/unlock/", password=PASSWORD, next="https://evil.example/")["Location"] == "/"
    assert browser.get("/password/").status_code == 200
    assert [act for _, act, _ in read_trail()] == ["sign_in", "session.lock", "session.unlock"]


def test_a_session_elsewhere_can_be_ended_but_not_another_persons(make_officer, sign_in):
    from allauth.usersessions.models import UserSession

    staff = make_officer("S0001")
    here, elsewhere, stranger = sign_in(staff), sign_in(staff), sign_in(make_officer("S0002"))
    for browser in (here, elsewhere, stranger):
        browser.get("/")
    sessions = {one.session_key: one.pk for one in UserSession.objects.all()}
    path = f"/sessions/{sessions[elsewhere.session.session_key]}/end/"
    assert stranger.send(path).status_code == 404
    assert is_inside(elsewhere)
    assert here.send(path)["Location"] == "/"
    assert not is_inside(elsewhere)
    assert is_inside(here)


def test_a_new_password_must_be_a_good_one(make_officer, sign_in):
    staff = make_officer("S0001")
    browser = sign_in(staff)
    before = staff.password
    page = browser.send("/password/", oldpassword=PASSWORD, password1="12345678", password2="12345678")
    assert page.status_code == 200
    assert page.context["form"].errors
    staff.refresh_from_db()
    assert staff.password == before
    good = "kaze no tori 2027"
    assert browser.send("/password/", oldpassword=PASSWORD, password1=good, password2=good)["Location"] == "/"
    staff.refresh_from_db()
    assert staff.check_password(good)


def test_what_matters_asks_for_the_password_again(make_officer, sign_in, monkeypatch):
    from allauth.mfa.models import Authenticator

    staff = make_officer("S0001")
    browser = sign_in(staff)
    later = datetime.now(UTC) + timedelta(minutes=6)
    monkeypatch.setattr("tsunagu.web.sign_in.read_now", lambda: later)
    assert browser.send("/recovery-codes/new/")["Location"].startswith("/confirm/")
    assert not Authenticator.objects.filter(user=staff, type="recovery_codes")
    assert browser.send("/confirm/", password="chigau").status_code == 200
    browser.send("/confirm/", password=PASSWORD)
    assert browser.send("/recovery-codes/new/")["Location"] == "/recovery-codes/"
