"""How a file writes the codes of a list: the spelling as it is, with a number before it, or inside a longer word."""

import re
import unicodedata
from collections.abc import Iterable
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
    return find_codes([text], code_list)[text]


def find_codes(texts: Iterable[str], code_list: CodeList) -> dict[str, CodeMatch | None]:
    """The same for each of several spellings."""
    found: dict[tuple[str, str], bool] = {}
    for code in code_list.codes:
        for text in code.written:
            found[text, code.id] = True
        found.setdefault((code.title.ja, code.id), False)
    spellings = _prepare(tuple((text, code, is_written) for (text, code), is_written in found.items()))
    return {text: spellings.find(text) for text in texts}


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One known spelling of a code; `is_written`: the list itself writes it so."""

    code: str
    is_written: bool
    clean: str
    folded: str


@lru_cache(maxsize=1_000)
def _prepare(written: tuple[tuple[str, str, bool], ...]) -> "_Spellings":
    return _Spellings(
        tuple(
            _Spelling(code, is_written, _clean(text), _fold(text))
            for text, code, is_written in written
            if text
        )
    )


class _Spellings:
    """The known spellings of one list, and what was looked up so far."""

    def __init__(self, known: tuple[_Spelling, ...]) -> None:
        self._known = known
        self._found: dict[str, CodeMatch | None] = {}

    def find(self, text: str) -> CodeMatch | None:
        if text not in self._found:
            self._found[text] = self._look(text)
        return self._found[text]

    def _look(self, text: str) -> CodeMatch | None:
        plain = _clean(text)
        for spelling in self._known:
            if spelling.clean == plain:
                return CodeMatch(spelling.code, spelling.is_written, 1.0)
        folded = _fold(_NUMBERED.sub("", plain))
        same = {spelling.code for spelling in self._known if spelling.folded == folded}
        if len(same) == 1 and folded:
            return CodeMatch(same.pop(), False, 0.95)
        code = self._find_contained(folded)
        return None if code is None else CodeMatch(code, False, 0.7)

    def _find_contained(self, folded: str) -> str | None:
        """The code of the longest known spelling inside the text, or of the only one the text is the beginning of."""
        inside = [spelling for spelling in self._known if _is_inside(spelling.folded, folded)]
        if not inside:
            begun = {
                spelling.code
                for spelling in self._known
                if len(folded) >= _LEAST_CONTAINED and spelling.folded.startswith(folded)
            }
            return begun.pop() if len(begun) == 1 else None
        longest = max(len(spelling.folded) for spelling in inside)
        codes = {spelling.code for spelling in inside if len(spelling.folded) == longest}
        # 未受診 holds 受診, 不要 holds 要: a word of denial before it turns the meaning round.
        return codes.pop() if len(codes) == 1 and not self._is_denied(folded, longest) else None

    def _is_denied(self, folded: str, length: int) -> bool:
        words = {spelling.folded for spelling in self._known if len(spelling.folded) == length}
        denials = (f"[未不非無否準]{re.escape(word)}" for word in words if word in folded)
        return any(re.search(denial, folded) for denial in denials) or "ない" in folded


def _is_inside(written: str, folded: str) -> bool:
    return len(written) >= _LEAST_CONTAINED and written in folded and not written.isdigit()


@lru_cache(maxsize=50_000)
def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=50_000)
def _fold(text: str) -> str:
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).lower()
    return plain.translate(_LETTERS)
