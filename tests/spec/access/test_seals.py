"""Nothing of a sealed child is seen or written by whom the seal names, in any table and by any right."""

from contextlib import contextmanager

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE, REQUEST, Child, Term, look, set_context

RELATIVE, SIBLING, OTHER = 1, 2, 3
# What policies read of a child before they ask for a seal, and what only says that somebody wrote a reason.
WITHOUT = {"access_seal", "access_protection", "access_unmasking"}
INSERT = (
    "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from)"
    " VALUES (%s, %s, 'own_relative', false, %s, %s)"
)


def make_context(who: int, on=DAY) -> dict:
    return {"staff_id": who, "purpose": PURPOSE, "on_date": on, "request_id": REQUEST}


@pytest.fixture(scope="module")
def staff(city) -> dict[str, int]:
    """A caseworker to whom all three children are assigned, and who lives with the first; a colleague; administrators."""
    found = {name: city.add_staff(f"X-{name}") for name in ("worker", "colleague")}
    found["administrator"] = city.add_staff("X-A", is_administrator=True)
    city.load([Child(number, school_id="S1") for number in (RELATIVE, SIBLING, OTHER)])
    city.give(found["administrator"], list_terms(found))
    with city.open(Login.OWNER) as owner:
        for child, relative in ((RELATIVE, SIBLING), (SIBLING, RELATIVE), (OTHER, RELATIVE), (OTHER, 900)):
            owner.execute(
                "INSERT INTO people_relative (person_id, purpose, relative_id, is_guardian) VALUES (%s, %s, %s, false)",
                [child, PURPOSE, relative],
            )
    with city.open(Login.APP) as app:
        set_context(app, make_context(found["worker"]))
        app.execute(INSERT, [found["worker"], RELATIVE, found["worker"], DAY])
    return found


def list_terms(staff: dict[str, int]):
    for who in (staff["worker"], staff["colleague"]):
        scope = {"scope_kind": "team", "scope_id": "T1"}
        yield Term("access_roleassignment", {"staff_id": who, "role": str(Role.CASEWORKER), **scope})
        yield Term("access_purposegrant", {"staff_id": who, "purpose": PURPOSE})
        for child in (RELATIVE, SIBLING, OTHER):
            bond = {"staff_id": who, "scope_kind": "", "scope_id": "", "person_id": child, "kind": "assigned"}
            yield Term("access_relationship", bond)


def list_tables(city) -> dict[str, str]:
    """Every table about children, and the columns that name one."""
    with city.open(Login.OWNER) as owner:
        rows = owner.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns AS c"
            " JOIN pg_class AS t ON t.relname = c.table_name AND t.relkind = 'r'"
            " WHERE c.table_schema = 'public' AND c.column_name IN ('person_id', 'relative_id')"
        ).fetchall()
    return {f"{table} {column}": table for table, column in rows if table not in WITHOUT}


def count_seen(city, app, who: int, child: int) -> dict[str, int]:
    set_context(app, make_context(who))
    found = {
        name: app.execute(
            f"SELECT count(*) FROM {table} WHERE {name.split()[1]} = %s",  # noqa: S608 # our own names
            [child],
        ).fetchone()[0]
        for name, table in list_tables(city).items()
    }
    app.rollback()
    return {name: count for name, count in found.items() if count}


def test_every_table_about_children_asks_for_seals(city) -> None:
    with city.open(Login.OWNER) as owner:
        asked = set(
            owner.execute(
                "SELECT tablename, substr(policyname, 14) FROM pg_policies WHERE policyname LIKE 'close_sealed_%'"
                " AND permissive = 'RESTRICTIVE' AND cmd = 'ALL'"
            ).fetchall()
        )
    assert {f"{table} {column}" for table, column in asked} == set(list_tables(city))
    assert len(asked) > 10


def test_nothing_of_a_sealed_child_is_seen_by_whom_the_seal_names(city, app, staff) -> None:
    assert count_seen(city, app, staff["worker"], RELATIVE) == {}
    seen = count_seen(city, app, staff["colleague"], RELATIVE)
    assert {"people_directory person_id", "people_contact person_id", "people_relative relative_id"} <= set(
        seen
    )
    siblings = set(count_seen(city, app, staff["worker"], SIBLING))
    assert set(seen) - siblings == {"people_relative person_id", "people_relative relative_id"}


