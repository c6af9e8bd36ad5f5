"""S13: who saw what, for auditors without names, for administrators the sign-ins; taken out for a reason."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.vocabulary.identifiers import show_id

pytestmark = pytest.mark.slow  # part of `.ci/run`; too long for every run

SUNDAY_NIGHT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # 23:30 in Japan
MONDAY_NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAYS = "first=2026-11-22&last=2026-11-23"


@pytest.fixture
def assign(administrator):
    def give(staff, role: str, **days) -> None:
        from tsunagu.access.models import RoleAssignment
        from tsunagu.access.session import ADMINISTRATION, acting_as

        with acting_as(administrator, ADMINISTRATION, date(2026, 1, 1)):
            RoleAssignment.objects.create(
                staff=staff, role=role, scope_kind="municipality", valid_from=date(2000, 1, 1), **days
            )

    return give


@pytest.fixture
def role_logs(desk):
    from tsunagu.access.models import RoleLog
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        for role, log in (("auditor", "without_names"), ("coordinator", "own_scheme")):
            RoleLog.objects.using(OWNER_ALIAS).create(role=role, log=log)


@pytest.fixture
def auditor(make_officer, assign, role_logs):
    staff = make_officer("U0001")
    assign(staff, "auditor")
    return staff


@pytest.fixture
def browser(auditor, sign_in):
    return sign_in(auditor)


@pytest.fixture
def write_acts(desk):
    """Rows of other days than today, which nobody but the owner of the tables could write."""

    def write(*rows: tuple) -> None:
        with psycopg.connect(desk.url(Login.OWNER)) as owner:
            for at, staff, act, child, outcome in rows:
                owner.execute(
                    "INSERT INTO audit_row (at, staff_id, purpose, request_id, role, act, object_kind, object_id,"
                    " relationship, outcome) VALUES (%s, %s, 'poverty_support', '', '', %s, 'child', %s, '', %s)",
                    [at, str(staff.pk), act, show_id(child), outcome],
                )

    return write


def list_acts(desk, *acts: str) -> list[tuple]:
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        rows = connection.execute("SELECT act, outcome FROM audit_row ORDER BY at").fetchall()
    return [row for row in rows if row[0] in acts]


def test_an_auditor_narrows_by_day_staff_act_and_outcome(desk, browser, make_officer, write_acts):
    one, other = make_officer("S0001"), make_officer("S0002")
    write_acts(
        (SUNDAY_NIGHT, one, "child.open", 1, "read"),
        (MONDAY_NOON, one, "child.contact", 1, "read"),
        (MONDAY_NOON, other, "child.open", 2, "refused"),
    )

    def ask(words: str) -> list[tuple]:
        rows = browser.get(f"/audit/?{words}").context["rows"]
        return [(one.row.staff_number, one.row.act, one.row.outcome) for one in rows]

    assert len(ask(DAYS)) == 3
    assert ask("first=2026-11-22&last=2026-11-22") == [("S0001", "child.open", "read")]
    assert ask(f"{DAYS}&staff=Ｓ０００２") == [("S0002", "child.open", "refused")]
    assert ask(f"{DAYS}&act=child.contact") == [("S0001", "child.contact", "read")]
    assert ask(f"{DAYS}&outcome=refused") == [("S0002", "child.open", "refused")]
    page = browser.get(f"/audit/?{DAYS}").content.decode()
    assert "こどもを開く" in page
    assert "2026-11-22 23:30" in page
    assert ("audit.look", "read") in list_acts(desk, "audit.look")


def test_a_wrong_day_is_said_and_the_last_week_is_shown(browser):
    for words in ("first=2026-02-30", "first=2026-11-23&last=2026-11-22", "first=2020-01-01&last=2026-01-01"):
        assert browser.get(f"/audit/?{words}").status_code == 422


def test_pages_follow_each_other(browser, make_officer, write_acts, monkeypatch):
    from tsunagu.access import trail_reading
    from tsunagu.web.views import auditing

    for module in (trail_reading, auditing):
        monkeypatch.setattr(module, "PAGE_ROWS", 2)
    staff = make_officer("S0001")
    write_acts(*((MONDAY_NOON, staff, "child.open", child, "read") for child in (1, 2, 3)))
    first, second = browser.get(f"/audit/?{DAYS}"), browser.get(f"/audit/?{DAYS}&page=2")
    assert [len(answer.context["rows"]) for answer in (first, second)] == [2, 1]
    assert (bool(first.context["next"]), bool(second.context["next"])) == (True, False)


def test_an_administrator_sees_sign_ins_alone(administrator, sign_in, make_officer, write_acts):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(administrator, generate_totp_secret())
    write_acts((MONDAY_NOON, make_officer("S0001"), "child.open", 1, "read"))
    browser = sign_in(administrator)
    assert browser.get(f"/audit/?{DAYS}").context["rows"] == []
    assert {row.row.act for row in browser.get("/audit/").context["rows"]} == {"sign_in"}
    for path in ("reasons", "unusual", "checkpoints"):
        assert browser.get(f"/audit/{path}/").status_code == 403


def test_a_coordinator_sees_what_was_done_for_the_purpose_in_force(
    make_officer, sign_in, assign, grant, role_logs, write_acts
):
    staff = make_officer("C0001")
    assign(staff, "coordinator")
    grant(staff)
    write_acts((MONDAY_NOON, staff, "child.open", 1, "read"))
    browser = sign_in(staff)
    assert browser.get(f"/audit/?{DAYS}").status_code == 403
    browser.send("/purpose/", purpose="poverty_support")
    assert [row.row.act for row in browser.get(f"/audit/?{DAYS}").context["rows"]] == ["child.open"]


def test_others_are_refused_on_record(desk, make_officer, sign_in, role_logs):
    browser = sign_in(make_officer("S0001"))
    for path in ("", "reasons/", "unusual/", "checkpoints/"):
        assert browser.get(f"/audit/{path}").status_code == 403
    acts = list_acts(desk, "audit.look", "audit.reasons", "audit.unusual", "audit.checkpoints")
    assert len(acts) == 4
    assert {outcome for _, outcome in acts} == {"refused"}


def test_without_the_check_the_policies_still_show_nothing(
    make_officer, sign_in, role_logs, write_acts, monkeypatch
):
    from tsunagu.access import trail_reading

    monkeypatch.setattr(trail_reading, "_check", lambda *_, **__: None)
    staff = make_officer("S0001")
    write_acts((MONDAY_NOON, staff, "child.open", 1, "read"))
    assert sign_in(staff).get(f"/audit/?{DAYS}").context["rows"] == []


def take_out(browser, reason: str):
    return browser.send("/audit/export/", first="2026-11-22", last="2026-11-23", reason=reason)


def test_what_is_taken_out_says_who_and_why_and_is_kept(desk, browser, make_officer, write_acts):
    write_acts((MONDAY_NOON, make_officer("S0001"), "child.open", 1, "read"))
    answer = take_out(browser, "=半期の\n定期確認のため")
    head, names, row = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (head[0], head[2]) == ("# U0001", "'=半期の 定期確認のため")
    assert dict(zip(names, row, strict=True))["object_id"] == show_id(1)
    assert list_acts(desk, "audit.export") == [("audit.export", "read")]
    exports = browser.get("/audit/reasons/").context["exports"]
    assert [(one.staff.staff_number, str(one.first_day)) for one in exports] == [("U0001", "2026-11-22")]


def test_without_a_reason_nothing_is_taken_out(desk, browser):
    for reason in ("", "  ・ ・ "):
        answer = take_out(browser, reason)
        assert answer.status_code == 400
        assert "理由" in answer.content.decode()
    assert list_acts(desk, "audit.export") == []


def test_reasons_of_masked_views_are_shown(desk, browser, make_officer):
    staff = make_officer("S0001")
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.staff_id', %s, true), set_config('tsunagu.request_id', %s, true)",
                      [str(staff.pk), "00000000-0000-0000-0000-000000000007"])  # fmt: skip
        owner.execute(
            "INSERT INTO access_unmasking (staff_id, person_id, request_id, reason)"
            " VALUES (%s, 1, '00000000-0000-0000-0000-000000000007', '面接の日どりを伝えるため')",
            [staff.pk],
        )
    page = browser.get("/audit/reasons/").content.decode()
    assert "面接の日どりを伝えるため" in page
    assert "S0001" in page


def find_rules(browser) -> set[tuple[str, str, int]]:
    found = browser.get(f"/audit/unusual/?{DAYS}").context["found"]
    return {(one.rule, one.staff_number, one.times) for _, one in found}


def test_what_is_unusual_is_found_by_its_rule(browser, make_officer, write_acts):
    night, many, refused, calm = (make_officer(f"S000{number}") for number in range(1, 5))
    write_acts(
        (SUNDAY_NIGHT, night, "child.open", 1, "read"),
        *((MONDAY_NOON, many, "child.open", child, "read") for child in range(30)),
        *((MONDAY_NOON, many, "child.contact", child, "read") for child in range(10)),
        *((MONDAY_NOON, refused, "child.open", child, "refused") for child in (1, 1, 2, 3, 4)),
        *((MONDAY_NOON, calm, "child.open", child, "read") for child in range(29)),
        *((MONDAY_NOON, calm, "child.open", child, "refused") for child in range(4)),
        *((MONDAY_NOON, calm, "child.contact", child, "read") for child in range(9)),
        *((MONDAY_NOON, calm, "child.search", 0, "read") for _ in range(39)),
    )
    expected = {
        ("outside_hours", "S0001", 1),
        ("many_children", "S0002", 30),
        ("many_contacts", "S0002", 10),
        ("many_refusals", "S0003", 5),
        ("same_child_refused", "S0003", 2),
    }
    assert find_rules(browser) == expected
    write_acts((MONDAY_NOON, calm, "child.search", 0, "read"))
    assert find_rules(browser) == {*expected, ("many_searches", "S0004", 40)}


def test_a_missing_checkpoint_is_loud(desk, browser):
    assert "控えがまだ一つもありません" in browser.get("/audit/checkpoints/").content.decode()
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as checkpointer:
        checkpointer.execute("INSERT INTO audit_checkpoint (size, note, at) VALUES (7, 'tsunagu 7', now())")
    page = browser.get("/audit/checkpoints/").content.decode()
    assert "7 件まで" in page
    assert "notice bad" not in page


def test_everybody_reads_the_table_of_roles(make_officer, sign_in, desk):
    from tsunagu.access.models import RoleRight
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    with owner_connection(desk):
        RoleRight.objects.using(OWNER_ALIAS).create(role="school", permission="find", reach="shared")
    rows = sign_in(make_officer("S0001")).get("/audit/roles/").context["rows"]
    title, cells = rows[0]
    assert str(title) == "さがして見つける"
    assert [[str(word) for word in cell] for cell in cells if cell] == [["共有された"]]
