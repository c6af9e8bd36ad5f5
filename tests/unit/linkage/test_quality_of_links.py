"""How good links are on a small invented city with known truth, and that each guard is needed for it."""

import importlib.util
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tsunagu.linkage import learning, link_files, scoring

PEOPLE, SEED = 6_000, 4
SOURCE = Path(__file__).resolve().parents[3] / "benchmarks" / "linkage_people.py"


class Quality(NamedTuple):
    f1: float
    recall: float
    wrong: int
    wrong_in_one_home: int
    moved_and_renamed_missed: int
    in_review: float


@pytest.fixture(scope="module")
def make_pair():
    specification = importlib.util.spec_from_file_location("linkage_people", SOURCE)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module.make_pair


@pytest.fixture(scope="module")
def city(make_pair):
    return make_pair(PEOPLE, seed=SEED)


@pytest.fixture(scope="module")
def city_of_errors(make_pair):
    return make_pair(PEOPLE, seed=SEED, error_rate=3.0)


def measure(pair):
    found = link_files(pair.left, pair.right).pairs.to_pylist()
    rows = [
        {text: row for row, text in enumerate(side["record_id"].to_pylist())}
        for side in (pair.left, pair.right)
    ]
    links = [row for row in found if row["decision"] == "link"]
    left = pair.left_person[[rows[0][row["left_id"]] for row in links]]
    right = pair.right_person[[rows[1][row["right_id"]] for row in links]]
    is_right = left == right
    both = np.intersect1d(pair.left_person, pair.right_person)
    wanted = both[pair.is_moved_and_renamed[both]]
    recall, precision = is_right.sum() / len(both), is_right.mean()
    return Quality(
        f1=2 * precision * recall / (precision + recall),
        recall=recall,
        wrong=int((~is_right).sum()),
        wrong_in_one_home=int((pair.household[left[~is_right]] == pair.household[right[~is_right]]).sum()),
        moved_and_renamed_missed=len(np.setdiff1d(wanted, right[is_right])),
        in_review=sum(row["decision"] == "review" for row in found) / len(pair.right_person),
    )


def test_a_small_city_is_linked_nearly_without_mistake(city):
    quality = measure(city)
    assert quality.f1 >= 0.999
    assert quality.wrong_in_one_home == 0
    assert quality.moved_and_renamed_missed <= 1
    assert quality.in_review <= 0.01


@pytest.fixture(scope="module")
def quality_despite_errors(city_of_errors):
    return measure(city_of_errors)


def test_three_times_as_many_errors_cost_little(quality_despite_errors):
    assert quality_despite_errors.f1 >= 0.9985
    assert quality_despite_errors.wrong_in_one_home == 0


def test_without_relatives_siblings_are_taken_for_one_another(city, monkeypatch):
    monkeypatch.setattr(learning.Parameters, "relative_prior", property(lambda self: 1e-12))
    assert measure(city).wrong_in_one_home > 5


def test_without_what_changes_together_renamed_children_are_missed(city, monkeypatch):
    monkeypatch.setattr(learning, "weigh_together", lambda shares, patterns: np.zeros(len(patterns)))
    assert measure(city).moved_and_renamed_missed > 1


def test_when_nobody_is_no_rival_in_learning_renamed_children_are_missed(city, monkeypatch):
    monkeypatch.setattr(learning.Parameters, "nobody_share", property(lambda self: 1.0))
    assert measure(city).moved_and_renamed_missed > 1


def test_housemates_find_people_whom_their_own_record_does_not(
    city_of_errors, quality_despite_errors, monkeypatch
):
    monkeypatch.setattr(scoring, "support_candidates", lambda *arguments: None)
    assert measure(city_of_errors).recall < quality_despite_errors.recall
