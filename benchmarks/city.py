"""Seconds, memory, rows and bytes of building fictional cities: does the cost grow with the city, and the memory not?

    python benchmarks/city.py [children ...]      default: 27000 60000 120000

Each city is the demo's (its fifteen main feeds, 36 months) and is built in a process of its own. Beside it stands a peer
that does far less: Python's own `csv` module writing as many rows of the same mean size from one constant tuple, with
nothing lived, looked up or spelled. CPU seconds are user and system; wall time says little on a shared machine. Prints
a Markdown table; nothing is kept. 540,000 children need about 6 GB of disk for the time being.
"""

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PEER_COLUMNS = 12


@dataclass(frozen=True)
class Written:
    """What a process wrote and what it cost."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    rows: int
    size: int


def measure(*arguments: object) -> Written:
    """Run this file again as a process of its own; it prints the rows and bytes it wrote."""
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, __file__, *map(str, arguments)], stdout=subprocess.PIPE)
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{arguments}: no figures")
    seconds, cpu_seconds = time.monotonic() - started, usage.ru_utime + usage.ru_stime
    return Written(seconds, cpu_seconds, usage.ru_maxrss / 1024, **json.loads(said))


def build(children: int, folder: Path) -> dict[str, int]:
    from tsunagu.fiction import build_city  # The peer's process must not pay for it.

    city = build_city(folder / "city", children=children, seed=1)
    files = [path for path in city.deliveries.rglob("*") if path.is_file()]
    return {"rows": sum(city.rows.values()), "size": sum(path.stat().st_size for path in files)}


def write_as_peer(rows: int, size: int, folder: Path) -> dict[str, int]:
    """As many rows as the city has, each as long as its mean row, of equal cells."""
    cell = "x" * max(1, round(size / rows / PEER_COLUMNS) - 1)
    row = (cell,) * PEER_COLUMNS
    path = folder / "peer.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(row for _ in range(rows))
    return {"rows": rows, "size": path.stat().st_size}


def print_row(children: int, name: str, written: Written, ratio: str) -> None:
    print(
        f"| {children:,} | {name} | {written.seconds:.0f} | {written.cpu_seconds:.1f} | {written.peak_mb:.0f} "
        f"| {written.rows:,} | {written.size / 1e6:,.0f} | {ratio} |",
        flush=True,
    )


def main() -> None:
    if "--build" in sys.argv:
        print(json.dumps(build(int(sys.argv[2]), Path(sys.argv[3]))))
        return
    if "--peer" in sys.argv:
        print(json.dumps(write_as_peer(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))))
        return
    from stages import describe_machine  # Nor for this.

    sizes = [int(text) for text in sys.argv[1:]] or [27_000, 60_000, 120_000]
    print(f"{describe_machine()}\n")
    print("| children | what | seconds | CPU seconds | peak MB | rows | MB written | CPU against the peer |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for children in sizes:
        with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as name:
            folder = Path(name)
            city = measure("--build", children, folder)
            shutil.rmtree(folder / "city")
            peer = measure("--peer", city.rows, city.size, folder)
        print_row(children, "fiction", city, f"{city.cpu_seconds / peer.cpu_seconds:.1f}")
        print_row(children, "peer: csv module", peer, "")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
