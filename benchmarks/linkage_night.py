"""CPU seconds of linkage in a city's run: the first night, the next with what was kept, the same from nothing.

    python benchmarks/linkage_night.py [children]      default: 27000

The first run is for the day before the last deliveries of the fictional city, the next for the day after them. The last
one is linked three times: built on the first run, with nothing but its spellings, and from nothing, which must give the
same hashes. Nothing is kept.
"""

import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
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
from tsunagu.store.engine import Engine
from tsunagu.store.head import load_head, save_head
from tsunagu.store.home import Home, open_home
from tsunagu.store.identity import LINK_NIGHT, LINK_REACH, LINK_SPELLING, RECORD
from tsunagu.store.keys import create_keys
from tsunagu.vocabulary.tables import Table

ROOT = Path(__file__).resolve().parents[1]
STAGES = (
    (pipeline, "run_pipeline", "whole run"),
    (pipeline, "link_records", "linkage"),
    (link, "link_exactly", "of it exact stage"),
    (link, "reach_exactly", "of it exact stage"),
    (link, "learn_version", "of it learning"),
    (link, "read_likely", "of it weighing"),
    (link, "weigh_under", "of it weighing"),
    (link, "compute_households", "of it households"),
    (link, "take_over_links", "of it taking over"),
    (link, "take_over_households", "of it taking over"),
    (pipeline, "stage_night", "keeping"),
)
TITLES = tuple(dict.fromkeys(title for *_, title in STAGES))
KEPT = (LINK_NIGHT, LINK_REACH, LINK_SPELLING)


def measure_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def watch(spent: dict[str, float], name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        started = measure_cpu()
        try:
            return stage(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0) + measure_cpu() - started

    return run


def tell_reached(stage: Callable[..., Any]) -> Callable[..., Any]:
    """Around the last step that reads records of a night: on how many it then works."""

    def run(engine: Engine, *arguments: Any) -> None:
        stage(engine, *arguments)
        read, linked, every = engine.get_row(
            "SELECT (SELECT count(*) FROM linkage_known), (SELECT count(*) FROM night_link AS l"
            " JOIN night_affected AS a ON a.id = l.subject_id), (SELECT count(*) FROM night_link)"
        )
        print(f"versions of records read: {read:,}; links worked out: {linked:,} of {every:,}")

    return run


def copy_home(home: Home, path: Path) -> Home:
    shutil.copytree(home.path, path)
    return open_home(path)


def forget(home: Home, tables: Sequence[Table]) -> None:
    head = load_head(home)
    names = {table.full_name for table in tables}
    kept = {name: segments for name, segments in head.tables.items() if name not in names}
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
    print(f"| {name} | " + " | ".join(f"{spent.get(title, 0):.1f}" for title in TITLES) + " |", flush=True)
    return done.manifest.hashes


def main() -> None:
    children = int(sys.argv[1]) if len(sys.argv) > 1 else 27_000
    spent: dict[str, float] = {}
    for module, name, title in STAGES:
        setattr(module, name, watch(spent, title, getattr(module, name)))
    link.read_likely = tell_reached(link.read_likely)
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        city = build_city(Path(folder) / "city", children=children)
        home = open_home(shutil.copytree(ROOT / "municipalities" / "example_city", Path(folder) / "home"))
        create_keys(home)
        last = city.last_reference_date
        first = last - timedelta(days=1)
        intake_files(home, open_catalog(home.path, on=last), sorted(city.deliveries.iterdir()))
        print("records known, and new: {:,} {:,}".format(*count_records(home, first, last)))
        print("| CPU seconds | " + " | ".join(TITLES) + " |")
        run_night("first night", home, first, spent)
        bare = copy_home(home, Path(folder) / "bare")
        forget(bare, KEPT)
        half = copy_home(home, Path(folder) / "half")
        forget(half, (LINK_NIGHT, LINK_REACH))
        results = [
            run_night("next, built on the first", home, last, spent),
            run_night("next, spellings kept only", half, last, spent),
            run_night("next, from nothing", bare, last, spent),
        ]
        assert results[0] == results[1] == results[2]
        with open_reader(home, "benchmark") as reader:
            for table in KEPT:
                segments = reader.head.list_segments(table.full_name)
                print(f"{table.full_name}: " + ", ".join(f"{segment.rows:,}" for segment in segments))


if __name__ == "__main__":
    main()
