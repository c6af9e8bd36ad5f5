"""Finds children by what somebody knows of them; what is shown is decided by the row policies alone.

What was typed is folded as the directory was: width, hiragana or katakana, variants and the order of words do not
matter. A search is recorded before it is made, without what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from tsunagu.access.auditing import DjangoSession, record
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.database.statements import read_statement
from tsunagu.japanese import PartialDate, fold_kana, fold_name, list_query_keys, parse_date
from tsunagu.people import PACKAGE
from tsunagu.pipeline.seam import key_birth
from tsunagu.trail.recording import Act

FOUND_AT_MOST = 50
# Names that hold this share of what was typed are alike; one key alone is like half the city.
_ALIKE_PERCENT, _FEWEST_KEYS = 60, 2
_DIGITS = frozenset("0123456789０１２３４５６７８９")


class Likeness(StrEnum):
    """In what a child is like what was typed, the surest first."""

    NAME = "name"
    KANA = "kana"
    PART = "part"
    OTHER_NAME = "other_name"
    """A former name, another reading, or one in Latin letters."""
    SIMILAR = "similar"
    BIRTH_DATE = "birth_date"
    BIRTH_YEAR = "birth_year"
    OTHER_YEAR = "other_year"
    """Born in another year than was typed."""


_OF_NAMES = frozenset(
    {
        Likeness.NAME,
        Likeness.KANA,
        Likeness.PART,
        Likeness.OTHER_NAME,
        Likeness.SIMILAR,
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody knows of a child: words of its name or reading, its birth date or the year of it."""

    words: tuple[str, ...] = ()
    birth: PartialDate | None = None

    @property
    def is_enough(self) -> bool:
        """Whether it can lead to a child; a year alone leads to thousands."""
        return bool(self.words) or self.is_day

    @property
    def is_day(self) -> bool:
        """Whether the birth date is known to the day."""
        return self.birth is not None and self.birth.precision == "day"


class FoundChild(NamedTuple):
    """One child of an answer."""

    person_id: int
    name: str | None
    kana: str | None
    birth_year: int | None
    is_unborn: bool
    is_protected: bool
    likenesses: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The likest children, at most `FOUND_AT_MOST`, and how many there are."""

    children: list[FoundChild] = field(default_factory=list)
    total: int = 0


def read_question(text: str, *, birth: PartialDate | None = None) -> Question:
    """Read what was typed: a word of it that is a date is the birth date, unless that was given by itself."""
    words = []
    for word in text.split():
        found = parse_date(word) if _DIGITS & set(word) else None
        if found is None:
            words.append(word)
        else:
            birth = birth or found
    return Question(tuple(words), birth)


def find_people(acting: Acting, question: Question, *, key: bytes) -> Answer:
    """The children who are like what was typed, the likest first.

    Args:
        acting: who looks, for which purpose.
        question: what is known of the child.
        key: the installation's search key.

    Raises:
        NotRecordedError: no audit row, so nothing was searched.
    """
    record(Act("child.search", Outcome.READ, "purpose", acting.purpose))
    if not question.is_enough:
        return Answer()
    rows = _list_rows(_describe_question(question, key))
    total = rows[0][-1] if rows else 0
    found = [_describe_child(question, row) for row in rows]
    return Answer(sorted(found, key=_rank), total)


def _describe_question(question: Question, key: bytes) -> dict[str, Any]:
    """What the names must hold: all that was typed as a name, or as a reading; or its words in any order; and the birth.

    A single letter says nothing by itself, unless nothing else was typed.
    """
    joined = "".join(question.words)
    longer = [word for word in question.words if len(word) > 1] or question.words
    folds = {
        "name_keys": _join_keys([fold_name(joined)]),
        "kana_keys": _join_keys([fold_kana(joined)]),
        "word_keys": _join_keys([_fold_word(word) for word in longer]),
    }
    birth = question.birth
    birth_key = key_birth(key, birth.earliest) if birth and question.is_day else None
    every = {one for keys in folds.values() for one in keys}
    return {
        **folds,
        "birth_key": birth_key,
        "birth_year": birth.year if birth else None,
        "keys": sorted(every | ({birth_key} if birth_key else set())),
        "least": _count_least(len(folds["word_keys"])),
        "at_most": FOUND_AT_MOST,
    }


def _fold_word(word: str) -> str | None:
    """A word in kana as a reading, any other as a name."""
    kana = fold_kana(word)
    return kana if kana and all("ァ" <= letter <= "ー" for letter in kana) else fold_name(word)


def _count_least(keys: int) -> int:
    """How many of so many keys a name must hold to be alike; 0: too few were typed to say."""
    least = -(-keys * _ALIKE_PERCENT // 100)
    return least if least >= _FEWEST_KEYS else 0


def _join_keys(folded: list[str | None]) -> list[str]:
    return sorted({key for word in folded if word for key in list_query_keys(word)})


def _list_rows(parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return list(DjangoSession(connection).run(read_statement(PACKAGE, "find_children"), parameters))


def _describe_child(question: Question, row: tuple[Any, ...]) -> FoundChild:
    person_id, name, kana, birth_year, is_unborn, is_protected, is_named, is_born, _ = row
    likenesses = []
    if is_named:
        likenesses.append(_compare_names(question.words, name, kana))
    elif not is_born:
        likenesses.append(Likeness.SIMILAR)
    if is_born:
        likenesses.append(Likeness.BIRTH_DATE)
    elif question.birth and birth_year:
        is_same = birth_year == question.birth.year
        likenesses.append(Likeness.BIRTH_YEAR if is_same else Likeness.OTHER_YEAR)
    return FoundChild(person_id, name, kana, birth_year, is_unborn, is_protected, tuple(likenesses))


def _compare_names(words: tuple[str, ...], name: str | None, kana: str | None) -> Likeness:
    """In what a child is like the words; `OTHER_NAME` when they are not in the name and the reading of today."""
    folded = []
    for fold, text, whole in ((fold_name, name, Likeness.NAME), (fold_kana, kana, Likeness.KANA)):
        typed, said = ([fold(word) or "" for word in one] for one in (words, (text or "").split()))
        if said and (sorted(typed) == sorted(said) or "".join(typed) == "".join(said)):
            return whole
        folded.append((typed, "".join(said)))
    is_part = (any(words[at] in said for words, said in folded) for at in range(len(words)))
    return Likeness.PART if all(is_part) else Likeness.OTHER_NAME


def _rank(child: FoundChild) -> tuple[Any, ...]:
    """By what is sure first; the database's order within."""
    order = list(Likeness)
    is_born = Likeness.BIRTH_DATE in child.likenesses
    name = min(
        (order.index(one) for one in child.likenesses if one in _OF_NAMES),
        default=order.index(Likeness.BIRTH_DATE),
    )
    is_of_year = Likeness.BIRTH_YEAR in child.likenesses
    is_near = name < order.index(Likeness.SIMILAR)
    group = 0 if is_near and is_born else 1 if is_near and is_of_year else 2 if is_born else 3
    return group, name
