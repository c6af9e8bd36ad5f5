"""People of one or two files as whole numbers: every distinct spelling is folded once, equal folds get one code.

The engine then joins and compares numbers; texts are needed again only to say how alike two codes are.
"""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.japanese import fold_kana, fold_kana_loose, fold_name, fold_phone, parse_date
from tsunagu.linkage.address_shapes import ABSENT, AddressEncoder, WrittenPlaces, read_places
from tsunagu.linkage.frequencies import (
    BY_DECADE,
    DECADES,
    VALUE_COLUMNS,
    Frequencies,
    get_decade,
    group_values,
)
from tsunagu.linkage.place_words import list_place_words
from tsunagu.linkage.splitting import split_full_names

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PEOPLE_COLUMNS = (
    "id", "surname", "given", "surname_kana", "given_kana", "surname_sound", "given_sound",
    "birth", "sex", "town", "number_1", "number_2", "number_3", "number_4", "unit", "phone", "household",
    "surname_bits", "given_bits", "surname_kana_bits", "given_kana_bits", "birth_bits", "site_bits", "numbers_bits",
    "phone_bits",
)  # fmt: skip
"""Columns of an encoded file. Names, town, unit, household are codes; `birth` is YYYYMMDD, `phone` 1 and its digits; `*_bits` say
how rare the value is, in thousandths of a bit (given names: within the birth decade)."""

_SEXES = {
    **dict.fromkeys(("男", "男性", "1", "M", "MALE"), 1),
    **dict.fromkeys(("女", "女性", "2", "F", "FEMALE"), 2),
}
_PLAIN_PHONE = r"^0[0-9]{9,10}$"
_FILLER_PHONE = "^0*(1*|2*|3*|4*|5*|6*|7*|8*|9*)$"
_ISO_DAY = re.compile(r"\d{4}([-/])\d{2}\1\d{2}")
_IMPOSSIBLE_DAY = re.compile("(18[6-9]|19[0-9]|20[0-9])[0-9]{5}")
_DAY_SIGNS = str.maketrans("", "", "-/.")
_KATAKANA = re.compile("[ァ-ヺー]+")
_VOWELS = re.compile("(?<!^)[AEIOUYHW ]+")
_REPEATED = re.compile(r"(.)\1+")
_PHONE_SIGNS = "[-－‐ー ()（）]"
_NUMBERS = ("number_1", "number_2", "number_3", "number_4")
_PLACE = ("town", *_NUMBERS, "unit")
_COUNTED = ("surname", "surname_kana", "given", "given_kana", "birth", "phone", "town", *_NUMBERS)
_LARGEST_KEY = 2**62
_THREADS = 2
# How common a value usually is (name, birthday, house, telephone), and how many records outweigh that.
_USUAL_NAME, _USUAL_BIRTH, _USUAL_SITE, _USUAL_PHONE = 1 / 300, 1 / 20_000, 1 / 2_000, 1 / 100_000
_USUAL_PEOPLE, _DECADE_PEOPLE = 300.0, 500.0
_USUAL = {
    **dict.fromkeys(("surname", "surname_kana", "given", "given_kana"), _USUAL_NAME),
    "birth": _USUAL_BIRTH,
    "phone": _USUAL_PHONE,
    "site": _USUAL_SITE,
    "numbers": _USUAL_SITE,
}


@dataclass(slots=True)
class Words:
    """Folded texts of one kind and their codes."""

    texts: list[str] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def code(self, text: str | None) -> int:
        """The code of a folded text, new when never seen; `ABSENT` for none."""
        if text is None:
            return ABSENT
        known = self._codes.get(text)
        if known is None:
            known = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return known


@dataclass(frozen=True, slots=True)
class Encoded:
    """Two files (or one twice) as numbers, the words of places, and the texts behind the codes."""

    left: pa.Table
    right: pa.Table
    left_words: pa.Table
    right_words: pa.Table
    is_one_file: bool
    names: list[str]
    kanas: list[str]
    towns: list[str]
    sounds: list[str]
    words: list[str]


@dataclass(slots=True)
class _Coder:
    names: Words = field(default_factory=Words)
    kanas: Words = field(default_factory=Words)
    sounds: Words = field(default_factory=Words)
    addresses: AddressEncoder = field(default_factory=AddressEncoder)


