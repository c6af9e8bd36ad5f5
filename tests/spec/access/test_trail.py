"""Who sees which rows of the audit trail: role × row, as text; asked in raw SQL under the application's login."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login
from tsunagu.vocabulary.identifiers import show_id

from .conftest import DAY, PURPOSE, REQUEST, Term, set_context

MINE, TEAMS, ENDED, STRANGER, SEALED = 2**59 + 12345, 22, 33, 44, 55
OTHER_PURPOSE = "abuse_prevention"
# letter → purpose, act, object kind, object id
ROWS = {
    "m": (PURPOSE, "child.open", "child", show_id(MINE)),
    "t": (PURPOSE, "child.open", "child", show_id(TEAMS)),
    "e": (OTHER_PURPOSE, "child.open", "child", show_id(ENDED)),
    "s": (OTHER_PURPOSE, "child.open", "child", show_id(STRANGER)),
    "x": (OTHER_PURPOSE, "child.open", "child", show_id(SEALED)),
    "p": (PURPOSE, "child.search", "purpose", PURPOSE),
    "i": ("own_account", "sign_in", "staff", "7"),
    "k": ("own_account", "sign_in.lock_out", "staff", "7"),
    "o": ("administration", "operator.appoint", "staff", "7"),
    "l": ("administration", "staff.list", "day", "2026-06-01"),
}
# m mine, t the team's, e assigned until yesterday, s a stranger, x assigned but sealed; p a search for the purpose;
# i sign-in, k lock, o the operator's, l a list. Second column: for another purpose, which is not granted.
TEXT = """
coordinator            mtp         -
caseworker             m           -
public_health_nurse    -           -
school_social_worker   -           -
school                 -           -
council_member         -           -
child_guidance_center  -           -
supervisor             t           -
data_holder            -           -
analyst                -           -
auditor                mtesxpikol  mtesxpikol
administrator          iko         iko
"""
SCOPES = {Role.SUPERVISOR: ("team", "T1"), Role.CASEWORKER: ("team", "T1")}


@pytest.fixture(scope="module")
def readers(city) -> dict[str, int]:
    administrator = city.add_staff("A8", is_administrator=True)
    found = {str(role): city.add_staff(f"L-{role}") for role in Role}
    city.give(administrator, _list_terms(found))
    with city.open(Login.OWNER) as owner:
        for who in found.values():
            set_context(owner, {"staff_id": administrator, "on_date": DAY})
            owner.execute(
                "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, valid_from)"
                " VALUES (%s, %s, 'own_relative', true, '2000-01-01')",
                [who, SEALED],
            )
    with city.open(Login.APP) as app:
        for purpose, act, kind, number in ROWS.values():
            set_context(app, {"purpose": purpose, "staff_id": 1})
            app.execute(
                "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome)"
                " VALUES ('', %s, %s, %s, '', 'read')",
                [act, kind, number],
            )
    return {**found, "administrator": administrator}


def _list_terms(staff: dict[str, int]) -> Iterator[Term]:
    day = timedelta(days=1)
    for role, who in staff.items():
        kind, number = SCOPES.get(Role(role), ("municipality", ""))
        scope = {"scope_kind": kind, "scope_id": number}
        yield Term("access_roleassignment", {"staff_id": who, "role": role, **scope})
        yield Term("access_purposegrant", {"staff_id": who, "purpose": PURPOSE})
        bond = {"staff_id": who, "scope_kind": "", "scope_id": "", "kind": "assigned"}
        yield Term("access_relationship", {**bond, "person_id": MINE})
        yield Term("access_relationship", {**bond, "person_id": SEALED})
        yield Term("access_relationship", {**bond, "person_id": ENDED}, DAY - day, DAY)
    team = {"scope_kind": "team", "scope_id": "T1", "kind": "team"}
    yield Term("access_relationship", {**team, "person_id": TEAMS})


def read_letters(app, who: int, purpose: str) -> str:
    set_context(app, {"staff_id": who, "purpose": purpose, "on_date": DAY, "request_id": REQUEST})
    seen = set(app.execute("SELECT purpose, act, object_kind, object_id FROM audit_row").fetchall())
    app.rollback()
    return "".join(letter for letter, row in ROWS.items() if row in seen) or "-"


def find_mismatches(app, readers) -> list[str]:
    found = []
    for line in TEXT.strip().splitlines():
        who, *cells = line.split()
        for purpose, cell in zip((PURPOSE, OTHER_PURPOSE), cells, strict=True):
            if (seen := read_letters(app, readers[who], purpose)) != cell:
                found.append(f"{who} {purpose}: {seen}, not {cell}")
    return found


def test_the_trail_is_shown_as_the_table_says(app, readers):
    assert find_mismatches(app, readers) == []
    assert {line.split()[0] for line in TEXT.strip().splitlines()} == set(readers)


@pytest.mark.parametrize("context", [{}, {"staff_id": ""}, {"on_date": DAY}])
def test_without_a_context_nobody_sees_a_row(app, readers, context):
    set_context(app, context)
    assert app.execute("SELECT count(*) FROM audit_row").fetchone() == (0,)
    app.rollback()


def test_a_right_to_read_ends_at_midnight(city, app, readers):
    who = city.add_staff("L-ends")
    administrator = readers["administrator"]
    role = {"staff_id": who, "role": "auditor", "scope_kind": "municipality", "scope_id": ""}
    city.give(administrator, [Term("access_roleassignment", role, DAY - timedelta(days=1), DAY)])
    for day, is_shown in ((DAY - timedelta(days=1), True), (DAY, False)):
        set_context(app, {"staff_id": who, "purpose": "audit", "on_date": day})
        assert (app.execute("SELECT count(*) FROM audit_row").fetchone()[0] > 0) is is_shown
        app.rollback()


@pytest.mark.parametrize("table", ["access_unmasking", "access_trailexport", "audit_checkpoint"])
def test_reasons_and_notes_are_the_auditors(city, app, readers, table):
    with city.open(Login.OWNER) as owner:
        set_context(owner, {"staff_id": readers["caseworker"], "request_id": REQUEST, "on_date": DAY})
        if table == "access_unmasking":
            owner.execute(
                "INSERT INTO access_unmasking (staff_id, person_id, request_id, reason)"
                " VALUES (%s, 1, %s, '面接の連絡をする') ON CONFLICT DO NOTHING",
                [readers["caseworker"], REQUEST],
            )
        if table == "access_trailexport":
            owner.execute(
                "INSERT INTO access_trailexport (staff_id, request_id, first_day, last_day, reason)"
                " VALUES (%s, %s, '2026-06-01', '2026-06-01', '定期の確認のため')",
                [readers["caseworker"], REQUEST],
            )
    if table == "audit_checkpoint":
        with city.open(Login.CHECKPOINTER) as checkpointer:
            checkpointer.execute("INSERT INTO audit_checkpoint (size, note, at) VALUES (0, 'x', now())")
    own = {"caseworker"} if table != "audit_checkpoint" else set()
    for role, who in readers.items():
        set_context(app, {"staff_id": who, "purpose": PURPOSE, "on_date": DAY, "request_id": REQUEST})
        seen = app.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 # our own names
        assert (seen > 0) is (role in own | {"auditor"}), role
        app.rollback()


# policy · what is taken out of its condition · what stands there instead
LOOSENED = [
    ("see_as_auditor", "l.log = 'without_names'", "true"),
    ("see_sign_ins", "act ~ '^(sign_in|sign_out|session|two_step|password|passkey|operator)([.]|$)'", "true"),
    ("see_own_scheme", "l.log = 'own_scheme'", "true"),
    ("see_own_scheme", "purpose = current_setting('tsunagu.purpose', true)\n    AND EXISTS", "EXISTS"),
    ("see_own_children", "object_kind = 'child'\n    AND EXISTS", "true OR EXISTS"),
    ("see_own_children", "AND NOT EXISTS", "AND EXISTS"),
    ("see_own_children", "l.log = 'own_children' AND ", ""),
    ("see_own_children", "l.log = 'team' AND ", ""),
    ("see_own_children", "(x.valid_to IS NULL OR x.valid_to >", "(true OR x.valid_to >"),
]


@pytest.mark.parametrize(("policy", "old", "new"), LOOSENED)
def test_a_policy_that_is_loosened_is_seen(city, app, readers, policy, old, new):
    from tsunagu.access.row_policies import create_policy, show_own_children

    step = (
        show_own_children() if "children" in policy else create_policy("tsunagu.access", policy, "audit_row")
    )
    assert old in step.sql
    with _replaced(city, step, step.sql.replace(old, new)):
        assert find_mismatches(app, readers)


@contextmanager
def _replaced(city, step, statement: str) -> Iterator[None]:
    with psycopg.connect(city.server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute(step.reverse_sql)
        owner.execute(statement)
        try:
            yield
        finally:
            owner.execute(step.reverse_sql)
            owner.execute(step.sql)
