"""Random staff, bonds, seals and contexts, on one connection as a pool hands it on: the database agrees with a plain
reading of the table of roles, row by row, and whoever comes next on the connection gets nothing of the one before.

A probe asks one table, as one member of staff, for one purpose, on one day, which of thirty children it shows.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import psycopg
import pytest

from tsunagu.catalog.roles import Reach, Right
from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE, REQUEST, Child, Term, make_listed, past_policies, replaced

PEOPLE = 30
STAFF = 14
SCOPES = [
    ("municipality", ""),
    ("team", "T1"),
    ("team", "T2"),
    ("school", "S1"),
    ("school", "S2"),
    ("facility", "F1"),
    ("district", "D1"),
]
OTHER_PURPOSE = "abuse_prevention"
LANES = ["education", "health", "welfare"]
# Table · the rights any one of which shows a row · whether its rows are kept for one purpose · masked under protection.
TABLES = {
    "people_directory": ((Right.FIND,), False, False),
    "people_child": ((Right.HEAD,), False, False),
    "people_place": ((Right.HEAD,), False, True),
    "people_contact": ((Right.CONTACT,), True, True),
    "people_fact": ((Right.FACTS,), True, False),
    "cases_listed": ((Right.REASONS,), True, False),
    "cases_decision": ((Right.REASONS,), True, False),
    "cases_contact_made": ((Right.PLAN_READ, Right.NOTE_CONTACT), True, False),
    "cases_assigning": ((Right.HEAD,), False, False),
}


class Oracle:
    """The same question, answered by reading every row in Python."""

    def __init__(self, roles, children, terms, rows, seals, listings, followed) -> None:
        self.roles = {role.id: role for role in roles}
        self.children = children
        self.terms = terms
        self.rows = rows
        self.seals = seals
        self.listings = {Reach.LISTED: listings, Reach.FOLLOWED: followed}
        self.in_force: dict[tuple[str, date], list] = {}

    def list_in_force(self, table: str, on: date) -> list:
        if (table, on) not in self.in_force:
            self.in_force[table, on] = self.find_in_force(table, on)
        return self.in_force[table, on]

    def find_in_force(self, table: str, on: date) -> list:
        return [
            term.columns
            for term in self.terms
            if term.table == table and term.valid_from <= on and (term.valid_to is None or on < term.valid_to)
        ]

    def see(self, table: str, context: dict) -> set[int]:
        who, on, purpose = context.get("staff_id"), context.get("on_date"), context.get("purpose")
        if not who or not on:
            return set()
        grants = self.list_in_force("access_purposegrant", on)
        if not any(grant["staff_id"] == who and grant["purpose"] == purpose for grant in grants):
            return set()
        return {child.person_id for child in self.children if self.shows(table, child, who, purpose, on)}

    def shows(self, table: str, child: Child, who: int, purpose: str, on: date) -> bool:
        rights, is_for_one, is_masked = TABLES[table]
        row = self.rows[child.person_id]
        if is_for_one and row["purpose"] != purpose:
            return False
        if table == "cases_listed" and row["expires_on"] <= on:
            return False
        if is_masked and child.is_protected:
            return False
        if any(
            staff == who and person == child.person_id and (end is None or on < end)
            for staff, person, end in self.seals
        ):
            return False
        fact = row if table == "people_fact" else None
        return any(self.holds(right, child, who, purpose, on, fact) for right in rights)

    def holds(self, right: Right, child: Child, who: int, purpose: str, on: date, fact: dict | None) -> bool:
        for assignment in self.list_in_force("access_roleassignment", on):
            role = self.roles[Role(assignment["role"])]
            if assignment["staff_id"] != who:
                continue
            if fact and (fact["lane"] not in role.lanes or assignment["role"] not in fact["recipients"]):
                continue
            if any(
                self.reaches(reach, assignment, child, who, purpose, on)
                for reach in role.rights.get(right, ())
            ):
                return True
        return False

    def reaches(self, reach: Reach, assignment, child: Child, who: int, purpose: str, on: date) -> bool:
        kind, number = assignment["scope_kind"], assignment["scope_id"]
        is_wide = kind in ("municipality", "team")
        places = {"school": child.school_id, "facility": child.facility_id, "district": child.district}
        is_there = bool(number) and places.get(kind) == number
        if reach in (Reach.EVERYONE, Reach.PLACE):
            return is_there or (is_wide and reach is Reach.EVERYONE)
        if reach in self.listings:
            return (is_there or is_wide) and any(
                (person, listed_for) == (child.person_id, purpose) and (end is None or on < end)
                for person, listed_for, end in self.listings[reach]
            )
        if reach is Reach.BEFORE_SCHOOL:
            is_small = child.is_unborn or (child.birth_year or 0) >= 2020
            return (is_there or is_wide) and is_small
        return any(
            bond["person_id"] == child.person_id
            and bond["kind"] == reach
            and (
                bond["staff_id"] == who
                or (number and (bond["scope_kind"], bond["scope_id"]) == (kind, number))
            )
            for bond in self.list_in_force("access_relationship", on)
        )


def make_children(dice: random.Random) -> list[Child]:
    return [
        Child(
            number,
            school_id=dice.choice([None, "S1", "S2"]),
            facility_id=dice.choice([None, "F1"]),
            district=dice.choice([None, "D1", "D2"]),
            birth_year=dice.choice([None, 2012, 2019, 2020, 2024]),
            is_unborn=dice.random() < 0.1,
            is_protected=dice.random() < 0.2,
        )
        for number in range(1, PEOPLE + 1)
    ]


def make_row(dice: random.Random) -> dict:
    """For what a child's rows are kept, until when, and whose fact it is."""
    return {
        "purpose": dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE]),
        "expires_on": DAY + timedelta(days=dice.randint(-3, 6)),
        "lane": dice.choice(LANES),
        "recipients": [str(role) for role in Role if dice.random() < 0.7],
    }


