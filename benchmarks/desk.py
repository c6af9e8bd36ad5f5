"""The officers' desk under load: milliseconds a page and CPU by process, over HTTP against the server as it is.

    python benchmarks/desk.py [--minutes 5] [--staff 100] [--children 100000] [--listed 5000] [--every 10]

PostgreSQL is the desk's own, with fsync and the audit trail on; the server is the one that `tsunagu serve` starts. Each
member of staff opens a page every `--every` seconds, and is timed from the moment it was due. The first round of
everybody is not counted. Nothing is kept.
"""

import argparse
import json
import os
import platform
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import psycopg

from tsunagu.catalog.checking import open_catalog
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.places import Places
from tsunagu.database.server import open_server
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.identifiers import show_id
from tsunagu.web.launching import prepare_desk, serve_desk

ROOT = Path(__file__).resolve().parents[1]
TARGETS_MS = {"view": 300, "search and facets": 400, "write": 400}
TICKS = os.sysconf("SC_CLK_TCK")
NARROWED = (
    "level=urgent&level=high",
    "kind=money&sort=unseen",
    "age=6&age=9&sort=young",
    "flag=red_flag&cap=20",
    "unseen=3&unseen=6&level=urgent",
    "level=high&out=level&page=2",
    "registered=no",
    "fresh=old&sort=new",
)


WRITERS = ("coordinator", "caseworker", "public_health_nurse", "supervisor")


@dataclass(frozen=True)
class Page:
    """What staff do: `weights` says how often each role does. `{child}`, `{narrowed}`, `{words}` are filled in.

    `form`: what is sent, where something is; the page to which its answer leads is part of what is timed.
    """

    title: str
    kind: str
    address: str
    weights: Mapping[str, int]
    form: str = ""


def weigh(everybody: int = 0, **roles: int) -> dict[str, int]:
    """How often each role does something; `everybody`: all who work with children."""
    return {**(dict.fromkeys(("school_social_worker", *WRITERS), everybody) if everybody else {}), **roles}


# A morning: today's work, then child after child, with some narrowing and searching in between, and what came of it written.
DECISION = "decision-outcome=watch&decision-reason=%E8%A6%8B%E5%AE%88%E3%82%8B&decision-next_action_on={soon}"
CONTACT = "contact-occurred_on={today}&contact-way=telephone&contact-note=%E9%9B%BB%E8%A9%B1"
PAGES = (
    Page("こどものページ", "view", "/children/{child}/", weigh(24)),
    Page("今日の仕事", "view", "/today/", weigh(6)),
    Page("今日の仕事（みんなの）", "view", "/today/?whose=all", weigh(coordinator=3, supervisor=3)),
    Page("わたしの権限", "view", "/", weigh(1, auditor=2)),
    Page("役割の表", "view", "/audit/roles/", weigh(1, auditor=2)),
    Page("データの状態", "view", "/data/", weigh(coordinator=1, supervisor=1)),
    Page("監査・権限", "view", "/audit/", weigh(coordinator=1, supervisor=1, auditor=10)),
    Page("名簿をしぼる", "search and facets", "/narrow/", weigh(3)),
    Page("名簿をしぼる（条件つき）", "search and facets", "/narrow/?{narrowed}", weigh(6, coordinator=10)),
    Page("さがす", "search and facets", "/find/", weigh(5), "words={words}&birth="),
    Page("判断を書く", "write", "/children/{child}/decisions/", dict.fromkeys(WRITERS, 2), DECISION),
    Page("連絡を書く", "write", "/children/{child}/contacts-made/", dict.fromkeys(WRITERS, 2), CONTACT),
)


@dataclass(frozen=True)
class Row:
    """What came of one page, or of one kind of pages."""

    title: str
    times: Sequence[float]
    errors: int

    def show(self, target: int | None = None) -> str:
        told = [f"{find_percentile(self.times, share):.0f}" for share in (0.5, 0.95, 1)]
        verdict = ""
        if target is not None:
            is_met = find_percentile(self.times, 0.95) <= target and not self.errors
            verdict = f"≤ {target}: {'met' if is_met else 'MISSED'}"
        return (
            f"| {self.title} | {len(self.times):,} | {self.errors:,} | "
            + " | ".join(told)
            + f" | {verdict} |"
        )


def find_percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def describe_machine() -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("django", "granian", "psycopg", "tsunagu")
    )
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {memory_gb:.0f} GiB, "
        f"Python {platform.python_version()}, {versions}"
    )


def plan_acts(
    person: Any, count: int, every: float, today: date, chance: random.Random
) -> Iterator[dict[str, object]]:
    from desk_city import name_child

    open_to = [page for page in PAGES if page.weights.get(person.role)]
    offset = chance.uniform(0, every)
    for turn in range(count):
        (page,) = chance.choices(open_to, [one.weights[person.role] for one in open_to])
        child = chance.choice(person.children)
        named = name_child(child)
        words = {
            "child": show_id(child),
            "narrowed": chance.choice(NARROWED),
            "words": quote(chance.choice([named, *named.split()])),
            "today": today.isoformat(),
            "soon": (today + timedelta(days=7)).isoformat(),
        }
        yield {
            "page": page.title,
            "at": offset + turn * every,
            "address": page.address.format(**words),
            "form": page.form.format(**words),
            "wants": named if "{child}" in page.address else "</html>",
        }


