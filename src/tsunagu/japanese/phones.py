"""Telephone numbers: the digits two records of one line share."""

from __future__ import annotations

import re
from unicodedata import normalize

# A run of digits with the signs people put between them. A second number, an extension or a remark ends it.
_NUMBER = re.compile(r"\+?\(?\d[\d()\-‐‑‒–—―−─ーの. ]*")
_NOT_DIGIT = re.compile(r"\D")
_COUNTRY = re.compile(r"\+\s*81[\s\-(]*0?\)?|\(\+81\)[\s\-(]*0?\)?")
_SPACES = re.compile(r"\s+")
_SHORTEST_LOCAL, _LONGEST = 5, 11


def fold_phone(text: str, *, area_code: str | None = None) -> str | None:
    """Fold a telephone number to its digits, starting with 0.

    Args:
        text: The field as typed. When it holds several numbers, the first is taken; an extension or a remark
            such as (母) is dropped; +81 becomes 0.
        area_code: 市外局番 put before a number that was written without one.

    Returns:
        The digits; a local number without `area_code` stays local. None for an empty field, for fillers
        (one digit repeated throughout) and for what is too short or too long to be a number.
    """
    plain = _COUNTRY.sub("0", _SPACES.sub(" ", normalize("NFKC", text)))
    match = _NUMBER.search(plain)
    digits = _to_ascii_digits(_NOT_DIGIT.sub("", match[0])) if match else ""
    if area_code and digits and not digits.startswith("0"):
        digits = _to_ascii_digits(_NOT_DIGIT.sub("", normalize("NFKC", area_code))) + digits
    if not _SHORTEST_LOCAL <= len(digits) <= _LONGEST or len(set(digits.lstrip("0"))) < 2:
        return None
    return digits


def _to_ascii_digits(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
