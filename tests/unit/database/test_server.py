"""Our own server: who gets in, what it writes down, and what it survives."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from tsunagu.database import accounts, programs
from tsunagu.database.accounts import Account, choose_account
from tsunagu.database.cluster import DataVersionError, check_version
from tsunagu.database.connecting import LoginUnknownError, Server
from tsunagu.database.embedded import ServerNotStartedError
from tsunagu.database.leftovers import list_processes_in
from tsunagu.database.logins import Login
from tsunagu.database.places import Places, read_socket_folder
from tsunagu.database.server import find_server


@pytest.fixture
def server(postgres):
    return postgres


@pytest.fixture
def places(desk_home):
    return Places(desk_home.resolve())


def ask(server: Server, login: Login, statement: str):
    with psycopg.connect(server.url(login), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def test_it_is_the_postgresql_that_was_asked_for(server):
    assert ask(server, Login.APP, "SHOW server_version")[0][0].startswith("18.")
    assert ask(
        server,
        Login.APP,
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
        " WHERE datname = 'tsunagu'",
    ) == [("b", "C.UTF-8", "UTF8")]


def test_nobody_listens_on_the_network(server):
    assert ask(server, Login.APP, "SHOW listen_addresses") == [("",)]


def test_only_the_account_opens_its_folders(server, places):
    closed = [places.keys, places.folder, places.data, read_socket_folder(places)]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in closed} == {
        path.name: 0o700 for path in closed
    }
    for login in Login:
        assert stat.S_IMODE((places.keys / login.key_file).stat().st_mode) == 0o400


def test_every_login_has_a_password_of_its_own(server):
    passwords = [server.parts(login)["password"] for login in Login]
    assert len(set(passwords)) == len(passwords)
    assert not [password for password in passwords if password in repr(server)]
    for wrong in ("", passwords[0]):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**{**server.parts(Login.APP), "password": wrong})


def test_a_process_that_only_connects_reads_its_own_password_alone(server, desk_home):
    found = find_server(desk_home, Login.APP)
    assert found.addresses == {Login.APP: server.url(Login.APP)}


def test_a_server_that_was_never_started_is_told(tmp_path):
    with pytest.raises(ServerNotStartedError):
        find_server(tmp_path, Login.APP)


def test_data_of_another_version_is_refused(tmp_path):
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(DataVersionError, match="データは 17、プログラムは 18"):
        check_version(tmp_path)


def test_the_superuser_cannot_connect(server):
    for database in ("postgres", "tsunagu"):
        address = {**server.parts(Login.OWNER), "user": "tsunagu_superuser", "dbname": database}
        with pytest.raises(psycopg.OperationalError, match="rejects"):
            psycopg.connect(**address)


def test_no_login_sees_past_row_policies(server):
    rights = ask(
        server,
        Login.APP,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'tsunagu%' ORDER BY 1",
    )
    assert rights == [
        ("tsunagu_app", False, False, False, False, False),
        ("tsunagu_checkpointer", False, False, False, False, False),
        ("tsunagu_owner", False, False, False, False, True),
        ("tsunagu_receiver", False, False, False, True, False),
        ("tsunagu_superuser", True, True, True, True, True),
    ]


@pytest.mark.parametrize("login", [Login.APP, Login.CHECKPOINTER])
@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE a (b int)", "CREATE TEMP TABLE a (b int)", "CREATE SCHEMA a", "CREATE DATABASE a"],
)
def test_only_the_owner_makes_tables(server, login, statement):
    with (
        psycopg.connect(server.url(login), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_no_login_reaches_another_database(server):
    for login in (Login.APP, Login.CHECKPOINTER):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(server.url(login, database="postgres"))


@pytest.mark.parametrize("database", ["tsunagu", "postgres", "template1"])
def test_the_receiver_connects_to_no_database(server, database):
    """With the right password: it runs no statement, and reads no table by one."""
    with pytest.raises(psycopg.OperationalError, match="rejects"):
        psycopg.connect(server.url(Login.RECEIVER, database=database))


@pytest.mark.parametrize("login", [login for login in Login if login is not Login.RECEIVER])
def test_nobody_else_copies_the_cluster(server, login):
    with pytest.raises(psycopg.OperationalError, match="rejects replication"):
        psycopg.connect(server.url(login), replication="true")


def test_a_login_that_was_not_given_is_refused():
    with pytest.raises(LoginUnknownError):
        Server({Login.APP: "dbname=tsunagu"}, is_ours=False).url(Login.OWNER)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another account")


@needs_root
def test_root_never_runs_the_server(server, places):
    owners = {Path(f"/proc/{process}").stat().st_uid for process in list_processes_in(places.data)}
    assert len(owners) == 1
    assert 0 not in owners


@needs_root
def test_root_becomes_the_owner_of_the_home(tmp_path):
    os.chown(tmp_path, 1, 1)
    assert choose_account(tmp_path, tmp_path / "data") == Account(1, 1)
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 2, 2)
    assert choose_account(tmp_path, tmp_path / "data").uid == 2


def test_somebody_elses_data_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(accounts.AccountNotUsableError):
        choose_account(tmp_path, tmp_path)


@needs_root
def test_programs_that_the_account_cannot_reach_are_lent(tmp_path):
    installed = programs.find_programs()
    assert programs.can_reach(Account(65534, 65534), installed / "bin" / "postgres")
    closed = tmp_path / "closed" / installed.parent.name / installed.name
    closed.parent.mkdir(parents=True)
    closed.symlink_to(installed)
    with programs.lend_programs(closed, Account(65534, 65534)) as lent:
        assert lent != closed
        assert programs.can_reach(Account(65534, 65534), lent / "bin" / "postgres")
        assert programs.can_reach(Account(65534, 65534), lent / "bin" / "initdb")
    assert not lent.exists()
