"""The audit trail through Django: committed with the act, gone with it, and refusals that stay."""

from datetime import date

import psycopg
import pytest

from tsunagu.audit.rows import Outcome
from tsunagu.database.logins import Login
from tsunagu.trail.recording import Act, NotRecordedError

DAY = date(2026, 4, 1)
PURPOSE = "own_account"
READ = Act("child.open", Outcome.READ, "child", "0000-0001-2ABC", "caseworker", "assigned")
REFUSED = Act("child.open", Outcome.REFUSED, "child", "0000-0001-2ABC")


@pytest.fixture
def staff(make_staff):
    return make_staff("S0001")


@pytest.fixture
def owner(desk):
    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as connection:
        yield connection


def list_rows(desk) -> list[tuple]:
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as connection:
        return connection.execute("SELECT outcome, staff_id, purpose, request_id FROM audit_row").fetchall()


def test_a_row_says_who_acted(desk, staff):
    from tsunagu.access.auditing import record
    from tsunagu.access.session import acting_as

    with acting_as(staff, PURPOSE, DAY) as acting:
        record(READ)
    assert list_rows(desk) == [("read", str(staff.pk), PURPOSE, str(acting.request_id))]


def test_a_refusal_stays_when_everything_else_is_rolled_back(desk, staff):
    from tsunagu.access.auditing import record, record_refusal
    from tsunagu.access.session import acting_as

    def act_and_be_refused() -> None:
        with acting_as(staff, PURPOSE, DAY) as acting:
            record(READ)
            record_refusal(acting, REFUSED)
            raise PermissionError

    with pytest.raises(PermissionError):
        act_and_be_refused()
    assert [row[:3] for row in list_rows(desk)] == [("refused", str(staff.pk), PURPOSE)]


def test_nothing_is_read_without_its_row(desk, staff, owner):
    from tsunagu.access.auditing import read_as

    seen: list[str] = []
    owner.execute("REVOKE INSERT (act) ON audit_row FROM tsunagu_app")
    with pytest.raises(NotRecordedError):
        read_as(staff, PURPOSE, DAY, READ, lambda: seen.append("read"))
    owner.execute("GRANT INSERT (act) ON audit_row TO tsunagu_app")
    assert seen == []
    assert list_rows(desk) == []
    assert read_as(staff, PURPOSE, DAY, READ, lambda: "read") == "read"
    assert len(list_rows(desk)) == 1


def test_nothing_is_handed_over_when_the_commit_fails(desk, staff, owner):
    from django.db import DatabaseError

    from tsunagu.access.auditing import read_as

    owner.execute(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON audit_row DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
    )
    try:
        with pytest.raises(DatabaseError):
            read_as(staff, PURPOSE, DAY, READ, lambda: "read")
    finally:
        owner.execute("DROP TRIGGER late ON audit_row")
    assert list_rows(desk) == []


def test_upgrading_takes_back_what_was_given_by_hand(desk, owner):
    from tsunagu.web.upgrading import bring_up_to_date

    owner.execute("GRANT SELECT, UPDATE ON audit_row TO tsunagu_app")
    owner.execute("GRANT DELETE ON audit_leaf TO tsunagu_checkpointer")
    bring_up_to_date(desk)
    given = owner.execute(
        "SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges"
        " WHERE table_name LIKE 'audit%' AND grantee <> 'tsunagu_owner' ORDER BY 1, 2, 3"
    ).fetchall()
    checkpointer, application = Login.CHECKPOINTER.value, Login.APP.value
    assert given == [
        (application, "audit_checkpoint", "SELECT"),
        (application, "audit_row", "SELECT"),
        (checkpointer, "audit_checkpoint", "INSERT"),
        (checkpointer, "audit_checkpoint", "SELECT"),
        (checkpointer, "audit_leaf", "INSERT"),
        (checkpointer, "audit_leaf", "SELECT"),
        (checkpointer, "audit_row", "SELECT"),
    ]
