"""What a place of backups is, what is kept there, and when its log leads to its end."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tsunagu.backup import restoring, taking
from tsunagu.backup.copying import CopyChangedError, PlaceFullError, tell_full_disk
from tsunagu.backup.place import (
    DatabaseCopy,
    PlaceNotUsableError,
    TakeNotFoundError,
    begin_place,
    compute_code,
    open_place,
    read_take,
)
from tsunagu.backup.restoring import (
    LogCutError,
    TargetNotEmptyError,
    finish_restore,
    list_log,
    restore_files,
)
from tsunagu.backup.taking import take_backup
from tsunagu.database.connecting import Server
from tsunagu.database.copying import name_segment, read_position, write_position
from tsunagu.store.commit import find_damaged_segments, open_writer
from tsunagu.store.head import load_head
from tsunagu.store.home import open_home
from tsunagu.vocabulary.tables import Table, Zone, text

NOON = datetime(2026, 6, 1, 3, tzinfo=UTC)
WORD = Table(zone=Zone.FACTS, name="word", grain="a word", columns=(text("word", "a word"),))
OUTSIDE = Server({}, is_ours=False)


def write(home, word):
    with open_writer(home, "test") as writer:
        writer.append(WORD, f"SELECT '{word}' AS word", tags={})
        writer.commit()


@pytest.fixture
def place(tmp_path):
    return begin_place(tmp_path / "place", "999999")


@pytest.fixture
def taken(home, place):
    """A home with an outside database, and one take of it."""
    write(home, "one")
    return take_backup(home, place, OUTSIDE, at=NOON, keep=7)


def restore(place, target, **named):
    restore_files(place, target, **{"label": None, "code": None, "tell": lambda step: None, **named})
    finish_restore(target)
    return open_home(target)


def test_the_store_comes_back_whole_and_without_the_city_s_own_database(home, place, taken, tmp_path):
    assert taken.database is None
    restored = restore(place, tmp_path / "new", code=compute_code(place, taken.label))
    assert load_head(restored) == load_head(home)
    assert find_damaged_segments(restored, load_head(restored)) == []
    for name in ("municipality.yaml", "var/keys/pseudonym.key", "var/journal/journal.jsonl"):
        kept = place.home(taken.label) / name
        assert (restored.path / name).read_bytes() == kept.read_bytes()
    assert (restored.keys / "pseudonym.key").stat().st_mode & 0o777 == 0o400


def test_a_segment_is_kept_once_and_goes_with_the_last_take_that_needs_it(home, place, taken):
    first = set(load_head(home).list_paths())
    write(home, "two")
    take_backup(home, place, OUTSIDE, at=NOON + timedelta(days=1), keep=7)
    assert len(list(place.segments.rglob("*.parquet"))) == 2
    with open_writer(home, "test") as writer:
        writer.drop(WORD, tags={})
        writer.append(WORD, "SELECT 'three' AS word", tags={})
        writer.commit()
    take_backup(home, place, OUTSIDE, at=NOON + timedelta(days=2), keep=1)
    assert place.list_labels() == ["20260603T030000Z"]
    kept = {str(path.relative_to(place.segments)) for path in place.segments.rglob("*.parquet")}
    assert kept == load_head(home).list_paths()
    assert not kept & first


def change(path):
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")


@pytest.mark.parametrize(
    "pattern", ["takes/*/home/municipality.yaml", "takes/*/home/var/HEAD.json", "segments/*/*/*"]
)
@pytest.mark.parametrize("harm", [change, lambda path: path.unlink()])
def test_a_changed_or_missing_file_is_refused_and_leaves_no_home(place, taken, tmp_path, pattern, harm):
    (path,) = place.path.glob(pattern)
    harm(path)
    with pytest.raises(CopyChangedError):
        restore(place, tmp_path / "new")
    assert not (tmp_path / "new" / "municipality.yaml").exists()


def test_a_changed_file_would_come_back_unseen(place, taken, tmp_path, monkeypatch):
    """The guard taken out."""
    change(next(place.path.glob("takes/*/home/municipality.yaml")))
    monkeypatch.setattr(
        restoring, "copy_checked", lambda source, target, sha256: restoring_copies(source, target)
    )
    assert restore(place, tmp_path / "new").settings_file.read_bytes().endswith(b"!")


def restoring_copies(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def test_a_take_whose_list_was_changed_with_its_files_is_told_by_its_code(place, taken, tmp_path):
    code = compute_code(place, taken.label)
    record = place.takes / taken.label / "take.json"
    found = json.loads(record.read_bytes())
    settings = place.home(taken.label) / "municipality.yaml"
    change(settings)
    found["files"]["municipality.yaml"] = restoring.hash_file(settings)
    record.write_text(json.dumps(found))
    with pytest.raises(CopyChangedError, match="符号と合いません"):
        restore(place, tmp_path / "new", code=code)


def test_a_take_that_was_cut_off_is_none_and_goes_with_the_next(home, place, tmp_path, monkeypatch):
    def stop(folder, take):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(taking, "write_take", stop)
        take_backup(home, place, OUTSIDE, at=NOON, keep=7)
    with pytest.raises(TakeNotFoundError, match="まだありません"):
        read_take(place)
    take_backup(home, place, OUTSIDE, at=NOON + timedelta(hours=1), keep=7)
    assert [path.name for path in place.takes.iterdir()] == ["20260601T040000Z"]


def test_a_restore_that_was_cut_off_is_begun_again(place, taken, tmp_path, monkeypatch):
    def stop(source, target, sha256):
        restoring_copies(source, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(restoring, "copy_checked", stop)
        restore(place, tmp_path / "new")
    assert restore(place, tmp_path / "new").path == tmp_path / "new"
    assert not (tmp_path / "new" / ".restoring").exists()


def test_a_folder_with_something_in_it_is_left_alone(home, place, taken, tmp_path):
    with pytest.raises(TargetNotEmptyError):
        restore(place, home.path)
    with pytest.raises(PlaceNotUsableError, match="空のフォルダーではありません"):
        begin_place(home.path, "999999")
    with pytest.raises(PlaceNotUsableError, match="置き場所ではありません"):
        open_place(home.path)
    with pytest.raises(TakeNotFoundError, match="20260601T030000Z"):
        read_take(place, "20250101T000000Z")


def test_a_full_disk_is_told_and_the_earlier_take_stays(home, place, taken, monkeypatch):
    def fill(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking, "copy_file", fill)
    with pytest.raises(PlaceFullError):
        take_backup(home, place, OUTSIDE, at=NOON + timedelta(days=1), keep=1)
    assert place.list_labels() == [taken.label]
    with pytest.raises(OSError, match="else"), tell_full_disk(place.path):
        raise OSError(5, "something else")


def make_log(place, *numbers, last=""):
    for number in numbers:
        name = name_segment(1, number) + (last if number == numbers[-1] else "")
        (place.log / name).touch()
    return DatabaseCopy("", 1, read_position("0/2000028"), read_position("0/2000120"), 0x4000000, {})


def test_the_log_leads_from_the_take_to_its_last_file(place):
    copy = make_log(place, 1, 2, 3, 4, last=".partial")
    assert [path.name[-10:] for path in list_log(place, copy)] == ["0000000002", "0000000003", "04.partial"]


@pytest.mark.parametrize("numbers", [(), (1, 2), (3, 4), (2, 4), (1, 2, 5)])
def test_a_log_with_a_gap_or_too_short_is_refused(place, numbers):
    with pytest.raises(LogCutError):
        list_log(place, make_log(place, *numbers))


def test_only_the_last_file_of_the_log_may_be_unfinished(place):
    copy = make_log(place, 2, 3)
    (place.log / name_segment(1, 3)).rename(place.log / f"{name_segment(1, 3)}.partial")
    make_log(place, 4)
    with pytest.raises(LogCutError):
        list_log(place, copy)


def test_positions_and_names_are_postgresql_s():
    assert name_segment(1, read_position("1/FF000000") >> 24) == "0000000100000001000000FF"
    assert write_position(read_position("2A/1B2C")) == "2A/1B2C"
