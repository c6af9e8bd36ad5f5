"""The parts a comparison is made of: likeness of spellings, shapes of addresses, splitting of names, patterns."""

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tsunagu.linkage import address_shapes
from tsunagu.linkage.address_shapes import AddressEncoder, read_places
from tsunagu.linkage.levels import FIELDS, GIVEN, describe_level
from tsunagu.linkage.likeness import CLOSE, NOT_ALIKE, SOMEWHAT, measure_likeness, measure_text_likeness
from tsunagu.linkage.spellings import number_rows
from tsunagu.linkage.splitting import split_full_names


def encode(addresses):
    return AddressEncoder().encode(read_places(pa.array(addresses, pa.string())))


def compare(a, b, measure=measure_likeness):
    return measure([a, b], np.array([0]), np.array([1])).tolist()[0]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("ヤマダ", "ヤマタ", CLOSE),
        ("SMITH", "SMIHT", CLOSE),
        ("太郎", "次郎", SOMEWHAT),
        ("太郎", "花子", NOT_ALIKE),
        ("渡〓", "渡辺", CLOSE),
        ("ハル", "ハルカ", CLOSE),
        ("健", "健太郎", SOMEWHAT),
    ],
)
def test_likeness(a, b, expected):
    assert compare(a, b) == compare(b, a) == expected


@given(st.text("アイウエオカキ", max_size=6), st.text("アイウエオカキ", max_size=6))
def test_likeness_agrees_with_a_slow_count(a, b):
    def count(x, y):
        table = {(i, j): max(i, j) for i in range(len(x) + 1) for j in range(len(y) + 1) if not i or not j}
        for i in range(1, len(x) + 1):
            for j in range(1, len(y) + 1):
                table[i, j] = min(
                    table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (x[i - 1] != y[j - 1])
                )
                if i > 1 and j > 1 and x[i - 2] == y[j - 1] and x[i - 1] == y[j - 2]:
                    table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
        return table[len(x), len(y)]

    longest = max(len(a), len(b))
    slips = 1 if longest >= 3 else 0
    assert (compare(a, b) == CLOSE) == (count(a, b) <= slips)


def test_long_texts_by_shared_letters():
    assert (
        compare("STANLEY STREET WINSTON HILLS NSW", "STANLY STREET WINSTON HILLS NSW", measure_text_likeness)
        == CLOSE
    )
    assert (
        compare("STANLEY STREET WINSTON HILLS", "PINKERTON CIRCUIT RICHLANDS", measure_text_likeness)
        == NOT_ALIKE
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("箕面市桜井三丁目9番20号", "桜井3-9-20"),
        ("〒562-0001 大阪府箕面市桜井３－９－２０", "箕面市桜井3丁目9番20号"),
    ],
)
def test_one_place_in_two_writings_has_one_code(a, b):
    places = encode([a, b, None])
    assert places.town[0] == places.town[1] >= 0 > places.town[2]
    assert places.numbers[0].tolist() == places.numbers[1].tolist()


def take_apart(text):
    """One address, the plain and slow way: its shape and its numbers."""
    plain = re.sub(address_shapes._POST_CODE, "", text)
    numbers = [int(unicodedata.normalize("NFKC", run)[:9]) for run in re.findall("[0-9０-９]+", plain)][:8]
    return re.sub("[0-9０-９]+", "#", plain), numbers + [-1] * (9 - len(numbers))


@given(st.lists(st.none() | st.text("0189０９一ア 　-a", max_size=14), max_size=9))
@example(["0000000　"])
def test_addresses_are_taken_apart_as_one_by_one(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address_shapes, "_ROWS_AT_ONCE", 4)
        written = read_places(pa.array(texts, pa.string()))
    for text, shape, runs in zip(texts, written.index.tolist(), written.runs.tolist(), strict=True):
        if text is None:
            assert (shape, runs) == (-1, [-1] * 9)
        else:
            assert (written.shapes[shape], runs) == take_apart(text)


def test_rooms_tell_homes_of_one_house_apart():
    places = encode(["緑町1-2-3 コーポ緑101", "緑町1-2-3 コーポ緑102", "緑町1-2-3"])
    assert len(set(places.unit.tolist())) == 3
    assert len(set(places.town.tolist())) == 1


def test_many_addresses_of_one_shape_are_parsed_once(monkeypatch):
    parsed = []
    kept = address_shapes.parse_address
    monkeypatch.setattr(address_shapes, "parse_address", lambda text: (parsed.append(text), kept(text))[1])
    encode([f"緑町{a}丁目{b}番{c}号" for a in range(1, 5) for b in range(1, 9) for c in range(1, 9)])
    assert len(parsed) == 1


def test_buildings_make_no_new_shapes_of_towns(monkeypatch):
    parsed = []
    kept = address_shapes.parse_address
    monkeypatch.setattr(address_shapes, "parse_address", lambda text: (parsed.append(text), kept(text))[1])
    buildings = [f"コーポ{name}" for name in "松竹梅桜菊"]
    encode(
        [
            f"{town}町1-2-3 {building}{room}"
            for town in "東西南北"
            for building in buildings
            for room in (1, 2)
        ]
    )
    assert len(parsed) == 4 + len(buildings)


@pytest.mark.parametrize(
    "text",
    [
        "緑町1丁目2番3号 コーポ桜205号室",
        "緑町1-2-3　第二松風荘3-1",
        "緑町1-2-3 桜マンション",
        "緑町1-2 丁目なし荘2",
        "緑町一丁目2-3 A棟201",
        "京都市上京区御前通今出川上る鳥居前町671 御所荘2",
    ],
)
def test_a_building_parsed_apart_is_the_building_parsed_with_its_place(text, monkeypatch):
    apart = encode([text, "緑町1"])
    monkeypatch.setattr(address_shapes, "_BEFORE_BUILDING", re.compile("(?!)"))
    together = encode([text, "緑町1"])
    assert (apart.unit >= 0).tolist() == (together.unit >= 0).tolist() == [True, False]
    assert apart.town.tolist() == together.town.tolist()
    assert apart.numbers.tolist() == together.numbers.tolist()
    assert apart.unit.tolist() == together.unit.tolist()


def test_rows_are_numbered_by_all_their_columns():
    big = 2**52
    columns = [np.array([big, -1, big, big, -1]), np.array([big, 0, big, -1, 0]), np.array([3, 3, 3, 3, -1])]
    assert number_rows(columns).tolist() == [0, 1, 0, 2, 3]


def test_a_name_without_a_space_is_split_by_the_surnames_the_files_show():
    table = pa.table({"full_name": ["長谷川 学", "長谷川 恵", "長谷川太郎", "長 一", "長 二", "不明"]})
    (split,) = split_full_names([table])
    assert split["surname"].to_pylist()[2] == "長谷川"
    assert split["given_name"].to_pylist() == ["学", "恵", "太郎", "一", "二", None]


def test_patterns_take_apart_what_they_hold():
    pattern, levels = 0, {}
    for field in FIELDS:
        levels[field.name] = field.levels - 1
        pattern |= (field.levels - 1) << field.shift
    assert {field.name: int(field.unpack(np.array([pattern]))[0]) for field in FIELDS} == levels


def test_every_level_has_words():
    for field in FIELDS:
        words = [describe_level(field, level) for level in range(field.levels)]
        assert len(set(words)) == len(words)
    assert describe_level(GIVEN, 1 * 5 + 4) == "表記は同じ・かなは違う"
