"""What a version keeps: whole numbers that give the same weights back, and only values that are shared."""

from collections import Counter
from dataclasses import replace
from datetime import date
from importlib import metadata

import numpy as np
import pytest

from tsunagu.linkage import frequencies
from tsunagu.linkage.frequencies import Frequencies, count_values
from tsunagu.linkage.learning import Shares
from tsunagu.linkage.levels import FIELDS, SEX
from tsunagu.linkage.link import LinkageSummary, RuleCount
from tsunagu.linkage.model import (
    ANY_SYSTEM,
    EXCHANGED,
    LINKS,
    PRIORS,
    RULE,
    LinkModel,
    Parameter,
    write_shares,
)
from tsunagu.linkage.splitting import split_full_names
from tsunagu.linkage.versions import LinkVersion

PROGRAM = metadata.version("tsunagu")


def make_shares(dice):
    def draw():
        return {field.name: np.clip(dice.random(field.levels), 1e-9, 1) for field in FIELDS}

    together = dice.normal(size=(3, 3, 3))
    return Shares(draw(), draw(), draw(), np.clip(dice.random(SEX.levels), 1e-9, 1), together, 0.0005)


def make_model(*extra, systems=("school_office", ANY_SYSTEM), links=100):
    priors = [Parameter(PRIORS[0], system, is_child, -9000) for system in systems for is_child in (0, 1)]
    return LinkModel((*priors, Parameter(LINKS, "", 0, links), *extra), "hash")


def test_shares_come_back_to_the_half_millibit():
    shares = make_shares(np.random.default_rng(5))
    back = LinkModel(tuple(write_shares(shares)), "").build_shares()
    for kind in ("same", "relative", "stranger"):
        for field in FIELDS:
            ours, theirs = getattr(shares, kind)[field.name], getattr(back, kind)[field.name]
            assert np.abs(np.log2(ours) - np.log2(theirs)).max() <= 0.0005000001
    assert np.abs(shares.together - back.together).max() <= 0.0005000001
    assert back.exchanged == pytest.approx(0.0005, rel=1e-3)
    again = LinkModel(tuple(write_shares(back)), "")
    assert again.content_hash == LinkModel(tuple(write_shares(shares)), "").content_hash


def test_the_hash_is_of_every_number_and_of_no_order():
    model = make_model(Parameter(RULE, "name_birth", 0, 12_000))
    assert replace(model, parameters=model.parameters[::-1]).content_hash == model.content_hash
    for place, one in enumerate(model.parameters):
        changed = [*model.parameters]
        changed[place] = replace(one, value=one.value + 1)
        assert replace(model, parameters=tuple(changed)).content_hash != model.content_hash
    assert replace(model, frequency_hash="other").content_hash != model.content_hash


def test_a_number_that_is_not_there_is_no_zero():
    with pytest.raises(ValueError, match="unpack"):
        make_model().get(EXCHANGED)


def summarise(model, *counts, program=PROGRAM):
    version = LinkVersion(1, date(2025, 6, 1), "", None, model, program)
    return LinkageSummary(tuple(RuleCount(*count) for count in counts), 0, 0, version, False, None, ())


@pytest.mark.parametrize(
    ("counts", "is_outgrown"),
    [
        ([("school_office", "atena_number", 150), ("school_office", "name_birth", 50)], False),
        ([("school_office", "atena_number", 150), ("school_office", "name_birth", 51)], True),
        ([("school_office", "opened", 500), ("resident", "register", 900)], False),
        ([("meal_fee", "kana_birth", 1)], True),
        # Nothing of it is compared: it needs no weights.
        ([("address_protection", "atena_number", 9)], False),
    ],
)
def test_a_version_is_outgrown_by_twice_the_links_or_a_new_system(counts, is_outgrown):
    assert summarise(make_model(), *counts).is_version_outgrown == is_outgrown


def test_a_version_of_another_program_is_outgrown():
    assert summarise(make_model(), program="0.0.1").is_version_outgrown


def count_one_column(kind, codes, texts):
    absent = np.full(len(codes), -1)
    names = ("surname", "surname_kana", "given", "given_kana", "birth", "phone", "town")
    columns = dict.fromkeys((*names, *(f"number_{place}" for place in range(1, 5))), absent)
    behind = {"surname": texts, "given": texts, "surname_kana": texts, "given_kana": texts, "town": texts}
    return count_values(
        {**columns, kind: np.array(codes)}, behind, {"full_name": Counter({"青木": 2, "赤木": 1})}
    )


def test_only_values_that_two_records_share_are_kept():
    counted = count_one_column("surname", [0, 1, 0, -1], ["高橋", "浅田"])
    assert counted.values.to_pylist() == [
        {"kind": "full_name", "text": "青木", "people": 2},
        {"kind": "surname", "text": "高橋", "people": 2},
    ]
    assert (counted.records, counted.totals["surname"]) == (4, 3)


def test_a_value_of_one_record_that_was_kept_is_seen(monkeypatch):
    """The mutant: every value is kept, so that one person's surname stands in the artefact."""
    monkeypatch.setattr(frequencies, "_FEWEST_RECORDS", 1)
    counted = count_one_column("surname", [0, 1, 0, -1], ["高橋", "浅田"])
    assert "浅田" in counted.values["text"].to_pylist()


def test_undivided_names_are_split_by_the_surnames_of_the_version(to_table):
    asked = []

    def look_up(kinds, texts):
        asked.extend(zip(kinds, texts, strict=True))
        return np.array([{"青": 3, "青木": 7}.get(text, 0) for text in texts])

    (split,) = split_full_names([to_table([{"full_name": "青木健太"}])], Frequencies(10, {}, look_up))
    assert (split["surname"].to_pylist(), split["given_name"].to_pylist()) == (["青木"], ["健太"])
    assert asked == [("full_name", text) for text in ("青", "青木", "青木健")]
