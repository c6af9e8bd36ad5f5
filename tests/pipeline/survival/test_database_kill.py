"""The server is killed again and again while rows are written; what was committed stays, nothing comes twice."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tsunagu.database.leftovers import list_processes_in, wait_until
from tsunagu.database.logins import Login
from tsunagu.database.places import Places
from tsunagu.database.server import open_server

pytestmark = pytest.mark.slow

KILLS = 40
# Writes numbers one by one and says each after its commit.
WRITER = """
import sys
from pathlib import Path
import psycopg
from tsunagu.database.logins import Login
from tsunagu.database.server import open_server
with open_server(Path(sys.argv[1])) as server:
    with psycopg.connect(server.url(Login.OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS number (n bigint PRIMARY KEY)")
        (n,) = connection.execute("SELECT coalesce(max(n), 0) FROM number").fetchone()
        while True:
            n += 1
            connection.execute("INSERT INTO number VALUES (%s)", [n])
            print(n, flush=True)
"""


def kill_somebody(places: Places, writer: subprocess.Popen[str], chance: random.Random) -> None:
    """The writer, its server, its warden, or all of them at once."""
    servers = list_processes_in(places.data)
    wardens = [parent for parent in {_read_parent(process) for process in servers} if _is_warden(parent)]
    victims = chance.choice([[writer.pid], servers, wardens, [*servers, *wardens, writer.pid]])
    for process in victims:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    writer.kill()


def _read_parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except FileNotFoundError:
        return process


def _is_warden(process: int) -> bool:
    try:
        return b"tsunagu.database.warden" in Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def test_kills_lose_nothing(tmp_path):
    places, chance, committed = Places(tmp_path), random.Random(1), 0
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline()]
            assert said[0], "the server did not come up after a kill"
            time.sleep(chance.uniform(0, 0.3))
            kill_somebody(places, writer, chance)
            said += writer.stdout.readlines()
        committed = max([committed, *(int(line) for line in said if line.endswith("\n"))])
    with open_server(tmp_path) as server, psycopg.connect(server.url(Login.OWNER)) as connection:
        numbers = [row[0] for row in connection.execute("SELECT n FROM number ORDER BY n").fetchall()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert committed <= len(numbers) <= committed + 1
    assert wait_until(lambda: not list_processes_in(places.data), seconds=30)
