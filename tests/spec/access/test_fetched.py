"""What is seen of a fetched child: role × how it stands to whoever asks × what was fetched, as text; and the seals.

A cell says what is seen: e facts of education, m facts of health, n how many there are, o where it is by its facts,
r who lives with it, s that it was fetched.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE, REQUEST, Child, Term, look, set_context

OTHER_PURPOSE = "abuse_prevention"
SCOPES = {
    Role.CASEWORKER: ("team", "T1"),
    Role.SUPERVISOR: ("team", "T1"),
    Role.SCHOOL_SOCIAL_WORKER: ("school", "S1"),
    Role.SCHOOL: ("school", "S1"),
}
STANDS = {
    "stranger": {"school_id": "S2"},
    "infant": {"birth_year": 2024},
    "pupil": {"school_id": "S1"},
    "assigned": {"school_id": "S2"},
    "team": {"school_id": "S2"},
    "shared": {"school_id": "S2"},
}
SEEN = {
    "e": "people_fact WHERE NOT is_place AND lane = 'education'",
    "m": "people_fact WHERE NOT is_place AND lane = 'health'",
    "n": "people_fact_count",
    "o": "people_fact WHERE is_place",
    "r": "people_relative",
    "s": "people_fetched",
}
PLAIN = """
                      stranger infant pupil assigned team  shared
