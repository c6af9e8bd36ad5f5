"""A run can be repeated: the same hashes, the same counts under another key, the same past before and after."""

import shutil
from datetime import date

import pytest

from tsunagu.indicators import compute
from tsunagu.intake import intake_files
from tsunagu.linkage import nights
from tsunagu.pipeline import run as pipeline
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.pipeline.run import ResultChangedError, run_pipeline
from tsunagu.pipeline.status import describe_data
from tsunagu.store.commit import open_reader
from tsunagu.store.landing import FILE

EARLIER = "2025-07-31"


@pytest.fixture(scope="module")
def early_days(world):
    """What had been handed over by then."""
    return [folder for folder in sorted((world.city / "deliveries").iterdir()) if folder.name <= EARLIER]


@pytest.fixture(scope="module")
def early(world):
    return date.fromisoformat(EARLIER)


@pytest.fixture(scope="module")
def before_home(world, early_days, example_home, tmp_path_factory):
    """A home with the world's keys that stopped taking files in on that day."""
    home = example_home(tmp_path_factory.mktemp("before") / "home")
    shutil.rmtree(home.keys)
    shutil.copytree(world.home.keys, home.keys)
    intake_files(home, world.catalog, early_days)
    return home


@pytest.fixture(scope="module")
def before(world, before_home, early):
    """Its run."""
    return run_pipeline(before_home, world.catalog, as_of=early).manifest


@pytest.fixture(scope="module")
def elsewhere(world, early_days, early, example_home, tmp_path_factory):
    """The same files in a home with keys of its own."""
    home = example_home(tmp_path_factory.mktemp("elsewhere") / "home")
    intake_files(home, world.catalog, early_days)
    return run_pipeline(home, world.catalog, as_of=early).manifest


def test_a_second_run_is_the_same_run(world, world_copy):
    with open_reader(world_copy, "test") as reader:
        first = get_manifest(reader)
    again = run_pipeline(world_copy, world.catalog, as_of=world.as_of)
    assert again.is_repeat
    assert again.manifest == first
    assert len(first.hashes) == 15
    assert first.counts["runs.population"] > 150


def test_a_repeat_that_differs_is_refused(world, world_copy, monkeypatch):
    """A stage that gives something else the second time: the earlier result is kept and the person told."""
    judge = pipeline.judge

    def judge_differently(engine, catalog, **others):
        judge(engine, catalog, **others)
        engine.run("UPDATE runs_silence SET days_unseen = days_unseen + 1")

    monkeypatch.setattr(pipeline, "judge", judge_differently)
    head = world_copy.head_file.read_bytes()
    with pytest.raises(ResultChangedError):
        run_pipeline(world_copy, world.catalog, as_of=world.as_of)
    assert world_copy.head_file.read_bytes() == head


def test_later_files_do_not_change_the_past(world, world_copy, before, early):
    """As-of honesty from end to end: a run for an earlier day, before and after eight more months arrive."""
    after = run_pipeline(world_copy, world.catalog, as_of=early).manifest
    assert after.hashes == before.hashes
    assert after.run_id == before.run_id


def test_the_state_of_the_data_on_a_past_day_is_the_same(world, before_home, early):
    """As-of honesty of what is not stored: looked at on the day, and after eight more months arrived."""
    states = []
    for home in (before_home, world.home):
        with open_reader(home, "test") as reader:
            states.append(describe_data(reader, world.catalog, as_of=early))
    then, now = states
    assert now.feeds == then.feeds
    assert now.problems == then.problems
    assert sum(feed.is_received for feed in now.feeds) >= 10


@pytest.mark.parametrize(
    ("module", "statement", "guard"),
    [(nights, "known_records", "known_from <= $as_of"), (compute, "gap", "c.known_from <= $as_of")],
)
def test_looking_ahead_is_seen(world, world_copy, before, early, monkeypatch, module, statement, guard):
    """The mutants: linkage, or what a delivery speaks for, reads what was not known yet."""
    read_sql = module.read_sql

    def read_everything(package, name):
        text = read_sql(package, name)
        if name != statement:
            return text
        assert guard in text
        return text.replace(guard, "$as_of IS NOT NULL")

    monkeypatch.setattr(module, "read_sql", read_everything)
    after = run_pipeline(world_copy, world.catalog, as_of=early).manifest
    assert after.hashes != before.hashes


@pytest.mark.slow
def test_the_same_bytes_on_two_days_are_two_inputs_in_one_order(world, before, elsewhere):
    """Months without a row make equal files; their order in the store must not reach the hash."""
    with open_reader(world.home, "test") as reader:
        reader.attach(FILE)
        again = reader.engine.get_value("SELECT count(*) - count(DISTINCT content_id) FROM landing.file")
    assert again > 0
    assert elsewhere.input_hash == before.input_hash


@pytest.mark.slow
def test_other_keys_give_other_ids_and_the_same_counts(before, elsewhere):
    assert elsewhere.counts == before.counts
    assert elsewhere.hashes["facts.person"] != before.hashes["facts.person"]
