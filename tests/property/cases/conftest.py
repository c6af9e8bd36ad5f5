"""Listed children by the thousand, put in as the tables' owner, and a coordinator who may see them."""

import json
import random
from datetime import date, timedelta
from uuid import UUID

import pyarrow as pa
import pytest

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import DIRECTORY

DAY = date(2026, 6, 1)
AS_OF = date(2026, 5, 20)
PURPOSE = "poverty_support"
OTHER_PURPOSE = "abuse_prevention"
REQUEST = UUID(int=9)
LEVELS = {"urgent": 5, "high": 4, "medium": 3, "watch": 2, None: -1}
KINDS = ["poverty", "neglect", "isolation", "silence"]


def make_child(number: int, chance: random.Random) -> dict:
    """A row of `cases_listed`; every column takes every kind of value, missing ones included."""
    level = chance.choice(list(LEVELS))
    age = chance.choice([None, *range(18)])
    unseen = chance.choice([None, 0, 20, 40, 100, 200, 500])
    is_protected = chance.random() < 0.05
    place = {"school_id": None, "facility_id": None, "district": None}
    if not is_protected:
        place = {
            "school_id": chance.choice([None, "S1", "S2", "S3"]),
            "facility_id": chance.choice([None, "F1"]),
            "district": chance.choice([None, "東町", "西町", "南町"]),
        }
    known = chance.choice([None, 0, 31, 32, 92, 93, 366, 367])
    return {
        "person_id": number,
        "purpose": PURPOSE,
        "run_id": "run-1",
        "need_level": level,
        "need_rank": LEVELS[level],
        "headline_ja": "架空の理由",
        "headline_en": "a made-up reason",
        "has_red_flag": chance.random() < 0.1,
        "days_unseen": unseen,
        "silence_state": "",
        "is_silence_urgent": chance.random() < 0.1,
        "silence_ja": "",
        "silence_en": "",
        "last_seen_on": None if unseen is None else AS_OF - timedelta(days=unseen),
        "age_ja": f"{age}歳",
        "age_en": f"{age} years",
        "age_months": None if age is None else age * 12 + 3,
        "age_years": age,
        "grade": chance.choice([None, "e2", "p3", "j1", "h2"]),
        **place,
        "is_unborn": age is None and chance.random() < 0.5,
        "is_registered": chance.random() < 0.9,
        "is_protected": is_protected,
        "months_unseen": None if unseen is None else unseen // 30,
        "known_until": None if known is None else DAY - timedelta(days=known),
        "kinds": chance.sample(KINDS, chance.randint(0, 3)),
        "listed_since": chance.choice([AS_OF, AS_OF - timedelta(days=30)]),
        "expires_on": DAY + timedelta(days=60),
        "_decision": chance.choice([None, None, "watch", "council", "already_supported", "no_support"]),
        "_contact_days": chance.choice([None, None, 0, 30, 31, 90, 91, 181]),
        "_is_contact_back": chance.random() < 0.3,
        "_sex": chance.choice([None, "male", "female"]),
        "_is_taken_back": chance.random() < 0.3,
        "_in_charge": chance.choice([None, None, "mine", "others"]),
    }


def drop_hidden(child: dict) -> dict:
    return {name: value for name, value in child.items() if not name.startswith("_")}


