"""The head of an address: prefecture, county and municipality, found by rules without a list of towns."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PREFECTURES: Final = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
    "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)  # fmt: skip

# Cities divided into wards: the only ones in which 市 is followed by a 区 of the municipality's own name.
_WARD_CITIES = {
    "札幌市": "北海道", "仙台市": "宮城県", "さいたま市": "埼玉県", "千葉市": "千葉県", "横浜市": "神奈川県", "川崎市": "神奈川県",
    "相模原市": "神奈川県", "新潟市": "新潟県", "静岡市": "静岡県", "浜松市": "静岡県", "名古屋市": "愛知県", "京都市": "京都府",
    "大阪市": "大阪府", "堺市": "大阪府", "神戸市": "兵庫県", "岡山市": "岡山県", "広島市": "広島県", "北九州市": "福岡県",
    "福岡市": "福岡県", "熊本市": "熊本県",
}  # fmt: skip

# Names in which 市, 町, 村 or 郡 stands before the end, so that the first such sign does not close the name.
_ODD_COUNTIES = "余市|高市|東村山|西村山|北村山|田村"
_ODD_CITIES = (
    "四日市市|廿日市市|野々市市|市川市|市原市|八日市市|町田市|大町市|十日町市|東村山市|武蔵村山市|村山市|村上市|羽村市|大村市|"
    "田村市|郡山市|郡上市|中村区"
)
_CITIES_LIKE_COUNTIES = "大和郡山市|蒲郡市|小郡市"
_ODD_TOWNS = "市川三郷町|市貝町|市川町|上市町|下市町|余市町|上郡町|玉村町|大町町|村田町"


class Head(NamedTuple):
    """The head of an address and what follows it."""

    prefecture: str | None
    county: str | None
    city: str | None
    rest: str


def split_head(text: str) -> Head:
    """Split an address whose letters are already folded into its head and the rest.

    Without a prefecture and a county, 紀尾井町1-3 is taken for a town of an unnamed municipality, while
    串本町串本1234 names a municipality: something other than a number must follow.
    """
    prefecture, rest = _split_prefecture(text)
    match = _MUNICIPALITY.match(rest)
    if match is None:
        return Head(prefecture, None, None, rest)
    county, county_town, ward_city = match.group("county", "county_town", "ward_city")
    town = match["town"] or match["plain_town"]
    after = rest[match.end() :]
    if town and not prefecture and (not after or after[0] in _NUMBER_START):
        return Head(None, None, None, rest)
    if county:
        return Head(prefecture, county, county_town, after)
    if ward_city:
        prefecture = prefecture or _WARD_CITIES[ward_city]
    return Head(prefecture, None, match[0], after)


_PREFECTURE_SET = frozenset(PREFECTURES)
_STEM_PREFECTURES = {name[:-1]: name for name in PREFECTURES if name != "北海道"}
_NUMBER_START = frozenset("0123456789一二三四五六七八九十壱弐参 ")

_MUNICIPALITY = re.compile(
    rf"{_CITIES_LIKE_COUNTIES}|(?P<county>(?:{_ODD_COUNTIES}|[^市区町村郡\d]{{1,4}})郡|三宅島|八丈島)"
    rf"(?P<county_town>{_ODD_TOWNS}|[^\d]{{1,6}}?[町村])"
    rf"|(?P<ward_city>{'|'.join(_WARD_CITIES)})(?:[^\d市町]{{1,4}}区)?"
    rf"|(?P<town>{_ODD_TOWNS})"
    rf"|(?:{_ODD_CITIES}|[^\d市区町村郡]{{1,6}}[市区])"
    rf"|(?P<plain_town>[^\d市区町村郡]{{1,6}}[町村])"
)
_MUNICIPALITY_AHEAD = re.compile(r"[^\d市区町村郡]{1,6}[市郡]|市[川原]市")
_TOKYO_WARD_AHEAD = re.compile(r"[^\d市区町村郡]{1,3}区")
# A prefecture this list does not know: fictional ones in samples and tests.
_OTHER_PREFECTURE = re.compile(r"[^\d市区町村郡]{2,5}県(?=[^\d郡])")


def _split_prefecture(text: str) -> tuple[str | None, str]:
    for length in (3, 4):
        if text[:length] in _PREFECTURE_SET:
            return text[:length], text[length:]
    for length in (2, 3):
        # 岩手花巻市 leaves 県 out; 岩手町, 福島市 and 石川郡 do not.
        prefecture = _STEM_PREFECTURES.get(text[:length])
        ahead = _TOKYO_WARD_AHEAD if prefecture == "東京都" else _MUNICIPALITY_AHEAD
        if prefecture and ahead.match(text, length) and not text.startswith("大阪狭山市"):
            return prefecture, text[length:]
    if match := _OTHER_PREFECTURE.match(text):
        return match[0], text[match.end() :]
    return None, text
