"""CPU seconds of linkage in a city's run: the first night, the next with what was kept, the same from nothing.

    python benchmarks/linkage_night.py [children]      default: 27000

The first run is for the day before the last deliveries of the fictional city, the next for the day after them. The last
one is linked once with the spellings kept and once without, which must give the same hashes. Nothing is kept.
"""

import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tsunagu.catalog.checking import open_catalog
from tsunagu.fiction import build_city
from tsunagu.intake import intake_files
from tsunagu.linkage import link
from tsunagu.pipeline import run as pipeline
from tsunagu.store.commit import open_reader
from tsunagu.store.head import load_head, save_head
from tsunagu.store.home import Home, open_home
from tsunagu.store.identity import LINK_SPELLING, RECORD
from tsunagu.store.keys import create_keys

ROOT = Path(__file__).resolve().parents[1]
STAGES = (
    (pipeline, "run_pipeline", "whole run"),
    (pipeline, "link_records", "linkage"),
    (link, "link_exactly", "of it exact stage"),
    (link, "learn_version", "of it learning"),
    (link, "weigh_under", "of it weighing"),
)


def measure_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def watch(spent: dict[str, float], name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        started = measure_cpu()
        try:
            return stage(*arguments, **named)
        finally:
            spent[name] = measure_cpu() - started

    return run


def copy_home(home: Home, path: Path) -> Home:
    shutil.copytree(home.path, path)
    return open_home(path)


def forget_spellings(home: Home) -> None:
    head = load_head(home)
    kept = {name: segments for name, segments in head.tables.items() if name != LINK_SPELLING.full_name}
    save_head(home, replace(head, tables=kept))


def count_records(home: Home, first: date, last: date) -> tuple[int, int]:
    """Versions of records known by the first day, and those learned until the last."""
    with open_reader(home, "benchmark") as reader:
        reader.attach(RECORD)
        known, new = reader.engine.get_row(
            "SELECT sum(CASE WHEN known_from <= $first THEN 1 ELSE 0 END),"
            " sum(CASE WHEN known_from > $first THEN 1 ELSE 0 END)"
            " FROM identity.record WHERE known_from <= $last",
            first=first,
            last=last,
        )
    return int(known), int(new)


def run_night(name: str, home: Home, day: date, spent: dict[str, float]) -> Mapping[str, str]:
    """One run; prints what it took and returns its hashes."""
    spent.clear()
    done = pipeline.run_pipeline(home, open_catalog(home.path, on=day), as_of=day)
    print(
        f"| {name} | " + " | ".join(f"{spent.get(title, 0):.1f}" for *_, title in STAGES) + " |", flush=True
    )
    return done.manifest.hashes


def main() -> None:
    children = int(sys.argv[1]) if len(sys.argv) > 1 else 27_000
    spent: dict[str, float] = {}
    for module, name, title in STAGES:
        setattr(module, name, watch(spent, title, getattr(module, name)))
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        city = build_city(Path(folder) / "city", children=children)
        home = open_home(shutil.copytree(ROOT / "municipalities" / "example_city", Path(folder) / "home"))
        create_keys(home)
        last = city.last_reference_date
        first = last - timedelta(days=1)
        intake_files(home, open_catalog(home.path, on=last), sorted(city.deliveries.iterdir()))
        print("records known, and new: {:,} {:,}".format(*count_records(home, first, last)))
        print("| CPU seconds | " + " | ".join(title for *_, title in STAGES) + " |")
        run_night("first night", home, first, spent)
        bare = copy_home(home, Path(folder) / "bare")
        forget_spellings(bare)
        kept = run_night("next, spellings kept", home, last, spent)
        anew = run_night("next, from nothing", bare, last, spent)
        assert kept == anew
        with open_reader(home, "benchmark") as reader:
            segments = reader.head.list_segments(LINK_SPELLING.full_name)
        print("spellings worked out: " + ", ".join(f"{segment.rows:,}" for segment in segments))


if __name__ == "__main__":
    main()
