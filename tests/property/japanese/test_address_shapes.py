"""An address folded by its shape is the address folded by itself, whichever address taught the shape."""

import csv
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.japanese import AddressFolder, address_shapes, fold_address

DIGITS = re.compile("[0-9０-９]+")
NUMBER = st.integers(1, 12345).map(str)
TAILS = [
    "桜井三丁目{}番{}号",
    "桜井{}丁目{}-{}-{}",
    "つつじヶ丘{}－{}　メゾン桜{}号室",
    "北{}条西{}丁目{}-{} 第{}コーポ",
    "大字粟生間谷{}番地の{}",
    "{}-{}-{} {}階",
    "字上村{}の{}（{}方）",
    "麻布十番{}丁目{}一{}",
]


def vary(text: str, rng: random.Random) -> str:
    """Other numbers of the same lengths, none with a zero in front."""
    return DIGITS.sub(
        lambda run: (
            str(rng.randrange(10 ** (len(run[0]) - 1), 10 ** len(run[0]))) if len(run[0]) < 15 else run[0]
        ),
        text,
    )


@given(
    st.sampled_from(["大阪府箕面市", "箕面市", "北海道河西郡芽室町", "", "〒123-4567 大阪府箕面市"]),
    st.sampled_from(TAILS),
    st.lists(NUMBER, min_size=5, max_size=5),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_written_addresses(place, tail, numbers, is_wide, rng):
    text = place + tail.format(*numbers)
    if is_wide:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    folder = AddressFolder()
    for one in (text, vary(text, rng), vary(text, rng)):
        assert folder.fold(one) == fold_address(one)


@given(
    st.text(
        st.sampled_from("0123456789０１２一二三十丁目番地号の-ー① ()箕面市桜井北条西第階F{}〒々"), max_size=24
    ),
    st.randoms(use_true_random=False),
)
def test_any_text(text, rng):
    folder = AddressFolder()
    for one in (text, vary(text, rng), text):
        assert folder.fold(one) == fold_address(one)


def list_real_addresses(realdata):
    path = realdata / "address" / "geolonia_normalize_cases" / "addresses.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["住所"] for row in csv.DictReader(file)]


def count_wrong(addresses: list[str]) -> int:
    rng, folder = random.Random(3), AddressFolder()
    both = [one for text in addresses for one in (text, vary(text, rng))]
    return sum(folder.fold(one) != fold_address(one) for one in both)


def test_real_addresses(realdata):
    assert count_wrong(list_real_addresses(realdata)) == 0


def test_lengths_of_numbers_are_part_of_the_shape(monkeypatch):
    # A third number of three digits is a room: 1-2-304 is 1-2, room 304.
    addresses = ["箕面市桜井1丁目2-3-4", "箕面市桜井1丁目2-3-405"]
    assert count_wrong(addresses) == 0
    monkeypatch.setattr(address_shapes, "_DIGIT", address_shapes._RUN)
    assert count_wrong(addresses) > 0


@pytest.mark.parametrize("text", ["", "　", "－", "東京都"])
def test_without_a_number(text):
    assert AddressFolder().fold(text) == fold_address(text)
