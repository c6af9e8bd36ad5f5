"""Three listed children, a team, and members of staff who have more or less to do with them."""

from datetime import date, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from tsunagu.database.logins import Login

DAY = date(2026, 6, 1)
PURPOSE = "poverty_support"
OTHER_PURPOSE = "abuse_prevention"
# One child each: on the list and the team's; on the list alone; of whom nothing is known.
OURS, LISTED, UNKNOWN = 1, 2, 9
TEAM = ("team", "T1")
EVERYWHERE = ("municipality", "")


def put_on_list(desk, *persons: int) -> None:
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("SELECT set_config('tsunagu.purpose', %s, true)", [PURPOSE])
        for person in persons:
            owner.execute(
                "INSERT INTO access_listed (person_id, purpose, listed_since, expires_on) VALUES (%s, %s, %s, %s)",
                [person, PURPOSE, DAY, DAY + timedelta(days=60)],
            )


@pytest.fixture
def town(desk, put_roles, administrator, make_staff):
    """`coordinator`, `supervisor` and `worker` of the team, a `stranger` of another; what they do goes through `act`."""
    from tsunagu.access.models import PurposeGrant, RoleAssignment
    from tsunagu.access.session import acting_as
    from tsunagu.cases.entries import Charge
    from tsunagu.cases.operations import assign_child

    put_roles(desk)
    put_on_list(desk, OURS, LISTED)
    places = {
        "coordinator": ("coordinator", EVERYWHERE),
        "supervisor": ("supervisor", TEAM),
        "worker": ("caseworker", TEAM),
        "stranger": ("caseworker", ("team", "T2")),
        "auditor": ("auditor", EVERYWHERE),
    }
    staff = {name: make_staff(f"S-{name}") for name in places}
    with acting_as(administrator, "administration", DAY):
        for name, (role, (kind, number)) in places.items():
            RoleAssignment.objects.create(
                staff=staff[name], role=role, scope_kind=kind, scope_id=number, valid_from=DAY
            )
            for purpose in (PURPOSE, OTHER_PURPOSE):
                PurposeGrant.objects.create(staff=staff[name], purpose=purpose, valid_from=DAY)

    def act(name, deed, *words, purpose=PURPOSE, on=DAY):
        with acting_as(staff[name], purpose, on) as acting:
            return deed(acting, *words)

    act("coordinator", assign_child, [OURS], Charge(team_id="T1"))
    return SimpleNamespace(act=act, desk=desk, **staff)


@pytest.fixture
def count_rows(desk):
    """How many rows a table has, past its policies."""

    def count(table: str) -> int:
        with psycopg.connect(desk.url(Login.OWNER)) as owner:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            ((rows,),) = owner.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 # our own names
            owner.rollback()
        return rows

    return count
