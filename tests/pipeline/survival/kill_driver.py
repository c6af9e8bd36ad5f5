"""Kills one operation at many seeded points, or lets it fill the disk, and looks at what it left. A program of its own.

Two kinds of points: at the n-th time Python touches the file system (an audit hook counts), and after a
seeded number of milliseconds (which also hits the engine's own writing). Each point runs in a fork, on a copy
of the home, so that one start of the interpreter serves them all; the parent never opens an engine, whose
threads a fork would not carry over.

    python kill_driver.py HOME {intake,run,learn,record} KILLS SEED AS_OF [FILE...] [--chain KILLS] [--full-disk] [--mutant]

With `--full-disk` the home lies on a small file system, and each point leaves it another room instead of a kill.
Prints one JSON line: kills that hit or disks that were full, points tried, states seen, violations.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from tsunagu.catalog.checking import open_catalog
from tsunagu.intake import intake_files, list_files
from tsunagu.intake.batch import sort_files
from tsunagu.linkage import city_learning
from tsunagu.pipeline.link_learn import learn_weights
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.pipeline.run import run_pipeline
from tsunagu.pipeline.seam import Contact, ContactWay, LinkDecision, Seam, record_decisions
from tsunagu.store import commit, journal
from tsunagu.store.commit import find_damaged_segments, open_reader
from tsunagu.store.engine import DiskFullError
from tsunagu.store.head import Head, StoreDamagedError, load_head, save_head
from tsunagu.store.home import Home, open_home
from tsunagu.store.identity import LINK
from tsunagu.vocabulary.errors import ExitCode

FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree"}
SMALLEST_ROOM_BYTES = 40_000
Operation = Callable[[Home], object]


def describe(home: Home) -> str:
    """The state as a stranger would see it: every table by its rows, and nothing damaged."""
    try:
        head = load_head(home)
    except StoreDamagedError:
        return "unreadable HEAD"
    if find_damaged_segments(home, head):
        return "damaged segments"
    if journal.find_broken_link(home) is not None:
        return "broken journal"
    tables = {
        name: sum(_hash_content(home.var / segment.path, segment.sha256) for segment in segments) % 2**64
        for name, segments in head.tables.items()
        if segments
    }
    return json.dumps(tables, sort_keys=True)


def _hash_content(path: Path, content_hash: str) -> int:
    """A number for a segment's rows; segments of a table add up, however the rows are spread over them."""
    if path.suffix == ".parquet":
        return _hash_rows(str(path), content_hash)
    # Originals are encrypted with fresh randomness: only their number can be compared.
    return 1 if path.suffix == ".age" else int(hashlib.sha256(path.read_bytes()).hexdigest()[:15], 16)


@cache
def _hash_rows(path: str, content_hash: str) -> int:
    table = pq.read_table(path, use_threads=False)
    columns = [table[name].to_pylist() for name in sorted(table.column_names)]
    rows = zip(*columns, strict=True)
    return sum(int(hashlib.sha256(repr(row).encode()).hexdigest()[:15], 16) for row in rows)


def fork_operation(operate: Operation, home: Home, *, at_event: int = 0, after_s: float = 0.0) -> bool:
    """Run in a child that dies at the given point; True when it died there."""
    child = os.fork()
    if child == 0:
        _be_quiet()
        if at_event:
            _die_at(at_event)
        os._exit(_carry_out(operate, home))
    if after_s:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def count_events(operate: Operation, home: Home) -> tuple[int, float]:
    """File events and seconds of an undisturbed run."""
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_quiet()
        events = [0]

        def count(event: str, _: object) -> None:
            events[0] += event in FILE_EVENTS

        sys.addaudithook(count)
        failed = _carry_out(operate, home)
        os.write(writing, str(events[0]).encode())
        os._exit(failed)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("the undisturbed operation failed")
    return int(os.read(reading, 20)), time.monotonic() - started


def _carry_out(operate: Operation, home: Home) -> int:
    try:
        operate(home)
    except DiskFullError as error:
        return error.exit_code if "空き" in error.what and "もう一度" in (error.todo or "") else 1
    except BaseException:  # noqa: BLE001 - whatever it was, the parent is told by the exit code
        traceback.print_exc()
        return 1
    return 0


def _die_at(number: int) -> None:
    seen = [0]

    def die(event: str, _: object) -> None:
        if event in FILE_EVENTS:
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)


def _be_quiet() -> None:
    """Only the driver's own line goes to standard output."""
    os.dup2(2, 1)


def publish_late() -> None:
    """The mutant: HEAD is replaced before the segments it names are in their place."""
    publish, waiting = commit._publish, []

    def save_first(home: Home, head: Head) -> None:
        save_head(home, head)
        for late in waiting:
            publish(*late)
        waiting.clear()

    commit._publish = lambda *late: waiting.append(late)
    commit.save_head = save_first


