"""One home whose server is started again and again, and processes that use it beside us."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tsunagu.database.leftovers import list_processes_in, wait_until
from tsunagu.database.places import Places

# Uses the server of a home until it is killed.
USER = """
import sys, time
from pathlib import Path
import psycopg
from tsunagu.database.logins import Login
from tsunagu.database.server import open_server
with open_server(Path(sys.argv[1])) as server:
    with psycopg.connect(server.url(Login.OWNER), autocommit=True) as connection:
        for statement in sys.argv[2:]:
            connection.execute(statement)
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def places(shared_home: Path):
    """The home's places; at the end nothing is left running there."""
    places = Places(shared_home.resolve())
    yield places
    assert wait_until(lambda: not list_processes_in(places.data), seconds=10)


@pytest.fixture
def start_user(shared_home: Path):
    """Starts another process that uses the server, after running statements as its owner."""
    started: list[subprocess.Popen[str]] = []

    def start(*statements: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", USER, str(shared_home), *statements]
        user = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(user)
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n"
        return user

    yield start
    for user in started:
        user.send_signal(signal.SIGKILL)
        user.communicate()


@pytest.fixture
def find_processes():
    """Finds the ids of a server and of its warden."""

    def find(places: Places) -> tuple[int, int]:
        server = int((places.data / "postmaster.pid").read_text().split()[0])
        words = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
        warden = int(words[1])
        assert b"tsunagu.database.warden" in Path(f"/proc/{warden}/cmdline").read_bytes()
        return server, warden

    return find
