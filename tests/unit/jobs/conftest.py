"""Staff who may ask for work, and a worker that does what waits."""

from datetime import date

import pytest

DAY = date(2026, 6, 1)
PURPOSE = "data_keeping"  # DATA_KEEPING of access.session


@pytest.fixture
def roles(desk, put_roles):
    """The shipped table of roles, in the database."""
    put_roles(desk)


@pytest.fixture
def employ(roles, administrator, make_staff):
    """A member of staff with one role."""
    from tsunagu.access.models import RoleAssignment
    from tsunagu.access.session import acting_as

    def make(number, role, **scope):
        staff = make_staff(number)
        place = {"scope_kind": "municipality", "scope_id": "", **scope}
        with acting_as(administrator, "administration", DAY):
            RoleAssignment.objects.create(staff=staff, role=role, valid_from=date(2000, 1, 1), **place)
        return staff

    return make


@pytest.fixture
def act():
    """Inside `acting_as`, on behalf of somebody."""
    from tsunagu.access.session import acting_as

    return lambda staff: acting_as(staff, PURPOSE, DAY)


@pytest.fixture
def ask(act):
    """Asks for work on behalf of somebody."""
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.operations import ask_for

    def do(staff, kind, **arguments):
        with act(staff) as acting:
            return ask_for(acting, Kind(kind), arguments)

    return do


@pytest.fixture
def look(act):
    """Work as somebody sees it."""
    from tsunagu.jobs.operations import get_work

    def do(staff, work_id):
        with act(staff) as acting:
            return get_work(acting, work_id)

    return do


@pytest.fixture
def run_worker(desk, home):
    """Does what waits, with the tasks given in the place of the real ones."""

    def do(**tasks):
        from tsunagu.jobs import working
        from tsunagu.jobs.kinds import Kind

        with pytest.MonkeyPatch.context() as patch:
            if tasks:
                patch.setattr(working, "TASKS", {Kind(kind): task for kind, task in tasks.items()})
            working.work(desk, home.path, is_once=True)

    return do
