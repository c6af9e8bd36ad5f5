"""Night after night with a city's own deliveries: building on the run before gives what linking everybody gives."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from unittest import mock

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.fiction import build_city
from tsunagu.intake import intake_files, withdraw_delivery
from tsunagu.linkage import link, nights
from tsunagu.pipeline.run import run_pipeline
from tsunagu.store.head import load_head, save_head
from tsunagu.store.home import open_home
from tsunagu.store.identity import LINK_NIGHT, LINK_REACH, LINK_SPELLING, RECORD

NIGHTS, WITHDRAWN_AT = 9, 4


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """One folder for each day on which something was handed over."""
    out = tmp_path_factory.mktemp("nights") / "city"
    return sorted(build_city(out, children=400, seed=11, months=8).deliveries.iterdir())


@pytest.fixture
def home(days, tmp_path, example_home):
    """All but the last nights are taken in and linked."""
    home = example_home(tmp_path / "home")
    before = days[:-NIGHTS]
    last = date.fromisoformat(before[-1].name)
    intake_files(home, open_catalog(home.path, on=last), before)
    run_pipeline(home, open_catalog(home.path, on=last), as_of=last)
    return home


def run_from_nothing(home, catalog, day, path):
    shutil.copytree(home.path, path)
    bare = open_home(path)
    kept = {table.full_name for table in (LINK_NIGHT, LINK_REACH, LINK_SPELLING)}
    head = load_head(bare)
    tables = {name: segments for name, segments in head.tables.items() if name not in kept}
    save_head(bare, replace(head, tables=tables))
    return run_pipeline(bare, catalog, as_of=day).manifest.hashes


def live_on(home, days, tmp_path) -> Iterator[tuple[bool, bool]]:
    """Of each night: whether it was built on the one before, and whether it is equal to one from nothing."""
    for number, folder in enumerate(days[-NIGHTS:]):
        day = date.fromisoformat(folder.name)
        catalog = open_catalog(home.path, on=day)
        intake_files(home, catalog, [folder])
        if number == WITHDRAWN_AT:
            (name, *_) = sorted(file.name for file in days[-NIGHTS].rglob("*") if file.is_file())
            assert withdraw_delivery(home, catalog, name, reason="誤り", withdrawn_on=day).deliveries == 1
        expected = run_from_nothing(home, catalog, day, tmp_path / f"bare-{number}")
        with mock.patch.object(link, "take_over_links", wraps=link.take_over_links) as taken_over:
            hashes = run_pipeline(home, catalog, as_of=day).manifest.hashes
        yield taken_over.called, hashes == expected


@pytest.mark.slow
def test_what_is_taken_over_changes_nothing(home, days, tmp_path):
    lived = list(live_on(home, days, tmp_path))
    assert all(is_equal for _, is_equal in lived)
    assert sum(is_built for is_built, _ in lived) >= 3


@pytest.mark.slow
def test_a_change_that_is_overlooked_is_seen(home, days, tmp_path, monkeypatch):
    """The mutant: what was learned since is not looked at."""
    found = nights._select_unread

    def overlook(reader, table, *given):
        rows = found(reader, table, *given)
        return f"(SELECT * FROM {rows} WHERE false)" if table is RECORD else rows  # noqa: S608 - our own statement

    monkeypatch.setattr(nights, "_select_unread", overlook)
    assert not all(is_equal for _, is_equal in live_on(home, days, tmp_path))
