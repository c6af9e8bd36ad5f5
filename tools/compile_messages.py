"""Compiles the desk's English texts: `python3 tools/compile_messages.py [--check]`, without gettext's own programs.

Reads `src/tsunagu/web/locale/en/LC_MESSAGES/django.po` (plain `msgid`/`msgstr` pairs, no plurals, no contexts) and
writes `django.mo` beside it.
"""

from __future__ import annotations

import ast
import struct
import sys
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parents[1] / "src/tsunagu/web/locale/en/LC_MESSAGES/django.po"
MAGIC = 0x950412DE


def read_catalogue(text: str) -> dict[str, str]:
    """The pairs of a .po file; the header stands under the empty text."""
    pairs: dict[str, str] = {}
    keys: list[str] = []
    values: list[str] = []
    current = keys
    for line in [*text.splitlines(), 'msgid ""']:
        if line.startswith("msgid "):
            if keys:
                pairs["".join(keys)] = "".join(values)
            keys, values = [ast.literal_eval(line.removeprefix("msgid "))], []
            current = keys
        elif line.startswith("msgstr "):
            current = values
            current.append(ast.literal_eval(line.removeprefix("msgstr ")))
        elif line.startswith('"'):
            current.append(ast.literal_eval(line))
    return pairs


def compile_catalogue(pairs: dict[str, str]) -> bytes:
    """The bytes of the .mo file: offsets of the sorted originals and their translations, then the texts."""
    rows = sorted((key.encode(), value.encode()) for key, value in pairs.items())
    texts = [key for key, _ in rows] + [value for _, value in rows]
    start = 28 + 8 * len(texts)
    table, body = b"", b""
    for text in texts:
        table += struct.pack("<II", len(text), start + len(body))
        body += text + b"\0"
    header = struct.pack("<7I", MAGIC, 0, len(rows), 28, 28 + 8 * len(rows), 0, start)
    return header + table + body


def main() -> int:
    """Write the compiled texts, or say whether they are current."""
    compiled = compile_catalogue(read_catalogue(CATALOGUE.read_text(encoding="utf-8")))
    target = CATALOGUE.with_suffix(".mo")
    if "--check" in sys.argv[1:]:
        is_current = target.exists() and target.read_bytes() == compiled
        print("current" if is_current else f"{target} is stale: run python3 tools/compile_messages.py")
        return 0 if is_current else 1
    target.write_bytes(compiled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
