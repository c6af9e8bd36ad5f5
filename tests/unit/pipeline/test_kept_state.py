"""The state of the data is computed again when something was committed or defined, and journalled whenever it is read."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from tsunagu.pipeline.seam import data_state, describe_data_state, open_seam
from tsunagu.store.commit import open_writer
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

EXAMPLE = Path(__file__).resolve().parents[3] / "municipalities" / "example_city"
ON = date(2026, 6, 1)


@pytest.fixture
def home(tmp_path):
    home = open_home(Path(shutil.copytree(EXAMPLE, tmp_path / "home")))
    create_keys(home)
    return home


def commit(home) -> None:
    with open_writer(home, "test") as writer:
        writer.commit()


def ask(home):
    return describe_data_state(open_seam(home.path, on=ON), as_of=ON)


def is_followed(home) -> list[bool]:
    """Whether nothing is computed twice; whether a commit is seen; whether a changed definition is."""
    commit(home)
    first = ask(home)
    seen = [ask(home) is first]
    commit(home)
    second = ask(home)
    seen.append(second is not first)
    home.settings_file.write_text(home.settings_file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    return [*seen, ask(home) is not second]


def test_what_is_kept_follows_every_change(home):
    assert is_followed(home) == [True, True, True]
    journalled = (home.journal / "journal.jsonl").read_text(encoding="utf-8")
    assert journalled.count('"seam data state"') == 4


def test_without_looking_at_the_head_a_commit_would_be_missed(home, monkeypatch):
    monkeypatch.setattr(data_state, "_stamp_head", lambda home: ())
    assert is_followed(home) == [True, False, True]
