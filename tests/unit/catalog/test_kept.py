"""A process that lives long reads the definitions again when one has changed, and only then."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog import checking
from tsunagu.catalog.checking import open_kept_catalog
from tsunagu.catalog.problems import DefinitionsError

EXAMPLE = Path(__file__).resolve().parents[3] / "municipalities" / "example_city"
ON = date(2026, 6, 1)


@pytest.fixture
def home(tmp_path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "home"))


def follow_changes(home: Path) -> list[bool]:
    """Whether the same is given again; whether a fault is seen at once; whether its mending is."""
    first = open_kept_catalog(home, on=ON)
    seen = [open_kept_catalog(home, on=ON) is first]
    broken = home / "definitions" / "purposes.yaml"
    broken.write_text("- id: [", encoding="utf-8")
    try:
        open_kept_catalog(home, on=ON)
        seen.append(False)
    except DefinitionsError:
        seen.append(True)
    broken.unlink()
    return [*seen, open_kept_catalog(home, on=ON).purposes == first.purposes]


def test_a_changed_definition_is_seen_at_once(home):
    assert follow_changes(home) == [True, True, True]


def test_without_looking_at_the_files_a_change_would_be_missed(home, monkeypatch):
    monkeypatch.setattr(checking, "_stamp_files", lambda *places: ())
    assert follow_changes(home) == [True, False, True]
