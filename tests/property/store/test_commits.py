"""Any sequence of deeds leaves what a plain dictionary would hold; readers keep the state they opened."""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tsunagu.store import commit, journal
from tsunagu.store.commit import find_damaged_segments, open_reader, open_writer
from tsunagu.store.compaction import stage_compaction
from tsunagu.store.facts import CLOSURE
from tsunagu.store.head import load_head

ROWS = (
    "SELECT 'a' AS item, CAST(unnest($numbers) AS BIGINT) AS record_id, DATE '2024-01-01' AS version_known_from,"
    " DATE '2024-02-01' AS known_to, 'f' AS feed, 'g' AS file_id"
)
TAGS = st.sampled_from(["a", "b"])
NUMBERS = st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=2)
DEEDS = st.lists(
    st.tuples(st.sampled_from(["append", "replace", "drop"]), TAGS, NUMBERS), min_size=1, max_size=3
)


def list_numbers(reader, **tags):
    reader.attach(CLOSURE, **tags)
    return [row[0] for row in reader.engine.list_rows("SELECT record_id FROM facts.closure ORDER BY 1")]


class Store(RuleBasedStateMachine):
    """The model: tag → numbers."""

    make_home = None

    @initialize()
    def begin(self):
        self.home = type(self).make_home()
        self.stored = {"a": [], "b": []}
        self.readers = ExitStack()
        self.opened = []

    @rule(deeds=DEEDS, is_kept=st.sampled_from([True, True, True, False]))
    def write(self, deeds, is_kept):
        stored = {tag: list(numbers) for tag, numbers in self.stored.items()}
        with open_writer(self.home, "test") as writer:
            for deed, tag, numbers in deeds:
                self._stage(writer, deed, tag, numbers)
            if not is_kept:
                return
            # What is dropped are the committed segments; what is staged beside them stays.
            for tag in {tag for deed, tag, _ in deeds if deed != "append"}:
                stored[tag] = []
            for deed, tag, numbers in deeds:
                stored[tag] += [] if deed == "drop" else numbers
            writer.commit()
        self.stored = stored

    def _stage(self, writer, deed, tag, numbers):
        if deed == "drop":
            writer.drop(CLOSURE, tags={"run": tag})
        else:
            getattr(writer, deed)(CLOSURE, ROWS, tags={"run": tag}, numbers=numbers)

    @rule()
    def compact(self):
        with open_writer(self.home, "test") as writer:
            stage_compaction(writer, [CLOSURE], kept_tags=("run",), most_segments=1)
            writer.commit()

    @precondition(lambda self: len(self.opened) < 2)
    @rule()
    def open_reader(self):
        reader = self.readers.enter_context(open_reader(self.home, "test"))
        self.opened.append((reader, sorted(number for numbers in self.stored.values() for number in numbers)))

    @invariant()
    def the_state_is_the_models(self):
        with open_reader(self.home, "test") as reader:
            assert {tag: list_numbers(reader, run=tag) for tag in self.stored} == {
                tag: sorted(numbers) for tag, numbers in self.stored.items()
            }
            assert reader.count_rows(CLOSURE) == sum(map(len, self.stored.values()))

    @invariant()
    def open_readers_still_see_what_they_opened(self):
        for reader, numbers in self.opened:
            assert list_numbers(reader) == numbers

    @invariant()
    def nothing_is_damaged_or_left_behind(self):
        assert find_damaged_segments(self.home, load_head(self.home)) == []
        assert journal.find_broken_link(self.home) is None
        living = {path.stem for path in self.home.pins.iterdir()}
        assert {path.name for path in self.home.temporary.iterdir()} == living

    def teardown(self):
        if hasattr(self, "readers"):
            self.readers.close()
            assert list(self.home.pins.iterdir()) == []


@pytest.fixture
def machine(tmp_path, make_home):
    numbers = iter(range(10_000))

    class Here(Store):
        pass

    Here.make_home = staticmethod(lambda: make_home(tmp_path / str(next(numbers))))
    return Here


FEW = settings(
    max_examples=4,
    stateful_step_count=7,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_sequence_of_deeds(machine):
    run_state_machine_as_test(machine, settings=FEW)


@pytest.mark.slow
def test_any_sequence_of_many_deeds(machine):
    run_state_machine_as_test(machine, settings=settings(FEW, max_examples=60, stateful_step_count=10))


def test_forgetting_what_was_dropped_is_seen(machine, monkeypatch):
    """The mutant: a replacement that leaves the old segments where they are."""
    monkeypatch.setattr(commit.Writer, "drop", lambda self, table, *, tags: None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(FEW, max_examples=8, phases=[Phase.generate]))


def test_merging_one_group_leaves_the_same_rows_of_another(home):
    """Segments are named by their content, so two groups with the same rows share one file."""
    for tag, number in (("a", 1), ("b", 1), ("a", 2)):
        with open_writer(home, "test") as writer:
            writer.append(CLOSURE, ROWS, tags={"run": tag}, numbers=[number])
            writer.commit()
    with open_writer(home, "test") as writer:
        assert stage_compaction(writer, [CLOSURE], kept_tags=("run",), most_segments=1) == 2
        writer.commit()
    with open_reader(home, "test") as reader:
        assert list_numbers(reader, run="a") == [1, 2]
        assert list_numbers(reader, run="b") == [1]
