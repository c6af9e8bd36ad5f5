"""First passwords, second steps set up anew, and the first administrator of a municipality."""

import re
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from tsunagu.database.logins import Login

OWN = "niji-iro no kasa"
NEW = "mizu-umi ni ukabu fune"


@pytest.fixture
def chief(administrator):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    administrator.set_password(OWN)
    administrator.save()
    return administrator


@pytest.fixture
def browser(chief, sign_in):
    return sign_in(chief)


@pytest.fixture
def read_acts(desk):
    def read() -> list[tuple[str, str, str]]:
        with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
            rows = "SELECT act, outcome, object_id FROM audit_row WHERE act <> 'sign_in' ORDER BY at"
            return connection.execute(rows).fetchall()

    return read


def hand_out(browser, staff, confirmation: str = OWN):
    return browser.send(f"/staff/{staff.pk}/password/", confirmation=confirmation)


def read_slip(answer) -> str:
    return re.search(r'class="secret once">([^<]+)<', answer.content.decode())[1]


def type_in(browser, number: str, password: str):
    browser.get("/sign-in/")
    return browser.send("/sign-in/", login=number, password=password)


def test_a_first_password_leads_to_ones_own_and_nowhere_else(browser, make_staff, open_browser, read_acts):
    staff = make_staff("S0001")
    password = read_slip(hand_out(browser, staff))
    assert re.fullmatch(r"[a-z2-8]{4}(-[a-z2-8]{4}){3}", password)
    theirs = open_browser()
    type_in(theirs, "S0001", password)
    for path in ("/", "/second-step/", "/password/", "/confirm/"):
        assert theirs.get(path)["Location"] == "/password/first/"
    theirs.get("/password/first/")
    same = theirs.send("/password/first/", password=password, again=password)
    assert same.status_code == 422
    assert "違うパスワード" in same.content.decode()
    assert theirs.send("/password/first/", password="mijikai", again="mijikai").status_code == 422
    assert theirs.send("/password/first/", password=NEW, again=NEW)["Location"] == "/"
    assert theirs.get("/")["Location"] == "/second-step/"
    again = open_browser()
    assert type_in(again, "S0001", password).status_code == 200
    assert ("password.give", "changed", str(staff.pk)) in read_acts()
    assert ("password.change", "changed", str(staff.pk)) in read_acts()
    assert password not in str(read_acts())


def test_without_the_gate_a_first_password_would_do(browser, make_officer, sign_in, monkeypatch):
    from tsunagu.web import middleware

    staff = make_officer("S0001")
    hand_out(browser, staff)
    staff.refresh_from_db()
    assert sign_in(staff).get("/")["Location"] == "/password/first/"
    monkeypatch.setattr(middleware, "_has_first_password", lambda staff: False)
    assert sign_in(staff).get("/").status_code == 200


def test_after_a_week_it_is_over(browser, make_staff, open_browser, monkeypatch, read_acts):
    from tsunagu.web.views import first_password

    staff = make_staff("S0001")
    password = read_slip(hand_out(browser, staff))
    theirs = open_browser()
    type_in(theirs, "S0001", password)
    monkeypatch.setattr(first_password, "read_now", lambda: datetime.now(UTC) + timedelta(days=7))
    theirs.get("/sign-out/")
    answer = theirs.send("/password/first/", password=NEW, again=NEW)
    assert answer.status_code == 403
    assert "期限" in answer.content.decode()
    assert theirs.get("/password/first/")["Location"].startswith("/sign-in/")
    staff.refresh_from_db()
    assert not staff.check_password(NEW)
    assert ("password.first_too_late", "refused", str(staff.pk)) in read_acts()


def test_what_they_had_before_ends_at_once(browser, make_officer, sign_in, open_browser):
    staff = make_officer("S0001")
    theirs = sign_in(staff)
    assert theirs.get("/").status_code == 200
    hand_out(browser, staff)
    assert theirs.get("/")["Location"].startswith("/sign-in/")
    assert type_in(open_browser(), "S0001", "ao-zora kami-hikouki").status_code == 200


def test_a_lost_second_step_is_set_up_anew(browser, make_officer, sign_in, open_browser, read_acts):
    staff = make_officer("S0001")
    theirs = sign_in(staff)
    assert (
        browser.send(f"/staff/{staff.pk}/second-step/", confirmation=OWN)["Location"] == f"/staff/{staff.pk}/"
    )
    assert theirs.get("/")["Location"].startswith("/sign-in/")
    again = open_browser()
    type_in(again, "S0001", "ao-zora kami-hikouki")
    assert again.get("/")["Location"] == "/second-step/"
    assert ("two_step.reset", "changed", str(staff.pk)) in read_acts()