def test_a_reason_opens_no_seal(app, staff) -> None:
    seen = look(app, make_context(staff["worker"]), [RELATIVE])
    assert all(RELATIVE not in children and OTHER in children for children in seen.values())


def test_nothing_is_written_of_a_sealed_child(city, staff) -> None:
    note = "INSERT INTO people_opening (person_id, purpose, opened_on) VALUES (%s, %s, %s)"
    with city.open(Login.APP) as app:
        set_context(app, make_context(staff["worker"]))
        app.execute(note, [OTHER, PURPOSE, DAY])
        with pytest.raises(InsufficientPrivilege):
            app.execute(note, [RELATIVE, PURPOSE, DAY])


@pytest.mark.parametrize(
    ("who", "whom", "by", "is_allowed"),
    [
        ("worker", "worker", "worker", True),
        ("worker", "colleague", "worker", False),
        ("worker", "worker", "administrator", False),
        ("administrator", "colleague", "administrator", True),
        ("administrator", "administrator", "administrator", True),
        ("administrator", "colleague", "worker", False),
    ],
)
def test_one_tells_of_oneself_and_administrators_of_anybody(city, staff, who, whom, by, is_allowed) -> None:
    with city.open(Login.APP) as app:
        set_context(app, make_context(staff[who]))
        values = [staff[whom], 77, staff[by], DAY]
        if is_allowed:
            app.execute(INSERT, values)
        else:
            with pytest.raises(InsufficientPrivilege):
                app.execute(INSERT, values)
        app.rollback()


def test_a_seal_is_ended_by_somebody_else_who_administers_and_never_deleted(city, staff) -> None:
    end = "UPDATE access_seal SET valid_to = %s WHERE person_id = %s"
    with city.open(Login.APP) as app:
        for who in ("worker", "colleague"):
            set_context(app, make_context(staff[who]))
            assert app.execute(end, [DAY.replace(day=2), RELATIVE]).rowcount == 0
        set_context(app, make_context(staff["administrator"]))
        app.execute(INSERT, [staff["administrator"], RELATIVE, staff["administrator"], DAY])
        assert app.execute(end, [DAY.replace(day=2), RELATIVE]).rowcount == 1
        assert app.execute("DELETE FROM access_seal").rowcount == 0
        app.rollback()


def test_a_seal_holds_until_the_day_it_ends(city, app, staff) -> None:
    with city.open(Login.OWNER) as owner:
        owner.execute(
            "UPDATE access_seal SET valid_to = %s WHERE person_id = %s", [DAY.replace(day=3), RELATIVE]
        )
        for day, is_seen in ((1, False), (2, False), (3, True)):
            owner.commit()
            seen = look(app, make_context(staff["worker"], DAY.replace(day=day)))
            assert (RELATIVE in seen["f"]) is is_seen
        owner.execute("UPDATE access_seal SET valid_to = NULL WHERE person_id = %s", [RELATIVE])


LOOSENED = [
    ("people_directory", "person_id", "s.person_id = people_directory.person_id", "false"),
    ("people_place", "person_id", "s.staff_id", "-s.staff_id"),
    ("people_relative", "relative_id", "s.person_id = people_relative.relative_id", "false"),
]


@pytest.mark.parametrize(("table", "person", "old", "new"), LOOSENED)
def test_a_seal_that_is_loosened_is_seen(city, app, staff, table, person, old, new) -> None:
    from tsunagu.access.row_policies import close_sealed

    step = close_sealed(table, person)
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert count_seen(city, app, staff["worker"], RELATIVE)


@contextmanager
def replaced(city, step, statement):
    """Another policy in the place of one, for as long as the block runs."""
    with psycopg.connect(city.server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute(step.reverse_sql)
        owner.execute(statement)
        try:
            yield
        finally:
            owner.execute(step.reverse_sql)
            owner.execute(step.sql)
