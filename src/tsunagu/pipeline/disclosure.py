"""Small counts are not shown where they could point to a child.

A fictional city shows everything. Elsewhere a count of 1 to 9 becomes None, and when it is the only hidden one
of its group the next smallest is hidden too, so that the total does not give it away.
"""

from collections.abc import Sequence

SMALLEST_SHOWN = 10


def suppress_small(counts: Sequence[int], *, is_open: bool) -> list[int | None]:
    """The counts of one group, small ones as None; all of them when `is_open`."""
    if is_open:
        return list(counts)
    hidden = {place for place, count in enumerate(counts) if 0 < count < SMALLEST_SHOWN}
    if len(hidden) == 1:
        rest = [place for place, count in enumerate(counts) if place not in hidden and count > 0]
        hidden |= {min(rest, key=lambda place: counts[place])} if rest else set()
    return [None if place in hidden else count for place, count in enumerate(counts)]
