"""Who lives with a child, as a drawing: the generations above each other. The template writes the SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagu.people.record import RelativeView

BOX_WIDTH, BOX_HEIGHT, SPACE, ROW_SPACE = 172, 62, 16, 34
_ROWS = {"grandparent": 0, "parent": 1, "sibling": 2}
_OWN_ROW, _OTHERS = 2, 3


@dataclass(frozen=True, slots=True)
class Box:
    """One person; `who` None: the child itself."""

    x: int
    y: int
    who: RelativeView | None

    @property
    def middle(self) -> int:
        """Where its line and its words stand."""
        return self.x + BOX_WIDTH // 2

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """From a generation to the next."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Household:
    """The whole, in the units of its view box."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw_household(relatives: Sequence[RelativeView]) -> Household:
    """Place the child and those who live with it."""
    rows: dict[int, list[RelativeView | None]] = {_OWN_ROW: [None]}
    for one in relatives:
        rows.setdefault(_ROWS.get(one.relative.relation or "", _OTHERS), []).append(one)
    widest = max(len(row) for row in rows.values())
    width = widest * (BOX_WIDTH + SPACE) + SPACE
    boxes: dict[int, list[Box]] = {}
    for place, row in enumerate(sorted(rows)):
        y = SPACE + place * (BOX_HEIGHT + ROW_SPACE)
        start = (width - len(rows[row]) * (BOX_WIDTH + SPACE) + SPACE) // 2
        boxes[row] = [
            Box(start + number * (BOX_WIDTH + SPACE), y, who) for number, who in enumerate(rows[row])
        ]
    height = SPACE + len(rows) * (BOX_HEIGHT + ROW_SPACE) - ROW_SPACE + SPACE
    return Household(
        tuple(box for row in boxes.values() for box in row), tuple(_draw_lines(boxes)), width, height
    )


def _draw_lines(boxes: dict[int, list[Box]]) -> list[Line]:
    """Down from each generation of forebears to the next one: a rail between them, with a line to every box."""
    lines: list[Line] = []
    for upper, lower in ((0, 1), (1, _OWN_ROW)):
        above = boxes.get(upper, [])
        below = boxes.get(lower) or (boxes[_OWN_ROW] if above else [])
        if not above or not below:
            continue
        rail = above[0].bottom + ROW_SPACE // 2
        ends = [box.middle for box in (*above, *below)]
        lines.append(Line(min(ends), rail, max(ends), rail))
        lines += [Line(box.middle, box.bottom, box.middle, rail) for box in above]
        lines += [Line(box.middle, rail, box.middle, box.y) for box in below]
    return lines
