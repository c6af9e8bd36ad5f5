"""Counts leave exact in a fictional city and in steps of ten elsewhere."""

from dataclasses import replace
from datetime import date

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.municipality import Municipality
from tsunagu.pipeline.disclosure import Disclosure, Figure, open_disclosure

REAL, FICTIONAL = Disclosure(is_open=False), Disclosure(is_open=True)


@pytest.mark.parametrize(
    ("count", "least", "most"), [(0, 0, 9), (1, 0, 9), (9, 0, 9), (10, 10, 19), (317, 310, 319)]
)
def test_a_real_city_shows_steps(count, least, most):
    assert REAL.show(count) == Figure(least, most)
    assert not REAL.show(count).is_exact


@pytest.mark.parametrize("count", [0, 1, 9, 317])
def test_a_fictional_city_shows_the_count(count):
    assert FICTIONAL.show(count) == FICTIONAL.show_rows(count) == Figure(count, count)


def test_only_of_rows_it_is_told_that_there_is_none():
    assert REAL.show_rows(0) == Figure(0, 0)
    assert REAL.show_rows(1) == REAL.show(1)


@pytest.mark.parametrize(
    ("code", "is_open"), [("999999", True), ("999998", True), ("131016", False), (None, False)]
)
def test_only_a_fictional_code_opens(code, is_open):
    municipality = Municipality(code=code, name="市") if code else None
    catalog = replace(open_catalog(on=date(2026, 3, 31)), municipality=municipality)
    assert open_disclosure(catalog).is_open is is_open
