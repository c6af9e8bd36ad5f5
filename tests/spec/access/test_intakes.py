"""受付 in raw SQL under the application's login: role × child × table, who may add, and that nobody changes anything.

A cell says what is seen of an intake: i the intake, s its steps.
"""

from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE, REQUEST, Child, Term, set_context
from .test_seals import replaced

OTHER_PURPOSE = "abuse_prevention"
SCOPES = {
    Role.CASEWORKER: ("team", "T1"),
    Role.SUPERVISOR: ("team", "T1"),
    Role.SCHOOL_SOCIAL_WORKER: ("school", "S1"),
    Role.SCHOOL: ("school", "S1"),
}
# At the school of those who have one; under address protection; in no directory; the relative of everybody who asks.
CHILDREN = {"pupil": 1, "protected": 2, "nobody": None, "sealed": 4}
SEEN = """
                      pupil protected nobody sealed
coordinator           is    is        is     -
caseworker            is    is        is     -
public_health_nurse   -     -         -      -
school_social_worker  -     -         -      -
school                -     -         -      -
council_member        -     -         -      -
child_guidance_center -     -         -      -
supervisor            is    is        is     -
data_holder           -     -         -      -
analyst               -     -         -      -
auditor               -     -         -      -
"""
NOBODY_SEES = SEEN.replace(" is", " - ")
ADD_INTAKE = (
    "INSERT INTO cases_intake (id, person_id, purpose, staff_id, received_at, noted_at, duty_at, deputy_at, due_at, source,"
    " told_by, said, name, kana, born, place, is_unborn, was_seen, seen_when, seen_by, urgency, tell_also, searched_at,"
    " candidates) VALUES (%(id)s, %(person)s, %(purpose)s, %(staff)s, now(), now(), now(), now(),"
    " now() + %(hours)s * interval '1 hour', 'police', '', '一人で歩いていた', '', '', '', '', false, 'seen', '', '', 'now',"
    " '{}', now(), 0)"
)
ADD_STEP = (
    "INSERT INTO cases_intake_step (id, intake_id, person_id, purpose, staff_id, happened_at, kind, way, ending, note)"
    " VALUES (gen_random_uuid(), %(intake)s, %(person)s, %(purpose)s, %(staff)s, now(), 'receipt', '', '', '')"
)


def make_context(who: int, purpose: str = PURPOSE) -> dict:
    return {"staff_id": who, "purpose": purpose, "on_date": DAY, "request_id": REQUEST}


def make_intake(who: int, stands: str, **values) -> dict:
    number = UUID(int=100 + list(CHILDREN).index(stands))
    return {"id": number, "person": CHILDREN[stands], "purpose": PURPOSE, "staff": who, "hours": 48, **values}


@pytest.fixture(scope="module")
def staff(city) -> dict[Role, int]:
    """One member of staff a role, with an intake of each child that was received."""
    administrator = city.add_staff("I-A", is_administrator=True)
    found = {role: city.add_staff(f"I-{role}") for role in Role}
    writer = city.add_staff("I-writer")
    city.load(
        Child(number, school_id="S1", is_protected=stands == "protected")
        for stands, number in CHILDREN.items()
        if number
    )
    city.give(administrator, list_terms(found, writer))
    with city.open(Login.APP) as app:
        set_context(app, make_context(writer))
        for stands in CHILDREN:
            intake = make_intake(writer, stands)
            app.execute(ADD_INTAKE, intake)
            app.execute(ADD_STEP, {**intake, "intake": intake["id"]})
    with city.open(Login.APP) as app:
        for who in found.values():
            set_context(app, make_context(who))
            app.execute(
                "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from)"
                " VALUES (%s, %s, 'own_relative', false, %s, %s)",
                [who, CHILDREN["sealed"], who, DAY],
            )
    return found


def list_terms(staff: dict[Role, int], writer: int):
    for role, who in [*staff.items(), (Role.COORDINATOR, writer)]:
        kind, number = SCOPES.get(role, ("municipality", ""))
        scope = {"scope_kind": kind, "scope_id": number}
        yield Term("access_roleassignment", {"staff_id": who, "role": str(role), **scope})
        for purpose in (PURPOSE, OTHER_PURPOSE):
            yield Term("access_purposegrant", {"staff_id": who, "purpose": purpose})


def look(app, context) -> dict[str, str]:
    set_context(app, context)
    found = {}
    for letter, table, column in (("i", "cases_intake", "id"), ("s", "cases_intake_step", "intake_id")):
        for (number,) in app.execute(f"SELECT {column} FROM {table}").fetchall():  # noqa: S608 # our own names
            stands = list(CHILDREN)[number.int - 100]
            found[stands] = found.get(stands, "") + letter
    app.rollback()
    return {stands: found.get(stands, "-") for stands in CHILDREN}


