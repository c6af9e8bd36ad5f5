"""Every code that the tables can hold has words in both languages."""

import random
from datetime import date

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.packs import NeedLevel
from tsunagu.judgement.wording import LEVEL_MEANINGS, LEVEL_TITLES, LEVEL_WORDING, UNKNOWN_WORDING
from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.wording import (
    describe_system,
    show_age,
    show_figure,
    show_grade,
    show_school_stage,
    sort_stage,
)
from tsunagu.vocabulary.knowing import UnknownReason

LATIN = set("abcdefghijklmnopqrstuvwxyz")


@pytest.fixture(scope="module")
def catalog():
    return open_catalog(on=date(2026, 3, 31))


def is_japanese(text):
    return any(ord(sign) > 0x3000 for sign in text)


def test_every_level_has_a_name_and_a_meaning_in_both_languages():
    for words in (LEVEL_TITLES, LEVEL_MEANINGS, LEVEL_WORDING):
        assert set(words) == set(NeedLevel)
        assert all(is_japanese(phrase.ja) and set(phrase.en) & LATIN for phrase in words.values())


def test_no_level_says_that_a_child_is_safe():
    said = " ".join(f"{phrase.ja} {phrase.en}" for phrase in LEVEL_WORDING.values()).lower()
    assert "安全" not in said
    assert "safe" not in said
    assert "問題がないという意味ではありません" in LEVEL_WORDING[NeedLevel.NO_FINDING].ja


def test_every_reason_for_not_knowing_has_words():
    words = [UNKNOWN_WORDING[reason] for reason in UnknownReason]
    assert all(is_japanese(phrase.ja) and set(phrase.en) & LATIN for phrase in words)
    assert len({phrase.ja for phrase in words}) == len(UnknownReason)


@pytest.mark.parametrize(
    ("figure", "ja", "en"),
    [
        (Figure(0, 0), "0人", "0"),
        (Figure(1234, 1234), "1,234人", "1,234"),
        (Figure(0, 9), "10人未満", "under 10"),
        (Figure(1230, 1239), "1,230〜1,239人", "1,230–1,239"),
    ],
)
def test_a_figure(figure, ja, en):
    assert show_figure(figure, "人") == (ja, en)


def test_every_grade_of_the_code_list_reads_as_schools_write_it(catalog):
    for code in catalog.code_lists["grade"].codes:
        assert show_grade(code.id)[0] == code.title.ja


def test_a_grade_that_a_city_added_is_shown_as_it_stands():
    assert show_grade("夜間") == ("夜間", "夜間")
    assert show_grade("p") == ("p", "p")
    assert show_school_stage("夜間") == ("夜間", "夜間")


@pytest.mark.parametrize(
    ("stage", "ja", "en"),
    [
        (None, "年齢が分からない", "age unknown"),
        ("unborn", "生まれる前", "unborn"),
        ("age_0", "0歳", "age 0"),
        ("age_6", "6歳", "age 6"),
        ("age_7", "7歳（市立学校の在籍なし）", "age 7, not at a municipal school"),
        ("age_17", "17歳（市立学校の在籍なし）", "age 17, not at a municipal school"),
        ("e3", "年長", "last year before school"),
        ("p6", "小6", "primary 6"),
        ("j1", "中1", "junior high 1"),
    ],
)
def test_a_row_of_the_grouping(stage, ja, en):
    assert show_school_stage(stage) == (ja, en)


@pytest.mark.parametrize(
    ("age_years", "grade", "is_unborn", "ja", "en"),
    [
        (None, None, True, "生まれる前", "unborn"),
        (None, None, False, "年齢不明", "age unknown"),
        (0, None, False, "0歳", "0 y"),
        (8, "p3", False, "8歳 小3", "8 y, primary 3"),
    ],
)
def test_age_and_grade_of_a_row(age_years, grade, is_unborn, ja, en):
    assert show_age(age_years, grade, is_unborn=is_unborn) == (ja, en)


def test_stages_stand_in_the_order_of_a_childhood():
    ordered = [
        "unborn",
        "age_0",
        "age_3",
        "age_6",
        "e3",
        "p1",
        "p6",
        "j1",
        "j3",
        "h1",
        "夜間",
        "age_7",
        "age_17",
        None,
    ]
    shuffled = random.Random(4).sample(ordered, len(ordered))
    assert sorted(shuffled, key=sort_stage) == ordered


def test_a_system_is_called_by_its_file_and_never_left_out(catalog):
    titles = {"health": ("健診", "check-ups")}
    assert describe_system("health", titles) == ("健診", "check-ups")
    assert describe_system("resident", {})[0] == "住民記録"
    assert describe_system("another", {}) == ("another", "another")
