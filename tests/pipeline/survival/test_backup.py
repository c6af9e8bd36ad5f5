"""The database's half of a backup: what is confirmed lies in the place, and what is damaged is not put back."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from tsunagu.backup.copying import CopyChangedError
from tsunagu.backup.place import Place, open_place, read_take
from tsunagu.backup.restoring import LogCutError
from tsunagu.backup.taking import NotReceivedError, take_backup
from tsunagu.cli import app
from tsunagu.database import embedded
from tsunagu.database.copying import CopyDamagedError, is_slot_there
from tsunagu.database.leftovers import list_processes_in, wait_until
from tsunagu.database.logins import Login
from tsunagu.database.places import Places
from tsunagu.database.receiving import ReceivingPlaceError
from tsunagu.database.server import open_server
from tsunagu.store.home import Home

pytestmark = pytest.mark.slow


def run(*words: object) -> str:
    """A command; what it said."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def write(server, *numbers: int, padding: int = 0) -> None:
    with psycopg.connect(server.url(Login.OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n bigint, padding text)")
        for number in numbers:
            connection.execute("INSERT INTO kept VALUES (%s, repeat('x', %s))", [number, padding])


def read(home: Path) -> list[int]:
    with open_server(home) as server, psycopg.connect(server.url(Login.OWNER)) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM kept ORDER BY n").fetchall()]


def wait_for_end(home: Path) -> None:
    assert wait_until(lambda: not embedded.is_running(Places(home)), seconds=60)


def kill_server(home: Path) -> None:
    """The server with everything of its own, as when the machine goes."""
    for process in list_processes_in(Places(home).data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait_for_end(home)


@pytest.fixture(scope="module")
def backed_up(make_home, tmp_path_factory) -> tuple[Home, Place]:
    """A home with a take, and numbers written after it; its server was killed, and is gone for good.

    The last number was confirmed a moment before the kill. The numbers from 100 on fill three files of the log.
    """
    folder = tmp_path_factory.mktemp("backup")
    home = make_home(folder / "home")
    run("backup", "begin", folder / "place", "--home", home.path)
    wait_for_end(home.path)
    with open_server(home.path) as server:
        write(server, 1)
        place = open_place(folder / "place")
        take_backup(home, place, server, at=datetime(2026, 6, 1, tzinfo=UTC), keep=7)
        with psycopg.connect(server.url(Login.OWNER), autocommit=True) as connection:
            connection.execute("ALTER TABLE kept ALTER padding SET STORAGE EXTERNAL")
        write(server, *range(100, 150), padding=1_000_000)
        write(server, 2)
        kill_server(home.path)
    shutil.rmtree(home.path / "var" / "pg")
    return home, place


@pytest.fixture
def place(backed_up, tmp_path) -> Place:
    """A place of its own, to be damaged."""
    return Place(Path(shutil.copytree(backed_up[1].path, tmp_path / "place")))


def test_what_was_confirmed_before_the_kill_is_there_elsewhere(place, tmp_path):
    said = run("restore", place.path, tmp_path / "new", "--without-note")
    assert read(tmp_path / "new") == [1, 2, *range(100, 150)]
    assert "最後に確定したところまで" in said
    wait_for_end(tmp_path / "new")


def test_a_log_that_was_not_received_is_missed(place, tmp_path):
    """The other half of the guarantee: without the files that came after the take, the numbers are not there."""
    for path in sorted(place.log.iterdir())[2:]:
        path.unlink()
    run("restore", place.path, tmp_path / "new", "--without-note")
    assert 2 not in read(tmp_path / "new")
    wait_for_end(tmp_path / "new")


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0xFF]))


def find_base(place: Place) -> Path:
    return place.base(read_take(place).label)


