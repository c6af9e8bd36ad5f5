"""Addresses in Latin letters, strangers of small files, and repeats within one file."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tsunagu.linkage import address_shapes, learning, link_files, repeats, spellings
from tsunagu.linkage.levels import ADDRESS, BIRTH, FIELDS, SURNAME
from tsunagu.linkage.scoring import compare, propose, register_people
from tsunagu.linkage.spellings import encode_people
from tsunagu.store.engine import Engine

SOURCE = Path(__file__).resolve().parents[3] / "benchmarks" / "linkage_people.py"


@pytest.fixture
def compare_addresses(tmp_path, to_table):
    def run(left, right):
        row = {"surname": "WEBB", "given_name": "JACK"}
        people = encode_people(to_table([{**row, "address": left}]), to_table([{**row, "address": right}]))
        with Engine(spill=tmp_path, readable=[]) as engine:
            register_people(engine, people)
            engine.run("CREATE TEMP TABLE one_pair AS SELECT 0 AS left_id, 0 AS right_id")
            compare(engine, people, "one_pair", "scoring_right", "compared")
            pattern = np.array([engine.get_value("SELECT pattern FROM compared")])
        return ADDRESS.level_titles[int(ADDRESS.unpack(pattern)[0])]

    return run


PLACE = "7 wallaby place delmar cleveland 2119 sa"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("7 delmar wallabyplace cleveland 2191 sa", "一か所だけ違う"),
        ("wallaby place delmar clevelnad 2119 sa", "一か所だけ違う"),
        ("12 walaby place delmar cleveland 2191 sa", "町だけ同じ"),
        ("7 hawker street condor taigum 3156 wa", "違う"),
    ],
)
def test_words_of_an_address_in_any_order_and_with_slips(compare_addresses, other, expected):
    assert compare_addresses(PLACE, other) == expected


def test_a_post_code_is_no_house_number_where_that_is_missing(compare_addresses, monkeypatch):
    other = "wallaby place delmar clevelnad 2119 sa"
    monkeypatch.setattr(address_shapes, "_place_latin_numbers", lambda words, slots: slots)
    assert compare_addresses(PLACE, other) != "一か所だけ違う"


def propose_pairs(tmp_path, to_table):
    """Only words of the two addresses agree; the others make them neither unique nor everybody's."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    streets, suburbs = (
        [f"{letter}ing" for letter in letters],
        [f"{letter}{letter}ville" for letter in letters],
    )
    others = [
        {
            "surname": f"NAME{n}",
            "given_name": f"GIVEN{n}",
            "address": f"{n} {streets[n % 26]} {suburbs[n % 25]}",
        }
        for n in range(400)
    ]
    left = {"surname": "ROSS", "given_name": "ANN", "address": f"3 {streets[1]} {suburbs[7]}"}
    right = {"surname": "PAINE", "given_name": "CONNOR", "address": f"8 {suburbs[7]} subrub {streets[1]}"}
    people = encode_people(to_table([left, *others]), to_table([right, *others]))
    with Engine(spill=tmp_path, readable=[]) as engine:
        register_people(engine, people)
        engine.run("CREATE TEMP TABLE scoring_open AS SELECT * FROM scoring_right WHERE id = 0")
        propose(engine, "true", people.left.num_rows + people.right.num_rows)
        return {row[0] for row in engine.list_rows("SELECT left_id FROM scoring_candidate")}


def test_two_words_of_an_address_make_a_candidate(tmp_path, to_table):
    found = propose_pairs(tmp_path, to_table)
    assert 0 in found
    assert len(found) < 40


def test_without_words_nobody_is_proposed(tmp_path, to_table, monkeypatch):
    monkeypatch.setattr(
        spellings, "list_place_words", lambda sides, towns, known: ([pa.table({"id": [0], "word": [0], "word_bits": [0]})] * 2, [""])
    )  # fmt: skip
    assert 0 not in propose_pairs(tmp_path, to_table)


def pack(**levels):
    return sum(levels.get(field.name, 0) << field.shift for field in FIELDS)


MATCH = pack(surname=5, given_name=5, birth_date=1, address=4)
STRANGERS = pack(surname=20, given_name=20, birth_date=6, address=6)


def test_one_person_drawn_blindly_tells_nothing_of_strangers():
    same = learning._normalise_all({field.name: learning._expect_same(field) for field in FIELDS})
    random = {STRANGERS: 80_000.0, MATCH: 16.0}
    kept = learning._leave_out_matches(random, same, 1 / 5_000)
    assert kept[STRANGERS] == pytest.approx(80_000, rel=1e-3)
    assert kept[MATCH] < 1
    # Where hardly anybody stands in both files, such pairs are strangers after all.
    assert learning._leave_out_matches(random, same, 1e-30)[MATCH] > 15


