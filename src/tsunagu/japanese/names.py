"""Names of people: one comparable form, whatever kanji shape, width or spacing a department typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import is_normalized, normalize

from tsunagu.japanese.characters import KANJI, FoldTable, expand_iterations, fold_letter, normalize_compatible

_LETTERS = FoldTable(fold_letter)
# Between two kanji these kana are spelling habits of one name: 鎌ヶ谷 鎌ケ谷 鎌が谷, 井ノ上 井之上, 三ツ木 三ッ木.
_INNER_KANA = re.compile(f"(?<=[{KANJI}])[ヶケヵがガのノ之ッツっつ](?=[{KANJI}])")
_INNER_FORM = (
    dict.fromkeys("ヶケヵがガ", "ケ") | dict.fromkeys("のノ之", "ノ") | dict.fromkeys("ッツっつ", "ツ")
)
_ITERATION_MARK = re.compile("[々〻ゝゞヽヾ]")
_TOKEN_BREAK = re.compile(r"[\s,、･・./\-]+")
_COMMA = re.compile("[,，、､]")


@dataclass(frozen=True, slots=True)
class NameParts:
    """Family and given name as they were written; `given` is None where the text does not tell."""

    family: str
    given: str | None


def fold_name(text: str) -> str | None:
    """Fold a person's name to the form two records of one person share.

    Widths, variant kanji, spaces, signs, 々 and Latin case or accents no longer differ; a gaiji becomes one
    wildcard sign (`GAIJI_MARK`). Kana stay as they are: りく and リク are two names.

    Args:
        text: A name in kanji, kana or Latin letters.

    Returns:
        The folded name, or None when nothing that names anyone is left.
    """
    folded = normalize_compatible(text).translate(_LETTERS)
    if _ITERATION_MARK.search(folded):
        folded = expand_iterations(folded)
    if _INNER_KANA.search(folded):
        folded = _INNER_KANA.sub(lambda match: _INNER_FORM[match[0]], folded)
    if not is_normalized("NFKC", folded):
        # Taking a sign out can bring two composable letters together (Hangul, Indic scripts).
        folded = normalize("NFKC", folded)
    return folded or None


def fold_name_tokens(text: str) -> str | None:
    """Fold a name to its words in alphabetical order, so that NGUYEN VAN A equals Van A Nguyen.

    Meant for names in Latin letters, whose order differs between passport, residence card and school list.
    """
    words = (fold_name(word) for word in _TOKEN_BREAK.split(normalize_compatible(text)))
    return " ".join(sorted(word for word in words if word)) or None


def split_name(text: str) -> NameParts | None:
    """Split 氏 and 名 at the one space between them, without changing either.

    More than two words (a middle name, letters spaced out) do not tell where the family name ends, and two
    Latin words do not tell their order unless a comma does; then the whole text is the family name.
    """
    whole = " ".join(text.split())
    if not whole:
        return None
    parts = [part.strip() for part in _COMMA.split(whole)]
    if len(parts) == 2 and all(parts):
        return NameParts(*parts)
    words = whole.split(" ")
    if len(words) == 2 and not _is_latin(whole):
        return NameParts(words[0], words[1])
    return NameParts(whole, None)


def _is_latin(text: str) -> bool:
    folded = fold_name(text)
    return folded is not None and folded.isascii()