@contextmanager
def run_desk(home: Path, port: int) -> Iterator[int]:
    """The server as `serve` starts it, in a process of its own; its number."""
    command = [sys.executable, __file__, "--serve", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "TSUNAGU_HOME": str(home)}, cwd="/")
    try:
        wait_for_answer(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for_answer(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://localhost:{port}/sign-in/", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the desk does not answer")


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def measure_cpu(root: int) -> float:
    """CPU seconds of a process, of those below it, and of those that have ended there."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        used[number] = sum(int(one) for one in fields[11:15]) / TICKS
    return sum(seconds for number, seconds in used.items() if is_below(number, root, parents))


def is_below(number: int, root: int, parents: Mapping[int, int]) -> bool:
    while number in parents and number != root:
        number = parents[number]
    return number == root


def count_audit_rows(server: Server) -> int:
    with psycopg.connect(server.url(Login.CHECKPOINTER)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM audit_row").fetchone() or (0,)
        return int(count)


def is_durable(server: Server) -> bool:
    with psycopg.connect(server.url(Login.APP)) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        return all((connection.execute(f"SHOW {name}").fetchone() or ("off",))[0] == "on" for name in names)


def measure(server: Server, home: Path, people: Sequence[Any], arguments: argparse.Namespace) -> None:
    chance = random.Random(2)  # noqa: S311 - a made-up day, not a secret
    rounds = max(round(arguments.minutes * 60 / arguments.every), 1)
    port = find_free_port()
    today = datetime.now(JST).date()
    acts = [list(plan_acts(one, rounds + 1, arguments.every, today, chance)) for one in people]
    plan = {
        "port": port,
        "people": [
            {"cookie": f"sessionid={one.session}", "acts": mine}
            for one, mine in zip(people, acts, strict=True)
        ],
    }
    postmaster = int((Places(home).data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    with run_desk(home, port) as web:
        before = {"web": measure_cpu(web), "postgres": measure_cpu(postmaster)}
        recorded, started = count_audit_rows(server), time.monotonic()
        client = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "desk_staff.py")],
            input=json.dumps(plan).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        seconds = time.monotonic() - started
        after = {"web": measure_cpu(web), "postgres": measure_cpu(postmaster)}
    found = json.loads(client.stdout)
    show_pages([row for row in found["done"] if row[1] >= arguments.every])
    spent = {name: after[name] - before[name] for name in after} | {"client": found["cpu"]}
    requests = len(found["done"])
    print("\n| process | CPU seconds | CPU ms a request | share of one core |\n|---|---:|---:|---:|")
    for name, used in spent.items():
        print(f"| {name} | {used:.1f} | {used / requests * 1000:.1f} | {used / seconds:.0%} |")
    print(
        f"\n{requests:,} requests with the first round, {requests / seconds:.1f} a second;"
        f" {count_audit_rows(server) - recorded:,} audit rows written meanwhile"
    )


def show_pages(done: Sequence[tuple[str, float, float, str]]) -> None:
    print("| page | requests | errors | p50 ms | p95 ms | most ms | target of p95 |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for page in PAGES:
        rows = [row for row in done if row[0] == page.title]
        if rows:
            print(Row(page.title, [row[2] for row in rows], sum(bool(row[3]) for row in rows)).show())
    for kind, target in TARGETS_MS.items():
        titles = {page.title for page in PAGES if page.kind == kind}
        rows = [row for row in done if row[0] in titles]
        print(Row(f"**{kind}**", [row[2] for row in rows], sum(bool(row[3]) for row in rows)).show(target))
    wrong = sorted({f"{row[0]}: {row[3]}" for row in done if row[3]})
    if wrong:
        print("\nerrors: " + "; ".join(wrong))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--every", type=float, default=10, help="seconds between two pages of one person")
    parser.add_argument("--staff", type=int, default=100)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--listed", type=int, default=5_000)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments()
    if arguments.serve:
        serve_desk(arguments.serve)
        return
    today = datetime.now(JST).date()
    print(f"{describe_machine()}")
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        home = open_home(shutil.copytree(ROOT / "municipalities" / "example_city", Path(folder) / "home"))
        create_keys(home)
        with open_server(home.path) as server:
            prepare_desk(home.path, server, open_catalog(home.path, on=today), today=today)
            from desk_city import fill_city, make_staff, settle

            started = time.monotonic()
            fill_city(server, children=arguments.children, listed=arguments.listed, today=today)
            people = make_staff(server, arguments.staff, listed=arguments.listed, today=today)
            settle(server)
            assert is_durable(server)
            print(
                f"{arguments.children:,} children, {arguments.listed:,} listed, {arguments.staff} staff, "
                f"a page every {arguments.every:g} s; fsync and audit trail on;"
                f" city made in {time.monotonic() - started:.0f} s\n",
                flush=True,
            )
            measure(server, home.path, people, arguments)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
