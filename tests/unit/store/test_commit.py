"""A commit is whole or absent; readers keep what they opened; one writer at a time."""

import json

import pytest

from tsunagu.store import commit, facts, journal, locks
from tsunagu.store.commit import collect_garbage, find_damaged_segments, open_reader, open_writer
from tsunagu.store.engine import DiskFullError, Engine, EngineError
from tsunagu.store.head import StoreDamagedError, load_head
from tsunagu.store.home import HomeNotFoundError, open_home
from tsunagu.store.keys import KeyMissingError, create_keys
from tsunagu.store.locks import WriterBusyError

ROWS = (
    "SELECT 'a' AS item, {0} AS record_id, DATE '2024-01-01' AS version_known_from,"
    " DATE '2024-02-01' AS known_to, 'f' AS feed, 'g' AS file_id"
)


def write(home, number, **tags):
    with open_writer(home, "test") as writer:
        writer.append(facts.CLOSURE, ROWS.format(number), tags=tags)
        writer.commit()


def read_ids(home, **tags):
    with open_reader(home, "test") as reader:
        reader.attach(facts.CLOSURE, **tags)
        return [row[0] for row in reader.engine.list_rows("SELECT record_id FROM facts.closure ORDER BY 1")]


def test_an_empty_store_has_empty_tables(home):
    assert read_ids(home) == []


def test_commits_add_segments(home):
    write(home, 1)
    write(home, 2)
    assert read_ids(home) == [1, 2]
    assert load_head(home).sequence == 2


def test_leaving_without_commit_changes_nothing(home):
    write(home, 1)
    with open_writer(home, "test") as writer:
        writer.append(facts.CLOSURE, ROWS.format(2), tags={})
    assert read_ids(home) == [1]
    assert list(home.temporary.iterdir()) == []


def test_replace_touches_only_segments_with_the_tags(home):
    write(home, 1, run="a")
    write(home, 2, run="b")
    with open_writer(home, "test") as writer:
        writer.replace(facts.CLOSURE, ROWS.format(3), tags={"run": "a"})
        writer.commit()
    assert read_ids(home) == [2, 3]
    assert read_ids(home, run="a") == [3]


def test_several_commits_in_one_session(home):
    with open_writer(home, "test") as writer:
        for number in (1, 2):
            writer.append(facts.CLOSURE, ROWS.format(number), tags={})
            writer.commit()
    assert read_ids(home) == [1, 2]


def test_a_reader_keeps_its_state_while_a_writer_replaces_and_collects(home):
    write(home, 1, run="a")
    with open_reader(home, "test") as reader:
        with open_writer(home, "test") as writer:
            writer.replace(facts.CLOSURE, ROWS.format(2), tags={"run": "a"})
            writer.commit()
        write(home, 3)
        reader.attach(facts.CLOSURE)
        assert reader.engine.get_value("SELECT record_id FROM facts.closure") == 1
    assert read_ids(home) == [2, 3]


def test_without_pins_the_reader_would_lose_its_files(home, monkeypatch):
    """The mutant: a collector that does not ask for pins takes a reader's file away."""
    write(home, 1, run="a")
    monkeypatch.setattr(commit, "list_pinned_paths", lambda home: set())
    with open_reader(home, "test") as reader:
        with open_writer(home, "test") as writer:
            writer.replace(facts.CLOSURE, ROWS.format(2), tags={"run": "a"})
            writer.commit()
        write(home, 3)
        with pytest.raises(EngineError):
            reader.attach(facts.CLOSURE)
            reader.engine.list_rows("SELECT * FROM facts.closure")


def test_dead_readers_pins_are_forgotten(home):
    write(home, 1)
    (home.pins / "dead.json").write_text(json.dumps(["facts/closure/x.parquet"]), encoding="utf-8")
    assert locks.list_pinned_paths(home) == set()
    assert list(home.pins.iterdir()) == []


def test_collect_removes_orphans_and_keeps_the_state(home):
    write(home, 1)
    orphan = home.var / "facts" / "closure" / "orphan.parquet"
    orphan.write_bytes(b"left by a killed writer")
    (home.temporary / "left").mkdir()
    assert collect_garbage(home, load_head(home)) == 1
    assert not orphan.exists()
    assert not (home.temporary / "left").exists()
    assert read_ids(home) == [1]


def test_a_second_writer_is_told_to_wait(home):
    with (
        open_writer(home, "first"),
        pytest.raises(WriterBusyError, match="進行中"),
        open_writer(home, "second"),
    ):
        pass


