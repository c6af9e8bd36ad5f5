"""Our own server is started, shared, killed and started again."""

import contextlib
import fcntl
import os
import signal
import stat
import subprocess
import threading

import psycopg
import pytest

from tsunagu.database import embedded, leftovers, programs, warden
from tsunagu.database.accounts import choose_account
from tsunagu.database.connecting import Server
from tsunagu.database.embedded import PasswordReplacedError, ServerBusyError, ServerNotStartedError
from tsunagu.database.leftovers import list_processes_in, wait_until
from tsunagu.database.logins import Login
from tsunagu.database.places import SOCKET_NAME, Places, is_short_enough, read_socket_folder
from tsunagu.database.server import open_server

NAME = "架空花子"


def ask(server: Server, login: Login, statement: str):
    with psycopg.connect(server.url(login), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def ended(shared_home, places):
    """A home whose server has run and ended."""
    with open_server(shared_home, is_durable=False):
        pass
    assert wait_until(lambda: not embedded.is_running(places), seconds=10)


def spoil(server: Server) -> None:
    """A mistake whose message repeats a value."""
    with psycopg.connect(server.url(Login.OWNER), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS child; CREATE TABLE child (name text PRIMARY KEY)")
        connection.execute("INSERT INTO child VALUES (%s)", [NAME])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO child VALUES (%s)", [NAME])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute(f"SELECT '{NAME}'::int")
        connection.execute("DROP TABLE child")


def test_the_log_repeats_no_value(shared_home, places):
    with open_server(shared_home, is_durable=False) as server:
        spoil(server)
    assert NAME not in places.log_file.read_text()
    assert "ready to accept connections" in places.log_file.read_text()


def test_a_value_in_the_log_would_be_seen(ended, shared_home, places, monkeypatch):
    talkative = {"log_min_messages": "error", "log_error_verbosity": "default"}
    monkeypatch.setattr(embedded, "SETTINGS", {**embedded.SETTINGS, **talkative})
    with open_server(shared_home, is_durable=False) as server:
        spoil(server)
    assert NAME in places.log_file.read_text()


def test_a_lost_password_is_replaced_at_the_next_start(shared_home, places):
    with open_server(shared_home, is_durable=False) as server:
        before = server.parts(Login.APP)["password"]
        (places.keys / Login.APP.key_file).unlink()
        with pytest.raises(PasswordReplacedError), open_server(shared_home):
            pass
    assert wait_until(lambda: not embedded.is_running(places), seconds=10)
    with open_server(shared_home, is_durable=False) as server:
        assert server.parts(Login.APP)["password"] != before
        assert ask(server, Login.APP, "SELECT 1") == [(1,)]


def test_two_starts_at_once_give_one_server(shared_home, places, find_processes):
    both, found = threading.Barrier(2), []

    def use() -> None:
        both.wait()
        with open_server(shared_home, is_durable=False) as server:
            ask(server, Login.APP, "SELECT 1")
            found.append(find_processes(places))
            both.wait()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_the_server_stays_while_somebody_uses_it(shared_home, places, start_user):
    with open_server(shared_home, is_durable=False):
        user = start_user()
    with open_server(shared_home) as server:
        assert ask(server, Login.APP, "SELECT 1") == [(1,)]
    assert list_processes_in(places.data)
    user.kill()
    assert wait_until(lambda: not list_processes_in(places.data), seconds=10)


def test_a_start_that_hangs_is_told(shared_home, places, monkeypatch):
    monkeypatch.setattr(embedded, "STARTING_SECONDS", 0.05)
    places.folder.mkdir(parents=True, exist_ok=True)
    with (
        embedded._hold(places.starting_file, fcntl.LOCK_EX, seconds=1),
        pytest.raises(ServerBusyError),
        open_server(shared_home),
    ):
        pass


@pytest.mark.parametrize("victim", ["user", "warden", "server", "everybody"])
def test_a_kill_loses_nothing_and_blocks_nobody(shared_home, places, start_user, find_processes, victim):
    user = start_user(f"CREATE TABLE IF NOT EXISTS kept_{victim} AS SELECT 1 AS one")
    server_id, warden_id = find_processes(places)
    victims = {
        "user": [user.pid],
        "warden": [warden_id],
        "server": [server_id],
        "everybody": [server_id, warden_id, user.pid, *list_processes_in(places.data)],
    }
    for process in victims[victim]:
        with contextlib.suppress(ProcessLookupError):  # the last of them end by themselves
            os.kill(process, signal.SIGKILL)
    with open_server(shared_home, is_durable=False) as server:
        assert ask(server, Login.OWNER, f"TABLE kept_{victim}") == [(1,)]
    user.kill()


def test_a_killed_warden_takes_its_server_along(places, start_user, find_processes):
    start_user()
    _, warden_id = find_processes(places)
    os.kill(warden_id, signal.SIGKILL)
    assert wait_until(lambda: not list_processes_in(places.data), seconds=10)


def start_orphan(places: Places, monkeypatch: pytest.MonkeyPatch):
    """A server on the data that no warden keeps."""
    monkeypatch.setattr(warden, "make_die_with_parent", lambda: None)
    account = choose_account(places.home, places.data)
    plan = warden.Plan(
        programs="",
        data=str(places.data),
        socket_folder=str(read_socket_folder(places)),
        rules_file=str(places.rules_file),
        users_file="",
        uid=account.uid,
        gid=account.gid,
        settings={**embedded.SETTINGS, **embedded.NOT_DURABLE, "log_min_messages": "panic"},
    )
    orphan = warden.start_server(plan, programs.find_programs(), account)
    assert wait_until(lambda: "ready" in read_status(places), seconds=10)
    return orphan


def read_status(places: Places) -> str:
    try:
        return (places.data / "postmaster.pid").read_text()
    except FileNotFoundError:
        return ""


def test_an_orphan_is_ended_first(ended, shared_home, places, monkeypatch):
    orphan = start_orphan(places, monkeypatch)
    monkeypatch.setattr(leftovers, "STEPS", ((None, 0.1), *leftovers.STEPS[1:]))
    reaper = threading.Thread(target=orphan.wait)
    reaper.start()
    with open_server(shared_home, is_durable=False) as server:
        assert ask(server, Login.APP, "SELECT 1") == [(1,)]
    reaper.join()


def test_an_orphan_that_nobody_ends_would_block(ended, shared_home, places, monkeypatch):
    orphan = start_orphan(places, monkeypatch)
    monkeypatch.setattr(embedded, "end_leftovers", lambda data: None)
    monkeypatch.setattr(embedded, "answers", lambda server: False)
    monkeypatch.setattr(embedded, "STARTING_SECONDS", 20)
    with pytest.raises(ServerNotStartedError), open_server(shared_home, is_durable=False):
        pass
    orphan.send_signal(signal.SIGQUIT)
    orphan.wait()


def test_a_stale_number_of_somebody_alive_blocks_nobody(ended, shared_home, places):
    for mark in (places.data / "postmaster.pid", read_socket_folder(places) / f"{SOCKET_NAME}.lock"):
        mark.write_text(f"{os.getpid()}\n{places.data}\n0\n5432\n")
    with open_server(shared_home, is_durable=False) as server:
        assert ask(server, Login.APP, "SELECT 1") == [(1,)]


def test_a_set_up_that_was_cut_off_is_begun_again(tmp_path_factory):
    """In a folder whose path is too long for a socket, so that this too is shown."""
    home = tmp_path_factory.mktemp("home") / "とても長い名前" / "とても長い名前" / "とても長い名前"
    places = Places(home.resolve())
    (places.unfinished_data / "base").mkdir(parents=True)
    (places.unfinished_data / "PG_VERSION").write_text("18\n")
    with open_server(home, is_durable=False) as server:
        assert ask(server, Login.APP, "SELECT 1") == [(1,)]
        folder = read_socket_folder(places)
        assert is_short_enough(folder)
        assert not folder.is_relative_to(home)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert wait_until(lambda: not list_processes_in(places.data), seconds=10)
    with open_server(home, is_durable=False):
        assert read_socket_folder(places) == folder
    assert wait_until(lambda: not list_processes_in(places.data), seconds=10)
    folder.rmdir()


def test_somebody_elses_process_in_the_folder_is_left_alone(ended, shared_home, places):
    """An operator's shell, say, that stands in the data."""
    with subprocess.Popen(["sleep", "60"], cwd=places.data) as stranger:
        assert list_processes_in(places.data) == []
        with open_server(shared_home, is_durable=False):
            assert stranger.poll() is None
        stranger.kill()
