"""Without a context nobody sees a right; with one, one's own; and the context ends with its transaction."""

from datetime import date

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.database.logins import Login

DAY = date(2026, 4, 1)
TABLES = ("access_roleassignment", "access_purposegrant", "access_administratorship")
PURPOSE = "poverty_support"
ADMINISTRATION = "administration"


@pytest.fixture
def staff(make_staff):
    return make_staff("S0001")


@pytest.fixture
def rights(desk, administrator, staff, make_staff):
    """Two members of staff with a role and a purpose each."""
    from tsunagu.access.models import PurposeGrant, RoleAssignment
    from tsunagu.access.session import acting_as

    with acting_as(administrator, ADMINISTRATION, DAY):
        for one in (staff, make_staff("S0002")):
            RoleAssignment.objects.create(
                staff=one, role="caseworker", scope_kind="team", scope_id="1", valid_from=DAY
            )
            PurposeGrant.objects.create(staff=one, purpose=PURPOSE, valid_from=DAY)


def count_rows(connection) -> dict[str, int]:
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 # our own names
        for table in TABLES
    }


def count_through_django() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        return count_rows(cursor)


NOTHING = dict.fromkeys(TABLES, 0)


# The owner's triggers look up who on duty may take what is told of a child; the process that serves pages is never it.
WITHOUT_CONTEXT = {Login.APP: NOTHING, Login.OWNER: {**NOTHING, "access_roleassignment": 2}}


@pytest.mark.parametrize("login", WITHOUT_CONTEXT)
def test_nobody_sees_anything_without_a_context(desk, rights, login):
    with psycopg.connect(desk.url(login)) as connection:
        assert count_rows(connection) == WITHOUT_CONTEXT[login]
        for name in ("staff_id", "on_date", "purpose"):
            connection.execute("SELECT set_config(%s, '', true)", [f"tsunagu.{name}"])
        assert count_rows(connection) == WITHOUT_CONTEXT[login]


def test_a_table_that_does_not_bind_its_owner_would_be_seen(desk, rights):
    with psycopg.connect(desk.url(Login.OWNER)) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        assert count_rows(connection) == {**dict.fromkeys(TABLES, 2), TABLES[2]: 1}
        connection.rollback()


def test_everybody_sees_their_own_rights(rights, staff):
    from tsunagu.access.queries import is_administrator, list_purposes, list_roles
    from tsunagu.access.session import acting_as

    with acting_as(staff, PURPOSE, DAY):
        assert count_through_django() == dict.fromkeys(TABLES, 1)
        assert [(role.role, role.scope_id) for role in list_roles(staff, on_date=DAY)] == [
            ("caseworker", "1")
        ]
        assert list_purposes(staff, on_date=DAY) == [PURPOSE]
        assert not is_administrator(staff, on_date=DAY)


def test_an_administrator_sees_everybodys(rights, administrator):
    from tsunagu.access.session import acting_as

    with acting_as(administrator, ADMINISTRATION, DAY):
        assert count_through_django() == {**dict.fromkeys(TABLES, 2), TABLES[2]: 1}


def test_an_administrators_rights_end_at_midnight(desk, rights, administrator):
    """The upper bound is the first day without the right."""
    from tsunagu.access.models import Administratorship
    from tsunagu.access.session import acting_as

    last = date(2026, 5, 31)
    with acting_as(administrator, ADMINISTRATION, DAY):
        Administratorship.objects.update(valid_to=date(2026, 6, 1))
    with acting_as(administrator, ADMINISTRATION, last):
        assert count_through_django()[TABLES[0]] == 2
    for day in (date(2026, 6, 1), date(1999, 12, 31)):
        with acting_as(administrator, ADMINISTRATION, day):
            assert count_through_django()[TABLES[0]] == 0


def list_leftovers() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        names = [f"tsunagu.{name}" for name in ("staff_id", "purpose", "on_date", "request_id")]
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE current_setting(name, true) <> ''", [names]
        )
        return [row[0] for row in cursor.fetchall()]


def leave_by_error(staff) -> None:
    from tsunagu.access.session import acting_as

    with pytest.raises(ZeroDivisionError), acting_as(staff, PURPOSE, DAY):
        raise ZeroDivisionError


def leave_normally(staff) -> None:
    from tsunagu.access.session import acting_as

    with acting_as(staff, PURPOSE, DAY) as acting:
        assert len(list_leftovers()) == 4
        assert acting.request_id


@pytest.mark.parametrize("leave", [leave_normally, leave_by_error])
def test_the_context_ends_with_its_transaction(rights, staff, leave):
    """On the very connection that had it, as a pool would hand it on."""
    from django.db import connection

    leave(staff)
    before = connection.connection
    assert list_leftovers() == []
    assert count_through_django() == NOTHING
    assert connection.connection is before


def test_a_context_that_stays_would_be_seen(rights, staff, monkeypatch):
    from django.db import connection

    from tsunagu.access import session

    written = session.read_statement
    monkeypatch.setattr(session, "read_statement", lambda *names: written(*names).replace("true", "false"))
    try:
        leave_normally(staff)
        assert len(list_leftovers()) == 4
        assert count_through_django() != NOTHING
    finally:
        connection.close()  # with what stayed on it: the next test is handed the same connection


