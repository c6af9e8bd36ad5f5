"""Spoiled files of every kind are taken in or refused in three sentences; nothing breaks, stays half done, or leaks.

`hostile_driver.py` takes them in and looks; with its guards away it must see what they kept out.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("hostile_driver.py")
MOST_MB = 1024


def take_in(folder, files, seed, *options):
    folder.mkdir(exist_ok=True)
    driver = [sys.executable, DRIVER, folder, files, seed, *options]
    done = subprocess.run([*map(str, driver)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_spoiled_files_are_taken_in_or_refused(tmp_path):
    found = take_in(tmp_path, 40, 2)
    assert found["violations"] == []
    assert sum(found["outcomes"].values()) == 40
    assert found["outcomes"]["accepted"] > 5
    assert len(found["codes"]) > 8
    assert found["peak_mb"] < MOST_MB


@pytest.mark.slow
def test_without_the_guards_spoiled_files_are_seen(tmp_path):
    """The mutant: a broken workbook ends the call, and a refused ZIP changes the state."""
    said = [what for _, _, what in take_in(tmp_path, 60, 3, "--mutant")["violations"]]
    assert any(what.startswith(("ZipError", "XmlError", "CalamineError")) for what in said)
    assert "refused and HEAD do not agree" in said


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(11, 15))
def test_two_thousand_spoiled_files(tmp_path, seed):
    found = take_in(tmp_path, 500, seed)
    assert found["violations"] == []
    assert sum(found["outcomes"].values()) == 500
    assert len(found["ways"]) > 45
    assert found["peak_mb"] < MOST_MB
    # No file keeps the others waiting: a hundred times what one takes by itself, also on a busy machine.
    assert found["slowest"][0] < 60


@pytest.mark.slow
def test_each_parser_by_itself():
    """The short form of `make fuzz`."""
    fuzz = [sys.executable, DRIVER.with_name("fuzz_parsers.py"), "--seconds", "0.4", "--seed", "7"]
    done = subprocess.run([*map(str, fuzz)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == 6
