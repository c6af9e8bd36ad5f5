"""Stage × seconds × peak memory for growing fictional cities, each stage a process of its own.

    python benchmarks/stages.py [children ...]      default: 3000 27000 100000

Beside intake stands a peer that does far less: Python's own `csv` module reading the same text files once,
without checks, keys, encryption or storing. Prints a Markdown table; nothing is kept.
"""

import csv
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

ROOT = Path(__file__).resolve().parents[1]
TSUNAGU = [sys.executable, "-m", "tsunagu.cli"]
AS_OF = "2026-03-31"


@dataclass(frozen=True)
class Measured:
    stage: str
    seconds: float
    peak_mb: float


def measure(stage: str, command: list[str]) -> Measured:
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f"{stage}: {error.decode()}")
    return Measured(stage, time.monotonic() - started, usage.ru_maxrss / 1024)


def make_home(home: Path) -> Path:
    """A fresh home of the example city with keys of its own."""
    shutil.copytree(ROOT / "municipalities" / "example_city", home)
    create_keys(open_home(home))
    return home


def describe_machine() -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("duckdb", "tsunagu"))
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {memory_gb:.0f} GiB, "
        f"Python {platform.python_version()}, {versions}"
    )


def measure_city(children: int, folder: Path) -> list[Measured]:
    """The city is the demo's: its fifteen main feeds."""
    city = folder / "city"
    with_home = ["--home", str(make_home(folder / "home"))]
    fiction = ["fiction", "--feeds", "main", "--out", str(city), "--children", str(children)]
    return [
        measure("fiction", [*TSUNAGU, *fiction]),
        measure("peer: csv module", [sys.executable, __file__, "--peer", str(city / "deliveries")]),
        measure("intake", [*TSUNAGU, "intake", str(city / "deliveries"), *with_home]),
        measure("run", [*TSUNAGU, "run", "--as-of", AS_OF, *with_home]),
        measure("report", [*TSUNAGU, "report", "--out", str(folder / "report.html"), *with_home]),
    ]


def read_as_peer(folder: Path) -> None:
    rows = 0
    for path in folder.rglob("*.csv"):
        # What is not UTF-8 from its first block on is CP932 here.
        for encoding in ("utf-8-sig", "cp932"):
            with suppress(UnicodeDecodeError), path.open(encoding=encoding, newline="") as file:
                rows += sum(1 for _ in csv.reader(file))
                break
    print(rows)


def main() -> None:
    if "--peer" in sys.argv:
        read_as_peer(Path(sys.argv[-1]))
        return
    sizes = [int(text) for text in sys.argv[1:]] or [3_000, 27_000, 100_000]
    print(f"{describe_machine()}\n")
    print("| children | stage | seconds | peak MB | seconds against the peer |")
    print("|---:|---|---:|---:|---:|")
    for children in sizes:
        with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
            measured = measure_city(children, Path(folder))
        peer = next(one.seconds for one in measured if one.stage.startswith("peer"))
        for one in measured:
            ratio = f"{one.seconds / peer:.1f}" if one.stage == "intake" else ""
            print(
                f"| {children:,} | {one.stage} | {one.seconds:.1f} | {one.peak_mb:.0f} | {ratio} |",
                flush=True,
            )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
