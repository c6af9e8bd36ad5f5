"""Fixtures that every suite may use."""

from pathlib import Path

import pytest

from tsunagu.store.home import Home, open_home
from tsunagu.store.keys import create_keys

ONE_CITY = Path("tests/pipeline")
REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A worker takes a whole file at a time; and all of `tests/pipeline` but its folders, whose city takes longest to build.

    In the order of collection, so that the large pieces are not left to the end. The slow tests, which are few and
    long, go to the workers one by one.
    """
    if config.option.markexpr == "slow":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return str(ONE_CITY) if Path(file).parent == ONE_CITY else file

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """What takes longest comes first, whether there are workers or not."""
    items.sort(key=lambda item: Path(item.nodeid.split("::")[0]).parts[:2] != ONE_CITY.parts)


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
