"""A desk for the tests that kill it: `prepare HOME` fills it and says who may do what, `serve HOME PORT` serves it.

The children and the staff are those of the desk's benchmark, made in the same way.
"""

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path

from tsunagu.catalog.checking import open_catalog
from tsunagu.database.server import open_server
from tsunagu.trail.keeping import begin_log
from tsunagu.vocabulary.dates import JST
from tsunagu.web.launching import prepare_desk, serve_desk, set_up_django

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
CHILDREN, LISTED, STAFF, ASSIGNEES = 120, 60, 20, 5


def prepare(home: Path) -> None:
    """Tables, children, staff who have signed in; and the audit trail is begun."""
    today = datetime.now(JST).date()
    begin_log(home / "var" / "audit", "999999")
    with open_server(home) as server:
        prepare_desk(home, server, open_catalog(home, on=today), today=today)
        from desk_city import fill_city, make_staff

        fill_city(server, children=CHILDREN, listed=LISTED, today=today)
        people = make_staff(server, STAFF, listed=LISTED, today=today)
        writers = [one.session for one in people if one.role == "coordinator"]
        told = {
            "sessions": writers,
            "assignees": make_assignees(today),
            "children": list(range(1, LISTED + 1)),
        }
    sys.stdout.write(json.dumps(told))


def make_assignees(today: date) -> list[int]:
    """Caseworkers in charge of nobody yet."""
    from tsunagu.access.models import RoleAssignment, Staff
    from tsunagu.access.session import ADMINISTRATION, acting_as

    administrator = Staff.objects.get(staff_number="B0000")
    found = []
    for place in range(ASSIGNEES):
        staff = Staff.objects.create_staff(f"B9{place:03}", name=f"架空 担当{place}", department="架空課")
        with acting_as(administrator, ADMINISTRATION, today):
            where = {"scope_kind": "municipality", "scope_id": ""}
            RoleAssignment.objects.create(staff=staff, role="caseworker", valid_from=today, **where)
        found.append(staff.pk)
    return found


def serve(home: Path, port: int) -> None:
    """What `tsunagu serve` does once the tables are there, without its worker."""
    with open_server(home):
        set_up_django(home)
        serve_desk(port)


if __name__ == "__main__":
    os.chdir("/")
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
