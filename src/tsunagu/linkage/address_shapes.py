"""Addresses as numbers: each distinct *shape* is parsed once, the numbers in it are compared as numbers.

A million addresses have a few thousand shapes (桜井#丁目#番#号 …). Parsing shapes instead of addresses makes the
cost of normalising one of the smallest.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.japanese import fold_name, parse_address

Ints = npt.NDArray[np.int64]

Bytes = npt.NDArray[np.uint8]

_RUN = re.compile("[0-9０-９]+")
_WIDE_ZERO = "０".encode()
# The engine's blank is the narrow one only.
_POST_CODE = r"^[\s　]*〒?[\s　]*[0-9０-９]{3}[\s　]*[-－‐―ー−]?[\s　]*[0-9０-９]{4}[\s　]*"
_JAPANESE = re.compile("[ぁ-ヿ一-鿿㐀-䶿々]")
# A building after a space is parsed apart, or every building would make a new shape of every town.
_BEFORE_BUILDING = re.compile(
    "(?P<place>[^ 　]*[#号地])[ 　]+(?P<building>[^#\\s　丁番号地線条区のノ()（）ー—−－‐-].*)"
)
_ANY_PLACE = "甲町1丁目1番1号 "
# Numbers that stand for the n-th number of a shape while it is parsed; no address has them.
_FIRST_STAND_IN = 7001
_MOST_NUMBERS, _MOST_DIGITS = 8, 9
# Addresses are taken apart in parts that stay near the processor.
_ROWS_AT_ONCE = 50_000
NUMBERS = 4
"""How many numbers of a place are compared: 丁目, block, number, branch."""
ABSENT = -1


@dataclass(frozen=True, slots=True)
class Places:
    """Per row: town (words of the place), its numbers, and the unit (building and room); `ABSENT` where unknown.

    `numbers` has the axes (n_row, NUMBERS). Codes count up in the order of first appearance.
    """

    town: Ints
    numbers: Ints
    unit: Ints


@dataclass(frozen=True, slots=True)
class WrittenPlaces:
    """Addresses taken apart into shapes and numbers. `index`: each row's shape, ABSENT where no address."""

    shapes: list[str]
    index: Ints
    runs: Ints


@dataclass(slots=True)
class _Codes:
    by_key: dict[Any, int]

    def get(self, key: Any) -> int:
        return self.by_key.setdefault(key, len(self.by_key))


@dataclass(frozen=True, slots=True)
class _Shape:
    town: str | None
    # Each number of the place: a stand-in's position, or a literal number as -(number + 2); ABSENT where none.
    place_numbers: tuple[int, ...]
    unit: str | None
    unit_numbers: tuple[int, ...]


class AddressEncoder:
    """Gives equal places equal codes over several columns."""

    def __init__(self) -> None:
        """Start with no codes."""
        self._towns = _Codes({})
        self._units = _Codes({})
        self._shapes: dict[str, _Shape] = {}
        self._buildings: dict[str, tuple[str | None, tuple[int, ...]]] = {}

    @property
    def towns(self) -> list[str]:
        """The words of each town code."""
        return list(self._towns.by_key)

    def encode(self, written: WrittenPlaces) -> Places:
        """Encode one column of addresses."""
        index, runs = written.index, written.runs
        parsed = [self._get_shape(text) for text in written.shapes]
        town = np.array([self._code_town(shape.town) for shape in parsed] + [ABSENT])[index]
        numbers = _pick_numbers([shape.place_numbers for shape in parsed], index, runs)
        return Places(town, numbers, self._encode_units(parsed, index, runs))

    def _get_shape(self, text: str) -> _Shape:
        known = self._shapes.get(text)
        if known is None:
            known = self._shapes[text] = self._parse_in_parts(text)
        return known

    def _parse_in_parts(self, text: str) -> _Shape:
        parts = _BEFORE_BUILDING.fullmatch(text)
        if parts is None or not _JAPANESE.search(parts["place"]):
            return _parse_shape(text)
        place = self._get_shape(parts["place"])
        if place.town is None or place.unit is not None:
            return _parse_shape(text)
        if parts["building"] not in self._buildings:
            self._buildings[parts["building"]] = _parse_building(parts["building"])
        unit, numbers = self._buildings[parts["building"]]
        before = parts["place"].count("#")
        moved = tuple(number + before if number >= 0 else number for number in numbers)
        kept = tuple(ABSENT if number >= _MOST_NUMBERS else number for number in moved)
        return _Shape(place.town, place.place_numbers, unit, kept)

    def _code_town(self, town: str | None) -> int:
        return ABSENT if town is None else self._towns.get(town)

    def _encode_units(self, parsed: list[_Shape], index: Ints, runs: Ints) -> Ints:
        names = np.array(
            [ABSENT if shape.unit is None else self._units.get(shape.unit) for shape in parsed] + [ABSENT]
        )[index]
        numbers = _pick_numbers([shape.unit_numbers for shape in parsed], index, runs)
        # Only equality of units matters, so their parts are mixed into one number.
        mixed = names.copy()
        for column in range(NUMBERS):
            mixed = (mixed * 1_000_003 + numbers[:, column] + 1) % (2**52)
        return np.where(names == ABSENT, ABSENT, mixed)


