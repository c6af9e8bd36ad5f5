"""Small pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def escape_cell(text: object) -> str:
    """Text that cannot break out of its table cell; nothing for None."""
    parts = ("" if text is None else str(text)).split("`")
    # Inside back quotes Markdown escapes by itself.
    parts[::2] = [part.replace("<", "&lt;").replace("&lt;br>", "<br>") for part in parts[::2]]
    return "`".join(parts).replace("|", "\\|").replace("\n", " ").strip()


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; says so in words when it has no row."""
    lines = ["| " + " | ".join(escape_cell(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return "ありません。\n"
    head = "| " + " | ".join(header) + " |\n|" + "---|" * len(header)
    return "\n".join([head, *lines]) + "\n"


def quote_code(words: Iterable[object]) -> str:
    """Words as inline code, separated by spaces."""
    return " ".join(f"`{word}`" for word in words)


def write_title(title: object) -> str:
    """A definition's title: Japanese first, English behind it."""
    japanese, english = getattr(title, "ja", ""), getattr(title, "en", "")
    return f"{japanese}（{english}）" if english else str(japanese)
