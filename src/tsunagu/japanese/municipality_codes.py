"""Municipality codes (全国地方公共団体コード): five digits and a check digit."""

from __future__ import annotations

import re
from unicodedata import normalize

_WEIGHTS = (6, 5, 4, 3, 2)
_FIVE = re.compile(r"[0-9]{5}")
_SIX = re.compile(r"[0-9]{6}")


def compute_check_digit(five_digits: str) -> str:
    """Compute the sixth digit of a municipality code: 11 - (weighted sum mod 11), last digit.

    Raises:
        ValueError: If the argument is not five ASCII digits.
    """
    if not _FIVE.fullmatch(five_digits):
        msg = f"a municipality code has five digits before its check digit, not {len(five_digits)} characters"
        raise ValueError(msg)
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, five_digits, strict=True))
    return str((11 - weighted % 11) % 10)


def is_municipality_code(text: str) -> bool:
    """Tell whether a text is six ASCII digits whose check digit is right.

    The fictional codes 999999 and 999998 fail on purpose: no real municipality can ever bear them.
    """
    return bool(_SIX.fullmatch(text)) and compute_check_digit(text[:5]) == text[5]


def fold_municipality_code(text: str) -> str | None:
    """Fold a municipality code to six digits, whatever its width or the leading zero a spreadsheet dropped.

    Four or five digits that do not end in a right check digit are a code without one and receive it; five
    digits that do could only be read as a six-digit code that lost its leading zero.

    Returns:
        Six digits with a right check digit, or None when the text is no such code.
    """
    digits = normalize("NFKC", text).strip()
    if not digits.isascii() or not digits.isdigit():
        return None
    if len(digits) == 6:
        return digits if is_municipality_code(digits) else None
    if len(digits) == 5:
        restored = f"0{digits}"
        return restored if is_municipality_code(restored) else digits + compute_check_digit(digits)
    return f"0{digits}{compute_check_digit(f'0{digits}')}" if len(digits) == 4 else None
