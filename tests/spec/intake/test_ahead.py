"""Promises about reading files while the one before them is being committed."""

import threading
from types import SimpleNamespace

import pytest

from tsunagu.intake import ahead, batch, reading

STAY = "番号,氏名,園,開始日,終了日"
WAIT_SECONDS = 20


@pytest.fixture
def paths(tmp_path):
    made = [tmp_path / f"{name}.csv" for name in "abc"]
    for path in made:
        path.write_text("x", encoding="utf-8")
    return made


@pytest.fixture
def reader(monkeypatch):
    """A reader that notes which files it has begun, and of which it knew all before it; each file's event tells when."""
    begun, nexts = {name: threading.Event() for name in "abc"}, []

    def read_file(_, incoming, __, *, is_next):
        nexts.extend(incoming.path.stem for _ in range(is_next))
        begun[incoming.path.stem].set()

    monkeypatch.setattr(ahead, "read_file", read_file)
    return SimpleNamespace(begun=begun, nexts=nexts, stop=lambda: None)


def test_the_next_files_are_read_while_the_present_one_is_used(reader, paths):
    attempts = ahead.read_ahead(reader, [reading.Incoming(path, ()) for path in paths])
    assert next(attempts).incoming.path == paths[0]
    assert reader.begun["b"].wait(WAIT_SECONDS)
    assert reader.begun["c"].wait(WAIT_SECONDS)
    assert [attempt.incoming.path for attempt in attempts] == paths[1:]
    assert reader.nexts == ["a"]


@pytest.mark.parametrize(("limit", "value"), [("MOST_AHEAD", 1), ("LARGEST_AHEAD_BYTES", 1)])
def test_only_so_many_files_and_bytes_are_read_ahead(reader, paths, monkeypatch, limit, value):
    monkeypatch.setattr(ahead, limit, value)
    attempts = ahead.read_ahead(reader, [reading.Incoming(path, ()) for path in paths])
    next(attempts)
    assert reader.begun["b"].wait(WAIT_SECONDS)
    assert not reader.begun["c"].wait(0.2)
    assert [attempt.incoming.path for attempt in attempts] == paths[1:]


def test_a_large_file_waits_for_the_one_before_it(reader, paths, monkeypatch):
    monkeypatch.setattr(ahead, "LARGEST_AHEAD_BYTES", 0)
    attempts = ahead.read_ahead(reader, [reading.Incoming(path, ()) for path in paths])
    next(attempts)
    assert not reader.begun["b"].wait(0.2)
    assert [attempt.incoming.path for attempt in attempts] == paths[1:]
    assert reader.nexts == ["a", "b", "c"]


def test_stopping_ends_a_long_statement_of_the_reading_thread(town, monkeypatch):
    for name in "ab":
        town.write(f"{name}_20240605.csv", f"{STAY}\n1,{name},い,2024-04-01,")
    is_reading, ended = threading.Event(), threading.Event()

    def read_file(reader, incoming, _, *, is_next):
        if incoming.path.name.startswith("b"):
            is_reading.set()
            try:
                reader.engine.run("CREATE TABLE t AS SELECT count(*) FROM range(1000000000), range(1000000)")
            finally:
                ended.set()

    def fail(*_):
        assert is_reading.wait(WAIT_SECONDS)
        raise RuntimeError

    monkeypatch.setattr(ahead, "read_file", read_file)
    monkeypatch.setattr(batch, "_take_in", fail)
    with pytest.raises(RuntimeError):
        town.take(town.inbox)
    assert ended.is_set()


def test_the_same_bytes_twice_in_one_batch_are_taken_in_once(town):
    """The second is read before the first is committed, so the log did not know it then."""
    for name in ("x_20240605.csv", "y_20240605.csv"):
        town.write(name, f"{STAY}\n1,甲,い,2024-04-01,")
    assert [outcome.status for outcome in town.take(town.inbox)] == ["accepted", "already"]
