"""What the tables of this package refuse, and how they are made and unmade."""

from datetime import date

import pytest

DAY = date(2026, 4, 1)
ROLE = {"role": "caseworker", "scope_kind": "team", "scope_id": "1", "valid_from": DAY}


@pytest.mark.parametrize(
    ("spoiled", "constraint"),
    [
        ({"role": "king"}, "role_is_one_of_ours"),
        ({"scope_kind": "planet"}, "role_scope_is_named"),
        ({"scope_id": ""}, "role_scope_is_named"),
        ({"scope_kind": "municipality"}, "role_scope_is_named"),
        ({"valid_to": DAY}, "role_ends_after_it_begins"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(administrator, spoiled, constraint):
    from django.db import IntegrityError

    from tsunagu.access.models import RoleAssignment
    from tsunagu.access.session import acting_as

    with acting_as(administrator, "administration", DAY):
        RoleAssignment.objects.create(staff=administrator, **ROLE)
    with pytest.raises(IntegrityError, match=constraint), acting_as(administrator, "administration", DAY):
        RoleAssignment.objects.create(staff=administrator, **{**ROLE, "valid_from": DAY, **spoiled})


def test_a_password_is_kept_as_a_hash(make_staff, desk):
    from tsunagu.access.models import Staff

    one = Staff.objects.create_staff("P1", name="架空 一", department="課", password="himitsu no kotoba")
    assert "himitsu" not in one.password
    assert one.check_password("himitsu no kotoba")
    assert not make_staff("P2").has_usable_password()


def test_migrations_go_back_and_forth(desk):
    """In a database of its own, down to nothing and up again."""
    import psycopg
    from django.core.management import call_command

    from tsunagu.access.owner import owner_connection
    from tsunagu.database.logins import Login
    from tsunagu.web.upgrading import bring_up_to_date

    with psycopg.connect(desk.url(Login.OWNER), autocommit=True) as owner:
        owner.execute("CREATE DATABASE desk_unmade TEMPLATE desk_template")
    with owner_connection(desk, database="desk_unmade"):
        call_command("migrate", "access", "zero", database="owner", verbosity=0)
    assert list_tables(desk) == []
    bring_up_to_date(desk, database="desk_unmade")
    assert {"access_staff", "audit_row"} <= set(list_tables(desk))


def list_tables(desk) -> list[str]:
    import psycopg

    from tsunagu.database.logins import Login

    with psycopg.connect(desk.url(Login.OWNER, database="desk_unmade")) as owner:
        rows = owner.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^(access|audit)'").fetchall()
    return [row[0] for row in rows]


def test_no_model_has_drifted_from_its_migrations(desk):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_table_with_a_term_binds_its_owner(desk):
    import psycopg

    from tsunagu.access.models import Term
    from tsunagu.database.logins import Login

    tables = {model._meta.db_table for model in Term.__subclasses__()}
    with psycopg.connect(desk.url(Login.APP)) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        ).fetchall()
    assert tables <= {row[0] for row in rows}
    assert len(tables) == 3
