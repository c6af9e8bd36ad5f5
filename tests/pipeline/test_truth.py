"""A fictional city's answers: the list is far better than a lot, and hardly a record stands on the wrong person.

It shows that the parts work together on a made-up city. It never says how well they would work in a real one.
"""

import random
from datetime import date

import pytest

from tsunagu.catalog.checking import open_catalog
from tsunagu.cli.truth import count_links, mark_list
from tsunagu.fiction import build_city
from tsunagu.intake import intake_files
from tsunagu.pipeline.run import run_pipeline
from tsunagu.store.commit import open_reader

pytestmark = pytest.mark.slow
MOST_WRONG_LINKS = 0.002
"""Of all records linked to somebody of the register."""
LEAST_GAIN = 2
"""How many times as many of those in need the list holds as one drawn by lot."""


@pytest.fixture(scope="module")
def marks(example_home, tmp_path_factory):
    """A city of 1,500 children and one school year, taken to its marks."""
    folder = tmp_path_factory.mktemp("truth")
    city = build_city(folder / "city", children=1_500, seed=7, start=date(2025, 4, 1), months=12)
    home = example_home(folder / "home")
    catalog = open_catalog(home.path, on=city.last_reference_date)
    intake_files(home, catalog, [city.deliveries])
    as_of = city.last_reference_date
    run_id = run_pipeline(home, catalog, as_of=as_of).manifest.run_id
    with open_reader(home, "test") as reader:
        truth = city.path / "truth"
        return mark_list(reader, truth, run_id, as_of=as_of), count_links(reader, truth, run_id)


def is_far_better_than_a_lot(mark, found):
    """Twice what a lot would find, and beyond three standard deviations of it."""
    expected = mark.found_by_chance
    rest = (mark.children - mark.in_need) * (mark.children - mark.listed)
    deviation = (expected * rest / mark.children / (mark.children - 1)) ** 0.5
    return found >= LEAST_GAIN * expected and found > expected + 3 * deviation


def test_the_list_is_far_better_than_a_lot(marks):
    mark, _ = marks
    assert mark.in_need > 100
    assert 20 < mark.listed < mark.children / 10
    assert is_far_better_than_a_lot(mark, mark.found)


def test_a_list_drawn_by_lot_is_not(marks):
    """The mutant: the same number of children, drawn a hundred times."""
    mark, _ = marks
    draw = random.Random(1)
    children = range(mark.children)
    found = [sum(child < mark.in_need for child in draw.sample(children, mark.listed)) for _ in range(100)]
    assert not any(is_far_better_than_a_lot(mark, count) for count in found)


def test_hardly_a_record_stands_on_the_wrong_person(marks):
    _, links = marks
    assert links.right > 1_000
    assert links.wrong <= MOST_WRONG_LINKS * (links.right + links.wrong)
    # Records left for themselves would make the figure look better than it is.
    assert links.opened < links.right / 10