def learn_relatives(housemates):
    same = learning._normalise_all({field.name: learning._expect_same(field) for field in FIELDS})
    observed = learning.Observed({}, {}, {}, {}, {}, {}, housemates, np.zeros((0, 4), np.int64))
    return learning._learn_relatives(observed, same, dict(same))


def test_repeats_who_live_with_themselves_are_no_relatives():
    repeated = {pack(surname=5, given_name=given, birth_date=birth, address=1): 50.0 for given, birth in ((5, 1), (10, 1), (5, 3), (5, 6))}  # fmt: skip
    _, share = learn_relatives(repeated)
    assert share < 0.05
    family = {pack(surname=5, given_name=20, birth_date=birth, address=1): 100.0 for birth in (5, 6)}
    relative, share = learn_relatives({**repeated, **family})
    assert share == pytest.approx(0.5, abs=0.1)
    assert relative[BIRTH.name][1] < 0.02
    assert relative[SURNAME.name][5] > 0.5


def judge(tmp_path, weights):
    rows = [(left, right, weight) for (left, right), weight in weights.items()]
    table = pa.table(
        {
            "left_id": pa.array([row[0] for row in rows], pa.int32()),
            "right_id": pa.array([row[1] for row in rows], pa.int32()),
            **dict.fromkeys(
                ("pattern", "rarity_millibits", "prior_millibits", "support_millibits", "relative_penalty_millibits"),
                pa.array([0] * len(rows)),
            ),
            "weight_millibits": pa.array([row[2] for row in rows]),
        }
    )  # fmt: skip
    with Engine(spill=tmp_path, readable=[]) as engine:
        engine.register("scoring_weighed", table)
        repeats.judge_repeats(engine, 10)
        found = engine.list_rows("SELECT left_id, right_id, match_millibits FROM scoring_judged")
    return {(left, right): weight for left, right, weight in found}


# Nine of ten records have a partner for certain, the tenth may be the third of one couple.
COUPLES = {(0, 1): 20_000, (2, 3): 20_000, (4, 5): 20_000, (6, 7): 20_000, (6, 8): 20_000, (7, 8): 20_000}


def test_who_has_no_other_partner_wants_the_one_there_is(tmp_path):
    assert judge(tmp_path, {**COUPLES, (0, 9): 0})[0, 9] > 1_000
    assert judge(tmp_path, {(0, 9): 0})[0, 9] == pytest.approx(0, abs=200)


def test_who_has_a_partner_does_not_want_a_second(tmp_path):
    assert judge(tmp_path, {**COUPLES, (0, 2): 0})[0, 2] == pytest.approx(0, abs=1)


def test_partners_of_one_entity_confirm_one_another(tmp_path, monkeypatch):
    pairs = {**COUPLES, (0, 9): 2_000, (1, 9): 2_000}
    together = judge(tmp_path, pairs)[0, 9]
    monkeypatch.setattr(repeats, "find_groups", lambda size, left, right: np.arange(size))
    assert judge(tmp_path, pairs)[0, 9] < together - 1_000


@pytest.fixture(scope="module")
def one_file():
    """A city where one in a hundred was entered twice, and no household is given."""
    specification = importlib.util.spec_from_file_location("linkage_people", SOURCE)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    pair = module.make_pair(3_000, seed=6)
    again = np.arange(pair.right.num_rows) % 100 == 0
    table = pa.concat_tables([pair.left, pair.right.filter(pa.array(again))]).drop_columns("household_id")
    person = np.concatenate([pair.left_person, pair.right_person[again]])
    return table, dict(zip(table["record_id"].to_pylist(), person.tolist(), strict=True))


def count_wrong(one_file):
    table, person = one_file
    found = link_files(table).pairs.to_pylist()
    return sum(
        person[row["left_id"]] != person[row["right_id"]] for row in found if row["decision"] == "link"
    )


def test_few_repeats_among_many_relatives_take_nobody_for_another(one_file):
    assert count_wrong(one_file) == 0


def test_when_relatives_are_thought_as_seldom_as_repeats_they_are_taken_for_them(one_file, monkeypatch):
    kept = learning.Parameters.relative_prior.fget
    monkeypatch.setattr(
        learning.Parameters,
        "relative_prior",
        property(lambda self: kept(self) * self.partner_share),
    )
    assert count_wrong(one_file) > 0


def test_sizes_of_two_files_count_a_relative_as_often_as_a_partner():
    sizes = learning.Sizes(left=1000, right=1000, settled=0, mates=1.0, repeats=0.01, is_one_file=False)
    shares = learning.Shares({}, {}, {}, np.zeros(3), np.zeros((3, 3, 3)), 0.0)
    two = learning.Parameters(shares, 0.5, sizes)
    one = replace(two, sizes=replace(sizes, is_one_file=True))
    assert one.relative_prior == 2 * two.relative_prior == pytest.approx(1e-3)
