"""Small counts are not shown where they could point to a child.

A fictional city shows everything. Elsewhere a count of 1 to 9 becomes None. When the total of the group, which
often stands elsewhere, would still give a hidden count away, the next smallest counts are hidden as well: when
only one is hidden, and when the hidden ones can only all be 1 or all be 9.
"""

from collections.abc import Sequence

SMALLEST_SHOWN = 10
HIDDEN = "＊"
"""Stands for a hidden count. Not "under ten": larger counts are hidden beside the small ones."""


def suppress_small(counts: Sequence[int], *, is_open: bool) -> list[int | None]:
    """The counts of one group, small ones as None; all of them when `is_open`.

    Whoever knows this rule and the total still finds two possible values for each hidden count. Only a group
    that holds one child in every place has nothing left to hide behind: there the total must not be shown.
    """
    if is_open:
        return list(counts)
    hidden = {place for place, count in enumerate(counts) if 0 < count < SMALLEST_SHOWN}
    while len(hidden) < len(counts) and _gives_away([counts[place] for place in hidden]):
        hidden |= _find_next(counts, hidden)
    return [None if place in hidden else count for place, count in enumerate(counts)]


def _gives_away(hidden: Sequence[int]) -> bool:
    """Whether the sum of the hidden counts leaves only one possibility."""
    ones, nines = len(hidden), len(hidden) * (SMALLEST_SHOWN - 1)
    return len(hidden) == 1 or (bool(hidden) and sum(hidden) in (ones, nines))


def _find_next(counts: Sequence[int], hidden: set[int]) -> set[int]:
    """Places of the next smallest count, all of them (a tie shown would tell which was taken); zeros last."""
    rest = [count for place, count in enumerate(counts) if place not in hidden]
    smallest = min((count for count in rest if count), default=0)
    return {place for place, count in enumerate(counts) if count == smallest and place not in hidden}
