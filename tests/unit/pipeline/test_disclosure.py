"""No small count is shown, and no total gives a hidden one away, even to somebody who knows the rule."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.pipeline import disclosure
from tsunagu.pipeline.disclosure import SMALLEST_SHOWN, suppress_small

COUNTS = st.lists(st.integers(min_value=0, max_value=60), max_size=12)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([], []),
        ([120, 40, 10], [120, 40, 10]),
        ([120, 40, 0], [120, 40, 0]),
        # One hidden count takes the next smallest with it, and all that equal it.
        ([120, 40, 9], [120, None, None]),
        ([120, 40, 40, 9], [120, None, None, None]),
        ([120, 9, 4], [120, None, None]),
        # Two that can only be 1 and 1, or 9 and 9, take another.
        ([120, 40, 1, 1], [120, None, None, None]),
        ([120, 40, 9, 9], [120, None, None, None]),
        # With nothing else to hide behind, zeros are hidden too.
        ([0, 0, 3], [None, None, None]),
        ([5], [None]),
    ],
)
def test_a_real_city(counts, shown):
    assert suppress_small(counts, is_open=False) == shown


@given(COUNTS)
def test_a_fictional_city_shows_everything(counts):
    assert suppress_small(counts, is_open=True) == counts


@given(COUNTS)
def test_no_small_count_is_ever_shown_and_no_shown_count_is_changed(counts):
    shown = suppress_small(counts, is_open=False)
    assert len(shown) == len(counts)
    for count, seen in zip(counts, shown, strict=True):
        assert seen is None if 0 < count < SMALLEST_SHOWN else seen in (None, count)


@given(COUNTS)
def test_nothing_is_hidden_without_need(counts):
    if not any(0 < count < SMALLEST_SHOWN for count in counts):
        assert suppress_small(counts, is_open=False) == counts


def list_given_away(places, most, suppress):
    """Hidden counts that somebody who knows the rule and the total works out, in all small worlds."""
    alike = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=places):
        if sum(counts) <= most:
            alike[tuple(suppress(counts)), sum(counts)].append(counts)
    return [
        (shown, total)
        for (shown, total), worlds in alike.items()
        # One child in every place: see the docstring of `suppress_small`.
        if worlds != [(1,) * places]
        for place in range(places)
        if shown[place] is None and len({world[place] for world in worlds}) == 1
    ]


@pytest.mark.parametrize(("places", "most"), [(2, 24), (3, 20), (4, 14)])
@pytest.mark.parametrize("smallest_shown", [3, 4, 5])
def test_no_total_gives_a_hidden_count_away(places, most, smallest_shown, monkeypatch):
    """Every world of a few places, with a low threshold so that all of them can be tried."""
    monkeypatch.setattr(disclosure, "SMALLEST_SHOWN", smallest_shown)
    assert list_given_away(places, most, lambda counts: suppress_small(counts, is_open=False)) == []


def test_hiding_only_the_small_ones_would_give_them_away(monkeypatch):
    """The mutant: without the second step one subtraction finds the hidden count."""
    monkeypatch.setattr(disclosure, "SMALLEST_SHOWN", 4)
    monkeypatch.setattr(disclosure, "_gives_away", lambda hidden: False)
    assert list_given_away(3, 12, lambda counts: suppress_small(counts, is_open=False))
