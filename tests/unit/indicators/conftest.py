"""The shipped definitions, and an engine."""

from collections.abc import Iterator
from datetime import date

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.store.engine import Engine


@pytest.fixture(scope="session")
def shipped() -> Catalog:
    return open_catalog(on=date(2026, 4, 1))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(spill=tmp_path_factory.mktemp("spill"), readable=[]) as opened:
        yield opened
