"""Web, worker and database are killed while people write at the desk; at last the machine is gone for good.

Whatever the desk confirmed is there: on the machine after each start, and elsewhere out of the backup. Nothing is
half-written: an entry has its audit row, and an audit row its entry. Asked work is done in the end.

By hand, for longer: `TSUNAGU_DRILL_ROUNDS=40 make test-slow ARGS=tests/pipeline/survival/test_desk_kill.py`.
"""

import contextlib
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tsunagu.database import cluster, embedded
from tsunagu.database.accounts import choose_account
from tsunagu.database.leftovers import list_processes_in, wait_until
from tsunagu.database.logins import Login
from tsunagu.database.places import Places
from tsunagu.database.programs import find_programs, lend_programs
from tsunagu.database.server import open_server
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode
from tsunagu.vocabulary.identifiers import show_id

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
DRIVER = Path(__file__).with_name("desk_driver.py")
ROUNDS = int(os.environ.get("TSUNAGU_DRILL_ROUNDS", "4"))
VICTIMS = ("web", "worker", "database", "all")
STARTING_SECONDS, WORKING_SECONDS, PAUSE_SECONDS = 120, 120, 0.1
TOKEN = "d" * 32
# Act -> the table of its entries, and the column in which each bears its mark.
ENTRIES = {
    "case.decide": ("cases_decision", "reason"),
    "case.contact": ("cases_contact_made", "note"),
    "case.assign": ("cases_assigning", "reason"),
}


class Desk:
    """One home's processes: the server of pages and the worker, each in a session of its own, and PostgreSQL."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Whatever does not run."""
        web = [DRIVER, "serve", str(self.home), str(self.port)]
        commands = {"worker": ["-m", "tsunagu.cli", "work", "--home", str(self.home)], "web": web}
        for name, words in commands.items():
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = subprocess.Popen(
                    [sys.executable, *words], cwd="/", start_new_session=True, stderr=subprocess.DEVNULL
                )
        assert wait_until(self.answers, seconds=STARTING_SECONDS), "the desk did not come up after a kill"

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/sign-in/", "", {})[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method: str, path: str, session: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status of an answer, and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            headers = {
                "Host": "localhost",
                "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": TOKEN}) if fields else None
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", "")

    def kill(self, victim: str) -> None:
        """One of them, or all at once with the warden, as when the machine goes."""
        for name in ("web", "worker"):
            if victim in (name, "all") and name in self.running:
                kill_group(self.running[name])
        servers = list_processes_in(Places(self.home.resolve()).data) if victim != "web" else []
        if victim == "database":
            kill_processes([int((Places(self.home).data / "postmaster.pid").read_text().split()[0])])
            # Nobody but a new user of the server starts it again: the worker is started anew.
            kill_group(self.running["worker"])
        elif victim == "all":
            wardens = {read_parent(process) for process in servers}
            kill_processes([*servers, *(one for one in wardens if is_warden(one))])
        self.wait_until_dead(victim)

    def wait_until_dead(self, victim: str) -> None:
        places = Places(self.home.resolve())
        if victim in ("database", "all"):
            assert wait_until(lambda: not embedded.is_running(places), seconds=60)

    def end(self) -> None:
        self.kill("all")


def kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_processes(processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def read_parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def is_warden(process: int) -> bool:
    try:
        return b"tsunagu.database.warden" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


@dataclass
class Writers:
    """People who write at the desk until they are told to stop, and note what was confirmed to them."""

    desk: Desk
    told: dict
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    asked_works: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._numbers = itertools.count()
        self._pairs = itertools.product(self.told["assignees"], self.told["children"])

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._write, args=(one,)) for one in self.told["sessions"][:4]]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join()
            self.stopped.clear()

    def _write(self, session: str) -> None:
        chance = random.Random(session)
        while not self.stopped.is_set():
            mark = f"mark-{next(self._numbers):06}"
            act, path, fields = self._choose(chance, mark)
            try:
                status, leads_to = self.desk.ask("POST", path, session, fields)
            except (OSError, http.client.HTTPException):
                time.sleep(PAUSE_SECONDS)  # killed in the middle: written or not, nobody said so
                continue
            if status == http.client.FOUND and leads_to.startswith(("/children/", "/narrow/")):
                self.confirmed.append((act, mark))
            elif status < http.client.INTERNAL_SERVER_ERROR and status != http.client.BAD_REQUEST:
                # Django's 400: the database went before the session was written. Nobody said that it was kept.
                self.surprises.append(f"{act} {status} {leads_to}")
            time.sleep(PAUSE_SECONDS)

    def _choose(self, chance: random.Random, mark: str) -> tuple[str, str, dict[str, str]]:
        child = chance.choice(self.told["children"])
        day = datetime.now(JST).date()
        page = f"/children/{show_id(child)}"
        pair = next(self._pairs, None) if chance.random() < 0.2 else None
        if pair:
            ticked = {"person": str(pair[1]), "step": "do", "deed": "assign", "assignee": str(pair[0])}
            return "case.assign", "/narrow/chosen/", {**ticked, "reason": mark}
        if chance.random() < 0.5:
            fields = {"contact-occurred_on": f"{day}", "contact-way": "telephone", "contact-note": mark}
            return "case.contact", f"{page}/contacts-made/", fields
        soon = f"{day + timedelta(days=30)}"
        fields = {"decision-outcome": "watch", "decision-reason": mark, "decision-next_action_on": soon}
        return "case.decide", f"{page}/decisions/", fields

    def ask_for_work(self) -> None:
        """A run, as the coordinator asks for one in the browser."""
        fields = {"as_of": f"{datetime.now(JST).date()}"}

        def is_asked() -> bool:
            return self.desk.ask("POST", "/data/run/", self.told["sessions"][0], fields)[1].startswith(
                "/data/"
            )

        # After a kill the pages answer before the database does.
        assert wait_until(is_asked, seconds=STARTING_SECONDS)
        self.asked_works += 1


