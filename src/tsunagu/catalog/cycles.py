"""Definitions that refer to each other in a ring."""

from collections.abc import Mapping, Sequence


def list_cycles(references: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Each ring once, beginning with its alphabetically first name; names nobody defines end a path."""
    found: set[tuple[str, ...]] = set()
    done: set[str] = set()
    for start in sorted(references):
        _follow(start, [], references, done, found)
    return sorted(found)


def _follow(
    name: str,
    path: list[str],
    references: Mapping[str, Sequence[str]],
    done: set[str],
    found: set[tuple[str, ...]],
) -> None:
    if name in path:
        ring = path[path.index(name) :]
        first = ring.index(min(ring))
        found.add((*ring[first:], *ring[:first]))
        return
    if name in done:
        return
    for other in references.get(name, ()):
        _follow(other, [*path, name], references, done, found)
    done.add(name)