coordinator           nrs      nrs    nrs   nrs      nrs   nrs
caseworker            rs       rs     rs    emors    emors rs
public_health_nurse   -        rs     -     mrs      -     -
school_social_worker  -        -      eors  eors     -     -
school                -        -      -     -        -     eors
council_member        -        -      -     -        -     -
child_guidance_center -        -      -     -        -     rs
supervisor            -        -      -     -        emors -
data_holder           -        -      -     -        -     -
analyst               -        -      -     -        -     -
auditor               -        -      -     -        -     -
"""
# Under address protection: neither who lives with the child nor where it is, without a reason.
PROTECTED = PLAIN.replace("o", "\0").replace("r", "\1")
PROTECTED = "\n".join(
    line[:22].replace("\0", "o").replace("\1", "r") + line[22:].replace("\0", "").replace("\1", "")
    for line in PROTECTED.splitlines()
)
ROLES_OF_ITEMS = [str(role) for role in Role if role is not Role.COUNCIL_MEMBER]
NOBODY = 999


def make_children() -> dict[tuple[bool, str], Child]:
    return {
        (is_protected, stands): Child(100 * is_protected + number, is_protected=is_protected, **values)
        for is_protected in (False, True)
        for number, (stands, values) in enumerate(STANDS.items(), 1)
    }


CHILDREN = make_children()


def list_terms(staff: dict[Role, int]) -> Iterator[Term]:
    for role, who in staff.items():
        kind, number = SCOPES.get(role, ("municipality", ""))
        scope = {"scope_kind": kind, "scope_id": number}
        yield Term("access_roleassignment", {"staff_id": who, "role": str(role), **scope})
        for purpose in (PURPOSE, OTHER_PURPOSE):
            yield Term("access_purposegrant", {"staff_id": who, "purpose": purpose})
        for (_, stands), child in CHILDREN.items():
            if stands in ("assigned", "shared"):
                holder = {"staff_id": who, "scope_kind": "", "scope_id": ""}
                yield Term("access_relationship", {**holder, "person_id": child.person_id, "kind": stands})
    for (_, stands), child in CHILDREN.items():
        if stands == "team":
            holder = {"scope_kind": "team", "scope_id": "T1"}
            yield Term("access_relationship", {**holder, "person_id": child.person_id, "kind": "team"})


def fetch(city, child: Child, recipients: list[str]) -> None:
    """Rows of a copy, as the owner puts them."""
    words = json.dumps({"ja": "語", "en": "word"})
    with city.open(Login.OWNER) as owner:
        for number, (lane, is_place) in enumerate(
            [("education", False), ("education", True), ("health", False)]
        ):
            owner.execute(
                "INSERT INTO people_fact (person_id, purpose, number, is_place, item, lane, known_from, title, source,"
                " values, recipients) VALUES (%s, %s, %s, %s, 'item', %s, %s, %s, %s, '[]', %s)",
                [child.person_id, PURPOSE, number, is_place, lane, DAY, words, words, recipients],
            )
        owner.execute(
            "INSERT INTO people_fact_count (person_id, purpose, lane, recipients, facts)"
            " VALUES (%s, %s, 'education', %s, 2)",
            [child.person_id, PURPOSE, recipients],
        )
        owner.execute(
            "INSERT INTO people_relative (person_id, purpose, relative_id, is_guardian) VALUES (%s, %s, %s, true)",
            [child.person_id, PURPOSE, 1000 + child.person_id],
        )
        owner.execute(
            "INSERT INTO people_fetched (person_id, purpose, as_of, run_id, is_registered, withheld_relatives,"
            " trouble, covered) VALUES (%s, %s, %s, '', true, 0, '', '[]')",
            [child.person_id, PURPOSE, DAY],
        )


@pytest.fixture(scope="module")
def administrator(city) -> int:
    return city.add_staff("A2", is_administrator=True)


@pytest.fixture(scope="module")
def staff(city, administrator) -> dict[Role, int]:
    found = {role: city.add_staff(f"F-{role}") for role in Role}
    city.load(CHILDREN.values())
    city.give(administrator, list_terms(found))
    for child in CHILDREN.values():
        fetch(city, child, ROLES_OF_ITEMS)
    return found


def make_context(who: int, purpose: str = PURPOSE) -> dict:
    return {"staff_id": who, "purpose": purpose, "on_date": DAY, "request_id": REQUEST}


def find_mismatches(app, staff) -> Iterator[str]:
    for role, who in staff.items():
        seen = look(app, make_context(who), [NOBODY], SEEN)
        for is_protected, text in ((False, PLAIN), (True, PROTECTED)):
            cells = next(line.split()[1:] for line in text.splitlines() if line.startswith(f"{role} "))
            for stands, cell in zip(STANDS, cells, strict=True):
                child = CHILDREN[is_protected, stands].person_id
                shown = "".join(letter for letter in SEEN if child in seen[letter]) or "-"
                if shown != cell:
                    yield f"{role} {stands} {is_protected}: {shown}, not {cell}"


def test_the_database_answers_as_the_table_says(app, staff) -> None:
    assert list(find_mismatches(app, staff)) == []


def test_nothing_is_seen_for_another_purpose(app, staff) -> None:
    for who in staff.values():
        seen = look(app, make_context(who, OTHER_PURPOSE), [NOBODY], SEEN)
        assert seen == {letter: set() for letter in SEEN}


def test_places_and_relatives_of_the_protected_open_for_a_reason_to_whom_contacts_are_open(
    app, staff
) -> None:
    child = CHILDREN[True, "assigned"].person_id
    for role, letters in ((Role.CASEWORKER, "emors"), (Role.SCHOOL_SOCIAL_WORKER, "es")):
        seen = look(app, make_context(staff[role]), [child], SEEN)
        assert "".join(letter for letter in SEEN if child in seen[letter]) == letters


def test_who_is_no_recipient_sees_no_fact(city, app, staff) -> None:
    child = Child(50, school_id="S1")
    with city.open(Login.OWNER) as owner:
        owner.execute(
            "INSERT INTO access_belonging (person_id, scope_kind, scope_id, is_before_school) VALUES (50, 'school', 'S1', false)"
        )
    fetch(city, child, ["coordinator"])
    context = make_context(staff[Role.SCHOOL_SOCIAL_WORKER])
    assert [letter for letter, seen in look(app, context, [], SEEN).items() if 50 in seen] == ["r", "s"]


@pytest.mark.parametrize(
    "table", ["people_fact", "people_fact_count", "people_relative", "people_fetched", "people_opening"]
)
@pytest.mark.parametrize("verb", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
def test_nobody_changes_what_was_fetched(app, staff, table: str, verb: str) -> None:
    set_context(app, make_context(staff[Role.CASEWORKER]))
    assert app.execute(verb.format(table)).rowcount == 0
    app.rollback()


def test_who_may_see_a_head_notes_that_they_opened_it_today(city, staff) -> None:
    note = "INSERT INTO people_opening (person_id, purpose, opened_on) VALUES (%s, %s, %s)"
    child = CHILDREN[False, "stranger"].person_id
    with city.open(Login.APP) as app:
        set_context(app, make_context(staff[Role.CASEWORKER]))
        app.execute(note, [child, PURPOSE, DAY])
        app.rollback()
        for who, purpose, day in (
            (staff[Role.SCHOOL], PURPOSE, DAY),
            (staff[Role.CASEWORKER], OTHER_PURPOSE, DAY),
            (staff[Role.CASEWORKER], PURPOSE, DAY.replace(day=2)),
        ):
            set_context(app, make_context(who))
            with pytest.raises(InsufficientPrivilege):
                app.execute(note, [child, purpose, day])
            app.rollback()


def make_fact_policy():
    from tsunagu.access.row_policies import show_by_lane
    from tsunagu.catalog.roles import Right

    return show_by_lane("people_fact", Right.FACTS)


def make_places_mask():
    from tsunagu.access.row_policies import mask_places

    return mask_places("people_fact")


def make_relatives_mask():
    from tsunagu.access.row_policies import mask_protected

    return mask_protected("people_relative")


LOOSENED = [
    (make_fact_policy, "l.role = a.role", "true"),
    (make_fact_policy, "l.lane = people_fact.lane", "true"),
    (make_fact_policy, "r.permission = 'facts'", "r.permission = 'head'"),
    (make_places_mask, "NOT is_place OR", "true OR"),
    (make_places_mask, "p.person_id = people_fact.person_id", "false"),
    (make_relatives_mask, "p.person_id = people_relative.person_id", "false"),
]


@pytest.mark.parametrize(("make", "old", "new"), LOOSENED)
def test_a_policy_that_is_loosened_is_seen(city, app, staff, make, old, new) -> None:
    step = make()
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert next(find_mismatches(app, staff), None)


def test_a_purpose_that_is_not_asked_is_seen(city, app, staff) -> None:
    from tsunagu.access.row_policies import match_purpose

    with replaced(city, match_purpose("people_fact"), "SELECT 1"), pytest.raises(AssertionError):
        test_nothing_is_seen_for_another_purpose(app, staff)


def test_recipients_that_are_not_asked_are_seen(city, app, staff) -> None:
    step = make_fact_policy()
    with replaced(city, step, step.sql.replace("a.role = ANY (people_fact.recipients)", "true")):
        fetched = look(app, make_context(staff[Role.SCHOOL_SOCIAL_WORKER]), [], SEEN)
        assert 50 in fetched["e"]


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