def encode_people(left: pa.Table, right: pa.Table | None, known: Frequencies | None = None) -> Encoded:
    """Turn files of text columns (any of `files.COLUMNS`) into numbers.

    Args:
        left: one file.
        right: the other, or None to look within one.
        known: how common values are; without it the files themselves say it.

    Returns:
        Tables of `PEOPLE_COLUMNS`, one row a record in the order of the file; null = not given. With one file
        `right` is the same table. With `known`, of the left side only names say how rare they are.
    """
    sides = split_full_names([left] if right is None else [left, right], known)
    coder = _Coder()
    # What needs no common codes is done on two threads; the rest in the order of the files.
    with ThreadPoolExecutor(_THREADS) as pool:
        places = pool.map(lambda side: read_places(_column(side, "address")), sides)
        phones = pool.map(lambda side: _read_phones(_column(side, "phone")), sides)
        coded = [_encode_side(*parts, coder) for parts in zip(sides, places, phones, strict=True)]
        homes = pool.map(_code_households, sides, coded)
        if known is None:
            _add_bits(coded, pool)
        else:
            _add_known_bits(coded, coder, known)
        for columns, home in zip(coded, homes, strict=True):
            columns["household"] = home
    words, word_texts = list_place_words(coded, coder.addresses.towns, known)
    tables = [_make_table(columns) for columns in coded]
    return Encoded(
        left=tables[0],
        right=tables[-1],
        left_words=words[0],
        right_words=words[-1],
        is_one_file=right is None,
        names=coder.names.texts,
        kanas=coder.kanas.texts,
        towns=coder.addresses.towns,
        sounds=coder.sounds.texts,
        words=word_texts,
    )


def _encode_side(side: pa.Table, written: WrittenPlaces, phones: Ints, coder: _Coder) -> dict[str, Ints]:
    rows = side.num_rows
    columns = {"id": np.arange(rows, dtype=np.int64)}
    for part in ("surname", "given"):
        source = "given_name" if part == "given" else part
        name = _code(side, source, lambda text: coder.names.code(fold_name(text)))
        kana = _code(side, f"{source}_kana", lambda text: coder.kanas.code(fold_kana(text)))
        _move_kana_written_as_name(name, kana, coder)
        columns[part], columns[f"{part}_kana"] = name, kana
        columns[f"{part}_sound"] = _code_sounds(name, kana, coder)
    columns["birth"] = _code(side, "birth_date", _read_birth)
    columns["sex"] = _code(side, "sex", _read_sex)
    places = coder.addresses.encode(written)
    columns["town"], columns["unit"] = places.town, places.unit
    for place in range(4):
        columns[f"number_{place + 1}"] = places.numbers[:, place]
    columns["phone"] = phones
    return columns


def _column(side: pa.Table, name: str) -> pa.Array:
    if name not in side.column_names:
        return pa.nulls(side.num_rows, pa.string())
    column = side[name]
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _code(side: pa.Table, name: str, read: Callable[[str], int]) -> Ints:
    """One column through its distinct texts."""
    encoded = _column(side, name).dictionary_encode()
    codes = np.array([*map(read, encoded.dictionary.to_pylist()), ABSENT], dtype=np.int64)
    coded: Ints = codes[pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)]
    return coded


def _move_kana_written_as_name(name: Ints, kana: Ints, coder: _Coder) -> None:
    """A name typed in kana where kanji were asked for says the reading and nothing of the kanji."""
    moved = np.full(len(coder.names.texts) + 1, ABSENT, dtype=np.int64)
    for code, text in enumerate(coder.names.texts):
        if _KATAKANA.fullmatch(text):
            moved[code] = coder.kanas.code(fold_kana(text))
    reading = moved[name]
    is_reading = (reading != ABSENT) & ((kana == ABSENT) | (kana == reading))
    kana[is_reading] = reading[is_reading]
    name[is_reading] = ABSENT


def _code_sounds(name: Ints, kana: Ints, coder: _Coder) -> Ints:
    by_kana = np.array([coder.sounds.code(fold_kana_loose(text)) for text in coder.kanas.texts] + [ABSENT])
    by_name = np.array([coder.sounds.code(_sound_latin(text)) for text in coder.names.texts] + [ABSENT])
    return np.where(kana != ABSENT, by_kana[kana], by_name[name])


def _sound_latin(text: str) -> str | None:
    """First letter and consonants of a name in Latin letters; none for other scripts."""
    return _VOWELS.sub("", _REPEATED.sub(r"\1", text)) if text.isascii() else None


@lru_cache(maxsize=200_000)
def _read_birth(text: str) -> int:
    if _ISO_DAY.fullmatch(text):
        # The usual form at one stroke; what is no day goes the long way.
        with suppress(ValueError):
            return int(date.fromisoformat(text.replace("/", "-")).strftime("%Y%m%d"))
    parsed = parse_date(text)
    if parsed is None:
        # A day that does not exist was mistyped, and its digits still tell which.
        digits = text.translate(_DAY_SIGNS)
        return int(digits) if _IMPOSSIBLE_DAY.fullmatch(digits) else ABSENT
    if parsed.precision != "day":
        return ABSENT
    day = parsed.earliest
    return day.year * 10_000 + day.month * 100 + day.day


