"""By what a child is found without its birth date being named: a keyed hash of it, among the search keys.

For an emergency there is one of each whole name together with the birth date.

The desk keeps the hash and never the date; it hashes the date an officer types in the same way. Without the
installation's key, which the database does not have, no hash can be tried out.
"""

import hashlib
import hmac
from datetime import date
from pathlib import Path

from tsunagu.store.home import open_home
from tsunagu.store.keys import read_or_make_search_key

_MARK = "#"
"""Begins no key of a name."""
_DIGITS = 24
_WHOLE_MARK = "="
_WHOLE_DIGITS = 40


def read_search_key(home: Path) -> bytes:
    """The key of an installation's search keys; made when it is first asked for.

    Raises:
        HomeNotFoundError: no installation there.
    """
    return read_or_make_search_key(open_home(home))


def key_birth(key: bytes, birth_date: date) -> str:
    """The search key of a birth date."""
    return _MARK + hmac.new(key, birth_date.isoformat().encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def key_child(key: bytes, folded_name: str, birth_date: date) -> str:
    """The search key of a whole name, or a whole reading, together with the birth date."""
    said = f"{birth_date.isoformat()} {folded_name}".encode()
    return _WHOLE_MARK + hmac.digest(key, said, hashlib.sha256).hex()[:_WHOLE_DIGITS]
