"""A checkpoint on paper: short enough to compare by eye or to type in again, and out of every administrator's reach."""

import hashlib

from tsunagu.audit.checkpoints import Checkpoint
from tsunagu.vocabulary.dates import JST

# Crockford's: no I, L, O, U, so that a code can be read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_BYTES = 3
_GROUP, _GROUPS_PER_LINE = 4, 7


def list_groups(checkpoint: Checkpoint) -> list[str]:
    """Root and check digits as fourteen groups of four signs."""
    check = hashlib.sha256(b"paper\n%d\n" % checkpoint.size + checkpoint.root).digest()[:_CHECK_BYTES]
    content = checkpoint.root + check
    number = int.from_bytes(content, "big")
    signs = [_ALPHABET[number >> shift & 31] for shift in range(len(content) * 8 - 5, -1, -5)]
    return ["".join(signs[start : start + _GROUP]) for start in range(0, len(signs), _GROUP)]


def write_page(checkpoint: Checkpoint, note: bytes, public_text: str) -> str:
    """The page to print, sign by hand and lock away: the code to type in, then the note as it is."""
    groups = list_groups(checkpoint)
    lines = [
        " ".join(groups[start : start + _GROUPS_PER_LINE])
        for start in range(0, len(groups), _GROUPS_PER_LINE)
    ]
    day = checkpoint.at.astimezone(JST)
    return "\n".join(
        [
            "監査の記録の控え / Audit checkpoint",
            "",
            f"{day.year}年{day.month}月{day.day}日 {day:%H:%M} 現在、{checkpoint.size:,} 件",
            "",
            *(f"    {line}" for line in lines),
            "",
            "この紙は、システムの管理者が手を触れられない場所に保管してください。",
            f'確かめ方: python3 verify.py 記録.jsonl --paper "{checkpoint.size} (上の14組)"',
            "",
            "署名のある控え(全文) / The signed note",
            "",
            *(f"    {line}" for line in note.decode().splitlines()),
            "",
            "公開鍵 / Public key",
            "",
            f"    {public_text}",
            "",
        ]
    )
