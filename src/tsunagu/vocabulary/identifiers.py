"""Identifiers. Person and subject ids are meaningless 60-bit integers; people see them as base 32."""

from typing import NewType

PersonId = NewType("PersonId", int)
SubjectId = NewType("SubjectId", int)
RunId = NewType("RunId", str)

ID_BITS = 60
# Crockford's alphabet: no I, L, O, U, so that an id can be read aloud on the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = ID_BITS // 5


def show_id(identifier: int) -> str:
    """A 60-bit id as twelve base-32 characters in groups of four, `0000-0000-0000`."""
    digits = [ALPHABET[identifier >> shift & 31] for shift in range(5 * (_DIGITS - 1), -1, -5)]
    text = "".join(digits)
    return "-".join(text[start : start + 4] for start in range(0, _DIGITS, 4))


def read_id(text: str) -> int:
    """The inverse of `show_id`; hyphens, spaces and case do not matter.

    Raises:
        ValueError: not an id of ours.
    """
    compact = text.replace("-", "").replace(" ", "").upper()
    compact = compact.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(compact) != _DIGITS or any(sign not in ALPHABET for sign in compact):
        raise ValueError("not an identifier")
    number = 0
    for sign in compact:
        number = number << 5 | ALPHABET.index(sign)
    return number