def record_some(seam: Seam) -> None:
    """A batch that writes to three tables of two zones: contacts with sightings, and a linkage decision."""
    with open_reader(seam.home, "test") as reader:
        reader.attach(LINK, run=get_manifest(reader).run_id)
        rows = reader.engine.list_rows(
            "SELECT min(subject_id), person_id FROM identity.link WHERE rule = 'register' GROUP BY person_id"
            " ORDER BY person_id LIMIT 3"
        )
    purpose = seam.catalog.active_purposes[-1]
    contacts = [
        Contact(f"contact-{place}", person, purpose, seam.on, ContactWay.VISIT, saw_child=True)
        for place, (_, person) in enumerate(rows)
    ]
    link = LinkDecision("link", rows[0][0], rows[1][1], "different", "試験", "試験")
    record_decisions(seam, [*contacts, link])


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("operation", choices=("intake", "run", "learn", "record"))
    parser.add_argument("kills", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("as_of", type=date.fromisoformat)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--chain", type=int, default=1, help="kills in a row on one home, then one whole run")
    parser.add_argument("--full-disk", action="store_true")
    parser.add_argument("--mutant", action="store_true")
    return parser.parse_args()


def _measure_bytes(folder: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*"))


class Trial:
    """One operation on copies of one home, and the states that a kill may leave."""

    def __init__(self, source: Path, work: Path, steps: list[Operation], operate: Operation) -> None:
        self._source, self._work, self._operate = source, work, operate
        home = self._copy()
        self._allowed = {describe(home)}
        self._events, self._seconds = count_events(operate, home)
        self._new = describe(home)
        self._needed = 2 * (_measure_bytes(home.path) - _measure_bytes(source))
        if self._new in self._allowed:
            raise SystemExit("the undisturbed operation changed nothing")
        self._allowed |= {self._new, *self._list_states_between(steps)}
        self.kills, self.points, self.seen, self.violations = 0, 0, set(), []

    def kill_often(self, wanted: int, chain: int, dice: random.Random) -> None:
        """Kill that many times; stops at the first violation. An operation that was too quick is no kill."""
        home, kills = self._copy(), 0
        while self.kills < wanted and self.points < 3 * wanted and not self.violations:
            point = self.points
            self.points += 1
            state = self._try_point(point, home, dice)
            kills += 1
            if state in self._allowed and state != self._new and kills < chain:
                continue
            if state in self._allowed:
                self._finish(home, point)
            home, kills = self._copy(), 0

    def _try_point(self, point: int, home: Home, dice: random.Random) -> str:
        """Kill once; what is left must be one of the whole states."""
        if point % 3:
            # More often towards the end, where everything is put in its place.
            where = {"at_event": self._events - int(self._events * dice.random() ** 2)}
        else:
            where = {"after_s": dice.uniform(0.02, self._seconds)}
        self.kills += fork_operation(self._operate, home, **where)
        state = describe(home)
        self.seen.add(state)
        if state not in self._allowed:
            self.violations.append([where, state[:60]])
        return state

    def fill_often(self, points: int, dice: random.Random) -> None:
        """Leave another room on the disk each time: the operation says that it is full, or has enough."""
        disk = self._work / "filling"
        for _ in range(points):
            home = self._copy()
            # An operation needs at most what two copies of its result take; often it is short of the last bytes.
            room = int(SMALLEST_ROOM_BYTES + dice.random() ** 2 * self._needed)
            with disk.open("wb") as file:
                file.truncate(0)
                os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(self._work).free - room))
            self.points += 1
            ended = self._fill_once(home)
            disk.unlink()
            if ended not in (0, ExitCode.DISK_FULL):
                self.violations.append([room, f"ended with {ended}"])
            self.kills += ended == ExitCode.DISK_FULL
            state = describe(home)
            self.seen.add(state)
            if state not in self._allowed or (ended == 0 and state != self._new):
                self.violations.append([room, state[:60]])
            else:
                self._finish(home, room)

    def _fill_once(self, home: Home) -> int:
        child = os.fork()
        if child == 0:
            _be_quiet()
            os._exit(_carry_out(self._operate, home))
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)

    def _finish(self, home: Home, point: int) -> None:
        """A whole run after the kills must reach the new state and tidy up."""
        fork_operation(self._operate, home)
        if describe(home) != self._new:
            self.violations.append([point, "a rerun did not reach the new state"])
        if list(home.temporary.iterdir()) or list(home.pins.iterdir()):
            self.violations.append([point, "leftovers"])

    def _copy(self) -> Home:
        path = self._work / "home"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self._source, path)
        return open_home(path)

    def _list_states_between(self, steps: list[Operation]) -> set[str]:
        """Files commit one by one, so intake may also stop between two of them: those states are whole too."""
        home = self._copy()
        states = set()
        for step in steps:
            fork_operation(step, home)
            states.add(describe(home))
        return states


def main() -> None:
    arguments = read_arguments()
    if arguments.mutant:
        publish_late()
    if arguments.operation == "learn":
        # However little this small city tells.
        city_learning._FEWEST_PEOPLE = city_learning._FEWEST_LINKS = 0
    catalog = open_catalog(arguments.home, on=arguments.as_of)
    files = sort_files(list_files(arguments.files), None)
    steps: list[Operation] = [lambda home, file=file: intake_files(home, catalog, [file]) for file in files]
    operations: dict[str, Operation] = {
        "intake": lambda home: intake_files(home, catalog, files),
        "run": lambda home: run_pipeline(home, catalog, as_of=arguments.as_of),
        "learn": lambda home: learn_weights(home, catalog, as_of=arguments.as_of),
        "record": lambda home: record_some(Seam(home, catalog)),
    }
    work = Path(tempfile.mkdtemp(dir=arguments.home.parent))
    trial = Trial(arguments.home, work, steps, operations[arguments.operation])
    dice = random.Random(arguments.seed)
    if arguments.full_disk:
        trial.fill_often(arguments.kills, dice)
    else:
        trial.kill_often(arguments.kills, arguments.chain, dice)
    shutil.rmtree(work)
    found = {"kills": trial.kills, "points": trial.points, "states": len(trial.seen)}
    sys.stdout.write(json.dumps(found | {"violations": trial.violations}))


if __name__ == "__main__":
    main()
