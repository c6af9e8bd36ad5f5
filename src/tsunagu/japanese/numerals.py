"""Kanji numerals: 二十四 and 二四 are 24, 壱 is 1."""

from __future__ import annotations

import re

KANJI_DIGITS = "〇零一二三四五六七八九壱弐参十拾百千"
_DIGIT_VALUE = dict(
    zip("〇零一二三四五六七八九壱弐参", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3), strict=True)
)
_UNIT_VALUE = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_RUN = re.compile(f"[{KANJI_DIGITS}]{{1,9}}")


def read_kanji_number(run: str) -> int:
    """Read a short run of kanji numerals, with units (二十四) or digit by digit (二四)."""
    total, pending, has_pending = 0, 0, False
    for character in run:
        if unit := _UNIT_VALUE.get(character):
            total += (pending if has_pending else 1) * unit
            pending, has_pending = 0, False
        else:
            pending = pending * 10 + _DIGIT_VALUE[character]
            has_pending = True
    return total + pending


def replace_kanji_numerals(text: str) -> str:
    """Replace every run of kanji numerals by digits; for texts in which they are nothing else (dates)."""
    return _RUN.sub(lambda match: str(read_kanji_number(match[0])), text)
