"""Definitions as YAML text, one thing a line, remembering which cell of a workbook each line came from."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Plain = str | int | float | bool | Sequence["Plain"] | Mapping[str, "Plain"]

_NEEDS_NO_QUOTES = re.compile(r"[^\W\d_][\w/.（）々ー〜～・]*|\d+(\.\d+)?|\d{4}-\d\d-\d\d|@\w+_")
_EMPTY_WORDS = {"null", "Null", "NULL"}
# YAML takes these for line breaks or refuses them.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def write_flow(value: Plain) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{write_flow(key)}: {write_flow(inner)}" for key, inner in value.items()) + "}"
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _write_text(value)
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else repr(value)
    return "[" + ", ".join(map(write_flow, value)) + "]"


def _write_text(text: str) -> str:
    if _NEEDS_NO_QUOTES.fullmatch(text) and text not in _EMPTY_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


@dataclass(slots=True)
class YamlLines:
    """Lines of one file, and the cell each came from."""

    lines: list[str] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)

    def add(self, line: str, place: str = "") -> None:
        """Add one line."""
        self.lines.append(line)
        if place:
            self.places[len(self.lines)] = place

    def keep(self, lines: Sequence[str]) -> None:
        """Add lines that came from no cell."""
        if lines:
            self.places[len(self.lines) + 1] = ""
            self.lines += lines

    def extend(self, other: "YamlLines") -> None:
        """Add the lines of another."""
        before = len(self.lines)
        self.places |= {before + number: place for number, place in other.places.items()}
        self.lines += other.lines

    def indent(self, first: str, rest: str) -> "YamlLines":
        """The same lines further to the right, the first one behind `first`."""
        texts = [f"{first if number == 0 else rest}{line}" for number, line in enumerate(self.lines)]
        return YamlLines(texts, dict(self.places))

    @property
    def text(self) -> str:
        """The file."""
        return "\n".join(self.lines) + "\n"

    def find_place(self, line: int) -> str:
        """The cell of a line, or of the nearest one before it; "" when none is."""
        before = [number for number in self.places if number <= line]
        return self.places[max(before)] if before else ""
