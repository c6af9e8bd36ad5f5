"""One small fictional city, taken from its files to its report once for all tests of this folder.

Each worker builds the shared world once, when the first test asks for it.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest import mock

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.cli import main
from tsunagu.fiction import build_city
from tsunagu.store.home import Home, open_home
from tsunagu.store.keys import create_keys

EXAMPLE_CITY = Path(__file__).resolve().parents[2] / "municipalities" / "example_city"


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended; `text` is both streams."""

    exit_code: int
    out: str
    err: str

    @property
    def text(self):
        return self.out + self.err


def run_here(*arguments, home=None):
    """The `tsunagu` command inside this process: as an officer starts it, without the seconds of starting."""
    command = ["tsunagu", *map(str, arguments)]
    command += ["--home", str(home)] if home else []
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", command),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
    return Said(int(code or 0), out.getvalue(), err.getvalue())


def run_apart(*arguments, home=None, limits=None, **environment):
    """The `tsunagu` command as a process of its own."""
    command = [sys.executable, "-m", "tsunagu.cli", *map(str, arguments)]
    command += ["--home", str(home)] if home else []
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=os.environ | environment,
        preexec_fn=limits,
        timeout=280,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class World:
    """A city's folder, its home after one run, and everything the commands said."""

    city: Path
    home: Home
    catalog: Catalog
    as_of: date
    report: Path
    problems: Path
    said: str


def make_example_home(path):
    shutil.copytree(EXAMPLE_CITY, path)
    home = open_home(path)
    create_keys(home)
    return home


def copy_home(home, path):
    shutil.copytree(home.path, path)
    return open_home(path)


@pytest.fixture(scope="session")
def command():
    return run_here


@pytest.fixture(scope="session")
def process():
    return run_apart


@pytest.fixture(scope="session")
def example_home():
    return make_example_home


@pytest.fixture
def world_copy(world, tmp_path):
    """The world's home, to be changed at will."""
    return copy_home(world.home, tmp_path / "home")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with no room left beside the home."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory):
    out = tmp_path_factory.mktemp("fiction") / "city"
    return build_city(out, children=200, seed=7, start=date(2025, 4, 1), months=12)


@pytest.fixture(scope="session")
def world(tiny_city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    home = make_example_home(folder / "home")
    as_of = tiny_city.last_reference_date
    report, problems = folder / "report.html", folder / "problems.csv"
    steps = [
        ("check",),
        ("intake", tiny_city.deliveries),
        ("run", "--as-of", as_of),
        ("status", "--as-of", as_of),
        ("report", "--out", report),
        ("problems", "--out", problems),
    ]
    said = []
    for step in steps:
        done = run_here(*step, home=home.path)
        assert done.exit_code == 0, done.text
        said.append(done.text)
    catalog = open_catalog(home.path, on=as_of)
    return World(tiny_city.path, home, catalog, as_of, report, problems, "\n".join(said))
