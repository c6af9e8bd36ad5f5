"""Every shipped feed's sample goes through the real intake and leaves exactly these records, facts and problems."""

from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.intake.batch import FileOutcome, FileStatus, intake_files
from tsunagu.store.home import Home

FEEDS = sorted(
    path.parent.relative_to(find_shipped_definitions() / "feeds").as_posix()
    for path in (find_shipped_definitions() / "feeds").rglob("manifest.yaml")
)
LATER = date(2026, 1, 15)


@pytest.fixture(scope="session")
def loaded(
    make_home: Callable[[Path], Home],
    feed_catalog: Catalog,
    write_sample: Callable[[Feed, Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Home, dict[str, FileOutcome]]:
    """One home with every sample in it; nobody says which feed a file belongs to."""
    folder = tmp_path_factory.mktemp("samples")
    home = make_home(folder / "home")
    outcomes = {}
    for feed_id, feed in feed_catalog.feeds.items():
        outcomes[feed_id] = intake_files(home, feed_catalog, [write_sample(feed, folder)])[0]
    return home, outcomes


def test_every_shipped_feed_is_tried(feed_catalog: Catalog) -> None:
    assert len(FEEDS) >= 30
    assert sorted(feed_catalog.feeds) == FEEDS


@pytest.mark.parametrize("feed_id", FEEDS)
def test_sample_is_recognised_and_loaded(
    feed_id: str,
    loaded: tuple[Home, dict[str, FileOutcome]],
    show_feed: Callable[[Home, str], str],
    assert_golden: Callable[[str, str], None],
) -> None:
    home, outcomes = loaded
    assert outcomes[feed_id].status is FileStatus.ACCEPTED, outcomes[feed_id].refusal
    assert outcomes[feed_id].feed == feed_id
    assert_golden(feed_id.replace("/", "."), show_feed(home, feed_id))


def list_names(feed: Feed) -> set[str]:
    return {name for column in feed.columns for name in (column.header, *column.aliases)}


def test_no_feed_could_be_taken_for_another(feed_catalog: Catalog) -> None:
    """Each feed has a header it cannot do without that no other feed knows, even by an alias."""
    mistaken = [
        (one.id, other.id)
        for one, other in permutations(feed_catalog.feeds.values(), 2)
        if {column.header for column in one.columns if not column.may_be_absent} <= list_names(other)
    ]
    assert mistaken == []


def test_the_resident_record_code_and_new_addresses_are_not_kept(feed_catalog: Catalog) -> None:
    """An endangered person's new address may not even stand in identity as long as the register hides it."""
    register = feed_catalog.feeds["resident/resident_register"]
    secret = [
        c
        for c in register.columns
        if c.header.startswith(("住民票コード", "転出先", "転入前", "本籍", "基礎年金"))
    ]
    assert len(secret) == 21
    assert {target for column in secret for target in column.to} == {"nothing"}
    protection = feed_catalog.feeds["resident/address_protection"]
    assert "identity.address" not in {target for column in protection.columns for target in column.to}
