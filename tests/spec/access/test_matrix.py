"""Role × how the child stands to whoever asks × table, as text; asked in raw SQL under the application's login.

A cell says what is seen of the child: f its name in a search, h its head, p its place, c its contacts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.catalog.roles import Right
from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE, REQUEST, TABLES, Child, Term, look, set_context

# Roles limited to a place or a team; the others have the whole municipality.
SCOPES = {
    Role.CASEWORKER: ("team", "T1"),
    Role.SUPERVISOR: ("team", "T1"),
    Role.SCHOOL_SOCIAL_WORKER: ("school", "S1"),
    Role.SCHOOL: ("school", "S1"),
}
# What makes each column's child. `ended` was assigned until yesterday, `coming` will be from tomorrow.
STANDS = {
    "stranger": {"school_id": "S2"},
    "infant": {"birth_year": 2024},
    "unborn": {"birth_year": None, "is_unborn": True},
    "pupil": {"school_id": "S1"},
    "assigned": {"school_id": "S2"},
    "team": {"school_id": "S2"},
    "agenda": {"school_id": "S2"},
    "shared": {"school_id": "S2"},
    "ended": {"school_id": "S2"},
    "coming": {"school_id": "S2"},
}
PLAIN = """
                      stranger infant unborn pupil assigned team agenda shared ended coming
coordinator           fhp      fhp    fhp    fhp   fhp      fhp  fhp    fhp    fhp   fhp
caseworker            fhp      fhp    fhp    fhp   fhpc     fhp  fhp    fhp    fhp   fhp
public_health_nurse   -        fhp    fhp    -     fhpc     -    -      -      -     -
school_social_worker  -        -      -      fhp   fhp      -    -      -      -     -
school                -        -      -      -     -        -    -      fhp    -     -
council_member        -        -      -      -     -        -    fhp    -      -     -
child_guidance_center -        -      -      -     -        -    -      fhpc   -     -
supervisor            -        -      -      -     -        fhpc -      -      -     -
data_holder           -        -      -      -     -        -    -      -      -     -
analyst               -        -      -      -     -        -    -      -      -     -
auditor               -        -      -      -     -        -    -      -      -     -
"""
# The same after a reason was written for each child, in the same request.
WITH_REASON = PLAIN.replace(
    "coordinator           fhp      fhp    fhp    fhp   fhp      fhp  fhp    fhp    fhp   fhp",
    "coordinator           fhpc     fhpc   fhpc   fhpc  fhpc     fhpc fhpc   fhpc   fhpc  fhpc",
)
# Under address protection: place and contacts to whom the contacts are open anyway, and for a reason.
PROTECTED_WITH_REASON = """
                      stranger infant unborn pupil assigned team agenda shared ended coming
