"""Promises about the first file of a feed: stored at once as it will stay, it says what it says by way of tables."""

import shutil
from collections import Counter

import pyarrow as pa
import pytest

from tsunagu.intake import pieces
from tsunagu.intake.columns import fill
from tsunagu.intake.said import Said

STAY = "番号,氏名,園,開始日,終了日"
ROWS = [f"{number},甲{number},園{number % 3},2024-04-01," for number in range(9)]
TWICE_IN_A_PIECE, TWICE_IN_THE_FILE = "1,甲1,別園,2024-04-01,", "0,甲0,別園,2024-04-01,"
STAYS = ("x_20240605.csv", "\n".join([STAY, *ROWS[:2], TWICE_IN_A_PIECE, *ROWS[2:], TWICE_IN_THE_FILE]))
LATER_STAYS = ("x_20240606.csv", f"{STAY}\n{ROWS[0]}\n9,乙,園9,2024-04-01,")
DAYS = ["2024-05-01", "", "2024-05-03", "2024-05-04", "2024-05-05", ""]
MEASURES = (
    "y_20240605.csv",
    "\n".join(
        ["宛名番号,測定日,身長,歯,予定日,整理", *(f"{n},{day},10{n},2,,A001" for n, day in enumerate(DAYS))]
    ),
)
TABLES = (
    "identity.record",
    "facts.stay",
    "facts.measure",
    "facts.coverage",
    "landing.file",
    "landing.problem",
)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "ROWS_AT_ONCE", 4)


@pytest.fixture
def town(town, feeds):
    """A measurement may come without its day: such a row names its record and says nothing of it."""
    written = feeds["measures"].model_dump(mode="json")
    written["columns"][1]["required"] = False
    measures = type(feeds["measures"]).model_validate(written | {"record_key": ["宛名番号"]})
    town.catalog = feeds["make_catalog"](feeds["marks"], feeds["stays"], measures)
    return town


@pytest.fixture
def twin(town, tmp_path, make_home):
    """Another town with the same files and keys, so that every id that means nothing is the same."""
    other = type(town)(make_home(tmp_path / "other"), town.inbox, town.catalog)
    shutil.copytree(town.home.keys, other.home.keys, dirs_exist_ok=True)
    return other


@pytest.fixture
def inserted(monkeypatch):
    """The targets of which something went into a table of the engine."""
    honest, names = Said._insert, set()

    def insert(said, target, table, *, is_first):
        names.add(target.name)
        honest(said, target, table, is_first=is_first)

    monkeypatch.setattr(Said, "_insert", insert)
    return names


def look(town):
    """Every column of every row, as text."""
    rows = [f"SELECT '{table}', CAST(t AS VARCHAR) FROM {table} AS t" for table in TABLES]  # noqa: S608 - our own names
    return town.query(f"{' UNION ALL '.join(rows)} ORDER BY ALL")


def test_it_says_the_same_as_by_way_of_tables(town, twin, monkeypatch, inserted):
    outcomes, seen = [town.hand_over(*STAYS), town.hand_over(*MEASURES)], look(town)
    assert [outcome.problems for outcome in outcomes] == [{"duplicate": 2}, {}]
    assert Counter(table for table, _ in seen)["facts.measure"] == sum(map(bool, DAYS))
    assert inserted == set()
    monkeypatch.setattr(Said, "open_segments", lambda *_: None)
    assert twin.take(*(outcome.file for outcome in outcomes)) == outcomes
    assert look(twin) == seen
    assert inserted == {"identity", "stay", "measure"}


def test_without_noting_repeats_both_words_would_stay(town, monkeypatch):
    monkeypatch.setattr(Said, "note_repeats", lambda *_, **__: None)
    town.hand_over(*STAYS)
    assert len(town.query("FROM facts.stay")) == len(ROWS) + 2


def test_without_asking_what_is_stated_empty_words_would_stay(town, monkeypatch):
    honest = Said.store

    def store_everything(said, statements, *, is_first):
        stated = []
        for target, table in statements:
            place = table.column_names.index("_states")
            stated.append((target, table.set_column(place, "_states", fill(True, pa.bool_(), len(table)))))
        honest(said, stated, is_first=is_first)

    monkeypatch.setattr(Said, "store", store_everything)
    town.hand_over(*MEASURES)
    assert len(town.query("FROM facts.measure")) == len(DAYS)


def test_only_the_first_file_of_a_feed_is_stored_at_once(town, inserted):
    town.hand_over(*STAYS)
    assert inserted == set()
    later = town.hand_over(*LATER_STAYS, day="2024-06-06").changes["stay"]
    assert inserted == {"identity", "stay"}
    # Eight are no longer listed: each gets a version that ends, in place of the one before.
    assert (later.new, later.closed) == (9, 8)


def test_stopped_in_its_middle_it_leaves_nothing(town, monkeypatch):
    honest, written = Said.store, []

    def store(said, statements, *, is_first):
        if not is_first:
            written.extend(file for file in town.home.temporary.rglob("*.parquet"))
            raise KeyboardInterrupt
        honest(said, statements, is_first=is_first)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Said, "store", store)
        town.hand_over(*STAYS)
    assert written
    assert not list(town.home.var.rglob("*.parquet"))
    assert not list(town.home.temporary.iterdir())
    assert town.hand_over(*STAYS).kept == len(ROWS)
