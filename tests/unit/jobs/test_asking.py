"""Who may ask the worker for what, and who sees it; asked through the operations and in raw SQL."""

import hashlib
import uuid

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.catalog.roles import Right
from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import DAY, PURPOSE

# What migration 0001 makes. When the library changes it, a new installation would get other tables than an old one:
# add a migration with the library's own changes, let 0001 make this one's tables, and write the new value here.
QUEUE_SCHEMA = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
QUEUE = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
)


def test_the_queue_is_the_one_the_migration_was_written_for():
    from procrastinate.schema import SchemaManager

    assert hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest() == QUEUE_SCHEMA


@pytest.fixture
def open_app(desk):
    """The application's login with somebody's context, in a transaction of its own."""

    def do(staff):
        connection = psycopg.connect(desk.url(Login.APP))
        for name, value in {"staff_id": staff.pk, "purpose": PURPOSE, "on_date": DAY}.items():
            connection.execute("SELECT set_config(%s, %s, true)", [f"tsunagu.{name}", str(value)])
        return connection

    return do


def count_waiting(desk):
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        return owner.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'").fetchone()[0]


@pytest.mark.parametrize("table", QUEUE)
@pytest.mark.parametrize("verb", ["SELECT * FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"])
def test_the_application_cannot_touch_the_queue(open_app, make_staff, table, verb):
    with open_app(make_staff("S1")) as app, pytest.raises(InsufficientPrivilege):
        app.execute(verb.format(table))


def test_nor_defer_by_itself(open_app, make_staff):
    with open_app(make_staff("S1")) as app, pytest.raises(InsufficientPrivilege):
        app.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('tsunagu', 'work', 0, NULL, NULL, '{}', NULL)"
            "::procrastinate_job_to_defer_v1])"
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jobs_work SET state = 'done'",
        "UPDATE jobs_work SET result = '{}'",
        "UPDATE jobs_work SET kind = 'checkpoint'",
        "DELETE FROM jobs_work",
        "INSERT INTO jobs_work (kind, state) VALUES ('load_files', 'done')",
    ],
)
def test_nor_say_what_became_of_it(open_app, make_staff, change):
    with open_app(make_staff("S1")) as app, pytest.raises(InsufficientPrivilege):
        app.execute(change)


# What each role may ask for besides a child.
MAY_ASK = """
coordinator            load_directory receive_run return_decisions load_files run_analysis draft_mapping keep_mapping
supervisor             keep_mapping
analyst                load_directory receive_run return_decisions run_analysis
"""


def read_table():
    found = {words[0]: set(words[1:]) for line in MAY_ASK.split("\n") if (words := line.split())}
    return {str(role): found.get(str(role), set()) for role in Role}


def test_who_may_ask_for_what(employ, open_app):
    """The row policy alone decides, under the application's login."""
    from tsunagu.jobs.kinds import Kind

    found = {}
    for number, role in enumerate(Role):
        staff = employ(f"S{number}", str(role))
        with open_app(staff) as app:
            found[str(role)] = {str(kind) for kind in Kind if may_insert(app, kind, staff.pk)} - {
                "fetch_child"
            }
            assert may_insert(app, Kind.FETCH_CHILD, staff.pk)
    assert found == read_table()


def may_insert(app, kind, asked_by):
    try:
        with app.transaction():
            app.execute(
                "INSERT INTO jobs_work (kind, asked_by_id, purpose) VALUES (%s, %s, %s)",
                [str(kind), asked_by, PURPOSE],
            )
            raise psycopg.Rollback
    except InsufficientPrivilege:
        return False
    return True


def test_nobody_asks_in_another_name(employ, open_app):
    one, other = employ("S1", "coordinator"), employ("S2", "coordinator")
    with open_app(one) as app:
        assert may_insert(app, "load_files", one.pk)
        assert not may_insert(app, "load_files", other.pk)


def test_what_is_asked_waits_in_the_queue_and_in_the_audit_trail(desk, employ, ask):
    from tsunagu.jobs.kinds import Kind

    work_id = ask(employ("S1", "coordinator"), Kind.RUN_ANALYSIS, as_of="2026-06-01")
    assert count_waiting(desk) == 1
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        lock = owner.execute("SELECT lock, args ->> 'work_id' FROM procrastinate_jobs").fetchone()
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as checkpointer:
        acts = checkpointer.execute("SELECT act, object_id FROM audit_row").fetchall()
    assert ("job.run_analysis", str(work_id)) in acts
    assert lock == ("stores", str(work_id))


def test_a_transaction_that_fails_asks_for_nothing(desk, employ, act):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.operations import ask_for

    with pytest.raises(ZeroDivisionError), act(employ("S1", "coordinator")) as acting:
        ask_for(acting, Kind.RUN_ANALYSIS, {})
        raise ZeroDivisionError
    assert count_waiting(desk) == 0


def test_without_the_right_it_is_refused_in_words_and_recorded(desk, employ, ask):
    from tsunagu.access.permission import RightMissingError
    from tsunagu.jobs.kinds import Kind

    with pytest.raises(RightMissingError, match="権限がありません"):
        ask(employ("S1", "caseworker"), Kind.LOAD_FILES)
    assert count_waiting(desk) == 0
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as owner:
        assert owner.execute("SELECT act, outcome FROM audit_row").fetchall() == [
            ("job.load_files", "refused")
        ]


def test_what_others_asked_is_seen_by_whom_the_data_concern_and_a_child_by_the_asker_alone(employ, ask, look):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.operations import WorkNotFoundError

    one, other, third = employ("S1", "coordinator"), employ("S2", "supervisor"), employ("S3", "caseworker")
    load, child = ask(one, Kind.LOAD_FILES), ask(one, Kind.FETCH_CHILD, person_id=7)
    assert look(one, load).state == look(one, child).state == look(other, load).state == "waiting"
    for staff, work_id in [(other, child), (third, load), (third, child), (one, uuid.uuid4())]:
        with pytest.raises(WorkNotFoundError):
            look(staff, work_id)


def test_only_who_asked_may_stop_it(employ, ask, act, look):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.operations import stop_work

    one, other = employ("S1", "coordinator"), employ("S2", "coordinator")
    work_id = ask(one, Kind.LOAD_FILES)
    with act(other) as acting:
        stop_work(acting, work_id)
    assert look(one, work_id).cancel_asked_at is None
    with act(one) as acting:
        stop_work(acting, work_id)
    assert look(one, work_id).cancel_asked_at is not None


def test_every_kind_with_a_right_needs_one_that_is_about_no_child():
    from tsunagu.catalog.roles import DATA_RIGHTS
    from tsunagu.jobs.kinds import RIGHTS

    assert set(RIGHTS.values()) <= DATA_RIGHTS
    assert Right.DATA_STATE in DATA_RIGHTS
