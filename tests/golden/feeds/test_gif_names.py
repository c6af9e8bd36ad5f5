"""The GIF names written beside values and columns stand in the Framework's own files, letter for letter."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog

NAME = re.compile(r"\b((?:ed|pd):[0-9.]+ \S+)")


@pytest.fixture(scope="session")
def names(realdata: Path) -> set[str]:
    files = sorted((realdata / "gif" / "education_mermaid").glob("*.md"))
    found = {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 800
    return found


def list_written(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for item in catalog.items.values():
        yield from ((f"{item.id}.{name}", value.gif) for name, value in item.values.items() if value.gif)
    for feed in catalog.feeds.values():
        yield from ((f"{feed.id} {column.header}", column.gif) for column in feed.columns if column.gif)


def test_every_name_is_the_frameworks(feed_catalog: Catalog, names: set[str]) -> None:
    written = dict(list_written(feed_catalog))
    assert len(written) > 80
    assert {place: name for place, name in written.items() if name not in names} == {}


def test_an_invented_name_is_seen(names: set[str]) -> None:
    assert "ed:14.2.2 出欠理由" in names
    assert "ed:14.2.9 出欠理由" not in names


def test_a_column_leaves_the_name_to_its_value(feed_catalog: Catalog) -> None:
    """Written once: a column names GIF only where no value it goes to does."""
    valued = {place for place, _ in list_written(feed_catalog) if "/" not in place}
    twice = [
        (feed.id, column.header)
        for feed in feed_catalog.feeds.values()
        for column in feed.columns
        if column.gif and valued & set(column.to)
    ]
    assert twice == []
