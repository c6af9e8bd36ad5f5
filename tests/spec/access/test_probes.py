"""Random staff, bonds and contexts, on one connection as a pool hands it on: the database agrees with a plain reading
of the table of roles, and a transaction without a context shows nothing in between."""

import random
from datetime import date, timedelta

import pytest

from tsunagu.catalog.roles import Reach, Right
from tsunagu.catalog.words import Role

from .conftest import DAY, PURPOSE, REQUEST, TABLES, Child, Term, look

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
ASKED = {"f": Right.FIND, "h": Right.HEAD, "p": Right.HEAD, "c": Right.CONTACT}


class Oracle:
    """The same question, answered by reading every row in Python."""

    def __init__(self, roles, children, terms) -> None:
        self.roles = {role.id: role for role in roles}
        self.children = children
        self.terms = terms
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

    def see(self, context: dict) -> dict[str, set[int]]:
        nothing = {letter: set() for letter in TABLES}
        who, on = context.get("staff_id"), context.get("on_date")
        if not who or not on:
            return nothing
        grants = self.list_in_force("access_purposegrant", on)
        if not any(
            grant["staff_id"] == who and grant["purpose"] == context.get("purpose") for grant in grants
        ):
            return nothing
        # Contacts are kept for the purpose they were fetched for.
        letters = [letter for letter in TABLES if letter != "c" or context["purpose"] == PURPOSE]
        return nothing | {
            letter: {child.person_id for child in self.children if self.shows(letter, child, who, on)}
            for letter in letters
        }

    def shows(self, letter: str, child: Child, who: int, on: date) -> bool:
        is_masked = letter in "pc" and child.is_protected
        return not is_masked and self.holds(ASKED[letter], child, who, on)

    def holds(self, right: Right, child: Child, who: int, on: date) -> bool:
        return any(
            self.reaches(reach, assignment, child, who, on)
            for assignment in self.list_in_force("access_roleassignment", on)
            if assignment["staff_id"] == who
            for reach in self.roles[Role(assignment["role"])].rights.get(right, ())
        )

    def reaches(self, reach: Reach, assignment, child: Child, who: int, on: date) -> bool:
        kind, number = assignment["scope_kind"], assignment["scope_id"]
        is_wide = kind in ("municipality", "team")
        is_there = (
            number
            and {"school": child.school_id, "facility": child.facility_id, "district": child.district}.get(
                kind
            )
            == number
        )
        if reach in (Reach.EVERYONE, Reach.PLACE):
            return bool(is_there) or (is_wide and reach is Reach.EVERYONE)
        if reach is Reach.BEFORE_SCHOOL:
            is_small = child.is_unborn or (child.birth_year or 0) >= 2020
            return bool(is_there or is_wide) and is_small
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
        add(
            terms,
            dice,
            "access_purposegrant",
            {"staff_id": who, "purpose": dice.choice([PURPOSE, PURPOSE, OTHER_PURPOSE])},
        )
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
    last = dice.choice([None, None, first + timedelta(days=dice.randint(1, 4))])
    terms[table, tuple(columns.values()), first] = Term(table, columns, first, last)


def make_context(dice: random.Random, staff: list[int]) -> dict:
    context = {
        "staff_id": dice.choice(staff),
        "purpose": dice.choice([PURPOSE, PURPOSE, PURPOSE, OTHER_PURPOSE, "", "no_purpose"]),
        "on_date": DAY + timedelta(days=dice.randint(-4, 4)),
        "request_id": REQUEST,
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
    dice = random.Random(20261123)
    administrator = city.add_staff("A9", is_administrator=True)
    staff = [city.add_staff(f"P{number}") for number in range(STAFF)]
    children = make_children(dice)
    city.load(children)
    terms = make_terms(dice, staff)
    city.give(administrator, terms)
    return staff, Oracle(shipped_roles, children, terms)


def count_mismatches(app, probed, *, probes: int, seed: int) -> tuple[int, int]:
    """How many probes the database answers otherwise than the oracle, and how many rows were seen in all."""
    dice = random.Random(seed)
    staff, oracle = probed
    mismatches = seen = 0
    for _ in range(probes):
        context = make_context(dice, staff) if dice.random() < 0.9 else {}
        found = look(app, context)
        mismatches += found != oracle.see(context)
        seen += sum(map(len, found.values()))
    return mismatches, seen


def test_random_contexts_show_what_the_table_says(app, probed) -> None:
    mismatches, seen = count_mismatches(app, probed, probes=120, seed=1)
    assert mismatches == 0
    assert seen > 300


@pytest.mark.slow
def test_ten_thousand_random_contexts(app, probed) -> None:
    mismatches, _ = count_mismatches(app, probed, probes=10_000, seed=2)
    assert mismatches == 0
