"""A kill at any point leaves a whole state: the old one, the new one, or one between two files.

`kill_driver.py` does the killing; its mutant (HEAD saved before the segments are in place) must be caught.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.fiction import build_city
from tsunagu.intake import FileStatus, intake_files

DRIVER = Path(__file__).with_name("kill_driver.py")
AS_OF = date(2025, 5, 31)
ONE_PURPOSE = 'code: "999999"\nname: サンプル市\nactive_purposes: [abuse_prevention]\n'

pytestmark = pytest.mark.xdist_group("kill")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory):
    out = tmp_path_factory.mktemp("fiction") / "city"
    return build_city(out, children=60, seed=3, start=date(2025, 4, 1), months=2).deliveries


@pytest.fixture(scope="module")
def home(deliveries, tmp_path_factory, example_home):
    """One month taken in; the next month's last day is still to come."""
    home = example_home(tmp_path_factory.mktemp("kill") / "home")
    days = [folder for folder in sorted(deliveries.iterdir()) if folder.name <= "2025-04-30"]
    outcomes = intake_files(home, open_catalog(home.path, on=AS_OF), days)
    assert {outcome.status for outcome in outcomes} == {FileStatus.ACCEPTED}
    return home


@pytest.fixture(scope="module")
def incoming(deliveries):
    """Three files of one day: changes only, a whole list, and an Excel sheet."""
    patterns = ("住民記録_異動_*.csv", "保育所在籍_*.csv", "要対協台帳_*.xlsx")
    return [file for pattern in patterns for file in (deliveries / "2025-05-31").rglob(pattern)]


def kill(home, operation, points, *arguments, seed=1):
    driver = [sys.executable, DRIVER, home.path, operation, points, seed, AS_OF, *arguments]
    done = subprocess.run([*map(str, driver)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_intake_killed_anywhere_leaves_a_whole_state(home, incoming):
    found = kill(home, "intake", 44, *incoming, "--chain", 3)
    assert found["violations"] == []
    assert found["kills"] > 30
    # Before, after, and between files: the points must reach them to say anything.
    assert len(incoming) <= found["states"] <= len(incoming) + 1


def test_a_run_killed_anywhere_leaves_the_old_state_or_the_new_one(home):
    (home.settings_file).write_text(ONE_PURPOSE, encoding="utf-8")
    found = kill(home, "run", 16, "--chain", 4)
    assert found["violations"] == []
    assert found["kills"] > 12
    assert found["states"] <= 2


def test_saving_head_first_is_seen(home, incoming):
    """The mutant: a HEAD that names segments which are not there yet."""
    found = kill(home, "intake", 30, *incoming, "--mutant")
    assert "damaged segments" in [what for _, what in found["violations"]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_many_more_points(home, incoming, seed):
    for operation, files in (("intake", incoming), ("run", [])):
        found = kill(home, operation, 100, *files, seed=seed)
        assert found["violations"] == []
        assert found["states"] >= 2