coordinator           fh       fh     fh     fh    fh       fh   fh     fh     fh    fh
caseworker            fh       fh     fh     fh    fhpc     fh   fh     fh     fh    fh
public_health_nurse   -        fh     fh     -     fhpc     -    -      -      -     -
school_social_worker  -        -      -      fh    fh       -    -      -      -     -
school                -        -      -      -     -        -    -      fh     -     -
council_member        -        -      -      -     -        -    fh     -      -     -
child_guidance_center -        -      -      -     -        -    -      fhpc   -     -
supervisor            -        -      -      -     -        fhpc -      -      -     -
data_holder           -        -      -      -     -        -    -      -      -     -
analyst               -        -      -      -     -        -    -      -      -     -
auditor               -        -      -      -     -        -    -      -      -     -
"""
# Without a reason: to nobody.
PROTECTED = PROTECTED_WITH_REASON.replace("fhpc", "fh  ")
TABLES_AS_TEXT = {
    (False, False): PLAIN,
    (False, True): WITH_REASON,
    (True, False): PROTECTED,
    (True, True): PROTECTED_WITH_REASON,
}
NOBODY = 999
CELLS = len(Role) * len(STANDS) * len(TABLES) * len(TABLES_AS_TEXT)


def make_children() -> dict[tuple[bool, str], Child]:
    return {
        (is_protected, stands): Child(100 * is_protected + number, is_protected=is_protected, **values)
        for is_protected in (False, True)
        for number, (stands, values) in enumerate(STANDS.items(), 1)
    }


CHILDREN = make_children()


def list_terms(staff: dict[Role, int]):
    """A role, a purpose and every kind of bond for each member of staff."""
    for role, who in staff.items():
        kind, number = SCOPES.get(role, ("municipality", ""))
        yield Term(
            "access_roleassignment",
            {"staff_id": who, "role": str(role), "scope_kind": kind, "scope_id": number},
        )
        yield Term("access_purposegrant", {"staff_id": who, "purpose": PURPOSE})
        yield from (term for protected in (False, True) for term in list_bonds(who, protected))
    for is_protected in (False, True):
        child = CHILDREN[is_protected, "team"].person_id
        yield Term(
            "access_relationship",
            {"scope_kind": "team", "scope_id": "T1", "person_id": child, "kind": "team"},
        )


def list_bonds(who: int, is_protected: bool):
    day = timedelta(days=1)
    for stands, kind, first, last in (
        ("assigned", "assigned", DAY, DAY + day),
        ("agenda", "agenda", DAY, None),
        ("shared", "shared", DAY, None),
        ("ended", "assigned", DAY - day, DAY),
        ("coming", "assigned", DAY + day, None),
    ):
        bond = {"staff_id": who, "scope_kind": "", "scope_id": "", "kind": kind}
        child = CHILDREN[is_protected, stands].person_id
        yield Term("access_relationship", {**bond, "person_id": child}, first, last)


@pytest.fixture(scope="module")
def staff(city) -> dict[Role, int]:
    """One member of staff a role, in a city with one child a column."""
    administrator = city.add_staff("A1", is_administrator=True)
    found = {role: city.add_staff(f"S-{role}") for role in Role}
    city.load(CHILDREN.values())
    city.give(administrator, list_terms(found))
    return found


def make_context(who: int) -> dict:
    return {"staff_id": who, "purpose": PURPOSE, "on_date": DAY, "request_id": REQUEST}


def find_mismatches(app, staff) -> Iterator[str]:
    """Where the database answers otherwise than the text, in either direction."""
    for has_reason in (False, True):
        # A reason for another child opens nothing.
        reasons = [child.person_id for child in CHILDREN.values()] if has_reason else [NOBODY]
        for role, who in staff.items():
            seen = look(app, make_context(who), reasons)
            for is_protected in (False, True):
                rows = TABLES_AS_TEXT[is_protected, has_reason].strip("\n").splitlines()
                cells = next(row.split()[1:] for row in rows if row.startswith(f"{role} "))
                for stands, cell in zip(STANDS, cells, strict=True):
                    child = CHILDREN[is_protected, stands].person_id
                    shown = "".join(letter for letter in TABLES if child in seen[letter]) or "-"
                    if shown != cell:
                        yield f"{role} {stands} {is_protected} {has_reason}: {shown}, not {cell}"


def test_the_database_answers_as_the_table_says(app, staff) -> None:
    assert list(find_mismatches(app, staff)) == []
    assert CELLS == 1760


def test_the_owner_of_the_tables_reads_no_child_without_a_context(city, staff) -> None:
    with city.open(Login.OWNER) as owner:
        assert look(owner, {}) == {letter: set() for letter in TABLES}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_roleright (role, permission, reach) VALUES ('auditor', 'find', 'everyone')",
        "INSERT INTO access_belonging (person_id, scope_kind, scope_id, is_before_school) VALUES (1, 'school', 'S9', false)",
        "INSERT INTO access_protection (person_id, valid_from) VALUES (1, '2026-01-01')",
        "INSERT INTO access_relationship (staff_id, scope_kind, scope_id, person_id, kind, valid_from) VALUES (current_setting('tsunagu.staff_id')::bigint, '', '', 1, 'assigned', '2026-01-01')",
        "INSERT INTO people_directory (person_id, is_unborn, is_protected) VALUES (999, false, false)",
        "INSERT INTO access_unmasking (staff_id, person_id, request_id, reason) VALUES (1, 1, gen_random_uuid(), '面接の連絡')",
    ],
)
def test_nobody_writes_themselves_a_way_in(city, staff, statement: str) -> None:
    with city.open(Login.APP) as app, pytest.raises(InsufficientPrivilege):
        set_context(app, make_context(staff[Role.CASEWORKER]))
        app.execute(statement)


@pytest.mark.parametrize(
    "table", ["access_roleright", "access_belonging", "access_protection", *TABLES.values()]
)
@pytest.mark.parametrize("verb", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
def test_nobody_changes_what_the_load_wrote(app, staff, table: str, verb: str) -> None:
    set_context(app, make_context(staff[Role.CASEWORKER]))
    changed = app.execute(
        verb.format(table).replace("person_id", "role" if "right" in table else "person_id")
    )
    assert changed.rowcount == 0
    app.rollback()


def show_find(table):
    return show(table, Right.FIND)


def show_head(table):
    return show(table, Right.HEAD)


def show_contact(table):
    return show(table, Right.CONTACT)


def show(table, right):
    from tsunagu.access.row_policies import show_by_right

    return show_by_right(table, right)


def mask(table):
    from tsunagu.access.row_policies import mask_protected

    return mask_protected(table)


def ask(table):
    from tsunagu.access.row_policies import ask_reason

    return ask_reason(table)


TODAY = "nullif(current_setting('tsunagu.on_date', true), '')::date"
# table · what makes the policy · what is taken out of its condition · what stands there instead
LOOSENED = [
    ("people_directory", show_find, "x.person_id = people_directory.person_id", "true"),
    ("people_directory", show_find, f"x.valid_from <= {TODAY}", "true"),
    ("people_directory", show_find, f"(x.valid_to IS NULL OR x.valid_to > {TODAY})", "true"),
    ("people_directory", show_find, f"x.valid_to > {TODAY}", f"x.valid_to >= {TODAY}"),
    ("people_directory", show_find, "AND r.reach = x.kind", ""),
    ("people_directory", show_find, "r.reach IN ('everyone', 'place')", "true"),
    ("people_child", show_head, "r.permission = 'head'", "true"),
    ("people_child", show_head, "b.is_before_school", "true"),
    ("people_child", show_head, "b.person_id = people_child.person_id", "true"),
    ("people_child", show_head, "r.reach = 'everyone' AND a.scope_kind IN ('municipality', 'team')", "false"),
    ("people_contact", show_contact, "r.permission = 'contact'", "r.permission = 'head'"),
    ("people_contact", ask, "u.person_id = people_contact.person_id", "true"),
    ("people_contact", mask, "u.person_id = people_contact.person_id", "true"),
    ("people_contact", mask, "p.person_id = people_contact.person_id", "false"),
    ("people_place", mask, "r.permission = 'contact'", "r.permission = 'head'"),
    ("people_place", mask, "NOT EXISTS", "EXISTS"),
]


@pytest.mark.parametrize(("table", "make", "old", "new"), LOOSENED)
def test_a_policy_that_is_loosened_is_seen(city, app, staff, table, make, old, new) -> None:
    step = make(table)
    assert old in step.sql
    # `true` instead of a bond to the row is noticed only if some row of another child is there: it is.
    with replaced(city, step, step.sql.replace(old, new)):
        assert next(find_mismatches(app, staff), None)


@pytest.mark.parametrize("policy", [mask, ask])
def test_a_policy_that_is_gone_is_seen(city, app, staff, policy) -> None:
    with replaced(city, policy("people_contact"), "SELECT 1"):
        assert next(find_mismatches(app, staff), None)


@contextmanager
def replaced(city, step, statement):
    """Another policy in the place of one, for as long as the block runs."""
    with psycopg.connect(city.server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute(step.reverse_sql)
        owner.execute(statement)
        try:
            yield
        finally:
            if statement.startswith("CREATE"):
                owner.execute(step.reverse_sql)
            owner.execute(step.sql)
