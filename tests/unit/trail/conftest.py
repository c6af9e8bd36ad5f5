"""A server of our own with the tables of the audit trail; each test its own database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tsunagu.audit.checkpoints import SigningKey, create_signing_key, name_origin, read_signing_key
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.server import open_server
from tsunagu.database.sessions import PlainSession, open_session
from tsunagu.trail.checkpointing import Taken, create_state, take_checkpoint
from tsunagu.trail.recording import Context, set_context
from tsunagu.trail.tables import list_app_rights, list_checkpointer_rights, list_making

WHO = Context(staff_id="s7", purpose="poverty_support", request_id="r1")


@dataclass(frozen=True)
class Trail:
    """One audit trail: its database by login, and the checkpointer's folder."""

    server: Server
    database: str
    folder: Path
    key: SigningKey

    def connect(self, login: Login) -> psycopg.Connection:
        return psycopg.connect(self.server.url(login, database=self.database), autocommit=True)

    def begin(self, login: Login) -> Callable[[], object]:
        return lambda: open_session(self.server, login, database=self.database)

    def take(self) -> Taken:
        return take_checkpoint(
            self.begin(Login.CHECKPOINTER), self.key, self.folder / "state.json", at=datetime.now(UTC)
        )


def make_tables(session: PlainSession) -> None:
    """What a migration and the upgrade after it do."""
    rights = (*list_app_rights(Login.APP), *list_checkpointer_rights(Login.CHECKPOINTER))
    for statement in (*list_making(), *rights):
        session.run(statement)


@pytest.fixture(scope="session")
def audit_home(tmp_path_factory: pytest.TempPathFactory, make_home) -> Path:
    """The home whose server all of these tests use."""
    return make_home(tmp_path_factory.mktemp("audit") / "home").path


@pytest.fixture(scope="session")
def audit_server(audit_home: Path) -> Iterator[Server]:
    """A server with a template whose tables are those of the audit trail."""
    with open_server(audit_home, is_durable=False) as server:
        with psycopg.connect(server.url(Login.OWNER), autocommit=True) as owner:
            owner.execute("CREATE DATABASE audit_template")
        with open_session(server, Login.OWNER, database="audit_template") as session:
            make_tables(session)
        with open_session(server, Login.OWNER) as session:
            make_tables(session)
        yield server


def drop_database(owner: psycopg.Connection, name: str) -> None:
    """A connection that was closed takes a moment to end at the server."""
    for _ in range(100):
        try:
            owner.execute(f'DROP DATABASE "{name}"')
        except psycopg.errors.ObjectInUse:
            time.sleep(0.02)
        else:
            return


@pytest.fixture
def trail(audit_server: Server, tmp_path: Path) -> Iterator[Trail]:
    create_signing_key(tmp_path / "audit.key")
    key = read_signing_key(tmp_path / "audit.key", name_origin("999999", "5f0c"))
    create_state(tmp_path / "state.json", key.origin)
    name = f"trail_{tmp_path.name}".lower()[:60].replace("-", "_")
    with psycopg.connect(audit_server.url(Login.OWNER), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE audit_template')
        yield Trail(audit_server, name, tmp_path, key)
        drop_database(owner, name)


@pytest.fixture
def app(trail: Trail) -> Iterator[psycopg.Connection]:
    """A connection as the application."""
    with trail.connect(Login.APP) as connection:
        yield connection


@pytest.fixture
def begin(app: psycopg.Connection):
    """Opens a transaction on the application's connection, as somebody."""

    @contextmanager
    def begin() -> Iterator[PlainSession]:
        with app.transaction():
            session = PlainSession(app)
            set_context(session, WHO)
            yield session

    return begin
