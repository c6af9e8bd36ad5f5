"""Addresses: their parts, and what an address book adds."""

import json
import re
from pathlib import Path

import pytest

from tsunagu.japanese import Address, build_address_book, parse_address
from tsunagu.japanese.address_letters import clean_address
from tsunagu.japanese.numerals import read_kanji_number

BOOK = build_address_book(
    {
        "東京都千代田区": ["永田町一丁目", "永田町二丁目", "紀尾井町", "三番町"],
        "東京都江戸川区": ["西小松川町"],
        "新潟県長岡市": ["東坂之上町三丁目"],
        "三重県名張市": ["つつじが丘北三番町"],
        "北海道札幌市北区": ["拓北六条二丁目"],
        "京都府京都市北区": [],
        "京都府京都市上京区": [],
        "和歌山県東牟婁郡串本町": ["串本"],
        "東京都府中市": [],
        "広島県府中市": [],
        "群馬県渋川市": ["渋川"],
    },
    home="京都府京都市",
)


def test_parts() -> None:
    assert parse_address("北海道河西郡芽室町東芽室南２線15番地１ コーポ桜 101号室") == Address(
        prefecture="北海道", city="芽室町", town="東芽室南2線", block="15-1", building="コーポ桜101", county="河西郡"
    )  # fmt: skip


def test_a_kyoto_street_is_kept_apart() -> None:
    address = parse_address("京都府京都市上京区寺町通石薬師下る染殿町658")
    assert address is not None
    assert (address.street, address.town, address.block) == ("寺町通石薬師下る", "染殿町", "658")
    assert address.site == "京都府京都市上京区染殿町658"


@pytest.mark.parametrize("text", ["", "　", "（）", "-"])
def test_nothing_is_no_address(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize("value", [None, 5])
def test_what_is_no_text_is_a_mistake_of_the_caller(value: object) -> None:
    with pytest.raises(TypeError):
        parse_address(value)


@pytest.mark.parametrize(
    ("text", "site", "town"),
    [
        ("東京都千代田区永田町1-4-1", "東京都千代田区永田町1-4-1", "永田町1丁目"),
        ("千代田区永田町2-3", "東京都千代田区永田町2-3", "永田町2丁目"),
        ("東京都千代田区紀尾井町1丁目3番地", "東京都千代田区紀尾井町1-3", "紀尾井町"),
        ("東京都千代田区三番町3-1", "東京都千代田区3番町3-1", "3番町"),
        ("東京都江戸川区西小松川12-345", "東京都江戸川区西小松川町12-345", "西小松川町"),
        ("新潟県長岡市東坂之上町3-2-6", "新潟県長岡市東坂ノ上町3-2-6", "東坂ノ上町3丁目"),
        ("三重県名張市つつじが丘北3-4-17", "三重県名張市ツツジケ丘北3-4-17", "ツツジケ丘北3番町"),
        ("北海道札幌市北区拓北6-2-6-12", "北海道札幌市北区拓北6-2-6-12", "拓北6条2丁目"),
        ("上京区鳥居前町671", "京都府京都市上京区鳥居前町671", "鳥居前町"),
        ("北区紫野大徳寺町88", "京都府京都市北区紫野大徳寺町88", "紫野大徳寺町"),
        ("紫野大徳寺町88", "京都府京都市紫野大徳寺町88", "紫野大徳寺町"),
        ("串本町串本1234", "和歌山県串本町串本1234", "串本"),
        ("東牟婁郡串本町串本1234", "和歌山県串本町串本1234", "串本"),
        ("府中市宮西町2-24", "府中市宮西町2-24", "宮西町"),
        ("群馬県��川市渋川778", "群馬県渋川市渋川778", "渋川"),
    ],
)  # fmt: skip
def test_a_book_settles_what_spelling_cannot(text: str, site: str, town: str) -> None:
    address = parse_address(text, book=BOOK)
    assert address is not None
    assert (address.site, address.town) == (site, town)


def test_a_book_moves_nothing_when_two_readings_are_towns() -> None:
    book = build_address_book({"埼玉県川口市": ["大字新堀", "新堀町", "新堀一丁目"]})
    assert parse_address("埼玉県川口市新堀1-2", book=book).town == "新堀"
    assert parse_address("埼玉県川口市新堀1-2-3", book=book).town == "新堀1丁目"
    assert parse_address("埼玉県川口市大字新堀町1-2", book=book).town == "新堀町"


def test_every_municipality_is_found_by_rule(realdata: Path) -> None:
    """With its prefecture and without, before a town that has 町 in its name."""
    path = realdata / "address" / "geolonia_towns" / "ja.json"
    wrong = []
    for prefecture, cities in json.loads(path.read_text(encoding="utf-8")).items():
        for city in cities:
            for head in (prefecture, ""):
                found = parse_address(f"{head}{city}栄町1-2")
                if (f"{found.county or ''}{found.city}", found.town) != (clean_address(city), "栄町"):
                    wrong.append(f"{head}{city}")
    assert wrong == []


def test_every_town_is_found_in_every_spelling(realdata: Path) -> None:
    wrong, count = [], 0
    for path in sorted((realdata / "address" / "geolonia_towns").glob("*/*.json")):
        municipality = path.parent.name + path.stem
        towns = [entry["town"] for entry in json.loads(path.read_text(encoding="utf-8"))]
        book = build_address_book({municipality: towns})
        for town in towns:
            count += 1
            expected = parse_address(f"{municipality}{town}12番地3")
            digits = re.sub(
                "([一二三四五六七八九十]+)(?=丁目|条|線|番町)", lambda m: str(read_kanji_number(m[1])), town
            )
            texts = [
                f"{town}12-3",
                f"{digits}１２の３",
                re.sub("(?<=[0-9])丁目$", "-", digits) + "12-3",
                f"{town}　十二番地の三",
            ]
            for text in texts:
                found = parse_address(municipality + text, book=book)
                if found != expected or parse_address(municipality + text).site != expected.site:
                    wrong.append(municipality + text)
    assert count == 2634
    assert wrong == []