@pytest.mark.parametrize("what", ["password", "second-step"])
@pytest.mark.parametrize("typed", ["", "ame-furi kasa-nashi"])
def test_who_sits_there_confirms_first(browser, make_officer, sign_in, what, typed):
    staff = make_officer("S0001")
    theirs = sign_in(staff)
    answer = browser.send(f"/staff/{staff.pk}/{what}/", confirmation=typed)
    assert answer.status_code == 422
    assert "あなた自身のパスワード" in answer.content.decode()
    assert theirs.get("/").status_code == 200


def test_five_wrong_confirmations_lock(browser, make_officer):
    staff = make_officer("S0001")
    for _ in range(5):
        hand_out(browser, staff, "ame-furi kasa-nashi")
    assert hand_out(browser, staff).status_code == 429


def test_without_the_confirmation_a_desk_left_open_would_do(browser, make_officer, monkeypatch):
    from tsunagu.web.views import staff_member

    monkeypatch.setattr(staff_member, "is_oneself", lambda *_: True)
    assert hand_out(browser, make_officer("S0001"), "ame-furi kasa-nashi").status_code == 200


@pytest.mark.parametrize("what", ["password", "second-step"])
def test_nobody_does_it_to_themselves(browser, chief, what, read_acts):
    answer = browser.send(f"/staff/{chief.pk}/{what}/", confirmation=OWN)
    assert answer.status_code == 403
    chief.refresh_from_db()
    assert chief.check_password(OWN)
    act = {"password": "password.give", "second-step": "two_step.reset"}[what]
    assert (act, "refused", str(chief.pk)) in read_acts()


def test_nobody_else_does_it_even_past_the_door(make_officer, sign_in, monkeypatch, read_acts):
    from tsunagu.web import middleware
    from tsunagu.web.doors import Door

    monkeypatch.setattr(middleware, "get_door", lambda view: Door.STAFF)
    other = make_officer("S0002")
    answer = sign_in(make_officer("S0001")).send(
        f"/staff/{other.pk}/password/", confirmation="ao-zora kami-hikouki"
    )
    assert answer.status_code == 403
    assert ("password.give", "refused", str(other.pk)) in read_acts()


def appoint(desk, number: str = "K0001", name: str = "架空 鍵"):
    from tsunagu.web.appointing import Appointee, appoint_administrator

    appointee = Appointee(number, name, "情報政策課")
    return appoint_administrator(desk, appointee, valid_from=date(2026, 11, 24), now=datetime.now(UTC))


def test_the_operator_appoints_the_first_administrator(desk, open_browser, read_acts):
    from tsunagu.access.models import Administratorship, Staff
    from tsunagu.access.session import OWN_ACCOUNT, acting_as

    given = appoint(desk)
    staff = Staff.objects.get(staff_number="K0001")
    with acting_as(staff, OWN_ACCOUNT, date(2026, 11, 24)):
        assert Administratorship.objects.get().staff_id == staff.pk
    browser = open_browser()
    type_in(browser, "K0001", given.password)
    assert browser.get("/")["Location"] == "/password/first/"
    assert read_acts()[0] == ("operator.appoint", "changed", str(staff.pk))


def test_whoever_lost_everything_is_let_in_again(desk, make_officer):
    from allauth.mfa.models import Authenticator

    staff = make_officer("K0001")
    given = appoint(desk)
    staff.refresh_from_db()
    assert staff.check_password(given.password)
    assert not Authenticator.objects.filter(user=staff).exists()


@pytest.mark.parametrize("words", [{"number": ""}, {"name": ""}])
def test_nobody_without_a_number_or_name_is_appointed(desk, words):
    from tsunagu.access.models import Staff
    from tsunagu.web.appointing import AppointmentError

    with pytest.raises(AppointmentError):
        appoint(desk, **words)
    assert not Staff.objects.exists()


def test_no_appointment_without_its_audit_row(desk, monkeypatch):
    from tsunagu.access.models import Staff
    from tsunagu.trail.recording import NotRecordedError
    from tsunagu.web import appointing

    def fail(*_):
        raise NotRecordedError("監査の記録を書けません。")

    monkeypatch.setattr(appointing, "record_act", fail)
    with pytest.raises(NotRecordedError):
        appoint(desk)
    assert not Staff.objects.exists()


def test_the_application_cannot_appoint(desk, make_staff):
    from psycopg.errors import InsufficientPrivilege

    staff = make_staff("S0001")
    with psycopg.connect(desk.url(Login.APP)) as app, pytest.raises(InsufficientPrivilege):
        app.execute(
            "INSERT INTO access_administratorship (staff_id, valid_from) VALUES (%s, '2026-01-01')",
            [staff.pk],
        )