def make_terms(dice: random.Random, staff: list[int]) -> list[Term]:
    terms = {}
    for who in staff:
        for _ in range(2):
            kind, number = dice.choice(SCOPES)
            role = {
                "staff_id": who,
                "role": str(dice.choice(list(Role)[:8])),
                "scope_kind": kind,
                "scope_id": number,
            }
            add(terms, dice, "access_roleassignment", role)
        purpose = {"staff_id": who, "purpose": dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE])}
        add(terms, dice, "access_purposegrant", purpose)
    for _ in range(6 * PEOPLE):
        holder = {"staff_id": dice.choice(staff), "scope_kind": "", "scope_id": ""}
        if dice.random() < 0.3:
            kind, number = dice.choice(SCOPES[1:])
            holder = {"staff_id": None, "scope_kind": kind, "scope_id": number}
        bond = {
            "person_id": dice.randint(1, PEOPLE),
            "kind": dice.choice(["assigned", "team", "agenda", "shared"]),
        }
        add(terms, dice, "access_relationship", {**holder, **bond})
    return list(terms.values())


def add(terms: dict, dice: random.Random, table: str, columns: dict) -> None:
    first = DAY + timedelta(days=dice.randint(-3, 1))
    last = dice.choice([None, None, None, first + timedelta(days=dice.randint(1, 4))])
    terms[table, tuple(columns.values()), first] = Term(table, columns, first, last)


def make_context(dice: random.Random, staff: list[int]) -> dict:
    context = {
        "staff_id": dice.choice(staff),
        "purpose": dice.choice([PURPOSE] * 6 + [OTHER_PURPOSE, OTHER_PURPOSE, "", "no_purpose"]),
        "on_date": DAY + timedelta(days=dice.choice([-4, -2, -1, 0, 0, 0, 1, 1, 2, 4])),
    }
    if dice.random() < 0.1:
        context[dice.choice(["staff_id", "purpose", "on_date"])] = ""
    if dice.random() < 0.1:
        del context[dice.choice(["staff_id", "purpose", "on_date"])]
    if dice.random() < 0.05:
        context["staff_id"] = 987654
    return context


