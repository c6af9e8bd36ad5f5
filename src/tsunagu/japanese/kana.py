"""Kana readings: one comparable form, whatever width, script or long-vowel habit a department typed."""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

from tsunagu.japanese.characters import (
    FoldTable,
    enlarge_kana,
    expand_iterations,
    fold_letter,
    normalize_compatible,
)

_COLUMNS = {
    "ア": "アカサタナハマヤラワガザダバパ",
    "イ": "イキシチニヒミリギジビピ",
    "ウ": "ウクスツヌフムユルグズブプ",
    "エ": "エケセテネヘメレゲゼデベペ",
    "オ": "オコソトノホモヨロゴゾドボポ",
}
_VOWEL = {kana: vowel for vowel, column in _COLUMNS.items() for kana in column}
_DEVOICE = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ", "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホ"
)

_SAME_SOUND = dict(zip("ヂヅヲヰヱヷヸヹヺ", "ジズオイエバビベボ", strict=True))
# A half-width prolonged sound mark is often typed as some hyphen.
_LONG_MARKS = frozenset("ー-‐‑‒–—―−─━")
_ITERATION_MARKS = frozenset("ヽヾゝゞ")

_V_SOUND = re.compile("ヴ([アイエオヤユヨ]?)")
_V_FORM = {"": "ブ", "ア": "バ", "イ": "ビ", "エ": "ベ", "オ": "ボ", "ヤ": "ビヤ", "ユ": "ビユ", "ヨ": "ビヨ"}
_KANJI_ONE = re.compile("(?<=[ァ-ヺー])一+")
_LONG = re.compile(f"(?<=[{_COLUMNS['オ']}])[ウー]+|(?<=[{_COLUMNS['エ']}])[イー]+|ー+")
_DOUBLED = re.compile("|".join(f"(?<=[{column}]){vowel}+" for vowel, column in _COLUMNS.items()))


def fold_kana(text: str) -> str | None:
    """Fold a reading to the form two records of one person share.

    Width, hiragana or katakana, small kana, voicing marks written apart, iteration marks, ヂ/ジ, ヅ/ズ, ヲ/オ,
    ヴ, spaces and signs no longer differ. A long vowel is spelled by its vowel, so オーノ, オウノ and オオノ
    are one reading while オノ stays another; ケイ, ケー and ケエ likewise.

    Args:
        text: A reading in kana; Latin letters and digits are kept as capitals, kanji as they are.

    Returns:
        The folded reading, or None when no letter is left.
    """
    folded = normalize_compatible(text).translate(_LETTERS)
    if "ヽ" in folded or "ヾ" in folded:
        folded = expand_iterations(folded.lstrip("ヽヾ")).translate(_LETTERS)
    if "ヴ" in folded:
        folded = _V_SOUND.sub(lambda match: _V_FORM[match[1]], folded)
    if "一" in folded:
        folded = _KANJI_ONE.sub(lambda run: "ー" * len(run[0]), folded)
    folded = _LONG.sub(_spell_long_vowel, folded)
    if not is_normalized("NFKC", folded):
        folded = normalize("NFKC", folded)
    return folded or None


def fold_kana_loose(text: str) -> str | None:
    """Fold a reading further, for proposing candidates only: voicing and vowel length no longer differ.

    オオサキ, オザキ and オサキ share one key; two records that share it are not yet the same name.
    """
    folded = fold_kana(text)
    return folded and _DOUBLED.sub("", folded).translate(_DEVOICE)


def _fold_kana_letter(character: str) -> str | None:
    if character in _LONG_MARKS:
        return "ー"
    if character in _ITERATION_MARKS:
        return "ヽ" if character in "ヽゝ" else "ヾ"
    enlarged = enlarge_kana(character)
    return _SAME_SOUND.get(enlarged) or fold_letter(enlarged)


_LETTERS = FoldTable(_fold_kana_letter)


def _spell_long_vowel(match: re.Match[str]) -> str:
    start = match.start()
    vowel = _VOWEL.get(match.string[start - 1], "") if start else ""
    return vowel * len(match[0])