class World:
    """The desk's database with a run in it."""

    def __init__(self, server):
        self.server = server

    def fill(self, children: list[dict], *, directory: int = 0) -> None:
        """These children listed, in a directory of at least as many."""
        from tsunagu.people.loading import load_directory
        from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

        listed = {child["person_id"]: child for child in children}
        known = [
            {
                **{name: None for name in DIRECTORY.names},
                **{
                    name: listed.get(number, {}).get(name)
                    for name in ("school_id", "facility_id", "district")
                },
                "person_id": number,
                "name": f"架空 {number}",
                "kana": f"カクウ {number}",
                "birth_year": 2015,
                "is_unborn": False,
                "is_protected": bool(listed.get(number, {}).get("is_protected")),
                "search_keys": ["架空"],
            }
            for number in {*listed, *range(directory)}
        ]
        with owner_connection(self.server):
            load_directory([pa.RecordBatch.from_pylist(known, schema=DIRECTORY)], on=DAY, using=OWNER_ALIAS)
        with self.open() as owner:
            owner.execute("SELECT set_config('tsunagu.purpose', %s, true)", [PURPOSE])
            for table in ("cases_listed", "access_listed", "cases_run"):
                owner.execute(f"DELETE FROM {table}")  # noqa: S608 # our own names
            owner.execute(
                "INSERT INTO cases_run (run_id, purpose, as_of, told_on, expires_on, counts, kind_titles, is_current)"
                " VALUES ('run-1', %s, %s, %s, %s, '{\"children\": \"27000\", \"listed\": 1}', '{}', true)",
                [PURPOSE, AS_OF, DAY, DAY + timedelta(days=60)],
            )
            self._add(owner, "cases_listed", [drop_hidden(child) for child in children])
            self._add_entries(owner, children)
            owner.execute("ALTER TABLE people_child NO FORCE ROW LEVEL SECURITY")
            owner.execute("DELETE FROM people_child")
            heads = [{"person_id": one["person_id"], "sex": one["_sex"]} for one in children]
            self._add(owner, "people_child", heads)
            owner.execute("ALTER TABLE people_child FORCE ROW LEVEL SECURITY")
            terms = ("person_id", "purpose", "listed_since", "expires_on")
            self._add(owner, "access_listed", [{name: child[name] for name in terms} for child in children])

    def _add_entries(self, owner, children: list[dict]) -> None:
        """What people did, past the policies: an older decision under each, which must not count."""
        tables = ("cases_decision", "cases_contact_made", "cases_taking_back", "cases_assignment")
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            owner.execute(f"DELETE FROM {table}")  # noqa: S608 # our own names
        staff = owner.execute(
            "SELECT id FROM access_staff WHERE staff_number IN ('A0001', 'S0001') ORDER BY 1"
        )
        other, own = (row[0] for row in staff.fetchall())
        decisions, contacts, backs, charges = [], [], [], []
        for child in children:
            number = child["person_id"]
            entry = {"person_id": number, "purpose": PURPOSE, "staff_id": own}
            words = {"reason": "架空の理由", "decided_on": DAY, "next_action_on": DAY, "run_id": "run-1"}
            if child["_decision"]:
                old, new, back = (str(UUID(int=number * 10 + at)) for at in (1, 2, 3))
                decision = {
                    **entry,
                    **words,
                    "outcome": "data_error",
                    "id": old,
                    "recorded_at": "2026-05-30T00:00:00Z",
                }
                decisions += [
                    decision,
                    {
                        **decision,
                        "outcome": child["_decision"],
                        "id": new,
                        "recorded_at": "2026-05-31T00:00:00Z",
                    },
                ]
                if child["_is_taken_back"]:
                    backs.append({**entry, "id": back, "about": new, "recorded_at": "2026-05-31T01:00:00Z"})
            if child["_contact_days"] is not None:
                made, back = (str(UUID(int=number * 10 + at)) for at in (4, 5))
                day = DAY - timedelta(days=child["_contact_days"])
                contact = {
                    "way": "visit",
                    "saw_child": False,
                    "note": "",
                    "recorded_at": "2026-05-31T00:00:00Z",
                }
                contacts.append({**entry, **contact, "id": made, "occurred_on": day})
                if child["_is_contact_back"]:
                    backs.append({**entry, "id": back, "about": made, "recorded_at": "2026-05-31T01:00:00Z"})
            if child["_in_charge"]:
                holder = own if child["_in_charge"] == "mine" else other
                terms = {"staff_id": holder, "team_id": "", "valid_from": DAY, "valid_to": None}
                charges.append({"relationship_id": number, "person_id": number, **terms})
        for table, rows in zip(tables, (decisions, contacts, backs, charges), strict=True):
            self._add(owner, table, rows)
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")

    def _add(self, owner, table: str, rows: list[dict]) -> None:
        names = ", ".join(rows[0]) if rows else "person_id"
        owner.execute(
            f"INSERT INTO {table} ({names})"  # noqa: S608 # our own names
            f" SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",
            [json.dumps(rows, default=date.isoformat)],
        )

    def open(self):
        import psycopg

        return psycopg.connect(self.server.url(Login.OWNER))

    def add_staff(self, number: str, role: str, purposes=(PURPOSE,), *, scope=("municipality", "")):
        """A member of staff with one role, given by an administrator."""
        from tsunagu.access.models import PurposeGrant, RoleAssignment, Staff
        from tsunagu.access.session import acting_as

        administrator = Staff.objects.filter(staff_number="A0001").first()
        if administrator is None:
            administrator = Staff.objects.create_staff("A0001", name="架空 管理", department="課")
            with self.open() as owner:
                owner.execute(
                    "INSERT INTO access_administratorship (staff_id, valid_from) VALUES (%s, '2000-01-01')",
                    [administrator.pk],
                )
        staff = Staff.objects.create_staff(number, name="架空", department="課")
        since = date(2000, 1, 1)
        with acting_as(administrator, "administration", DAY):
            RoleAssignment.objects.create(
                staff=staff, role=role, scope_kind=scope[0], scope_id=scope[1], valid_from=since
            )
            for purpose in purposes:
                PurposeGrant.objects.create(staff=staff, purpose=purpose, valid_from=since)
        return staff


@pytest.fixture(scope="module")
def world(shared_desk, put_roles) -> World:
    put_roles(shared_desk)
    return World(shared_desk)


@pytest.fixture(scope="module")
def coordinator(world):
    return world.add_staff("S0001", "coordinator", (PURPOSE, OTHER_PURPOSE))
