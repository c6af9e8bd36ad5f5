"""Headings as words: what vendors and old systems write in Latin letters or in kana means the same."""

from dataclasses import replace

import pytest

from tsunagu.intake.drafting import words
from tsunagu.intake.drafting.families import LEAST_LIKENESS
from tsunagu.intake.drafting.words import compare_headings, find_strange_words, split_heading


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        ("GAKKO_CODE", "学校コード"),
        ("SCHOOL_CD", "学校コード"),
        ("SchoolCode", "学校コード"),
        ("HOGOSHA_SHIMEI", "保護者氏名"),
        ("JUSHO", "住所"),
        ("JYUUSYO", "住所"),
        ("KENSIN_YMD", "健診年月日"),
        ("ｶﾞｸﾈﾝ", "学年"),
        ("ｾｲﾍﾞﾂ", "性別"),
        ("保護者１氏名", "保護者氏名"),
        ("回", "回数"),
        ("接種回", "接種回数"),
    ],
)
def test_spellings_of_one_meaning_are_the_same(heading, same):
    assert compare_headings(split_heading(heading), split_heading(same)) == 1.0


@pytest.mark.parametrize("heading", ["NOTICEBOARD", "HOTEL", "KIDS"])
def test_a_word_is_not_found_inside_other_latin_letters(heading):
    """HOTEL is no telephone."""
    assert find_strange_words(heading) == [heading.lower()]


def test_a_unit_in_brackets_counts_nothing():
    assert split_heading("上体起こし（回）") != split_heading("上体起こし回")
    assert compare_headings(split_heading("上体起こし（回）"), split_heading("上体起こし")) == 1.0


def test_the_second_of_several_is_not_the_first():
    assert compare_headings(split_heading("保護者２氏名"), split_heading("保護者氏名")) < 0.8


@pytest.mark.parametrize("heading", ["初回交付年月日", "次回交付年月日", "旧交付年月日", "交付予定年月日"])
def test_another_time_is_another_thing(heading, monkeypatch):
    def compare():
        return compare_headings(split_heading(heading), split_heading("交付年月日"))

    assert compare() < LEAST_LIKENESS
    table = words.load_words()
    monkeypatch.setattr(words, "load_words", lambda: replace(table, turns=frozenset()))
    compare_headings.cache_clear()
    assert compare() > LEAST_LIKENESS
    compare_headings.cache_clear()
