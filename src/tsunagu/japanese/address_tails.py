"""The tail of an address: street, town, block and building, whatever signs a department put between numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from tsunagu.japanese.characters import KANJI, FoldTable, enlarge_kana
from tsunagu.japanese.numerals import KANJI_DIGITS, read_kanji_number


class Tail(NamedTuple):
    """What follows the municipality: each part in its comparable form, empty when absent."""

    street: str
    town: str
    block: str
    building: str


def split_tail(text: str) -> Tail:
    """Split what follows the municipality; the letters are already folded."""
    text = _arrange_numbers(text)
    street, text = _split_street(text)
    match = _TOWN.match(text)
    town, chome, side, rest = (
        match.group("town", "chome", "side", "rest") if match else (text, None, None, "")
    )
    if chome:
        town += f"{strip_zeros(chome)}丁目{side or ''}"
    lot = _LOT_LETTER.search(town) if rest[:1].isdigit() else None
    if lot:
        town, rest = town[: lot.start()], f"{lot[1]}-{rest}"
    block, building = split_block(rest, longest=2 if chome else 3)
    return Tail(street, fold_town(town), block, fold_building(building))


def fold_town(text: str) -> str:
    """Fold the name of a town: 大字 and 字 dropped, kana habits between kanji levelled, 丁 read as 丁目."""
    town = text.translate(_TOWN_LETTERS)
    if "番" in town:
        town = _NO_LOT.sub("", town)
    if "字" in town:
        town = _SECTION.sub("", town)
    if "ガ" in town:
        town = _INNER_GA.sub("ケ", town)
    return town.replace("通リ", "通")


def fold_building(text: str) -> str:
    """Fold the name of a building and the room: 101号室 is 101, 3F is 3階, spaces and signs dropped."""
    if not text:
        return ""
    building = _BUILDING_SIGN.sub("", text.translate(_KANA_LETTERS))
    building = _BUILDING_NUMBER.sub(_write_number, building)
    return _FLOOR.sub(r"\1階", _ROOM_SUFFIX.sub("", building))


def split_block(text: str, *, longest: int) -> tuple[str, str]:
    """Split the numbers of a lot or house from the building after them.

    Args:
        text: What follows the town.
        longest: How many numbers a block has at most here. One more number of 100 or above is a room.

    Returns:
        The numbers joined by hyphens, and the rest as it stood.
    """
    match = _BLOCK.match(text)
    if match is None:
        return "", text
    numbers = [strip_zeros(number) for number in _NUMBER.findall(match[0])]
    building = text[match.end() :].lstrip("-ー 号先")
    if len(numbers) > longest and numbers[-1].isdigit() and len(numbers[-1]) >= _SMALLEST_ROOM_DIGITS:
        building = f"{numbers.pop()} {building}"
    return "-".join(numbers), building


def strip_zeros(number: str) -> str:
    """Drop the leading zeros of a number; a letter is itself."""
    return number.lstrip("0") or "0"


_SMALLEST_ROOM_DIGITS = 3

_LETTER_CLASS = f"{KANJI}ァ-ヺぁ-ゖー"
_NUMBER = re.compile(r"\d+|[A-Z]")

# --- numbers: one way of writing them -------------------------------------------------------------------------
# 麻布十番2丁目 is a name: a kanji number before 番 is a lot only when no 丁目 and no Arabic number follows.
_COUNTER = f"丁目?|番(?![\\d]|[{KANJI_DIGITS}]+丁)|号|条|線|地割|割|軒|区|部|の?通"
_NO = "のノ之丿"
_RUN = f"[{KANJI_DIGITS}]{{1,9}}"
_KANJI_NUMBER = re.compile(
    rf"(?<![\d{KANJI_DIGITS}]){_RUN}(?=(?:{_COUNTER})|[{_NO}\-ー][\d{KANJI_DIGITS}]|$)"
    rf"|(?<=[\d{KANJI_DIGITS}][{_NO}\-ー]){_RUN}|(?<=番地){_RUN}|(?<=[番号]){_RUN}(?=号|$)"
)
_KANJI_ONE = re.compile(r"(?<=\d)一(?=\d)")
_HAS_KANJI_NUMBER = re.compile(f"[{KANJI_DIGITS}]")
_ORDINAL = re.compile(r"第(\d+)号(?=\d)")
_JOIN = re.compile(
    rf"(?<=\d)[{_NO}ー](?=[\dA-Z])|(?<=地)[{_NO}](?=\d)|(?<=[番号])[{_NO}](?=\d)|(?<=-)[ー\-]+(?=\d)"
)
_ODD_SPACE = re.compile(r"(?<=\d) +(?=丁目|番|号|-)|(?<=[番目\-]) +(?=\d)")
_IROHA_NO = re.compile(rf"(?<=[イロハニホヘトチリヌルヲワカヨ甲乙丙丁])[{_NO}](?=\d)")
# 北16西2-1-1 is 北16条西2丁目1-1: streets laid out by compass in Hokkaido.
_GRID = re.compile(r"([東西南北])(\d+)([東西南北])(\d+)(?:丁目|-(?=\d)|$)")
_HIDDEN_CHOME = re.compile(r"(条[東西南北]?)(\d+)-(?=\d)")


def _arrange_numbers(text: str) -> str:
    if _HAS_KANJI_NUMBER.search(text):
        # 一 between digits is a hyphen that was drawn, not a number.
        text = _KANJI_NUMBER.sub(_write_number, _KANJI_ONE.sub("-", text))
    if " " in text:
        text = _ODD_SPACE.sub("", text)
    text = _IROHA_NO.sub("", _JOIN.sub("-", text))
    if "第" in text:
        # 安原下第1号958 is the town 安原下第1, lot 958.
        text = _ORDINAL.sub(r"第\1号字", text)
    if "条" in text:
        return _HIDDEN_CHOME.sub(r"\1\2丁目", text, count=1)
    return _GRID.sub(r"\1\2条\3\4丁目", text, count=1)


def _write_number(match: re.Match[str]) -> str:
    return str(read_kanji_number(match[0]))


# --- the street of Kyoto: 御前通今出川上る鳥居前町 is 鳥居前町 --------------------------------------------------
_STREET = re.compile(
    r"(?P<street>\D*(?:\d+(?:条|丁目?|筋目)\D*)*(?:[上下]が?[るル]|[東西]入[るル]?)"
    r"(?:まで)?(?:\d+丁目?(?=\D))?(?:[東西南北]側)?)(?P<town>\D.*)"
)
_STREET_SIGNS = re.compile("[上下]が?[るル]|[東西]入")
# 西入船町 elsewhere is a town: a street has a name before its direction.
_STREET_NAME = re.compile("[通路条筋町]")


def _split_street(text: str) -> tuple[str, str]:
    if _STREET_SIGNS.search(text) and (match := _STREET.match(text)) and _STREET_NAME.search(match["street"]):
        return match["street"], match["town"]
    return "", text


# --- town and block -------------------------------------------------------------------------------------------
# Numbers that belong to a town's name: 北24条, 南3線, 第4地割, 三番町, 二十四軒, 4区.
_IN_TOWN = r"条|線(?:[東西南北]?\d+号(?=\d))?|地割|番[町丁]|丁(?=[^\d目\-番 ])|号(?=[東西南北字])|区|軒|部|字|[のノ]?通り?"
_TOWN = re.compile(
    rf"(?P<town>(?:\D*\d+(?:{_IN_TOWN}))*\D*)"
    r"(?:(?P<chome>\d+)丁目?-?(?P<side>[東西南北](?=\d+(?:番|-\d)))?)?(?P<rest>.*)"
)
_LOT_LETTER = re.compile(r"(?<=[^A-Z\-])([A-Z])-?$")
_SUFFIXED = r"(?!\d*(?:号[館棟室]|番館|階|棟|丁目|[A-Z]))"
_BLOCK = re.compile(rf"-?(?:[A-Z]-)?\d+(?:(?:番地?-?|号?-|地-)({_SUFFIXED}\d+))*(?:番地?|号(?![館棟室]))?")

# --- letters of towns and buildings ---------------------------------------------------------------------------
_SECTION = re.compile(r"大字|小字|(?<![文十名習赤\d])字")
_NO_LOT = re.compile("(?:無番地|番外地|番地なし)$")
_INNER_GA = re.compile(f"(?<=[{_LETTER_CLASS}])ガ(?=[{KANJI}])")
_BUILDING_SIGN = re.compile(r"(?<!\d)-|-(?!\d)|[ ()#]")
_BUILDING_NUMBER = re.compile(f"{_RUN}(?={_COUNTER}|階|棟)")
_ROOM_SUFFIX = re.compile(r"(?<=\d)(?:号室|号|室)$")
_FLOOR = re.compile(r"(\d)F(?![A-Z])")


def _fold_town_letter(character: str) -> str | None:
    if character in " ()-":
        return None
    return "ノ" if character in "之乃" else enlarge_kana(character)


_KANA_LETTERS = FoldTable(enlarge_kana)
_TOWN_LETTERS = FoldTable(_fold_town_letter)
