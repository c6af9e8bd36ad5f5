"""`link learn`: what the weights rest on is a version, kept whole, used from its day on, changed by nothing else."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.linkage import link, versions
from tsunagu.linkage.model import LinkModel
from tsunagu.linkage.versions import VersionDamagedError
from tsunagu.pipeline.link_learn import Learned, TooLittleToLearnError, describe_changes, learn_weights
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.pipeline.run import (
    NoActivePurposeError,
    NothingLoadedError,
    RunResult,
    _hash_run_inputs,
    list_known_inputs,
    run_pipeline,
)
from tsunagu.store import journal
from tsunagu.store.commit import open_reader
from tsunagu.store.home import Home

EARLY, LATER = date(2025, 10, 31), date(2025, 12, 31)


@dataclass(frozen=True)
class Story:
    """The world's home after: a version for an early day, a run for a later one, a version for that later one."""

    home: Home
    early: Learned
    between: RunResult
    later: Learned


@pytest.fixture(scope="module")
def story(world, tmp_path_factory):
    path = tmp_path_factory.mktemp("learned") / "home"
    shutil.copytree(world.home.path, path)
    home = Home(path)
    early = learn_weights(home, world.catalog, as_of=EARLY)
    with mock.patch.object(link, "learn_model", side_effect=AssertionError("a run learned")):
        between = run_pipeline(home, world.catalog, as_of=LATER)
    return Story(home, early, between, learn_weights(home, world.catalog, as_of=LATER))


def test_the_first_run_learns_the_first_version_and_says_so(world):
    with open_reader(world.home, "test") as reader:
        basis = get_manifest(reader).link_basis
        version = versions.find_version(reader, as_of=world.as_of)
    assert (basis.number, basis.as_of) == (1, world.as_of)
    assert (version.version_id, version.earlier_id) == (basis.version_id, None)
    assert "名寄せの重み: 第1版(この実行で初めて学びました)" in world.said
    lines = world.home.journal.joinpath("journal.jsonl").read_text(encoding="utf-8")
    assert f'"link_version": "{basis.version_id}", "is_new_link_version": true' in lines


def test_the_state_and_the_report_name_the_version_of_their_run(world, story, command):
    said = command("status", "--as-of", LATER, home=story.home.path).out
    assert f"名寄せの重み: 第2版({EARLY} の記録から学んだもの)" in said
    out = story.home.path / "report.html"
    command("report", "--run", story.between.manifest.run_id, "--out", out, home=story.home.path)
    assert "重みは、2025年10月31日までの記録から学んだ第2版です。" in out.read_text(encoding="utf-8")


def test_learning_the_same_again_changes_nothing(world, story):
    head = story.home.head_file.read_bytes()
    learned = learn_weights(story.home, world.catalog, as_of=EARLY)
    assert not learned.is_kept
    assert learned.after_outlook == learned.before_outlook
    assert story.home.head_file.read_bytes() == head


def test_an_earlier_day_gets_a_version_of_its_own_and_the_later_run_keeps_its_own(world, story):
    assert story.early.is_kept
    assert story.early.before is None
    assert (story.early.after.number, story.early.after.as_of) == (2, EARLY)
    with open_reader(story.home, "test") as reader:
        assert versions.find_version(reader, as_of=world.as_of).number == 1


def test_a_day_between_uses_the_version_of_before_and_learns_nothing(story):
    assert story.between.manifest.link_basis.version_id == story.early.after.version_id
    assert not story.between.is_new_link_version


def test_a_version_for_a_later_day_follows_the_one_in_force(world, story):
    learned = story.later
    assert learned.before.version_id == learned.after.earlier_id == story.early.after.version_id
    assert learned.after.number == 3
    changes = {
        change.title: (change.before, change.after) for change in describe_changes(learned, world.catalog)
    }
    assert changes["学んだ日"] == (str(EARLY), str(LATER))
    before, after = changes["学んだ記録(番号や鍵で決まったもの)"]
    assert 100 <= int(before.replace(",", "")) < int(after.replace(",", ""))
    assert {"重みで結ぶ記録", "うち誤りの見込み", "人が確かめる記録"} < set(changes)


