"""What dead readers leave is tidied up; what living ones need is not."""

import fcntl
import os
import signal

import pytest

from tsunagu.store import commit, locks
from tsunagu.store.commit import open_reader, open_writer


def kill_reader(home):
    """A reader that dies while it reads."""
    child = os.fork()
    if child == 0:
        with open_reader(home, "test"):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def test_the_folder_of_a_dead_reader_goes_with_the_next_writer(home):
    kill_reader(home)
    assert len(list(home.temporary.iterdir())) == 1
    with open_writer(home, "test"):
        pass
    assert list(home.temporary.iterdir()) == []
    assert list(home.pins.iterdir()) == []


def test_the_folder_of_a_living_reader_stays(home):
    with open_reader(home, "test"):
        (folder,) = home.temporary.iterdir()
        with open_writer(home, "test"):
            assert folder.is_dir()


def test_without_asking_who_lives_it_would_go(home, monkeypatch):
    """The mutant: a collector that takes every reader for dead."""
    monkeypatch.setattr(commit, "list_living_readers", lambda home: set())
    with open_reader(home, "test"):
        (folder,) = home.temporary.iterdir()
        with open_writer(home, "test"):
            assert not folder.exists()


@pytest.mark.parametrize("text", ["", '["facts/clos'])
def test_a_pin_that_is_still_being_written_stops_no_writer(home, text):
    with (home.pins / "reader.json").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(text)
        file.flush()
        assert locks.list_pinned_paths(home) == set()
        with open_writer(home, "test"):
            pass
        assert (home.pins / "reader.json").exists()
