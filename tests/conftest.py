"""Fixtures that every suite may use."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tsunagu.store.home import Home, open_home
from tsunagu.store.keys import create_keys

ONE_CITY = Path("tests/pipeline")
ONE_READING = Path("tests/spec/intake/drafting")
ONE_FICTION = Path("tests/unit/fiction")
REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"


MEMORY = Path("/dev/shm")  # noqa: S108 -- only a folder of our own inside it, made with mkdtemp
MEMORY_WANTED_BYTES = 8 * 1024**3


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Homes of ordinary tests lie in memory where there is plenty: each of their commits waits for its disk."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.basetemp or config.option.markexpr == "slow" or not MEMORY.is_dir():
        return
    if shutil.disk_usage(MEMORY).free < MEMORY_WANTED_BYTES:
        return
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-tests-", dir=MEMORY))
    config.option.basetemp = str(folder / "homes")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A worker takes a whole file at a time; and all of some folders, which build something that takes long once.

    `tests/pipeline` but its folders, and the tests of fiction: a city. The layouts of drafting: all of them read.

    In the order of collection, so that the large pieces are not left to the end. The slow tests, which are few and
    long, go to the workers one by one.
    """
    if config.option.markexpr == "slow":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            folder = Path(file).parent
            return str(folder) if folder in (ONE_CITY, ONE_READING, ONE_FICTION) else file

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """What takes longest comes first, whether there are workers or not."""
    items.sort(key=lambda item: Path(item.nodeid.split("::")[0]).parts[:2] != ONE_CITY.parts)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real-format files; suites that need it skip where it does not exist."""
    if not REALDATA.is_dir():
        pytest.skip("the folder of real-format files (../shared/realdata) is not on this machine")
    return REALDATA


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty installation of the fictional city 999999, with keys."""
    return _make_home(tmp_path / "home")


@pytest.fixture(scope="session")
def make_home():
    """For suites that need several installations."""
    return _make_home


def _make_home(path: Path) -> Home:
    path.mkdir(parents=True)
    (path / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    home = open_home(path)
    create_keys(home)
    return home


@pytest.fixture(scope="session")
def desk_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with the run's PostgreSQL, shared by all workers; into which nothing was taken."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "desk-home"
    home.mkdir(exist_ok=True)
    with (home / "home.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (home / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
        create_keys(open_home(home))
    return home


@pytest.fixture(scope="session")
def postgres(desk_home: Path):
    """One PostgreSQL for the whole run, as a `Server`: whoever comes first starts it, it ends with the last worker."""
    from tsunagu.database.server import open_server

    with open_server(desk_home, is_durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def desk_server(postgres, desk_home: Path):
    """Django set up; every worker has a database of its own, made of a migrated template.

    Nothing of the desk is imported until somebody asks for it.
    """
    import django

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSUNAGU_HOME", str(desk_home))
        patch.setenv("DJANGO_SETTINGS_MODULE", "tsunagu.web.settings")
        django.setup()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    yield _make_database(postgres, desk_home, f"desk_{worker}")
    _get_connection().close()


def _make_database(server, home: Path, name: str):
    """The server as seen in a new database of that name, to which Django's connection now leads."""
    from tsunagu.access.owner import make_settings
    from tsunagu.database.connecting import Server
    from tsunagu.database.logins import Login
    from tsunagu.web.fixed_settings import PLANNED_ONCE
    from tsunagu.web.upgrading import bring_up_to_date

    with (home / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open_as_owner(server) as owner:
            if not (home / "template.made").exists():
                owner.execute("CREATE DATABASE desk_template")
                bring_up_to_date(server, database="desk_template")
                (home / "template.made").touch()
            owner.execute(f"CREATE DATABASE {name} TEMPLATE desk_template")
    found = Server({login: server.url(login, database=name) for login in server.addresses}, is_ours=True)
    connection = _get_connection()
    connection.close()
    settings = make_settings(found, Login.APP)
    connection.settings_dict.update(settings, OPTIONS={**settings["OPTIONS"], **PLANNED_ONCE})
    return found


def open_as_owner(server):
    """A connection of the tables' owner; every statement is committed at once."""
    import psycopg

    from tsunagu.database.logins import Login

    return psycopg.connect(server.url(Login.OWNER), autocommit=True)


def _get_connection():
    from django.db import connection

    return connection


@pytest.fixture
def desk(desk_server) -> Iterator:
    """The desk's database: migrated, empty, Django connected to it as the application. Emptied again afterwards.

    Yields the `Server`, so that a test may connect by itself: `psycopg.connect(desk.url(Login.OWNER))`.
    """
    yield desk_server
    empty_desk(desk_server)


def empty_desk(server):
    """Take every row away that a test left; in one transaction, in which the tables' keepers are sent away.

    Rows are deleted from the tables that have any: emptying all of them takes fifty times as long.
    """
    connection = _get_connection()
    if connection.connection is not None and connection.connection.info.transaction_status:
        connection.close()
    with open_as_owner(server) as owner, owner.transaction():
        tables = owner.execute(_FILLED, [list(KEPT_TABLES)]).fetchall()
        for table, _ in tables:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
        for table, _ in tables:
            owner.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own names
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, is_forced in tables:
            force = "FORCE" if is_forced else "NO FORCE"
            owner.execute(f"ALTER TABLE {table} {force} ROW LEVEL SECURITY, ENABLE TRIGGER USER")
        owner.execute(_BEGIN_AGAIN, [[f"{table}_id_seq" for table in KEPT_TABLES]])


KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")
_FILLED = """
SELECT quote_ident(relname), relforcerowsecurity FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0 AND relname <> ALL (%s)
"""
_BEGIN_AGAIN = """
SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> ALL (%s)
"""


@pytest.fixture(scope="module")
def shared_desk(desk_server) -> Iterator:
    """The same for a whole file of tests, which share what is in it."""
    yield desk_server
    empty_desk(desk_server)


@pytest.fixture(scope="session")
def shipped_roles() -> list:
    """The shipped table of roles, read once: reading the definitions takes a fifth of a second."""
    from tsunagu.catalog.checking import check_definitions
    from tsunagu.catalog.loading import find_shipped_definitions

    return list(check_definitions(find_shipped_definitions(), None, on=date(2026, 6, 1)).roles.values())


@pytest.fixture(scope="session")
def put_roles(shipped_roles):
    """Puts that table into a desk's database; to bring the database up to date migrates it besides, which takes seconds."""

    def put(server):
        from tsunagu.access.owner import OWNER_ALIAS, owner_connection
        from tsunagu.access.role_table import write_role_table

        with owner_connection(server):
            write_role_table(shipped_roles, using=OWNER_ALIAS)

    return put


@pytest.fixture
def make_staff(desk):
    """Makes members of staff, by number; they have no right yet."""
    from tsunagu.access.models import Staff

    def make(number: str):
        return Staff.objects.create_staff(number, name=f"架空 {number}", department="こども家庭課")

    return make


@pytest.fixture
def administrator(desk, make_staff):
    """A member of staff who gives and takes rights, appointed by the operator of the machine."""
    staff = make_staff("A0001")
    with open_as_owner(desk) as owner:
        owner.execute(
            "INSERT INTO access_administratorship (staff_id, valid_from) VALUES (%s, '2000-01-01')",
            [staff.pk],
        )
    return staff
