"""The town of the spec suite, for random deliveries."""

import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).resolve().parents[2] / "spec" / "intake" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("intake_town", _PATH)
_TOWN = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_TOWN)


@pytest.fixture(scope="session")
def intake_town():
    """The town's own module: its feeds and makers."""
    return _TOWN


@pytest.fixture
def make_town(make_home, tmp_path_factory):
    def make():
        folder = tmp_path_factory.mktemp("town")
        return _TOWN.Town(make_home(folder / "home"), folder / "inbox")

    return make