def test_in_a_real_city_what_changed_is_told_in_steps(world, story):
    real = SimpleNamespace(municipality=SimpleNamespace(code="131016"))
    changes = {change.title: change.after for change in describe_changes(story.later, real)}
    assert "〜" in changes["学んだ住民"]
    assert changes["うち誤りの見込み"] == "10未満"


def test_another_version_is_another_input_of_the_run(story):
    """Else a run under new weights would be taken for a damaged repeat of the old one."""
    with open_reader(story.home, "test") as reader:
        known = list_known_inputs(reader, as_of=LATER)
        now = versions.find_version(reader, as_of=LATER)
    earlier_run = None
    assert _hash_run_inputs(known, earlier_run, story.early.after) == story.between.manifest.input_hash
    assert _hash_run_inputs(known, earlier_run, now) != story.between.manifest.input_hash


def test_using_what_was_learned_later_is_seen(story, monkeypatch):
    """The mutant: any version counts, whenever it was learned."""
    day = EARLY - timedelta(days=31)
    with open_reader(story.home, "test") as reader:
        assert versions.find_version(reader, as_of=day) is None
        ask = reader.engine.list_rows
        monkeypatch.setattr(
            reader.engine,
            "list_rows",
            lambda sql, **named: ask(sql.replace("as_of <= $as_of", "$as_of IS NOT NULL"), **named),
        )
        assert versions.find_version(reader, as_of=day).as_of > day


def damage(home, table, column):
    (path,) = (home.var / "identity" / table).glob("*.parquet")
    rows = pq.read_table(path)
    changed = rows[column].to_pylist()
    changed[0] += 1
    at = rows.column_names.index(column)
    field = rows.schema.field(at)
    pq.write_table(rows.set_column(at, field, pa.array(changed, field.type)), path)


DAMAGES = pytest.mark.parametrize(
    ("table", "column"), [("link_parameter", "value"), ("link_frequency", "people")]
)


@DAMAGES
def test_a_version_that_is_no_longer_what_was_learned_stops_the_run(world, world_copy, table, column):
    damage(world_copy, table, column)
    with open_reader(world_copy, "test") as reader, pytest.raises(VersionDamagedError):
        versions.find_version(reader, as_of=world.as_of)


@DAMAGES
def test_without_its_hash_a_damaged_version_would_be_used(world, world_copy, table, column, monkeypatch):
    """The mutant: whatever is read is believed."""
    with open_reader(world_copy, "test") as reader:
        sound = versions.find_version(reader, as_of=world.as_of)
    damage(world_copy, table, column)
    learned_hash = sound.model.content_hash
    monkeypatch.setattr(LinkModel, "content_hash", property(lambda _: learned_hash))
    with open_reader(world_copy, "test") as reader:
        assert versions.find_version(reader, as_of=world.as_of).model != sound.model


def test_learning_is_refused_without_a_purpose(world, world_copy):
    settings = world_copy.settings_file
    settings.write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    with pytest.raises(NoActivePurposeError):
        learn_weights(world_copy, open_catalog(world_copy.path, on=world.as_of), as_of=world.as_of)


def test_learning_is_refused_before_anything_was_known(world, world_copy):
    with pytest.raises(NothingLoadedError):
        learn_weights(world_copy, world.catalog, as_of=date(2020, 1, 1))
    assert journal.find_broken_link(world_copy) is None


def test_learning_is_refused_where_links_are_too_few(world, world_copy, command):
    """On the first days the register is there, and nothing to link to it."""
    with pytest.raises(TooLittleToLearnError):
        learn_weights(world_copy, world.catalog, as_of=date(2025, 4, 1))
    said = command("link", "learn", "--as-of", "2025-04-01", home=world_copy.path)
    assert said.exit_code == TooLittleToLearnError.exit_code
    assert "次にすること" in said.err