DAMAGES = {
    "a file of the copy": (CopyDamagedError, lambda place: flip(find_base(place) / "global" / "1260", 100)),
    "a file too many": (CopyDamagedError, lambda place: (find_base(place) / "more").touch()),
    "a file too few": (CopyDamagedError, lambda place: (find_base(place) / "global" / "1260").unlink()),
    "the manifest": (CopyChangedError, lambda place: flip(find_base(place) / "backup_manifest", 200)),
    "no copy": (CopyChangedError, lambda place: shutil.rmtree(find_base(place))),
    "the log of the copy": (CopyChangedError, lambda place: flip(min(place.log.iterdir()), 5000)),
    "a gap": (LogCutError, lambda place: sorted(place.log.iterdir())[1].unlink()),
    "a later record": (LogCutError, lambda place: flip(sorted(place.log.iterdir())[2], 5_000_000)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_not_put_back(place, tmp_path, damage):
    error, harm = DAMAGES[damage]
    harm(place)
    with pytest.raises(error):
        run("restore", place.path, tmp_path / "new", "--without-note")
    assert not (tmp_path / "new" / "municipality.yaml").exists()
    wait_for_end(tmp_path / "new") if (tmp_path / "new" / "var" / "pg").exists() else None


def test_a_damaged_later_record_would_pass_unseen(place, tmp_path, monkeypatch):
    """The guard taken out: PostgreSQL itself takes a damaged record for the end of its log, and says nothing."""
    DAMAGES["a later record"][1](place)
    monkeypatch.setattr("tsunagu.backup.restoring.check_log_was_read", lambda *_: None)
    run("restore", place.path, tmp_path / "new", "--without-note")
    assert 2 not in read(tmp_path / "new")
    wait_for_end(tmp_path / "new")


def test_a_restore_that_was_killed_is_done_again(place, tmp_path):
    command = [sys.executable, "-m", "tsunagu.cli", "restore", place.path, tmp_path / "new", "--without-note"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as restoring:
        assert wait_until(lambda: (tmp_path / "new" / "var" / "pg" / "data.new").exists(), seconds=60)
        restoring.kill()
    assert not (tmp_path / "new" / "municipality.yaml").exists()
    run("restore", place.path, tmp_path / "new", "--without-note")
    assert len(read(tmp_path / "new")) == 52
    wait_for_end(tmp_path / "new")


def test_nothing_is_confirmed_while_the_place_is_away(make_home, tmp_path):
    home = make_home(tmp_path / "home")
    run("backup", "begin", tmp_path / "place", "--home", home.path)
    wait_for_end(home.path)
    away = tmp_path / "away"
    with open_server(home.path) as server:
        write(server, 1)
        (tmp_path / "place").rename(away)
        for receiver in _list_receivers(away / "wal"):
            os.kill(receiver, signal.SIGKILL)
        writing = threading.Thread(target=write, args=(server, 2))
        writing.start()
        time.sleep(3)
        assert writing.is_alive(), "confirmed, and not in the place"
        away.rename(tmp_path / "place")
        writing.join(timeout=30)
        assert not writing.is_alive()
        with pytest.raises(NotReceivedError), pytest.MonkeyPatch.context() as patch:
            patch.setattr("tsunagu.backup.taking.is_confirming", lambda server: False)
            take_backup(home, open_place(tmp_path / "place"), server, at=datetime.now(UTC), keep=1)
    wait_for_end(home.path)
    (tmp_path / "place").rename(away)
    with pytest.raises(ReceivingPlaceError), open_server(home.path):
        pass
    run("backup", "end", "--home", home.path)
    wait_for_end(home.path)
    with open_server(home.path) as server:
        assert not is_slot_there(server)
        write(server, 3)
    assert read(home.path) == [1, 2, 3]
    wait_for_end(home.path)


def _list_receivers(log: Path) -> list[int]:
    """Whoever was told to receive into a folder that has just been moved there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"/pg_receivewal") and str(
                log.parent.with_name("place")
            ).encode() in b" ".join(words):
                found.append(int(process.name))
    assert found
    return found
