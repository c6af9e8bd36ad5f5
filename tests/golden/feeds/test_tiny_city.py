"""The fictional city's files, written by a package that knows nothing of these definitions, all load."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.formats import FileKind
from tsunagu.fiction import ALL, build_city
from tsunagu.fiction.vendors import LAYOUTS
from tsunagu.intake.batch import FileOutcome, FileStatus, intake_files
from tsunagu.store.home import Home

# June to December: the shortest stretch in which every feed has a delivery.
START, MONTHS = date(2024, 6, 1), 7
# In files of some dozen rows a single row moved by a column, with all its cells wrong, weighs much.
MOST_PROBLEMS_PER_ROW = 0.01


@dataclass(frozen=True)
class Loaded:
    outcomes: list[FileOutcome]

    def count_by_feed(self, field: str) -> Counter[str]:
        counted: Counter[str] = Counter()
        for outcome in self.outcomes:
            counted[outcome.feed or "?"] += getattr(outcome, field)
        return counted


@pytest.fixture(scope="session")
def city(
    make_home: Callable[[Path], Home], feed_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    folder = tmp_path_factory.mktemp("city")
    build_city(folder / "city", children=260, start=START, months=MONTHS, feeds=ALL)
    home = make_home(folder / "home")
    return Loaded(intake_files(home, feed_catalog, [folder / "city" / "deliveries"]))


def test_every_file_is_accepted(city: Loaded) -> None:
    refused = {outcome.file.name: str(outcome.refusal) for outcome in city.outcomes if outcome.refusal}
    assert refused == {}
    assert {outcome.status for outcome in city.outcomes} == {FileStatus.ACCEPTED}


def test_every_feed_gets_rows(city: Loaded, feed_catalog: Catalog) -> None:
    kept = city.count_by_feed("kept")
    # The city's systems write no ZIP and no JSON.
    written = {
        feed.id for feed in feed_catalog.feeds.values() if feed.format.kind in (FileKind.CSV, FileKind.EXCEL)
    }
    assert len(written) >= 24
    assert {feed_id for feed_id in written if kept[feed_id] == 0} == set()


def test_problems_stay_rare(city: Loaded) -> None:
    """The city makes typing mistakes on purpose; more than those would mean that a mapping misreads."""
    found = {outcome.file.name: dict(outcome.problems) for outcome in city.outcomes if outcome.problems}
    problems = sum(count for counts in found.values() for count in counts.values())
    rows = sum(city.count_by_feed("rows").values())
    assert rows > 3000
    assert problems <= MOST_PROBLEMS_PER_ROW * rows, found


@pytest.mark.slow
def test_known_layouts_of_other_vendors_say_the_same(
    city: Loaded,
    make_home: Callable[[Path], Home],
    feed_catalog: Catalog,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("vendors")
    build_city(folder / "city", children=260, start=START, months=MONTHS, feeds=ALL, vendors="b")
    files = {layout.file for layout in LAYOUTS if layout.vendor == "b"}
    paths = [path for path in (folder / "city").rglob("deliveries/*/*/*") if path.name.split("_")[0] in files]
    outcomes = intake_files(make_home(folder / "home"), feed_catalog, paths)
    assert {outcome.file.name: str(outcome.refusal) for outcome in outcomes if outcome.refusal} == {}
    other = Loaded(outcomes)
    feeds = {outcome.feed for outcome in outcomes}
    assert len(feeds) == len(files)
    for field in ("rows", "kept"):
        ours, theirs = city.count_by_feed(field), other.count_by_feed(field)
        assert {feed: theirs[feed] for feed in feeds} == {feed: ours[feed] for feed in feeds}


def test_unknown_layouts_are_refused_whole(
    make_home: Callable[[Path], Home], feed_catalog: Catalog, tmp_path: Path
) -> None:
    build_city(tmp_path / "city", children=40, start=START, months=MONTHS, feeds=ALL, vendors="c")
    layouts = [layout for layout in LAYOUTS if layout.vendor == "c"]
    paths = [max((tmp_path / "city").rglob(f"{layout.stem}_*")) for layout in layouts]
    outcomes = intake_files(make_home(tmp_path / "home"), feed_catalog, paths)
    assert len(outcomes) == len(layouts)
    assert {getattr(outcome.refusal, "code", None) for outcome in outcomes} == {"unknown_layout"}
