"""Paths into a JSON document: how a definition says where a cell stands.

users                                     the member `users`; a list on the way is entered by itself
primaryOrg.sourcedId                      a member of a member
entry.resource[resourceType=Patient]      only those objects in which that member is written so
[resourceType=Bundle]                     the value itself, if it is such an object
/                                         the document itself
code.coding{system,code}                  several members of one object as one text, joined by `|`
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tsunagu.catalog.words import WordError

ROOT = "/"
_STEP = re.compile(r"(?P<name>[^.,\s/\[\]{}=]*)(?P<tests>(?:\[[^\[\]{}=]+(?:=[^\[\]]*)?\])*)")
_TEST = re.compile(r"\[([^\[\]{}=]+)(?:=([^\[\]]*))?\]")
_PARTS = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """Into a member (`name` empty = stay), then only the objects that pass every test.

    A test is a path and the text it must lead to; an empty text = any.
    """

    name: str
    tests: tuple[tuple["JsonPath", str], ...] = ()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path that has been read. `parts`: the members that make one text together."""

    steps: tuple[Step, ...]
    parts: tuple["JsonPath", ...] = ()


@lru_cache(maxsize=1_000)
def parse_json_path(text: str) -> JsonPath:
    """Read a path.

    Raises:
        WordError: it is none.
    """
    if text == ROOT:
        return JsonPath(())
    steps: list[Step] = []
    position, is_more = 0, True
    while is_more and (match := _STEP.match(text, position)) and match.group():
        tests = tuple((parse_json_path(path), written) for path, written in _TEST.findall(match["tests"]))
        steps.append(Step(match["name"], tests))
        is_more = text.startswith(".", match.end())
        position = match.end() + is_more
    parts = _PARTS.fullmatch(text, position)
    if parts is not None:
        return JsonPath(tuple(steps), tuple(parse_json_path(part) for part in parts[1].split(",")))
    if is_more or position != len(text):
        raise WordError(
            f"「{text}」は JSON の中の場所として読めません。",
            todo="users、primaryOrg.sourcedId、entry.resource[resourceType=Patient] のように書いてください。",
        )
    return JsonPath(tuple(steps))