def read_places(addresses: pa.Array) -> WrittenPlaces:
    """Take a column of addresses as written apart; needs no encoder, so several columns may be read at once."""
    plain = _drop_post_codes(addresses)
    parts = [
        _read_part(plain.slice(start, _ROWS_AT_ONCE)) for start in range(0, max(len(plain), 1), _ROWS_AT_ONCE)
    ]
    shapes = pa.chunked_array([shapes for shapes, _ in parts]).dictionary_encode().combine_chunks()
    if isinstance(shapes, pa.ChunkedArray):
        shapes = shapes.combine_chunks()
    return WrittenPlaces(
        shapes.dictionary.to_pylist(), _fill(shapes.indices), np.concatenate([runs for _, runs in parts])
    )


def _read_part(addresses: pa.Array) -> tuple[pa.Array, Ints]:
    letters, ends = _read_letters(addresses)
    is_digit = (letters >= ord("0")) & (letters <= ord("9"))
    starts_run = is_digit.copy()
    starts_run[1:] &= ~is_digit[:-1]
    # A number that ends one address and a number that begins the next are two.
    first = ends[:-1][ends[:-1] < len(letters)]
    starts_run[first] = is_digit[first]
    kept = ~is_digit | starts_run
    shapes = np.where(starts_run, np.uint8(ord("#")), letters)[kept]
    moved = _move_ends(ends, kept).astype(np.int32)
    written = pa.StringArray.from_buffers(len(addresses), pa.py_buffer(moved), pa.py_buffer(shapes))
    return pc.if_else(pc.is_valid(addresses), written, None), _read_numbers(
        letters, ends, is_digit, starts_run
    )