@pytest.fixture(scope="module")
def probed(city, shipped_roles):
    dice = random.Random(20261124)
    administrator = city.add_staff("A9", is_administrator=True)
    clerk = city.add_staff("P-clerk")
    staff = [city.add_staff(f"P{number}") for number in range(STAFF)]
    children = make_children(dice)
    city.load(children)
    terms = make_terms(dice, staff)
    city.give(administrator, terms)
    rows = {child.person_id: make_row(dice) for child in children}
    seals = [
        (dice.choice(staff), person, dice.choice([None, DAY + timedelta(days=1)]))
        for person in dice.sample(range(1, PEOPLE + 1), 12)
    ]
    listings = [
        (person, dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE]), DAY + timedelta(days=dice.randint(-2, 6)))
        for person in dice.sample(range(1, PEOPLE + 1), 15)
    ]
    followed = [
        (
            person,
            dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE]),
            dice.choice([None, DAY, DAY + timedelta(days=2)]),
        )
        for person in dice.sample(range(1, PEOPLE + 1), 10)
    ]
    with city.open(Login.OWNER) as owner:
        fill(owner, clerk, rows, seals, listings, followed)
    return staff, Oracle(shipped_roles, children, terms, rows, seals, listings, followed)


def fill(owner, clerk: int, rows: dict[int, dict], seals, listings, followed) -> None:
    with past_policies(
        owner,
        "access_seal",
        "access_followed",
        "people_contact",
        "people_fact",
        "cases_listed",
        "cases_decision",
        "cases_contact_made",
        "cases_assigning",
    ):
        for person, row in rows.items():
            owner.execute(
                "UPDATE people_contact SET purpose = %s WHERE person_id = %s", [row["purpose"], person]
            )
            owner.execute(
                "INSERT INTO people_fact (person_id, purpose, number, is_place, item, lane, known_from, title, source,"
                " values, recipients) VALUES (%s, %s, 1, false, 'item', %s, %s, '{}', '{}', '[]', %s)",
                [person, row["purpose"], row["lane"], DAY, row["recipients"]],
            )
            owner.execute(
                "INSERT INTO cases_listed SELECT * FROM jsonb_populate_record(NULL::cases_listed, %s)",
                [psycopg.types.json.Jsonb(make_listed(person, row["expires_on"], row["purpose"]))],
            )
            for table, columns, values in (
                (
                    "cases_decision",
                    "outcome, reason, decided_on, run_id",
                    "'no_support', '話した', '2026-06-01', ''",
                ),
                (
                    "cases_contact_made",
                    "occurred_on, way, saw_child, note",
                    "'2026-06-01', 'letter', false, ''",
                ),
                (
                    "cases_assigning",
                    "assignee_id, team_id, is_end, from_on, reason",
                    f"{clerk}, '', false, '2026-06-01', ''",
                ),
            ):
                owner.execute(
                    f"INSERT INTO {table} (id, person_id, purpose, staff_id, {columns})"  # noqa: S608 # our own names
                    f" VALUES (gen_random_uuid(), %s, %s, %s, {values})",
                    [person, row["purpose"], clerk],
                )
        for who, person, end in seals:
            owner.execute(
                "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from, valid_to)"
                " VALUES (%s, %s, 'own_relative', false, %s, '2000-01-01', %s)",
                [who, person, clerk, end],
            )
        for person, purpose, end in followed:
            owner.execute(
                "INSERT INTO access_followed (person_id, purpose, next_action_on, ends_on)"
                " VALUES (%s, %s, '2026-07-01', %s)",
                [person, purpose, end],
            )
        for person, purpose, end in listings:
            owner.execute(
                "INSERT INTO access_listed (person_id, purpose, listed_since, expires_on)"
                " VALUES (%s, %s, '2026-01-01', %s)",
                [person, purpose, end],
            )


AT_ONCE = 50


@pytest.fixture(scope="module")
def pipe(city) -> Iterator[psycopg.Connection]:
    """One connection of the application's login for all probes, each in a transaction of its own."""
    options = "-c plan_cache_mode=force_generic_plan"
    url = city.server.url(Login.APP)
    with psycopg.connect(url, autocommit=True, prepare_threshold=1, options=options) as connection:
        yield connection


def begin(pipe, table: str, context: dict) -> psycopg.Cursor:
    """Send one probe; its answer is read later. A part of the context that is not there is not set."""
    pipe.execute("BEGIN")
    if context:
        parts = ", ".join(f"set_config('tsunagu.{name}', %s, true)" for name in context)
        values = [str(value) for value in context.values()]
        pipe.execute(f"SELECT {parts}", values)
    asked = pipe.execute(f"SELECT person_id FROM {table}")  # noqa: S608 # our own names
    pipe.execute("COMMIT")
    return asked


