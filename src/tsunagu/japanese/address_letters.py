"""The letters of an address: one width, one shape of kanji, one hyphen, and no post code or remark."""

from __future__ import annotations

import re
from unicodedata import category

from tsunagu.japanese.characters import FoldTable, fold_letter, normalize_compatible


def clean_address(text: str) -> str:
    """Fold the letters of an address and take away what is no part of it, before anything is split."""
    plain = normalize_compatible(text).translate(_LETTERS).strip(" ")
    if plain[:1].isdigit() or plain[:1] == "〒":
        plain = _POST_CODE.sub("", plain)
    if "(" in plain:
        plain = _open_brackets(plain)
    if " " in plain:
        head = _split_at_first_digit(plain)
        plain = head[0].replace(" ", "") + head[1]
    return plain


_POST_CODE = re.compile(r"^〒? ?\d{3}-?\d{4}(?![\d\-]) ?|^〒")
_FIRST_DIGIT = re.compile(r"\d|$")
_LEADING_BRACKET = re.compile(r"\([^()]*\)")
_HYPHENS = frozenset(".-‐‑‒–—―−─━〜~")
_BREAKS = frozenset("・、,，;；/／\t\n\r　 ")


def _fold_character(character: str) -> str | None:
    if character in _HYPHENS:
        return "-"
    if character in _BREAKS or category(character)[0] == "Z":
        return " "
    if character in "()〒":
        return character
    if character in "ヶヵゖゕ":
        return "ケ"
    if character == "舟":
        return "船"
    return fold_letter(character)


_LETTERS = FoldTable(_fold_character)


def _open_brackets(text: str) -> str:
    """Drop a remark in brackets before the first number; after it the brackets hold a building."""
    head, tail = _split_at_first_digit(text)
    return _LEADING_BRACKET.sub("", head) + tail.replace("(", " ").replace(")", " ")


def _split_at_first_digit(text: str) -> tuple[str, str]:
    match = _FIRST_DIGIT.search(text)
    cut = match.start() if match else len(text)
    return text[:cut], text[cut:]
