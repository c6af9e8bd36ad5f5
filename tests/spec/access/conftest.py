"""A small city of people and rights, put in as the owner; and what a login sees of it under a context."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import DIRECTORY

DAY = date(2026, 6, 1)
PURPOSE = "poverty_support"
REQUEST = UUID(int=7)
TABLES = {"f": "people_directory", "h": "people_child", "p": "people_place", "c": "people_contact"}
"""A letter for each right: finds, head, place, contact."""


@dataclass(frozen=True)
class Child:
    """One child as the directory has it."""

    person_id: int
    school_id: str | None = None
    facility_id: str | None = None
    district: str | None = None
    birth_year: int | None = 2014
    is_unborn: bool = False
    is_protected: bool = False
    name: str = "架空 花子"

    @property
    def row(self) -> dict[str, Any]:
        mine = {name: getattr(self, name) for name in DIRECTORY.names if hasattr(self, name)}
        return {"kana": "カクウ ハナコ", "search_keys": ["架空", "花子"], **mine}


@dataclass(frozen=True)
class Term:
    """A row of rights with its dates."""

    table: str
    columns: Mapping[str, Any]
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None


@dataclass
class City:
    """The desk's database with people in it."""

    server: Any

    def load(self, children: Iterable[Child], on: date = DAY) -> int:
        from tsunagu.access.owner import OWNER_ALIAS, owner_connection
        from tsunagu.people.loading import load_directory

        children = list(children)
        piece = pa.RecordBatch.from_pylist([child.row for child in children], schema=DIRECTORY)
        with owner_connection(self.server):
            count = load_directory([piece], on=on, using=OWNER_ALIAS)
        with self.open(Login.OWNER) as owner:
            for child in children:
                owner.execute(
                    "INSERT INTO people_child (person_id, birth_date) VALUES (%s, '2014-05-05')",
                    [child.person_id],
                )
                owner.execute(
                    "INSERT INTO people_contact (person_id, purpose, system, place, address, known_from)"
                    " VALUES (%s, %s, 'resident', 1, '架空町1', '2026-04-01')",
                    [child.person_id, PURPOSE],
                )
        return count

    def add_staff(self, number: str, *, is_administrator: bool = False) -> int:
        with self.open(Login.OWNER) as owner:
            (staff,) = owner.execute(
                "INSERT INTO access_staff (password, staff_number, name, department, email, is_active)"
                " VALUES ('!', %s, '架空', '課', '', true) RETURNING id",
                [number],
            ).fetchone()
            if is_administrator:
                owner.execute(
                    "INSERT INTO access_administratorship (staff_id, valid_from) VALUES (%s, '1999-01-01')",
                    [staff],
                )
        return staff

    def give(self, administrator: int, terms: Iterable[Term]) -> None:
        """As an administrator, through the row policies."""
        with self.open(Login.APP) as app:
            set_context(app, {"staff_id": administrator, "on_date": DAY})
            for term in terms:
                values = {**term.columns, "valid_from": term.valid_from, "valid_to": term.valid_to}
                names, holes = ", ".join(values), ", ".join(["%s"] * len(values))
                app.execute(
                    f"INSERT INTO {term.table} ({names}) VALUES ({holes})",  # noqa: S608 # our own names
                    list(values.values()),
                )

    def open(self, login: Login) -> psycopg.Connection:
        return psycopg.connect(self.server.url(login))


def set_context(connection: psycopg.Connection, context: Mapping[str, Any]) -> None:
    for name, value in context.items():
        connection.execute("SELECT set_config(%s, %s, true)", [f"tsunagu.{name}", str(value)])


def look(
    connection: psycopg.Connection,
    context: Mapping[str, Any],
    reasons: Iterable[int] = (),
    tables: Mapping[str, str] = TABLES,
) -> dict:
    """Which children each table shows. Written reasons are rolled back, and so is what the connection had planned."""
    set_context(connection, context)
    reasons = list(reasons)
    for person_id in reasons:
        connection.execute(
            "INSERT INTO access_unmasking (staff_id, person_id, request_id, reason) VALUES (%s, %s, %s, '面接の連絡をする')",
            [context["staff_id"], person_id, context["request_id"]],
        )
    seen = {
        letter: {row[0] for row in connection.execute(f"SELECT person_id FROM {table}")}  # noqa: S608 # our own names
        for letter, table in tables.items()
    }
    connection.rollback() if reasons else connection.commit()
    return seen


@contextmanager
def past_policies(owner: psycopg.Connection, *tables: str) -> Iterator[None]:
    """The owner puts rows in that only staff may write; the policies hold again afterwards."""
    for table in tables:
        owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


@contextmanager
def replaced(city, step, statement: str | None) -> Iterator[None]:
    """Another policy in the place of one, or none, for as long as the block runs."""
    with psycopg.connect(city.server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute(step.reverse_sql)
        if statement:
            owner.execute(statement)
        try:
            yield
        finally:
            if statement:
                owner.execute(step.reverse_sql)
            owner.execute(step.sql)


def make_listed(child: int, expires: date, purpose: str = PURPOSE) -> dict:
    """A row of `cases_listed`."""
    return {
        "person_id": child,
        "purpose": purpose,
        "run_id": "run-1",
        "need_level": "high",
        "need_rank": 4,
        "headline_ja": "",
        "headline_en": "",
        "has_red_flag": False,
        "silence_state": "",
        "is_silence_urgent": False,
        "silence_ja": "",
        "silence_en": "",
        "age_ja": "",
        "age_en": "",
        "is_unborn": False,
        "is_registered": True,
        "is_protected": False,
        "kinds": [],
        "listed_since": DAY.isoformat(),
        "expires_on": expires.isoformat(),
    }


@pytest.fixture(scope="module")
def city(shared_desk, put_roles) -> Iterator[City]:
    """Empty, but for the table of roles."""
    put_roles(shared_desk)
    yield City(shared_desk)


@pytest.fixture(scope="module")
def app(city) -> Iterator[psycopg.Connection]:
    """One connection of the application's login, as a pool would hand it on and on."""
    from tsunagu.web.fixed_settings import PLANNED_ONCE

    planned = {name: value for name, value in PLANNED_ONCE.items() if name != "server_side_binding"}
    with psycopg.connect(city.server.url(Login.APP), **planned) as connection:
        yield connection