def count_mismatches(pipe, probed, *, probes: int, seed: int) -> tuple[int, int]:
    """How many probes the database answers otherwise than the oracle, and how many rows were seen in all."""
    dice = random.Random(seed)
    staff, oracle = probed
    mismatches = seen = 0
    for first in range(0, probes, AT_ONCE):
        asked = [
            (dice.choice(list(TABLES)), make_context(dice, staff) if dice.random() < 0.9 else {})
            for _ in range(first, min(first + AT_ONCE, probes))
        ]
        with pipe.pipeline():
            cursors = [begin(pipe, table, {**context, "request_id": REQUEST}) for table, context in asked]
        for (table, context), cursor in zip(asked, cursors, strict=True):
            found = {row[0] for row in cursor.fetchall()}
            mismatches += found != oracle.see(table, context)
            seen += len(found)
    return mismatches, seen


def test_random_contexts_show_what_the_table_says(pipe, probed) -> None:
    mismatches, seen = count_mismatches(pipe, probed, probes=300, seed=1)
    assert mismatches == 0
    assert seen > 150


@pytest.mark.slow
def test_ten_thousand_random_contexts(pipe, probed) -> None:
    mismatches, seen = count_mismatches(pipe, probed, probes=10_000, seed=2)
    assert mismatches == 0
    assert seen > 5_000


@pytest.mark.slow
@pytest.mark.parametrize("half", [1, 2])
def test_a_hundred_thousand_random_contexts(pipe, probed, half) -> None:
    """`make test-slow ARGS="tests/spec/access -k thousand"`: half of them on each worker."""
    mismatches, seen = count_mismatches(pipe, probed, probes=50_000, seed=10 + half)
    assert mismatches == 0
    assert seen > 25_000


# table · what makes the policy · what is taken out of its condition · what stands there instead
LOOSENED = [
    ("people_directory", Right.FIND, "x.valid_to >", "x.valid_to >="),
    ("people_fact", Right.FACTS, "a.role = ANY (people_fact.recipients)", "true"),
    ("cases_decision", Right.REASONS, "AND r.reach = x.kind", ""),
    ("cases_contact_made", Right.PLAN_READ, "r.permission = 'plan_read'", "r.permission = 'head'"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "right", "old", "new"), LOOSENED)
def test_a_condition_that_is_loosened_is_found_by_chance(city, pipe, probed, table, right, old, new) -> None:
    from tsunagu.access.row_policies import show_by_lane, show_by_right

    step = (show_by_lane if table == "people_fact" else show_by_right)(table, right)
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert count_mismatches(pipe, probed, probes=1_500, seed=4)[0] > 0


class EndedError(Exception):
    """The way out of an officer's transaction."""


def end_normally(connection) -> None:
    """Committed."""


def end_by_exception(connection) -> None:
    raise EndedError


def end_by_wrong_statement(connection) -> None:
    """The database refuses a statement; the transaction is aborted."""
    connection.execute("SELECT 1 / 0")


def end_by_refused_row(connection) -> None:
    connection.execute("INSERT INTO access_protection (person_id, valid_from) VALUES (1, '2026-01-01')")


def end_inside_a_savepoint(connection) -> None:
    """Another officer is set inside a savepoint that is rolled back, and the transaction goes on and is committed."""
    connection.execute("SAVEPOINT inner_one")
    connection.execute("SELECT set_config('tsunagu.staff_id', '1', true)")
    connection.execute("ROLLBACK TO inner_one")


def end_in_an_aborted_transaction(connection) -> None:
    """The error is swallowed, and the officer goes on as if nothing had been."""
    with suppress(psycopg.Error):
        connection.execute("SELECT 1 / 0")
    connection.execute("SELECT 1")


def end_by_timeout(connection) -> None:
    connection.execute("SET LOCAL statement_timeout = 3")
    connection.execute("SELECT pg_sleep(1)")


def end_by_cancelling(connection) -> None:
    """Whoever waits gives up: the statement is cancelled from outside."""
    stopper = threading.Timer(0.02, connection.cancel_safe)
    stopper.start()
    try:
        connection.execute("SELECT pg_sleep(2)")
    finally:
        stopper.join()


