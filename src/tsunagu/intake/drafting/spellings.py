"""How a file writes the codes of a list: the spelling as it is, with a number before it, or inside a longer word."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tsunagu.catalog.purposes import CodeList

_SIGNS = re.compile(r"[\s()（）「」【】\[\]・･~〜～ー\-－、,.．。/／_]+")
_NUMBERED = re.compile(r"^[\[(（]?[0-9A-Za-z]{1,3}[\])）]?[\s:：.．、,・_-]+(?=\D)")
_LETTERS = str.maketrans(
    {"ヶ": "か", "ケ": "か", "カ": "か", "ヵ": "か", "箇": "か", "個": "か", "嬉": "うれ", "歯": "歯"}
)
# As long as this a title may be found inside a longer spelling.
_LEAST_CONTAINED = 2


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """The code a spelling stands for. `is_exact`: the list itself writes it so."""

    code: str
    is_exact: bool
    certainty: float


def find_code(text: str, code_list: CodeList) -> CodeMatch | None:
    """The code of a spelling; None when nothing in the list is like it, or several are."""
    return _find_code(text, code_list.id, _list_spellings(code_list))


def _list_spellings(code_list: CodeList) -> tuple[tuple[str, str, bool], ...]:
    found: dict[tuple[str, str], bool] = {}
    for code in code_list.codes:
        for text in code.written:
            found[text, code.id] = True
        found.setdefault((code.title.ja, code.id), False)
    return tuple((text, code, is_written) for (text, code), is_written in found.items())


@lru_cache(maxsize=100_000)
def _find_code(text: str, _list_id: str, spellings: tuple[tuple[str, str, bool], ...]) -> CodeMatch | None:
    plain = _clean(text)
    for written, code, is_written in spellings:
        if written and _clean(written) == plain:
            return CodeMatch(code, is_written, 1.0)
    folded = _fold(_NUMBERED.sub("", plain))
    same = {code for written, code, _ in spellings if written and _fold(written) == folded}
    if len(same) == 1 and folded:
        return CodeMatch(same.pop(), False, 0.95)
    return _find_contained(folded, spellings)


def _find_contained(folded: str, spellings: tuple[tuple[str, str, bool], ...]) -> CodeMatch | None:
    """The longest known spelling inside the text, or the only one the text is the beginning of."""
    inside = [
        (len(_fold(written)), code) for written, code, _ in spellings if _is_inside(_fold(written), folded)
    ]
    if inside:
        longest = max(length for length, _ in inside)
        codes = {code for length, code in inside if length == longest}
        # 未受診 holds 受診, 不要 holds 要: a word of denial before it turns the meaning round.
        return (
            CodeMatch(codes.pop(), False, 0.7)
            if len(codes) == 1 and not _is_denied(folded, inside, spellings)
            else None
        )
    begun = {
        code
        for written, code, _ in spellings
        if len(folded) >= _LEAST_CONTAINED and _fold(written).startswith(folded)
    }
    return CodeMatch(begun.pop(), False, 0.7) if len(begun) == 1 else None


def _is_inside(written: str, folded: str) -> bool:
    return len(written) >= _LEAST_CONTAINED and written in folded and not written.isdigit()


def _is_denied(
    folded: str, inside: list[tuple[int, str]], spellings: tuple[tuple[str, str, bool], ...]
) -> bool:
    longest = max(length for length, _ in inside)
    words = [
        _fold(written)
        for written, _, _ in spellings
        if len(_fold(written)) == longest and _fold(written) in folded
    ]
    return any(re.search(f"[未不非無否準]{re.escape(word)}", folded) for word in words) or "ない" in folded


@lru_cache(maxsize=50_000)
def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=50_000)
def _fold(text: str) -> str:
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()
    return plain.translate(_LETTERS)
