"""The rooms of the house: which packages there are, in which order, and what each must hold."""

import tomllib
from pathlib import Path

import pytest

# In the order the data travels.
PACKAGES = [
    "vocabulary",
    "japanese",
    "catalog",
    "store",
    "intake",
    "linkage",
    "indicators",
    "judgement",
    "pipeline",
    "fiction",
    "audit",
    "database",
    "trail",
    "access",
    "people",
    "cases",
    "jobs",
    "web",
    "backup",
    "cli",
]
STAGES = ["intake", "linkage", "indicators", "judgement"]
FORBIDDEN_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "misc", "internals", "base", "lib"}
README_LINES = 30


def test_the_folder_list_is_the_data_path(root: Path) -> None:
    folders = {path.name for path in (root / "src" / "tsunagu").iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == set(PACKAGES)


def test_the_import_contract_has_the_same_order(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]
    assert layers["layers"] == PACKAGES[::-1]
    assert layers["exhaustive"] is True


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md", "docs/explanation/design.md"])
def test_the_map_names_every_package(root: Path, readme: str) -> None:
    text = (root / readme).read_text(encoding="utf-8")
    assert [name for name in PACKAGES if f"`{name}`" not in text] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_introduces_itself(root: Path, package: str) -> None:
    lines = (root / "src" / "tsunagu" / package / "README.md").read_text(encoding="utf-8").splitlines()
    assert 1 < len(lines) <= README_LINES


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_declares_the_tables_that_leave_it(root: Path, stage: str) -> None:
    assert (root / "src" / "tsunagu" / stage / "tables.py").is_file()


def test_no_room_is_named_for_what_was_thrown_there(root: Path) -> None:
    found = [path for path in (root / "src").rglob("*") if path.stem in FORBIDDEN_NAMES]
    assert found == []
