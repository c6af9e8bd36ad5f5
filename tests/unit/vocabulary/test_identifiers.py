"""An id survives being shown, read aloud and typed in again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.vocabulary.identifiers import ID_BITS, read_id, show_id

IDS = st.integers(min_value=0, max_value=2**ID_BITS - 1)


@given(IDS)
def test_what_is_shown_is_read_back(identifier):
    assert read_id(show_id(identifier)) == identifier


@given(IDS, IDS)
def test_two_ids_never_look_alike(one, other):
    assert (show_id(one) == show_id(other)) == (one == other)


@given(IDS)
def test_an_id_is_three_groups_of_four_signs_that_cannot_be_confused(identifier):
    shown = show_id(identifier)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    assert not set(shown) & set("ILOU")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0a1b-2c3d-4e5f", "0A1B-2C3D-4E5F"),
        ("0A1B 2C3D 4E5F", "0A1B-2C3D-4E5F"),
        ("0A1B2C3D4E5F", "0A1B-2C3D-4E5F"),
        ("OA1B-2C3D-4E5F", "0A1B-2C3D-4E5F"),
        ("0AIB-2C3D-4E5F", "0A1B-2C3D-4E5F"),
        ("0AlB-2C3D-4E5F", "0A1B-2C3D-4E5F"),
    ],
)
def test_how_people_type_does_not_matter(typed, meant):
    assert show_id(read_id(typed)) == meant


@pytest.mark.parametrize(
    "text", ["", "0A1B", "0A1B-2C3D-4E5F-6", "UUUU-UUUU-UUUU", "子どもの番号です", "0A1B-2C3D-4E5!"]
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="not an identifier"):
        read_id(text)
