"""How a pair compares: each field's level is a few bits of one whole number, the pattern.

There are some thousand patterns however many pairs there are, so everything that learns works on patterns. The
packing is that of `sql/scoring_compare.sql`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

MISSING, EQUAL, CLOSE, SOMEWHAT, DIFFERENT = range(5)
"""States of one spelling of a name. A name's level is 5 × the state in kanji (or Latin letters) + that in kana."""
NAME_STATES = 5
SWAPPED, SWAPPED_CLOSE, SWAPPED_HALF = 25, 26, 27
"""Surname and given name stand in each other's place: both equal, one equal and one nearly, one equal only.

The surname's level is then always `SWAPPED`; the given name's says which of the three.
"""
NAME_LEVELS = 28


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a pattern. `level_titles` in Japanese, for explanations; names build theirs from states."""

    name: str
    title: str
    shift: int
    levels: int
    level_titles: tuple[str, ...] = ()

    def unpack(self, patterns: Ints) -> Ints:
        """The field's level in each pattern."""
        width = (self.levels - 1).bit_length()
        return (patterns >> self.shift) & ((1 << width) - 1)

    @property
    def is_name(self) -> bool:
        """Whether levels are pairs of states."""
        return self.levels == NAME_LEVELS


SURNAME = Field("surname", "氏", 15, NAME_LEVELS)
GIVEN = Field("given_name", "名", 10, NAME_LEVELS)
BIRTH = Field(
    "birth_date",
    "生年月日",
    7,
    7,
    (
        "比べられない",
        "同じ",
        "月と日が入れ替わり",
        "数字一つの打ち間違い",
        "年・月・日の一つが違う",
        "年だけ同じ",
        "違う",
    ),
)
SEX = Field("sex", "性別", 5, 3, ("比べられない", "同じ", "違う"))
ADDRESS = Field(
    "address",
    "住所",
    2,
    8,
    (
        "比べられない",
        "同じ(建物・部屋まで)",
        "番地まで同じ",
        "番地は同じで部屋が違う",
        "一か所だけ違う",
        "町だけ同じ",
        "違う",
        "番号だけ同じ",
    ),
)
PHONE = Field("phone", "電話", 0, 3, ("比べられない", "同じ", "違う"))
FIELDS = (SURNAME, GIVEN, BIRTH, SEX, ADDRESS, PHONE)

_SWAPPED_TITLES = (
    "氏と名が入れ替わり",
    "氏と名が入れ替わり、片方はほぼ同じ",
    "氏と名が入れ替わり、片方だけ同じ",
)
_STATE_TITLES = ("比べられない", "同じ", "ほぼ同じ", "似ている", "違う")


def split_name_level(level: int) -> tuple[int, int]:
    """States in kanji and in kana of a name's level."""
    return (EQUAL, EQUAL) if level >= SWAPPED else divmod(level, NAME_STATES)


def describe_level(field: Field, level: int) -> str:
    """A level in the words of an officer."""
    if not field.is_name:
        return field.level_titles[level]
    if level >= SWAPPED:
        return _SWAPPED_TITLES[level - SWAPPED]
    written, read = divmod(level, NAME_STATES)
    if not written and not read:
        return _STATE_TITLES[MISSING]
    parts = [
        f"{kind}{_STATE_TITLES[state]}" for kind, state in (("表記は", written), ("かなは", read)) if state
    ]
    return "・".join(parts)


def list_groups(field: Field) -> list[int]:
    """For each level, which comparisons could be made at all (0: none). Shares add up to one within a group."""
    if not field.is_name:
        return [min(level, 1) for level in range(field.levels)]
    groups = [2 * (level // NAME_STATES > 0) + (level % NAME_STATES > 0) for level in range(SWAPPED)]
    return [*groups, *[4] * (NAME_LEVELS - SWAPPED)]


def is_agreement(field: Field, level: int) -> bool:
    """Whether the level says that the two values are one, so that how rare the value is counts."""
    if field.is_name:
        return level in (SWAPPED, SWAPPED_CLOSE) or (level < SWAPPED and EQUAL in divmod(level, NAME_STATES))
    if field is ADDRESS:
        return level in (1, 2, 3)
    return level == 1 and field is not SEX


def agreement_of(field: Field, patterns: Ints) -> Ints:
    """Of each pattern 0 where the field could not be compared, 1 where it agrees, 2 where not."""
    known = np.array(list_groups(field)) > 0
    agrees = np.array([is_agreement(field, level) for level in range(field.levels)])
    return np.where(known, np.where(agrees, 1, 2), 0)[field.unpack(patterns)]