def test_one_context_at_a_time(staff):
    from tsunagu.access.session import OWN_ACCOUNT, acting_as

    with acting_as(staff, OWN_ACCOUNT, DAY), pytest.raises(RuntimeError), acting_as(staff, OWN_ACCOUNT, DAY):
        pass


def act(staff, purpose: str, day: date) -> bool:
    from tsunagu.access.session import acting_as

    with acting_as(staff, purpose, day):
        return True


@pytest.mark.parametrize(
    ("purpose", "day"),
    [
        ("abuse_prevention", DAY),
        (PURPOSE, date(2026, 3, 31)),
        (PURPOSE, date(2027, 4, 1)),
        ("poverty_support ", DAY),
        ("Administration", DAY),
    ],
)
def test_a_purpose_that_is_not_granted_on_the_day_is_refused(rights, administrator, staff, purpose, day):
    from tsunagu.access.models import PurposeGrant
    from tsunagu.access.session import PurposeNotGrantedError, acting_as

    with acting_as(administrator, ADMINISTRATION, DAY):
        PurposeGrant.objects.filter(staff=staff).update(valid_to=date(2027, 4, 1))
    for granted in (DAY, date(2027, 3, 31)):
        assert act(staff, PURPOSE, granted)
    with pytest.raises(PurposeNotGrantedError):
        act(staff, purpose, day)


def test_another_persons_grant_is_none_of_ones_own(rights, administrator):
    from tsunagu.access.session import PurposeNotGrantedError

    with pytest.raises(PurposeNotGrantedError):
        act(administrator, PURPOSE, DAY)


@pytest.mark.parametrize("purpose", ["own_account", "administration"])
def test_the_desks_own_purposes_need_no_grant(staff, purpose):
    assert act(staff, purpose, DAY)


def test_without_the_check_any_purpose_would_do(staff, monkeypatch):
    from tsunagu.access import session

    monkeypatch.setattr(session, "_check_grant", lambda acting: None)
    assert act(staff, "abuse_prevention", DAY)


def test_who_has_left_or_names_no_purpose_is_refused(staff):
    from tsunagu.access.session import InactiveStaffError, PurposeMissingError, acting_as

    with pytest.raises(PurposeMissingError), acting_as(staff, "", DAY):
        pass
    staff.is_active = False
    with pytest.raises(InactiveStaffError), acting_as(staff, PURPOSE, DAY):
        pass


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        (TABLES[0], "role, scope_kind, scope_id", "'supervisor', 'municipality', ''"),
        (TABLES[1], "purpose", "'abuse_prevention'"),
        (TABLES[2], "valid_to", "'2027-04-01'"),
    ],
)
def test_nobody_gives_themselves_a_right(desk, rights, staff, table, columns, values):
    from tsunagu.access.session import acting_as

    give = (
        f"INSERT INTO {table} (staff_id, valid_from, {columns}) VALUES ({staff.pk}, '2026-04-02', {values})"  # noqa: S608 # our own names
    )
    assert "row-level security" in refuse(acting_as, staff, give)


def refuse(acting_as, staff, statement: str, purpose: str = PURPOSE) -> str:
    from django.db import ProgrammingError, connection

    with (
        pytest.raises(ProgrammingError) as refused,
        acting_as(staff, purpose, DAY),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(refused.value)


def test_an_administrator_appoints_others_only(rights, administrator, staff):
    from tsunagu.access.session import acting_as

    appoint = "INSERT INTO access_administratorship (staff_id, valid_from) VALUES ({}, '2026-04-02')"
    assert "row-level security" in refuse(
        acting_as, administrator, appoint.format(administrator.pk), ADMINISTRATION
    )
    from django.db import connection

    with acting_as(administrator, ADMINISTRATION, DAY), connection.cursor() as cursor:
        cursor.execute(appoint.format(staff.pk))


@pytest.mark.parametrize("verb", ["UPDATE {} SET valid_from = valid_from", "DELETE FROM {}"])
def test_rights_of_others_are_out_of_reach(rights, staff, administrator, verb):
    """Not even one's own may be changed: only an administrator's statement finds rows."""
    from django.db import connection

    from tsunagu.access.session import acting_as

    for table in TABLES:
        with acting_as(staff, PURPOSE, DAY), connection.cursor() as cursor:
            cursor.execute(verb.format(table))
            assert cursor.rowcount == 0
    with acting_as(administrator, ADMINISTRATION, DAY), connection.cursor() as cursor:
        cursor.execute(verb.format(TABLES[0]))
        assert cursor.rowcount == 2


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE access_purposegrant DISABLE ROW LEVEL SECURITY",
        "DROP POLICY see_own ON access_purposegrant",
        "TRUNCATE access_purposegrant",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "SET ROLE tsunagu_owner",
    ],
)
def test_the_application_changes_no_rule(desk, statement):
    with psycopg.connect(desk.url(Login.APP)) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)
