"""Building: same seed same bytes, all or nothing, and a summary that is true."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tsunagu.fiction import CityBuildError, CitySummary, build, build_city

SMALL = {"children": 40, "start": date(2023, 4, 1), "months": 7}
SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from tsunagu.fiction import build_city
build_city(Path(sys.argv[1]), children=40, seed=3, start=date(2023, 4, 1), months=7)
"""


def hash_tree(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    build_city(tmp_path / "here", seed=3, **SMALL)
    environment = os.environ | {"PYTHONHASHSEED": "12345", "TZ": "America/Lima", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", SCRIPT, tmp_path / "there"], env=environment, check=True)
    assert hash_tree(tmp_path / "here") == hash_tree(tmp_path / "there")


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    for seed in (3, 4):
        build_city(tmp_path / str(seed), seed=seed, **SMALL)
    assert hash_tree(tmp_path / "3") != hash_tree(tmp_path / "4")


def test_a_failed_build_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "open_truth", fail)
    with pytest.raises(KeyboardInterrupt):
        build_city(tmp_path / "city", **SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "mine.txt").write_text("x")
    with pytest.raises(CityBuildError, match="すでに"):
        build_city(tmp_path / "city", **SMALL)
    assert [path.name for path in (tmp_path / "city").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "wrong",
    [{"children": 5}, {"months": 0}, {"start": date(2023, 4, 2)}],
    ids=["children", "months", "start"],
)
def test_impossible_sizes_are_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(CityBuildError):
        build_city(tmp_path / "city", **(SMALL | wrong))
    assert not (tmp_path / "city").exists()


def test_progress_is_reported_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    build_city(tmp_path / "city", report=lambda *step: seen.append(step), **SMALL)
    assert seen[-1][1] == seen[-1][2]
    assert {stage for stage, *_ in seen} >= {"まちの暮らし", "住民記録", "要対協"}


def test_the_summary_is_true(city: CitySummary) -> None:
    files = [path for path in city.deliveries.rglob("*") if path.is_file()]
    assert len(files) == city.files
    assert city.last_reference_date == date(2026, 3, 31)
    assert 0.8 * 1500 < city.children < 1.2 * 1500
    assert city.residents > 4 * city.children
    assert sorted(path.name for path in city.path.iterdir()) == ["deliveries", "places.yaml", "truth"]