QUICK_WAYS: list[Callable] = [
    end_normally,
    end_by_exception,
    end_by_wrong_statement,
    end_by_refused_row,
    end_inside_a_savepoint,
    end_in_an_aborted_transaction,
]
SLOW_WAYS: list[Callable] = [end_by_timeout, end_by_cancelling]


def count_leaks(probed, *, alternations: int, seed: int) -> tuple[int, int, dict[str, int]]:
    """One connection of the desk goes from officer to officer, each of whom leaves in some way or other.

    Returns:
        How often somebody was shown otherwise than the oracle says; how often anything was left between two; and how
        often each way out was gone.
    """
    from django.db import connection

    connection.ensure_connection()
    raw, dice = prepare(connection.connection), random.Random(seed)
    staff, oracle = probed
    wrong, left, gone = 0, 0, dict.fromkeys((way.__name__ for way in QUICK_WAYS + SLOW_WAYS), 0)
    for _ in range(alternations):
        way = dice.choice(SLOW_WAYS if dice.random() < 0.01 else QUICK_WAYS)
        context = {
            "staff_id": dice.choice(staff),
            "purpose": dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE]),
            "on_date": DAY + timedelta(days=dice.randint(-4, 4)),
        }
        table = dice.choice(list(TABLES))
        wrong += act(context, table, way) != oracle.see(table, context)
        gone[way.__name__] += 1
        assert connection.connection is raw
        left += bool(find_left(raw, dice.choice(list(TABLES))))
    return wrong, left, gone


def prepare(raw: psycopg.Connection) -> psycopg.Connection:
    """Each question is planned once: what psycopg keeps prepared by itself is gone after every error."""
    raw.prepare_threshold = None
    for table in TABLES:
        raw.execute(f"PREPARE ask_{table} AS SELECT person_id FROM {table}")  # noqa: S608 # our own names
    return raw


def ask(raw: psycopg.Connection, table: str) -> set[int]:
    return {row[0] for row in raw.execute(f"EXECUTE ask_{table}")}


def act(context: dict, table: str, way: Callable) -> set[int]:
    """What an officer is shown, who then leaves."""
    from django.db import connection
    from django.db.utils import Error

    from tsunagu.access.models import Staff
    from tsunagu.access.session import PurposeNotGrantedError, acting_as

    seen: set[int] = set()
    who = Staff(pk=context["staff_id"], is_active=True)
    with (
        suppress(PurposeNotGrantedError, EndedError, psycopg.Error, Error),
        acting_as(who, context["purpose"], context["on_date"]),
    ):
        seen = ask(connection.connection, table)
        way(connection.connection)
    return seen


def find_left(raw, table: str) -> list:
    """What the next one would get before saying who they are: settings, and rows."""
    with raw.transaction():
        settings = raw.execute(
            "SELECT current_setting('tsunagu.' || name, true) FROM unnest(ARRAY['staff_id', 'purpose', 'on_date',"
            " 'request_id']) AS name"
        ).fetchall()
        (timeout,) = raw.execute("SHOW statement_timeout").fetchone()
        rows = list(ask(raw, table))
    return [value for (value,) in settings if value] + rows + ([] if timeout == "0" else [timeout])


@pytest.fixture
def own_connection() -> Iterator[None]:
    """Django's connection begins anew, and is closed again."""
    from django.db import connection

    connection.close()
    yield
    connection.close()


def test_a_connection_is_handed_on_empty(probed, own_connection) -> None:
    wrong, left, gone = count_leaks(probed, alternations=150, seed=5)
    assert (wrong, left) == (0, 0)
    assert all(gone[way.__name__] for way in QUICK_WAYS)


@pytest.mark.slow
def test_ten_thousand_times_a_connection_is_handed_on_empty(probed, own_connection) -> None:
    wrong, left, gone = count_leaks(probed, alternations=10_000, seed=6)
    assert (wrong, left) == (0, 0)
    assert all(times > 20 for times in gone.values())


def test_a_context_that_stays_on_the_connection_is_seen(probed, own_connection, monkeypatch) -> None:
    from tsunagu.access import session

    written = session.read_statement
    monkeypatch.setattr(session, "read_statement", lambda *names: written(*names).replace("true", "false"))
    assert count_leaks(probed, alternations=30, seed=7)[1] > 0
