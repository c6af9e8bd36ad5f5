"""Kills one operation at many seeded points and looks at what it left. Run as a program of its own.

Two kinds of points: at the n-th time Python touches the file system (an audit hook counts), and after a
seeded number of milliseconds (which also hits the engine's own writing). Each point runs in a fork, on a copy
of the home, so that one start of the interpreter serves them all.

    python kill_driver.py HOME OPERATION POINTS SEED [--mutant NAME]

Prints one JSON line: points tried, kills that hit, states seen, violations.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.intake import intake_files
from tsunagu.pipeline.run import run_pipeline
from tsunagu.store import commit, journal
from tsunagu.store.commit import find_damaged_segments, open_reader
from tsunagu.store.head import load_head, save_head
from tsunagu.store.home import Home, open_home

FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree"}
AS_OF = date(2024, 3, 31)


def load_catalog(home: Home) -> Catalog:
    return check_definitions(find_shipped_definitions(), home.path, on=AS_OF)


def operate(name: str, home: Home, files: list[Path]) -> None:
    catalog = load_catalog(home)
    if name == "intake":
        intake_files(home, catalog, files)
    else:
        run_pipeline(home, catalog, as_of=AS_OF)


def describe(home: Home) -> str:
    """The state as a stranger would see it: every table's segments by content, and nothing damaged."""
    head = load_head(home)
    if find_damaged_segments(home, head):
        return "damaged"
    if journal.find_broken_link(home) is not None:
        return "broken journal"
    with open_reader(home, "look") as reader:
        return _hash_tables(reader)


def _hash_tables(reader: commit.Reader) -> str:
    hashes = {}
    for name, segments in sorted(reader.head.tables.items()):
        paths = [str(reader.home.var / s.path) for s in segments if s.path.endswith(".parquet")]
        if not paths:
            hashes[name] = str(len(segments))
            continue
        reader.engine.run(
            "CREATE OR REPLACE TEMP TABLE looked AS SELECT * FROM read_parquet($paths)", paths=paths
        )
        columns = [row[0] for row in reader.engine.list_rows("DESCRIBE looked")]
        hashes[name] = reader.engine.hash_rows("looked", columns)
    return json.dumps(hashes)


def fork_operation(
    name: str, home: Home, files: list[Path], *, at_event: int = 0, after_s: float = 0.0
) -> bool:
    """Run in a child that dies at the given point; True when it died there."""
    child = os.fork()
    if child == 0:
        _be_quiet()
        if at_event:
            _die_at(at_event)
        try:
            operate(name, home, files)
        finally:
            os._exit(0)
    if after_s:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def count_events(name: str, home: Home, files: list[Path]) -> tuple[int, float]:
    """File events and seconds of an undisturbed run."""
    counter = Path(tempfile.mkstemp()[1])
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_quiet()
        events = [0]

        def count(event: str, _: object) -> None:
            events[0] += event in FILE_EVENTS

        sys.addaudithook(count)
        try:
            operate(name, home, files)
        finally:
            fd = os.open(counter, os.O_WRONLY)
            os.write(fd, str(events[0]).encode())
            os._exit(0)
    os.waitpid(child, 0)
    return int(counter.read_text()), time.monotonic() - started


def _die_at(number: int) -> None:
    seen = [0]

    def die(event: str, _: object) -> None:
        if event in FILE_EVENTS:
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)


def _be_quiet() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def publish_late() -> None:
    """The mutant: HEAD is replaced before the segments it names are in their place."""
    publish, waiting = commit._publish, []

    def wait(staged: Path, target: Path) -> None:
        waiting.append((staged, target))

    def save_first(home: Home, head: object) -> None:
        save_head(home, head)
        for staged, target in waiting:
            publish(staged, target)
        waiting.clear()

    commit._publish = wait
    commit.save_head = save_first


def main() -> None:
    source, name, points, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if "--mutant" in sys.argv:
        publish_late()
    files = sorted((source / "incoming").glob("*/*/*"))
    work = Path(tempfile.mkdtemp(dir=source.parent))

    def fresh() -> Home:
        shutil.rmtree(work / "home", ignore_errors=True)
        shutil.copytree(source, work / "home")
        return open_home(work / "home")

    home = fresh()
    old = describe(home)
    events, seconds = count_events(name, home, files)
    new = describe(home)
    # Files commit one by one, so intake may also stop between two of them: those states are whole too.
    allowed = {old, new} | _list_states_between(name, fresh, files)
    dice = random.Random(seed)
    kills, violations, seen = 0, [], set()
    for point in range(points):
        home = fresh()
        if point % 3:
            where = {"at_event": dice.randrange(1, events + 1)}
        else:
            where = {"after_s": dice.uniform(0.02, seconds)}
        kills += fork_operation(name, home, files, **where)
        state = describe(home)
        seen.add(state)
        if state not in allowed:
            violations.append([where, state[:40]])
            continue
        fork_operation(name, home, files)
        if describe(home) != new:
            violations.append([where, "a rerun did not reach the new state"])
        if any(home.temporary.iterdir()):
            violations.append([where, "leftovers"])
    shutil.rmtree(work)
    sys.stdout.write(
        json.dumps({"points": points, "kills": kills, "states": len(seen), "violations": violations})
    )


def _list_states_between(name: str, fresh: object, files: list[Path]) -> set[str]:
    if name != "intake":
        return set()
    states, home = set(), fresh()
    for file in files:
        fork_operation(name, home, [file])
        states.add(describe(home))
    return states


if __name__ == "__main__":
    main()
