"""An engine for the readers."""

import pytest

from tsunagu.store.engine import Engine


@pytest.fixture
def engine(tmp_path):
    with Engine(spill=tmp_path, readable=[tmp_path]) as engine:
        yield engine