def _read_letters(texts: pa.Array) -> tuple[Bytes, Ints]:
    """The bytes of all texts in one row, digits in their narrow form, and where each text ends (the first: begins)."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    letters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data else np.zeros(0, np.uint8)
    ends -= ends[0]
    third = letters[2:]
    is_wide = (third >= _WIDE_ZERO[2]) & (third <= _WIDE_ZERO[2] + 9)
    is_wide &= (letters[:-2] == _WIDE_ZERO[0]) & (letters[1:-1] == _WIDE_ZERO[1])
    (wide,) = np.nonzero(is_wide)
    if not len(wide):
        return letters, ends
    narrow = letters.copy()
    narrow[wide + 2] += np.uint8(ord("0") - _WIDE_ZERO[2] & 255)
    kept = np.ones(len(letters), dtype=np.bool_)
    kept[wide] = kept[wide + 1] = False
    return narrow[kept], _move_ends(ends, kept)


def _move_ends(ends: Ints, kept: npt.NDArray[np.bool_]) -> Ints:
    moved: Ints = ends - np.searchsorted(np.flatnonzero(~kept), ends)
    return moved


def _fill(indices: pa.Array) -> Ints:
    filled: Ints = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return filled


def _drop_post_codes(addresses: pa.Array) -> pa.Array:
    """Only what begins like one is looked at closely, and in most files nothing does."""
    begins = pc.match_substring_regex(addresses, "^[\\s　]*[〒0-9０-９]")
    return pc.replace_substring_regex(addresses, _POST_CODE, "") if pc.any(begins).as_py() else addresses


def _read_numbers(
    letters: Bytes, ends: Ints, is_digit: npt.NDArray[np.bool_], starts_run: npt.NDArray[np.bool_]
) -> Ints:
    """The runs of digits of each text, axes (n_row, _MOST_NUMBERS + 1); the last column is always ABSENT."""
    table = np.full((len(ends) - 1, _MOST_NUMBERS + 1), ABSENT, dtype=np.int64)
    (starts,) = np.nonzero(starts_run)
    counts = np.diff(np.searchsorted(starts, ends))
    values = np.zeros(len(starts), dtype=np.int64)
    goes_on = np.ones(len(starts), dtype=np.bool_)
    for step in range(_MOST_DIGITS):
        at = np.minimum(starts + step, len(letters) - 1)
        goes_on &= is_digit[at] & (starts_run[at] == (step == 0)) & (starts + step < len(letters))
        values = np.where(goes_on, values * 10 + letters[at] - ord("0"), values)
    place = np.arange(len(starts)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(np.arange(len(counts)), counts)
    kept = place < _MOST_NUMBERS
    table[rows[kept], place[kept]] = values[kept]
    return table


def _pick_numbers(slots: list[tuple[int, ...]], index: Ints, runs: Ints) -> Ints:
    table = np.array([*slots, (ABSENT,) * NUMBERS], dtype=np.int64)[index]
    picked = np.take_along_axis(runs, np.where(table >= 0, table, _MOST_NUMBERS), axis=1)
    return np.where(table <= -2, -table - 2, picked)


def _parse_shape(text: str) -> _Shape:
    stand_ins = iter(range(_FIRST_STAND_IN, _FIRST_STAND_IN + 1000))
    written = re.sub("#", lambda _: str(next(stand_ins)), text)
    if not _JAPANESE.search(text):
        return _read_latin(written)
    parsed = parse_address(written)
    if parsed is None or not (parsed.town or parsed.block):
        return _Shape(None, (ABSENT,) * NUMBERS, None, (ABSENT,) * NUMBERS)
    town = _read_words(parsed.site.removeprefix(parsed.prefecture or "").removeprefix(parsed.city or ""))
    unit = _read_words(parsed.building) if parsed.building else (None, (ABSENT,) * NUMBERS)
    return _Shape(*town, *unit)


def _parse_building(text: str) -> tuple[str | None, tuple[int, ...]]:
    stand_ins = iter(range(_FIRST_STAND_IN, _FIRST_STAND_IN + 1000))
    parsed = parse_address(_ANY_PLACE + re.sub("#", lambda _: str(next(stand_ins)), text))
    return _read_words(parsed.building) if parsed and parsed.building else (None, (ABSENT,) * NUMBERS)


def _read_latin(text: str) -> _Shape:
    words = " ".join(filter(None, (fold_name(word) for word in text.split())))
    if not words:
        return _Shape(None, (ABSENT,) * NUMBERS, None, (ABSENT,) * NUMBERS)
    town, slots = _read_words(words)
    return _Shape(town, _place_latin_numbers(words, slots), None, (ABSENT,) * NUMBERS)


def _place_latin_numbers(words: str, slots: tuple[int, ...]) -> tuple[int, ...]:
    """The number a Latin address begins with is the house's, the last is the post code; others stand behind them."""
    found = [slot for slot in slots if slot != ABSENT]
    house = found.pop(0) if found and words[0].isdigit() else ABSENT
    code = found.pop() if found else ABSENT
    return (house, code, *found, *(ABSENT,) * NUMBERS)[:NUMBERS]


def _read_words(text: str) -> tuple[str, tuple[int, ...]]:
    found = [int(run) for run in _RUN.findall(text)]
    slots = [
        number - _FIRST_STAND_IN
        if _FIRST_STAND_IN <= number < _FIRST_STAND_IN + _MOST_NUMBERS
        else -(number + 2)
        for number in found[:NUMBERS]
    ]
    padded = (*slots, *(ABSENT,) * (NUMBERS - len(slots)))
    return _RUN.sub("", text).replace("-", "").strip(), padded
