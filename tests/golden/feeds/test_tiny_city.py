"""The fictional city's files, written by a package that knows nothing of these definitions, all load."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.fiction import build_city
from tsunagu.intake.batch import FileOutcome, FileStatus, intake_files
from tsunagu.store.home import Home

# June to December: the shortest stretch in which every feed has a delivery.
START, MONTHS = date(2024, 6, 1), 7
# In files of some dozen rows a single row moved by a column, with all its cells wrong, weighs much.
MOST_PROBLEMS_PER_ROW = 0.01
# Feeds whose files the city does not write yet; a line goes when it does.
NOT_YET_WRITTEN = {
    "education/nurse_room",
    "education/fitness_test",
    "education/school_charges",
    "education/school_life_survey",
    "education/pupil_status",
    "health/maternal_checkup",
    "health/newborn_visit",
    "health/moved_in_checkups",
    "benefits/child_allowance",
    "benefits/public_assistance",
    "benefits/single_parent_medical",
    "benefits/disability_certificate",
    "childcare/nursery_attendance",
    "welfare/family_consultation",
    "welfare/whereabouts",
}


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
    build_city(folder / "city", children=260, start=START, months=MONTHS)
    home = make_home(folder / "home")
    return Loaded(intake_files(home, feed_catalog, [folder / "city" / "deliveries"]))


def test_every_file_is_accepted(city: Loaded) -> None:
    refused = {outcome.file.name: str(outcome.refusal) for outcome in city.outcomes if outcome.refusal}
    assert refused == {}
    assert {outcome.status for outcome in city.outcomes} == {FileStatus.ACCEPTED}


def test_every_feed_gets_rows(city: Loaded, feed_catalog: Catalog) -> None:
    kept = city.count_by_feed("kept")
    assert {feed_id for feed_id in feed_catalog.feeds if kept[feed_id] == 0} <= NOT_YET_WRITTEN


def test_problems_stay_rare(city: Loaded) -> None:
    """The city makes typing mistakes on purpose; more than those would mean that a mapping misreads."""
    found = {outcome.file.name: dict(outcome.problems) for outcome in city.outcomes if outcome.problems}
    problems = sum(count for counts in found.values() for count in counts.values())
    rows = sum(city.count_by_feed("rows").values())
    assert rows > 3000
    assert problems <= MOST_PROBLEMS_PER_ROW * rows, found
