"""A kill at any point, or a full disk, leaves a whole state: the old one, the new one, or one between two files.

`kill_driver.py` does the killing; its mutant (HEAD saved before the segments are in place) must be caught.
"""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.fiction import build_city
from tsunagu.intake import FileStatus, intake_files
from tsunagu.pipeline.run import run_pipeline
from tsunagu.store.home import open_home

DRIVER = Path(__file__).with_name("kill_driver.py")
AS_OF = date(2025, 5, 31)
ONE_PURPOSE = 'code: "999999"\nname: サンプル市\nactive_purposes: [abuse_prevention]\n'


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


def kill(home, operation, kills, *arguments, seed=1):
    driver = [sys.executable, DRIVER, home.path, operation, kills, seed, AS_OF, *arguments]
    done = subprocess.run([*map(str, driver)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_intake_killed_anywhere_leaves_a_whole_state(home, incoming):
    found = kill(home, "intake", 12, *incoming, "--chain", 4)
    assert found["violations"] == []
    assert found["kills"] == 12
    # Before, after, and between files: the points must reach them to say anything.
    assert len(incoming) <= found["states"] <= len(incoming) + 1


def test_a_run_killed_anywhere_leaves_the_old_state_or_the_new_one(home):
    (home.settings_file).write_text(ONE_PURPOSE, encoding="utf-8")
    found = kill(home, "run", 5, "--chain", 5)
    assert found["violations"] == []
    assert found["kills"] == 5
    assert found["states"] <= 2


@pytest.mark.slow
def test_learning_killed_anywhere_leaves_the_old_version_or_the_new_one(home):
    home.settings_file.write_text(ONE_PURPOSE, encoding="utf-8")
    found = kill(home, "learn", 5, "--chain", 3)
    assert found["violations"] == []
    assert found["kills"] == 5
    assert found["states"] <= 2


@pytest.mark.slow
def test_recording_killed_anywhere_leaves_the_whole_batch_or_nothing(home, tmp_path):
    """Facts, the desk's own table and linkage's decisions together; the mutant leaves a part of them."""
    shutil.copytree(home.path, tmp_path / "home")
    judged = open_home(tmp_path / "home")
    judged.settings_file.write_text(ONE_PURPOSE, encoding="utf-8")
    run_pipeline(judged, open_catalog(judged.path, on=AS_OF), as_of=AS_OF)
    found = kill(judged, "record", 25, "--chain", 4)
    assert found["violations"] == []
    assert found["kills"] == 25
    assert found["states"] == 2
    # It stops at the first: the moment in between is short.
    assert kill(judged, "record", 200, "--mutant")["violations"]


def test_saving_head_first_is_seen(home, incoming):
    """The mutant: a HEAD that names segments which are not there yet."""
    found = kill(home, "intake", 30, *incoming, "--mutant")
    assert "damaged segments" in [what for _, what in found["violations"]]


def test_a_disk_that_fills_up_anywhere_leaves_a_whole_state(home, incoming, small_disk):
    shutil.copytree(home.path, small_disk / "home")
    found = kill(open_home(small_disk / "home"), "intake", 3, *incoming, "--full-disk")
    assert found["violations"] == []
    assert found["kills"] > 0


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kills"), [(2, 180), (3, 180)])
def test_hundreds_of_kills_of_intake(home, incoming, seed, kills):
    found = kill(home, "intake", kills, *incoming, "--chain", 5, seed=seed)
    assert found["violations"] == []
    assert found["kills"] == kills
    assert len(incoming) <= found["states"] <= len(incoming) + 1


@pytest.fixture
def first_files(deliveries):
    """Two lists: nothing is known of their feeds, so they are stored while they are read."""
    return [*deliveries.rglob("住民記録_全件_*.csv"), *sorted(deliveries.rglob("支援措置対象者_*.csv"))[:1]]


@pytest.mark.slow
def test_first_files_killed_anywhere_leave_a_whole_state(first_files, tmp_path, example_home):
    found = kill(example_home(tmp_path / "home"), "intake", 40, *first_files, "--chain", 2, seed=5)
    assert found["violations"] == []
    assert found["kills"] > 20
    assert len(first_files) <= found["states"] <= len(first_files) + 1


@pytest.mark.slow
def test_first_files_on_disks_that_fill_up(first_files, small_disk, example_home):
    found = kill(example_home(small_disk / "home"), "intake", 25, *first_files, "--full-disk", seed=6)
    assert found["violations"] == []
    assert found["kills"] > 5


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kills"), [(2, 70), (3, 70)])
def test_hundreds_of_kills_of_a_run(home, seed, kills):
    (home.settings_file).write_text(ONE_PURPOSE, encoding="utf-8")
    found = kill(home, "run", kills, "--chain", 5, seed=seed)
    assert found["violations"] == []
    assert found["kills"] == kills


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["intake", "run"])
def test_many_more_disks_that_fill_up(home, incoming, small_disk, operation):
    (home.settings_file).write_text(ONE_PURPOSE, encoding="utf-8")
    shutil.copytree(home.path, small_disk / "home")
    files = incoming if operation == "intake" else []
    found = kill(open_home(small_disk / "home"), operation, 25, *files, "--full-disk", seed=4)
    assert found["violations"] == []
    assert found["kills"] > 10
    assert found["states"] >= 2
