"""The spellings of a coded column: which code each stands for, and which of them may be shown to an officer."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.purposes import Code, CodeList
from tsunagu.intake.drafting.proposals import Proposal
from tsunagu.intake.drafting.spellings import find_code
from tsunagu.intake.drafting.values import ColumnFacts, describe_shape
from tsunagu.intake.normalise import clean_text

_MOST_SPELLINGS = 40
_LONGEST_SHOWN = 14
_LEAST_ROWS_SHOWN = 5
_LEAST_KNOWN_SHARE = 0.5
_SHORT_CODE = 2
NEEDS_NO_MARK = 0.9


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a coded column. `text` is None where it may be more than a code: only its shape is told."""

    position: int
    heading: str
    code_list: str
    text: str | None
    shape: str
    rows: int
    code: str | None
    certainty: float


def list_spellings(
    proposals: Sequence[Proposal], columns: Sequence[ColumnFacts], catalog: Catalog
) -> list[Spelling]:
    """Every spelling of every column proposed as coded, the usual ones first."""
    personal = _gather_personal(proposals, columns)
    found: list[Spelling] = []
    for proposal in proposals:
        codes = next((entry.codes for entry in proposal.entries if entry.codes is not None), None)
        if codes is not None and codes in catalog.code_lists:
            found += _list_column(proposal, columns[proposal.position], catalog.code_lists[codes], personal)
    return found


def _list_column(
    proposal: Proposal, facts: ColumnFacts, code_list: CodeList, personal: Collection[str]
) -> list[Spelling]:
    known_share, _ = facts.count_codes(code_list)
    found = []
    for text, rows in facts.counts.most_common(_MOST_SPELLINGS):
        match = find_code(text, code_list)
        is_shown = match is not None or _may_show(text, rows, known_share, personal)
        found.append(
            Spelling(
                proposal.position,
                proposal.heading,
                code_list.id,
                text if is_shown else None,
                describe_shape(text, is_date=text in facts.dates),
                rows,
                match.code if match else None,
                match.certainty if match else 0.0,
            )
        )
    return found


def _may_show(text: str, rows: int, known_share: float, personal: Collection[str]) -> bool:
    """A spelling no list knows: a short sign, or one that is used often in a column that is mostly codes."""
    if len(text) <= _SHORT_CODE and text.isascii():
        return True
    if len(text) > _LONGEST_SHOWN or rows < _LEAST_ROWS_SHOWN or known_share < _LEAST_KNOWN_SHARE:
        return False
    return not any(part in personal for part in (text, *text.split()))


def _gather_personal(proposals: Sequence[Proposal], columns: Sequence[ColumnFacts]) -> frozenset[str]:
    """Every text, and every part of one, in columns that may speak of a person: nothing of it is ever shown."""
    parts: Counter[str] = Counter()
    for proposal, facts in zip(proposals, columns, strict=True):
        if (
            all(entry.codes is None for entry in proposal.entries)
            and facts.name_share + facts.kana_share > 0.2
        ):
            for text in facts.counts:
                parts.update((text, *text.split()))
    return frozenset(parts)


def make_code_list_id(feed_id: str, codes: str) -> str:
    """The id of a list that adds one file's spellings to a known list."""
    return f"{feed_id.partition('/')[2]}_{codes}"


def make_local_list(name: str, code_list: CodeList, spellings: Sequence[tuple[str, str]]) -> CodeList | None:
    """The list with the file's own spellings added; None when it knows them all.

    Args:
        name: the id of the new list.
        code_list: the list it grows out of: the same codes, so that the item still fits.
        spellings: each spelling with its code.
    """
    written = {clean_text(text): code.id for code in code_list.codes for text in code.written}
    added = [(text, code) for text, code in spellings if written.get(clean_text(text)) != code]
    if not added:
        return None
    moved = {clean_text(text) for text, _ in added}
    codes = []
    for code in code_list.codes:
        kept = tuple(text for text in code.written if clean_text(text) not in moved)
        mine = tuple(dict.fromkeys(text for text, wanted in added if wanted == code.id))
        if kept + mine:
            codes.append(Code(id=code.id, title=code.title, written=kept + mine))
    return CodeList(id=name, title=code_list.title, codes=tuple(codes))
