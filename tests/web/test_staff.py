"""The list of staff: for administrators alone, by the day, on record."""

from datetime import date

import psycopg
import pytest

from tsunagu.database.logins import Login


@pytest.fixture
def read_acts(desk):
    def read() -> list[tuple[str, str, str]]:
        with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
            rows = "SELECT staff_id, act, outcome FROM audit_row WHERE act <> 'sign_in' ORDER BY at"
            return connection.execute(rows).fetchall()

    return read


@pytest.fixture
def administrators_browser(administrator, sign_in):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    return sign_in(administrator)


def test_rights_are_those_of_the_day(administrators_browser, administrator, make_officer, grant, read_acts):
    grant(make_officer("S0001"), valid_from=date(2026, 4, 1), valid_to=date(2027, 4, 1))
    for day, purposes in (("2027-03-31", ["貧困・困窮の早期把握と支援"]), ("2027/04/01", [])):
        rights = administrators_browser.get(f"/staff/?on={day}").context["rights"]
        assert [(one.staff.staff_number, one.purposes) for one in rights] == [
            ("A0001", []),
            ("S0001", purposes),
        ]
        assert [one.is_administrator for one in rights] == [True, False]
    assert read_acts() == [(str(administrator.pk), "staff.list", "read")] * 2


def test_a_day_that_is_none_is_asked_again_and_nothing_is_read(administrators_browser, read_acts):
    answer = administrators_browser.get("/staff/?on=2027-02-30")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "日付を読めません" in page
    assert 'value="2027-02-30"' in page
    assert "A0001</td>" not in page
    assert read_acts() == []


def test_others_are_refused_on_record(make_officer, sign_in, read_acts):
    staff = make_officer("S0001")
    answer = sign_in(staff).get("/staff/")
    assert answer.status_code == 403
    assert "権限がありません" in answer.content.decode()
    assert read_acts() == [(str(staff.pk), "administration.open", "refused")]


def test_behind_another_door_they_would_read_no_rights_of_others(make_officer, sign_in, grant, monkeypatch):
    """The page's door removed: the row policies still show nothing but their own."""
    from tsunagu.web import middleware
    from tsunagu.web.doors import Door

    grant(make_officer("S0002"))
    staff = make_officer("S0001")
    monkeypatch.setattr(middleware, "get_door", lambda view: Door.STAFF)
    answer = sign_in(staff).get("/staff/")
    assert answer.status_code == 200
    assert [one.purposes for one in answer.context["rights"]] == [[], [], []]
