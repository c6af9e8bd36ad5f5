"""How one pair compares in SQL, and what is learned from many."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.linkage import learning, likeness
from tsunagu.linkage.levels import BIRTH, FIELDS, GIVEN, describe_level
from tsunagu.linkage.likeness import measure_likeness
from tsunagu.linkage.scoring import compare, register_people
from tsunagu.linkage.spellings import encode_people
from tsunagu.linkage.support import learn_told_shares
from tsunagu.store.engine import Engine

DIFFERENT_NAME = 24


def to_table(row):
    return pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})


@pytest.fixture
def compare_pair(tmp_path: Path):
    def run(left, right):
        people = encode_people(to_table(left), to_table(right))
        with Engine(spill=tmp_path, readable=[]) as engine:
            register_people(engine, people)
            engine.run("CREATE TEMP TABLE one_pair AS SELECT 0 AS left_id, 0 AS right_id")
            compare(engine, people, "one_pair", "scoring_right", "compared")
            pattern = engine.get_value("SELECT pattern FROM compared")
        return {
            field.name: describe_level(field, int(field.unpack(np.array([pattern]))[0])) for field in FIELDS
        }

    return run


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1990-12-31", "1990-12-31", "同じ"),
        ("1990-01-02", "1990-02-01", "月と日が入れ替わり"),
        ("1990-12-31", "1990-12-30", "数字一つの打ち間違い"),
        ("1990-12-31", "1990-12-13", "数字一つの打ち間違い"),
        ("1990-10-25", "1990-01-25", "数字一つの打ち間違い"),
        ("1951-10-25", "1915-10-25", "数字一つの打ち間違い"),
        ("1948-02-25", "1948-20-25", "数字一つの打ち間違い"),
        ("1990-12-21", "1990-12-12", "数字一つの打ち間違い"),
        ("1990-12-25", "1990-12-16", "年・月・日の一つが違う"),
        ("1990-12-25", "1990-03-16", "年だけ同じ"),
        ("1990-12-25", "1991-03-16", "違う"),
        ("1990-12-25", "9999-99-99", "比べられない"),
    ],
)
def test_birth_dates(compare_pair, left, right, expected):
    name = {"surname": "山田", "given_name": "太郎"}
    levels = compare_pair({**name, "birth_date": left}, {**name, "birth_date": right})
    assert levels[BIRTH.name] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("HANNAGAN MIKHAYLA", "MIKHAYLA HANNAGAN", "氏と名が入れ替わり"),
        ("HANNAGAN MIKHAYLA", "MIKHAYLA HANNABAN", "氏と名が入れ替わり、片方はほぼ同じ"),
        ("HERON ALICIA", "BROOKE HERON", "氏と名が入れ替わり、片方だけ同じ"),
        ("HERON ALICIA", "HERON HERON", "表記は違う"),
        ("HERON ALICIA", "WEBB CHLOE", "表記は違う"),
    ],
)
def test_names_in_each_others_place(compare_pair, left, right, expected):
    sides = [dict(zip(("surname", "given_name"), text.split(), strict=True)) for text in (left, right)]
    assert compare_pair(*sides)[GIVEN.name] == expected


@given(
    st.lists(st.text("アイウエオカ〓", max_size=7), min_size=2, max_size=12, unique=True),
)
def test_looking_at_kinds_of_letters_first_changes_no_likeness(texts):
    a, b = (side.ravel() for side in np.meshgrid(np.arange(len(texts)), np.arange(len(texts))))
    quick = measure_likeness(texts, a, b)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "_count_strange_letters", lambda letters, a, b: np.zeros(len(a), np.int64))
        assert measure_likeness(texts, a, b).tolist() == quick.tolist()


def pack(**levels):
    return sum(levels.get(field.name, 1) << field.shift for field in FIELDS)


def test_changes_that_come_together_are_more_usual_than_each_alone_would_make_them():
    kept = pack(surname=5, given_name=5)
    moved = pack(surname=5, given_name=5, address=6)
    renamed = pack(surname=DIFFERENT_NAME - 4, given_name=5)
    both = pack(surname=DIFFERENT_NAME - 4, given_name=5, address=6)
    patterns = np.array([kept, moved, renamed, both], dtype=np.int64)
    joint = learning._learn_together(patterns, np.array([9_000.0, 600.0, 100.0, 300.0]))
    apart = learning._learn_together(patterns, np.array([9_000.0, 900.0, 100.0, 10.0]))
    assert joint[2, 2, 1] > 2
    assert abs(apart[2, 2, 1]) < 0.5


def test_the_silence_of_housemates_says_little_of_who_moved_and_was_renamed():
    kept = pack(surname=5, given_name=5)
    left_home = pack(surname=DIFFERENT_NAME - 4, given_name=5, address=6)
    cells = np.array([[kept, 1, 1_000_000, 950_000], [left_home, 0, 200_000, 20_000]], dtype=np.int64)
    shares = learn_told_shares(cells, scale=10.0)
    assert shares[1, 1] == pytest.approx(0.95, abs=0.01)
    assert shares[2, 2] < 0.3


def test_a_value_is_as_rare_as_its_people_however_often_they_were_entered():
    row = {"surname": "珍名", "given_name": "太郎", "birth_date": "1990-12-25"}
    others = [{**row, "surname": f"氏{n}", "birth_date": f"19{40 + n}-01-02"} for n in range(30)]
    names = list(row)

    def read_bits(repeats):
        rows = [row] * repeats + others
        table = pa.table({name: pa.array([one[name] for one in rows], pa.string()) for name in names})
        return encode_people(table, None).left["birth_bits"][0].as_py()

    assert read_bits(5) == pytest.approx(read_bits(1), abs=200)