def find_mismatches(app, staff, table: str, purpose: str = PURPOSE) -> list[str]:
    rows = {row.split()[0]: row.split()[1:] for row in table.strip("\n").splitlines()[1:]}
    return [
        f"{role} {stands}: {shown}, not {cell}"
        for role, who in staff.items()
        for (stands, shown), cell in zip(
            look(app, make_context(who, purpose)).items(), rows[role], strict=True
        )
        if shown != cell
    ]


def test_the_database_answers_as_the_table_says(app, staff, city) -> None:
    assert find_mismatches(app, staff, SEEN) == []
    assert find_mismatches(app, staff, NOBODY_SEES, OTHER_PURPOSE) == []
    assert look(app, {"staff_id": "", "purpose": "", "on_date": "", "request_id": REQUEST}) == dict.fromkeys(
        CHILDREN, "-"
    )


def test_who_sees_no_intake_adds_none_and_nobody_writes_in_anothers_name(app, staff) -> None:
    def is_refused(who: int, statement: str, values: dict) -> bool:
        set_context(app, make_context(who))
        try:
            app.execute(statement, values)
        except InsufficientPrivilege:
            return True
        finally:
            app.rollback()
        return False

    new = UUID(int=1)
    for role, who in staff.items():
        takes = role in (Role.COORDINATOR, Role.CASEWORKER, Role.SUPERVISOR)
        assert is_refused(who, ADD_INTAKE, make_intake(who, "pupil", id=new)) is not takes
        step = {"intake": make_intake(who, "pupil")["id"], "person": None, "purpose": PURPOSE, "staff": who}
        assert is_refused(who, ADD_STEP, step) is not takes
    worker, other = staff[Role.CASEWORKER], staff[Role.COORDINATOR]
    for wrong in ({"staff": other}, {"purpose": OTHER_PURPOSE}, {"person": CHILDREN["sealed"]}):
        assert is_refused(worker, ADD_INTAKE, make_intake(worker, "pupil", id=new, **wrong))
    # A step says what its intake is about, whatever else was said: a seal is not got round by saying nothing.
    sealed = {
        "intake": make_intake(worker, "sealed")["id"],
        "person": None,
        "purpose": PURPOSE,
        "staff": worker,
    }
    assert is_refused(worker, ADD_STEP, sealed)
    assert is_refused(worker, ADD_STEP, {**step, "staff": other})


def test_the_clock_cannot_be_set_longer_and_nothing_is_changed(app, staff) -> None:
    worker = staff[Role.CASEWORKER]
    set_context(app, make_context(worker))
    with pytest.raises(CheckViolation):
        app.execute(ADD_INTAKE, make_intake(worker, "pupil", id=UUID(int=1), hours=49))
    app.rollback()
    set_context(app, make_context(worker))
    for table in ("cases_intake", "cases_intake_step"):
        for verb in (f"UPDATE {table} SET purpose = purpose", f"DELETE FROM {table}"):  # noqa: S608 # our own names
            assert app.execute(verb).rowcount == 0
    app.rollback()


def test_the_roster_is_set_by_whose_role_says_who_is_in_charge(app, staff) -> None:
    add = "INSERT INTO cases_duty (on_date, officer_id, deputy_id, staff_id) VALUES (%s, %s, %s, %s)"
    worker, coordinator = staff[Role.CASEWORKER], staff[Role.COORDINATOR]
    for role, who in staff.items():
        set_context(app, make_context(who))
        if role in (Role.COORDINATOR, Role.SUPERVISOR):
            app.execute(add, [DAY, worker, coordinator, who])
        else:
            with pytest.raises(InsufficientPrivilege):
                app.execute(add, [DAY, worker, coordinator, who])
        app.rollback()
    for pair in ((worker, staff[Role.AUDITOR]), (worker, worker)):
        set_context(app, make_context(coordinator))
        with pytest.raises(CheckViolation):
            app.execute(add, [DAY, *pair, coordinator])
        app.rollback()


LOOSENED = [
    ("cases_intake", "close_sealed", "s.staff_id", "-s.staff_id"),
    ("cases_intake", "see_by_take_intake", "'take_intake'", "'find'"),
    ("cases_intake_step", "match_purpose", "IN ('', purpose)", "IS NOT NULL"),
]


@pytest.mark.parametrize(("table", "policy", "old", "new"), LOOSENED)
def test_a_policy_that_is_loosened_is_seen(city, app, staff, table, policy, old, new) -> None:
    from tsunagu.access.row_policies import close_sealed, match_purpose, show_by_right
    from tsunagu.catalog.roles import Right

    steps = {
        "close_sealed": lambda: close_sealed(table),
        "see_by_take_intake": lambda: show_by_right(table, Right.TAKE_INTAKE),
        "match_purpose": lambda: match_purpose(table),
    }
    step = steps[policy]()
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        wrong = find_mismatches(app, staff, SEEN)
        wrong += find_mismatches(app, staff, NOBODY_SEES, OTHER_PURPOSE)
    assert wrong
