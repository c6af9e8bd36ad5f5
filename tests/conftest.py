"""Fixtures that every suite may use."""

from pathlib import Path

import pytest

from tsunagu.store.home import Home, open_home
from tsunagu.store.keys import create_keys

REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real-format files; suites that need it skip where it does not exist."""
    if not REALDATA.is_dir():
        pytest.skip("the folder of real-format files (../shared/realdata) is not on this machine")
    return REALDATA


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty installation of the fictional city 999999, with keys."""
    return _make_home(tmp_path / "home")


@pytest.fixture(scope="session")
def make_home():
    """For suites that need several installations."""
    return _make_home


def _make_home(path: Path) -> Home:
    path.mkdir(parents=True)
    (path / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    home = open_home(path)
    create_keys(home)
    return home
