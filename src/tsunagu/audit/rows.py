"""One row of the audit trail, and the bytes that stand for it for ever.

The bytes are JSON in the one form of RFC 8785 (members sorted by name, no spaces, UTF-8), so they depend on no
column order, no database and no version of a library. What they hold are identifiers; a name does not fit in.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from tsunagu.vocabulary.errors import TsunaguError

FORM = "1"
# Ids, codes and dotted words. Without room for Japanese, spaces or line ends, there is none for a name.
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{0,80}")


class Outcome(StrEnum):
    """What became of the act."""

    READ = "read"
    CHANGED = "changed"
    DECIDED = "decided"
    REFUSED = "refused"


class UnwritableRowError(TsunaguError):
    """A value that has no place in the audit trail."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to what, for which purpose and by which relationship, and what became of it.

    All but `at` and `outcome` are identifiers; empty where there is none (a refused sign-in has no staff member).
    """

    row_id: str
    at: datetime
    staff_id: str
    role: str
    purpose: str
    act: str
    object_kind: str
    object_id: str
    relationship: str
    outcome: Outcome
    request_id: str


_WORDS = tuple(sorted(field.name for field in fields(AuditRow) if field.name != "at"))
# Made once: a checkpoint encodes every row of the log.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode_row(row: AuditRow) -> bytes:
    """The canonical bytes of a row: what is hashed, exported and handed to auditors.

    Raises:
        UnwritableRowError: a value that is no identifier, or a moment without its zone.
    """
    words = {name: getattr(row, name) for name in _WORDS}
    wrong = [name for name, value in words.items() if not _WORD.fullmatch(value)]
    if wrong or row.at.tzinfo is None:
        raise UnwritableRowError(
            f"監査の記録に書けない値があります({'、'.join(wrong) or 'at'})。",
            why="監査の記録に入るのは番号と符号だけです。氏名などが入ると、記録そのものが漏れ口になります。",
            todo="プログラムの不具合です。この文面を開発元へお知らせください。",
        )
    at = row.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return _ENCODER.encode({**words, "at": at, "form": FORM}).encode()
