"""The names of places are words for screens: a home may write them, and no result rests on them."""

import pytest

from tsunagu.catalog.places import PlaceKind
from tsunagu.fiction.places import lay_out_city, write_place_names


def write_places(world, text: str) -> None:
    world.write_home()
    (world.home / "places.yaml").write_text(text, encoding="utf-8")


def test_a_fictional_city_writes_what_a_home_reads(world) -> None:
    places = lay_out_city(3_000)
    write_places(world, write_place_names([places]))
    names = world.open().place_names
    assert names.find_name(PlaceKind.SCHOOL, places.school_codes[0]) == places.school_names[0]
    assert names.find_name(PlaceKind.FACILITY, places.nursery_codes[-1]) == places.nursery_names[-1]
    assert names.find_name(PlaceKind.DISTRICT, places.town_codes[1]) == places.districts[1]
    assert len(names.districts) == places.own_count
    assert names.find_name(PlaceKind.SCHOOL, "nowhere") is None


def test_no_result_rests_on_a_name(world) -> None:
    world.write_home()
    before = world.open().get_content_hash()
    write_places(world, 'schools: {"0123": 架空小学校}\n')
    catalog = world.open()
    assert catalog.place_names.find_name(PlaceKind.SCHOOL, "0123") == "架空小学校"
    assert catalog.get_content_hash() == before


@pytest.mark.parametrize("text", ["school: {}\n", 'schools: {"1": ""}\n', "- 1\n"])
def test_what_is_no_list_of_names_is_told(world, text) -> None:
    write_places(world, text)
    assert {problem.file for problem in world.find_problems()} == {"places.yaml"}