def test_a_full_disk_leaves_the_old_state(home, monkeypatch):
    write(home, 1)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFullError, match="空き"), open_writer(home, "test") as writer:
        writer.append(facts.CLOSURE, ROWS.format(2), tags={})
        monkeypatch.setattr(commit, "save_head", refuse)
        writer.commit()
    monkeypatch.undo()
    assert read_ids(home) == [1]


def test_damage_is_found(home):
    write(home, 1)
    (segment,) = load_head(home).list_segments("facts.closure")
    assert find_damaged_segments(home, load_head(home)) == []
    (home.var / segment.path).write_bytes(b"changed")
    assert find_damaged_segments(home, load_head(home)) == [segment.path]


def test_a_broken_head_is_explained(home):
    home.head_file.write_text("{", encoding="utf-8")
    with pytest.raises(StoreDamagedError, match=r"HEAD\.json"):
        load_head(home)


def test_a_folder_without_settings_is_no_home(tmp_path):
    with pytest.raises(HomeNotFoundError, match="init"):
        open_home(tmp_path)


def test_folders_and_keys_are_private(home):
    assert home.var.stat().st_mode & 0o077 == 0
    assert (home.keys / "pseudonym.key").stat().st_mode & 0o777 == 0o400


def test_keys_are_made_once(home):
    before = (home.keys / "pseudonym.key").read_bytes()
    assert create_keys(home) is None
    assert (home.keys / "pseudonym.key").read_bytes() == before


def test_a_missing_key_is_explained_and_never_remade(home):
    (home.keys / "pseudonym.key").unlink()
    with pytest.raises(KeyMissingError, match="バックアップ"), open_reader(home, "test"):
        pass
    assert not (home.keys / "pseudonym.key").exists()


def test_the_engine_reaches_no_other_folder(home, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with open_reader(home, "test") as reader, pytest.raises(Exception, match="disabled by configuration"):
        reader.engine.list_rows("SELECT * FROM read_csv($path)", path=str(outside))


def test_pseudonyms_are_keyed_and_labelled(home, tmp_path):
    with open_reader(home, "test") as reader:
        first, other_label = reader.engine.get_row("SELECT keyed_id('a', 'x'), keyed_id('b', 'x')")
    with Engine(spill=tmp_path, readable=[]) as engine:
        engine.set_pseudonym_key(b"another key of thirty-two bytes!")
        other_key = engine.get_value("SELECT keyed_id('a', 'x')")
        nothing = engine.get_value("SELECT keyed_id('a', NULL)")
    assert len({first, other_label, other_key}) == 3
    assert 0 <= first < 2**60
    assert nothing is None


def test_row_hash_ignores_order_and_sees_every_cell(home):
    with open_reader(home, "test") as reader:
        engine = reader.engine
        engine.run("CREATE TEMP TABLE one AS SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t(n, s)")
        engine.run("CREATE TEMP TABLE two AS SELECT * FROM (VALUES (2, NULL), (1, 'a')) AS t(n, s)")
        engine.run("CREATE TEMP TABLE three AS SELECT * FROM (VALUES (2, ''), (1, 'a')) AS t(n, s)")
        hashes = [engine.hash_rows(name, ("n", "s")) for name in ("one", "two", "three")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_every_command_is_journalled_before_it_acts_and_names_its_commit(home):
    write(home, 1)
    read_ids(home)
    lines = journal.list_lines(home)
    assert [line.event for line in lines] == ["started", "committed", "started"]
    assert lines[1].entry == load_head(home).entry
    assert journal.find_broken_link(home) is None


def test_an_abandoned_writer_says_so(home):
    with pytest.raises(RuntimeError), open_writer(home, "test"):
        raise RuntimeError("a name that must not be written")
    assert journal.list_lines(home)[-1].event == "abandoned"
    assert "must not be written" not in (home.journal / "journal.jsonl").read_text(encoding="utf-8")


def test_a_line_torn_by_a_kill_swallows_nothing(home):
    write(home, 1)
    path = home.journal / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"entry": "torn')
    write(home, 2)
    assert [line.event for line in journal.list_lines(home)] == ["started", "committed"] * 2
    assert journal.find_broken_link(home) is None


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_journal_line_breaks_the_chain(home, number):
    write(home, 1)
    write(home, 2)
    path = home.journal / "journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number - 1] = lines[number - 1].replace('"command": "test"', '"command": "tost"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert journal.find_broken_link(home) == number + 1


def test_an_unreadable_day_is_refused_by_type(home):
    with open_writer(home, "test") as writer, pytest.raises(Exception, match="date"):
        writer.append(facts.CLOSURE, ROWS.format(1).replace("DATE '2024-02-01'", "'no date'"), tags={})
    assert read_ids(home) == []
