"""From everything that is shown of a table no count can be worked out, even by somebody who knows the rule.

All cities of a few children are tried, with small steps so that there are enough of them; cities that look alike
are put together, and a count that is the same in all of them has been given away.
"""

import itertools
from collections import defaultdict

import pytest

from tsunagu.pipeline import disclosure
from tsunagu.pipeline.disclosure import Disclosure, Figure


def add_up(counts, rows):
    """What a report shows of a table: each cell, each row's and column's total, and all of them."""
    table = [
        counts[start : start + len(counts) // rows] for start in range(0, len(counts), len(counts) // rows)
    ]
    return [*counts, *map(sum, table), *(map(sum, zip(*table, strict=True))), sum(counts)]


def list_given_away(cells, rows, most):
    """Cities in which some count, shown or only thought of, can be worked out from what is shown."""
    real = Disclosure(is_open=False)
    alike = defaultdict(list)
    for counts in itertools.product(range(most + 1), repeat=cells):
        everything = add_up(counts, rows)
        shown = tuple(real.show(count) for count in everything)
        # Beyond `most` not every city was tried.
        if shown[-1].most <= most:
            alike[shown].append(everything)
    return [
        cities[0][:cells]
        for cities in alike.values()
        if any(len(set(cell)) == 1 for cell in zip(*cities, strict=True))
    ]


@pytest.mark.parametrize(
    ("cells", "rows", "step", "most"),
    [(2, 1, 3, 17), (4, 1, 3, 11), (2, 1, 5, 24), (3, 1, 5, 19), (5, 1, 4, 7), (4, 2, 5, 14)],
)
def test_no_count_is_given_away(cells, rows, step, most, monkeypatch):
    monkeypatch.setattr(disclosure, "STEP", step)
    assert list_given_away(cells, rows, most) == []


@pytest.mark.parametrize(("cells", "rows"), [(3, 1), (4, 2)])
def test_a_step_full_of_counts_at_their_ends_is_the_only_exception(cells, rows, monkeypatch):
    """As the docstring of `show` says: as many figures at the very end of their step as a step has counts."""
    monkeypatch.setattr(disclosure, "STEP", 3)
    found = list_given_away(cells, rows, 11)
    assert found
    assert all(sum(count % 3 == 2 for count in add_up(counts, rows)) >= 3 for counts in found)


def hide_small_ones_only(self, count):
    return Figure(0, disclosure.STEP - 1) if 0 < count < disclosure.STEP else Figure(count, count)


@pytest.mark.parametrize(
    "mutant", [hide_small_ones_only, lambda self, count: Figure(count, count)], ids=["small only", "all"]
)
def test_without_steps_counts_are_given_away(mutant, monkeypatch):
    """The mutants: a subtraction, or the figure itself, tells a small count."""
    monkeypatch.setattr(disclosure, "STEP", 5)
    monkeypatch.setattr(Disclosure, "show", mutant)
    assert list_given_away(3, 1, 12)


def test_neighbouring_days_do_not_give_a_child_away(monkeypatch):
    """A count that grows by one child a day changes what is shown once in a step."""
    real = Disclosure(is_open=False)
    shown = [real.show(count) for count in range(200)]
    assert sum(one != other for one, other in itertools.pairwise(shown)) == 200 // disclosure.STEP - 1