def _read_sex(text: str) -> int:
    return _SEXES.get((fold_name(text) or "").upper(), ABSENT)


def _read_phones(phones: pa.Array) -> Ints:
    """Numbers in the usual form at one stroke, the others one by one."""
    bare = pc.replace_substring_regex(phones, _PHONE_SIGNS, "")
    if not pc.all(pc.string_is_ascii(bare)).as_py():
        bare = pc.replace_substring_regex(pc.utf8_normalize(bare, "NFKC"), _PHONE_SIGNS, "")
    is_plain = pc.fill_null(pc.match_substring_regex(bare, _PLAIN_PHONE), False)
    folded = pc.if_else(is_plain, bare, None)
    odd = pc.and_(pc.invert(is_plain), pc.is_valid(phones))
    if pc.any(odd).as_py():
        texts = phones.filter(odd).to_pylist()
        folded = pc.replace_with_mask(folded, odd, pa.array(map(fold_phone, texts), pa.string()))
    # One digit throughout is a filler. The leading 1 keeps leading zeros apart.
    is_filler = pc.match_substring_regex(folded, _FILLER_PHONE)
    numbers = pc.cast(pc.binary_join_element_wise("1", pc.if_else(is_filler, None, folded), ""), pa.int64())
    filled: Ints = pc.fill_null(numbers, ABSENT).to_numpy(zero_copy_only=False)
    return filled


def _code_households(side: pa.Table, columns: dict[str, Ints]) -> Ints:
    """The file's own households; where it has none, people of one address (or else telephone) in this file."""
    written = _column(side, "household_id").dictionary_encode()
    given: Ints = pc.fill_null(written.indices, ABSENT).to_numpy(zero_copy_only=False).astype(np.int64)
    first = len(written.dictionary)
    if not written.null_count:
        return given
    place = np.where(columns["town"] == ABSENT, ABSENT, number_rows([columns[name] for name in _PLACE]))
    by_place = np.where(place == ABSENT, ABSENT, place + first)
    phone = number_rows([columns["phone"]])
    by_phone = np.where(columns["phone"] == ABSENT, ABSENT, phone + first + len(place))
    return np.where(given != ABSENT, given, np.where(by_place != ABSENT, by_place, by_phone))


def number_rows(columns: Iterable[Ints]) -> Ints:
    """Equal rows get equal numbers, counting up from 0 in the order of first appearance; values from ABSENT up."""
    key, width = np.zeros(0, dtype=np.int64), 1
    for column in columns:
        values, size = column, int(column.max(initial=0)) + 2
        if width * size > _LARGEST_KEY:
            key, values = _number(key), _number(values)
            width, size = int(key.max(initial=0)) + 1, int(values.max(initial=0)) + 2
        key = values + 1 if width == 1 else key * size + values + 1
        width *= size
    return _number(key)


def _number(values: Ints) -> Ints:
    numbers: Ints = pa.array(values).dictionary_encode().indices.to_numpy().astype(np.int64)
    return numbers


def _add_bits(sides: list[dict[str, Ints]], pool: ThreadPoolExecutor) -> None:
    """How rare each value is among all records: bits, in thousandths."""
    sizes = np.cumsum([len(side["id"]) for side in sides])[:-1]
    whole = {name: np.concatenate([side[name] for side in sides]) for name in _COUNTED}
    decade = get_decade(whole["birth"])
    own = _count_own_records(whole) if len(sides) == 1 else np.ones(len(decade), dtype=np.int64)

    def count(kind: str) -> Ints:
        if kind in BY_DECADE:
            return _count_bits_by_decade(whole[kind], own, decade)
        return _count_bits(_number_values(kind, whole), own, _USUAL[kind])

    for kind, bits in zip(VALUE_COLUMNS, pool.map(count, VALUE_COLUMNS), strict=True):
        for side, part in zip(sides, np.split(bits, sizes), strict=True):
            side[f"{kind}_bits"] = part


def _number_values(kind: str, whole: dict[str, Ints]) -> Ints:
    """Each row's value as a small number."""
    columns = [whole[name] for name in VALUE_COLUMNS[kind]]
    if kind in ("surname", "surname_kana"):
        return columns[0]
    return np.where(columns[0] == ABSENT, ABSENT, number_rows(columns))


