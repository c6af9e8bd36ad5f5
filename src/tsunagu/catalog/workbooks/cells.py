"""Cells of a workbook as text: what a spreadsheet made of a value, read back to what the officer meant.

Everything we write is text, so that 01 keeps its zero; whatever begins like a formula is given an apostrophe, which
reading takes away again.
"""

import json
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = int | float | str | bool | time | date | datetime | timedelta

_EXACT_INTEGERS = 1e15
# A spreadsheet would carry out a cell that begins with one of these; an apostrophe of the text's own gets a second.
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
_NAMED = re.compile(r"\[([^\[\]]*)\]\s*$")
_YES = frozenset({"○", "◯", "〇", "o", "O", "1", "はい", "true", "有"})
_NO = frozenset({"", "×", "✕", "x", "X", "0", "-", "いいえ", "false", "無"})


def write_cell(cell: Cell) -> str | None:
    """A cell as one canonical text: numbers without a needless `.0`, dates as ISO; blank = None."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT_INTEGERS else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def neutralise(text: str) -> str:
    """The text as it may stand in a cell without being carried out."""
    return f"'{text}" if text.startswith(_SIGNS) else text


def restore(text: str) -> str:
    """The text that `neutralise` was given."""
    return text.removeprefix("'")


def label(title: str, name: str) -> str:
    """What people choose from a list: the title, with the name the program knows behind it."""
    return f"{title} [{name}]"


def read_name(text: str) -> str:
    """The name behind a title; a text without one is the name itself, whatever width it was typed in."""
    match = _NAMED.search(text)
    return unicodedata.normalize("NFKC", match[1] if match else text).strip()


def is_yes(text: str) -> bool:
    """Whether a cell is marked."""
    return text.strip() in _YES


def is_mark(text: str) -> bool:
    """Whether a cell says yes or no in a way that can be understood."""
    return text.strip() in _YES | _NO


def mark(is_so: bool) -> str:
    """A mark, or nothing."""
    return "○" if is_so else ""


def write_object(content: dict[str, Any]) -> str:
    """What has no column of its own, as one cell."""
    return json.dumps(content, ensure_ascii=False) if content else ""


def read_object(text: str) -> dict[str, Any]:
    """What `write_object` was given.

    Raises:
        ValueError, TypeError: it is something else.
    """
    content = json.loads(text or "{}")
    if not isinstance(content, dict):
        raise TypeError
    return content
