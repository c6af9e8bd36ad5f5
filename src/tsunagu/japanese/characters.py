"""Characters: variant kanji, gaiji and the lazily filled tables every fold translates through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from unicodedata import category, decimal, name, normalize

import jaconv

GAIJI_MARK = "〓"
"""The one sign that stands for a character the sending system could not write."""

# Printers' fillers for a missing character (geta, filled and hollow boxes), the decoder's replacement
# character, and '?' which CP932 exporters write for a character outside the code page.
_GAIJI_FILLERS = frozenset("〓●■□?\N{REPLACEMENT CHARACTER}")

# Everything Unicode calls CJK ideograph, with the iteration mark and the gaiji mark, which act as one.
KANJI = "一-鿿㐀-䶿\U00020000-\U000323af々〆〓"


class FoldTable(dict[int, str | int | None]):
    """A `str.translate` table that works out a code point the first time it is met.

    `str.translate` raises and swallows a LookupError for every code point a plain dict lacks, which costs
    more than the translation itself; remembering the answer keeps a fold a pure function and makes it fast.
    """

    def __init__(self, fold_character: Callable[[str], str | None]) -> None:
        super().__init__()
        self._fold_character = fold_character

    def __missing__(self, code_point: int) -> str | int | None:
        folded = self._fold_character(chr(code_point))
        self[code_point] = folded
        return folded


def is_gaiji(character: str) -> bool:
    """Tell whether one character stands for a letter that was lost: private use, filler or replacement."""
    return character in _GAIJI_FILLERS or category(character) == "Co"


_GAIJI = re.compile(
    "[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
    + re.escape("".join(sorted(_GAIJI_FILLERS)))
    + "？]"
)


def count_gaiji(text: str) -> int:
    """Count the characters of a name or place that the sending system could not write."""
    return len(_GAIJI.findall(text))


def fold_variant(character: str) -> str:
    """Fold one kanji to the representative of its variant group; any other character is itself."""
    return _load_variants().get(character, character)


def list_variant_groups() -> list[tuple[str, ...]]:
    """List the groups of `variants.tsv`, each with its representative first."""
    return [(representative, *variants) for representative, variants, _ in _read_variants()]


def fold_letter(character: str) -> str | None:
    """Fold one character of running text: letters stay, what carries no name or number falls away.

    Kanji go to their representative, Latin letters to capitals without accents, gaiji to `GAIJI_MARK`;
    spaces, signs, punctuation and combining marks give None.
    """
    if is_gaiji(character):
        return GAIJI_MARK
    kind = category(character)
    if kind == "Nd":
        return str(decimal(character))
    if kind[0] in "ZCPSM" and kind != "Cn":
        return None
    character_name = name(character, "")
    if character_name.startswith("LATIN "):
        return _fold_latin(character)
    if character_name.startswith("MODIFIER LETTER "):
        return None
    return fold_variant(character)


def normalize_compatible(text: str) -> str:
    """Bring widths, compatibility kanji and voicing marks to one form (NFKC).

    Unlike plain NFKC, a free-standing voicing mark joins the kana before it; NFKC alone would turn
    it into a space and a combining mark.
    """
    folded = normalize("NFKC", text)
    if " \u3099" in folded or " \u309a" in folded:
        folded = normalize("NFKC", folded.replace(" \u3099", "\u3099").replace(" \u309a", "\u309a"))
    return folded


def enlarge_kana(character: str) -> str:
    """Write one kana as a large katakana (ゃ and ャ are ヤ); any other character is itself."""
    enlarged: str = jaconv.enlarge_smallkana(jaconv.hira2kata(character))
    return "ワ" if enlarged == "ヮ" else enlarged


_ITERATED = re.compile("([^々〻ヽヾゝゞ])([々〻ヽヾゝゞ]+)")


def expand_iterations(text: str) -> str:
    """Write out iteration marks: 佐々木 is 佐佐木, すゞ is すず. A mark with nothing before it stays."""
    return _ITERATED.sub(_repeat_letters, text)


def _repeat_letters(match: re.Match[str]) -> str:
    written = match[1]
    for mark in match[2]:
        letter = written[-1]
        if mark not in "々〻":
            letter = normalize("NFD", letter)[0]
        if mark in "ヾゞ":
            letter = normalize("NFC", f"{letter}\u3099")
        written += letter if len(letter) == 1 else written[-1]
    return written


# Letters Unicode gives no decomposition for, as immigration papers write them.
_LATIN_BY_HAND = {
    "Đ": "D",
    "Ð": "D",
    "Ø": "O",
    "Ł": "L",
    "Æ": "AE",
    "Œ": "OE",
    "Þ": "TH",
    "ẞ": "SS",
    "Ħ": "H",
}


def _fold_latin(character: str) -> str:
    capitals = "".join(c for c in normalize("NFKD", character.upper()) if category(c) != "Mn")
    return "".join(_LATIN_BY_HAND.get(c, c) for c in capitals)


@cache
def _load_variants() -> dict[str, str]:
    return {
        variant: representative for representative, variants, _ in _read_variants() for variant in variants
    }


def _read_variants() -> Iterator[tuple[str, list[str], str]]:
    table = resources.files(__package__).joinpath("variants.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        representative, variants, kind = line.split("\t")
        yield representative, variants.split(" "), kind