def _add_known_bits(sides: list[dict[str, Ints]], coder: _Coder, known: Frequencies) -> None:
    """How rare each value was among the records that the version was learned from.

    Of the left side only what exchanged names need; the keys and every agreement read the right side's.
    """
    texts = get_texts(coder.names.texts, coder.kanas.texts, coder.addresses.towns)
    for side in sides:
        for kind in VALUE_COLUMNS:
            is_read = side is sides[-1] or kind in ("surname", "given")
            side[f"{kind}_bits"] = (
                _find_bits(kind, side, texts, known) if is_read else np.full(len(side["id"]), ABSENT)
            )


def get_texts(names: list[str], kanas: list[str], towns: list[str]) -> dict[str, list[str]]:
    """The texts behind the codes of each column that has codes."""
    return {
        "surname": names,
        "given": names,
        "surname_kana": kanas,
        "given_kana": kanas,
        "town": towns,
    }


def _find_bits(kind: str, side: dict[str, Ints], texts: dict[str, list[str]], known: Frequencies) -> Ints:
    groups, values = group_values(kind, side, texts)
    is_known = groups != ABSENT
    if not is_known.any():
        return np.zeros(len(groups), dtype=np.int64)
    whole = _share(known.count(kind, values)[groups], 1, known.totals[kind], _USUAL[kind])
    if kind not in BY_DECADE:
        return _to_bits(whole, is_known)
    decade = get_decade(side["birth"])
    met, places = np.unique(groups[is_known] * DECADES + decade[is_known], return_inverse=True)
    kinds = [f"{kind}|{one % DECADES}" for one in met.tolist()]
    counts, sizes = np.zeros(len(groups), dtype=np.int64), np.zeros(len(groups), dtype=np.int64)
    counts[is_known] = known.look_up(kinds, [values[one // DECADES] for one in met.tolist()])[places]
    sizes[is_known] = np.array([known.totals[name] for name in kinds])[places]
    return _to_bits(_share_of_decade(counts, 1, sizes, whole), is_known)


def _count_own_records(whole: dict[str, Ints]) -> Ints:
    """Of each record of one file, how many records seem to be of its person: one birthday and one name.

    A value is as common as the people who have it, however often each of them was entered.
    """
    own = np.ones(len(whole["birth"]), dtype=np.int64)
    for name in ("surname", "given", "surname_kana", "given_kana"):
        is_known = (whole["birth"] != ABSENT) & (whole[name] != ABSENT)
        people = number_rows([whole["birth"], whole[name]])
        own = np.maximum(own, np.where(is_known, np.bincount(people)[people], 1))
    return own


def _count_bits(codes: Ints, own: Ints, usual: float) -> Ints:
    known = codes != ABSENT
    if not known.any():
        return np.zeros(len(codes), dtype=np.int64)
    return _to_bits(_share(np.bincount(codes[known])[codes], own, int(known.sum()), usual), known)


def _count_bits_by_decade(codes: Ints, own: Ints, decade: Ints) -> Ints:
    known = codes != ABSENT
    if not known.any():
        return np.zeros(len(codes), dtype=np.int64)
    key = np.where(known, codes * DECADES + decade, 0)
    counts = np.bincount(key[known], minlength=int(codes.max() + 1) * DECADES)
    whole = _share(np.bincount(codes[known])[codes], own, int(known.sum()), _USUAL_NAME)
    sizes = np.bincount(decade[known], minlength=DECADES)
    return _to_bits(_share_of_decade(counts[key], own, sizes[decade], whole), known)


def _share(counts: Ints, own: Ints | int, total: int, usual: float) -> Floats:
    """Share of records with the value: a person's own count once, a small file leans on the usual."""
    others = np.maximum(counts - own, 0.5)
    share: Floats = (others + _USUAL_PEOPLE * usual) / (total + _USUAL_PEOPLE)
    return share


def _share_of_decade(counts: Ints, own: Ints | int, sizes: Ints, whole: Floats) -> Floats:
    """Among people of the same decade; smoothed with the whole, so that a small decade says little."""
    share: Floats = (np.maximum(counts - own, 0) + _DECADE_PEOPLE * whole) / (sizes + _DECADE_PEOPLE)
    return share


def _to_bits(share: Floats, known: npt.NDArray[np.bool_]) -> Ints:
    return np.where(known, np.rint(-1000 * np.log2(share)), 0).astype(np.int64)


def _make_table(columns: dict[str, Ints]) -> pa.Table:
    def convert(name: str) -> Any:
        values = columns[name]
        if name in ("unit", "phone"):
            return pa.array(values, mask=values == ABSENT)
        return pa.array(values.astype(np.int32), mask=values == ABSENT)

    return pa.table({name: convert(name) for name in PEOPLE_COLUMNS})
