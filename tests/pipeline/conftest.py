"""One small fictional city, taken from its files to its report once for all tests of this folder."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.fiction import build_city
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE_CITY = ROOT / "municipalities" / "example_city"


def run_command(*arguments, home=None, **environment):
    """The `tsunagu` command as an officer starts it."""
    command = [sys.executable, "-m", "tsunagu.cli", *map(str, arguments)]
    command += ["--home", str(home)] if home else []
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=os.environ | environment,
        timeout=280,
    )


@dataclass(frozen=True)
class World:
    """A city's folder, its home after one run, and everything the commands said."""

    city: Path
    home: object
    catalog: object
    as_of: object
    report: Path
    said: str


def make_example_home(path):
    shutil.copytree(EXAMPLE_CITY, path)
    home = open_home(path)
    create_keys(home)
    return home


@pytest.fixture(scope="session")
def command():
    return run_command


@pytest.fixture(scope="session")
def example_home():
    return make_example_home


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory):
    out = tmp_path_factory.mktemp("fiction") / "city"
    return build_city(out, children=200, seed=7, start=date(2025, 4, 1), months=12), out


@pytest.fixture(scope="session")
def world(tiny_city, tmp_path_factory):
    summary, city = tiny_city
    folder = tmp_path_factory.mktemp("world")
    home = make_example_home(folder / "home")
    as_of = summary.last_reference_date
    steps = [
        ("intake", city / "deliveries"),
        ("run", "--as-of", as_of),
        ("status", "--as-of", as_of),
        ("report", "--out", folder / "report.html"),
        ("problems", "--out", folder / "problems.csv"),
    ]
    said = []
    for step in steps:
        done = run_command(*step, home=home.path)
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout + done.stderr)
    catalog = check_definitions(find_shipped_definitions(), home.path, on=as_of)
    return World(city, home, catalog, as_of, folder / "report.html", "\n".join(said))