def let_owner_see(home: Path) -> None:
    """What no login may do, with the server down: row policies would show each of them a part only."""
    places = Places(home.resolve())
    account = choose_account(places.home, places.data)
    with lend_programs(find_programs(), account) as programs:
        statement = f"ALTER ROLE {Login.OWNER} BYPASSRLS"
        cluster._run_alone(places.data, programs, account, [statement], is_strict=True)


def check_nothing_is_lost(home: Path, confirmed: list[tuple[str, str]]) -> int:
    """Every confirmed entry once, and as many audit rows as entries, by act, person and child; how many rows."""
    with open_server(home) as server:
        with psycopg.connect(server.url(Login.OWNER)) as owner:
            entries, written = Counter(), Counter()
            for act, (table, column) in ENTRIES.items():
                statement = f"SELECT {column}, staff_id, person_id FROM {table}"  # noqa: S608 - names of our own
                for mark, staff, child in owner.execute(statement):
                    written[act, mark] += 1
                    entries[act, str(staff), show_id(child)] += 1
        with psycopg.connect(server.url(Login.CHECKPOINTER)) as checkpointer:
            statement = (
                "SELECT act, staff_id, object_id FROM audit_row WHERE outcome = 'changed' AND act = ANY(%s)"
            )
            rows = Counter(checkpointer.execute(statement, [list(ENTRIES)]).fetchall())
    assert {one: written[one] for one in confirmed if written[one] != 1} == {}
    assert [one for one, count in written.items() if count > 1] == []
    assert rows - entries == Counter(), "audit rows without what they speak of"
    assert entries - rows == Counter(), "entries that nobody is said to have written"
    return rows.total()


def check_work_goes_on(home: Path, count: int) -> None:
    """Whatever was asked for comes to an end."""
    with open_server(home) as server, psycopg.connect(server.url(Login.OWNER), autocommit=True) as owner:

        def list_open() -> list:
            return owner.execute(
                "SELECT kind, state FROM jobs_work WHERE kind = 'run_analysis' AND ended_at IS NULL"
            ).fetchall()

        assert wait_until(lambda: not list_open(), seconds=WORKING_SECONDS), list_open()
        asked = owner.execute("SELECT count(*) FROM jobs_work WHERE kind = 'run_analysis'").fetchone()
    assert asked is not None
    assert asked[0] >= count


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tsunagu.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


def run_well(*words: object) -> str:
    done = run(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def prepared(tmp_path: Path) -> tuple[Path, dict]:
    """A home with a backup begun, children, and staff who have signed in."""
    home = open_home(Path(shutil.copytree(ROOT / "municipalities" / "example_city", tmp_path / "home"))).path
    create_keys(open_home(home))
    done = subprocess.run([sys.executable, DRIVER, "prepare", home], stdout=subprocess.PIPE, check=True)
    wait_until(lambda: not embedded.is_running(Places(home)), seconds=60)
    let_owner_see(home)
    run_well("backup", "begin", tmp_path / "place", "--home", home)
    assert wait_until(lambda: not embedded.is_running(Places(home)), seconds=60)
    return home, json.loads(done.stdout)


def test_a_desk_that_is_killed_loses_nothing_and_comes_back_elsewhere(prepared, tmp_path, free_port):
    home, told = prepared
    place, outside, new = tmp_path / "place", tmp_path / "outside", tmp_path / "new"
    desk = Desk(home, free_port)
    writers, chance = Writers(desk, told), random.Random(1)
    try:
        desk.start()
        with writers.at_work():
            for number in range(ROUNDS):
                if number % len(VICTIMS) in (1, 3):
                    writers.ask_for_work()
                time.sleep(chance.uniform(0.5, 1.5))
                desk.kill(VICTIMS[number % len(VICTIMS)])
                desk.start()
            run_well("backup", "take", place, "--home", home)
            shutil.copytree(place, tmp_path / "old place")
            time.sleep(1)
            run_well("audit", "checkpoint", outside, "--home", home)
            time.sleep(1)
            desk.kill("all")
        desk.start()
        check_work_goes_on(home, writers.asked_works)
    finally:
        desk.end()
    rows = check_nothing_is_lost(home, writers.confirmed)
    assert writers.surprises == []
    assert {act for act, _ in writers.confirmed} == set(ENTRIES)
    # The machine is gone.
    assert wait_until(lambda: not embedded.is_running(Places(home)), seconds=60)
    shutil.rmtree(home)
    (note,) = outside.glob("*.note")
    began = time.monotonic()
    said = run_well("restore", place, new, "--note", note)
    took = time.monotonic() - began
    assert "VERIFIED" in said
    assert check_nothing_is_lost(new, writers.confirmed) == rows
    sys.stdout.write(f"{len(writers.confirmed)} confirmed, {rows} audit rows, back in {took:.0f} s\n")
    check_a_log_not_received_is_seen(tmp_path / "old place", tmp_path, note, writers.confirmed)


def check_a_log_not_received_is_seen(old: Path, folder: Path, note: Path, confirmed: list) -> None:
    """The same drill with a log that was not received after the take: both the restore and this test must see it."""
    refused = run("restore", old, folder / "refused", "--note", note)
    assert refused.returncode == ExitCode.AUDIT, refused.stderr
    assert not (folder / "refused" / "municipality.yaml").exists()
    run_well("restore", old, folder / "short", "--without-note")
    with pytest.raises(AssertionError):
        check_nothing_is_lost(folder / "short", confirmed)
