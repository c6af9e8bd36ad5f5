"""The lanes of a child's timeline as a drawing: what is placed where. The template writes the SVG.

One lane a department: states are bars, events dots, and a time for which no data came in is said to be one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tsunagu.people.record import FactView, Lane

WIDTH, LEFT, RIGHT = 960, 150, 12
LANE_HEIGHT, TOP = 46, 26
_DAYS_A_YEAR = 365
# A year written any further right would be cut off.
_LABEL_WIDTH = 44
_SHORTEST_BAR = 3
_WORDED_GAP = 76
"""So wide is a gap that has room for its words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in a lane."""

    x: float
    width: float
    fact: FactView | None = None

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2

    @property
    def has_room(self) -> bool:
        """Whether its words fit in."""
        return self.width >= _WORDED_GAP


@dataclass(frozen=True, slots=True)
class Dot:
    """An event in a lane."""

    x: float
    fact: FactView


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """One lane; `y` its upper edge."""

    lane: Lane
    y: int
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    gaps: tuple[Bar, ...]

    @property
    def bar_y(self) -> int:
        """Upper edge of the bars."""
        return self.y + 9

    @property
    def dot_y(self) -> int:
        """Centre of the dots."""
        return self.y + 32

    @property
    def text_y(self) -> int:
        """Base line of the words."""
        return self.y + 27


@dataclass(frozen=True, slots=True)
class Tick:
    """The first of April of a year, where the school year begins."""

    x: float
    on: date


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole, in the units of its view box."""

    lanes: tuple[DrawnLane, ...]
    ticks: tuple[Tick, ...]
    height: int
    width: int = WIDTH
    left: int = LEFT
    top: int = TOP
    right_edge: int = WIDTH - RIGHT
    lane_height: int = LANE_HEIGHT


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def place(self, on: date) -> float:
        """The x of a day; days outside stand at the edge."""
        share = (min(max(on, self.first), self.last) - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def draw_timeline(lanes: Sequence[Lane], *, on: date) -> Drawing:
    """Place everything that is shown.

    Args:
        lanes: the departments, in order.
        on: the day that stands at the right edge.
    """
    scale = _Scale(_find_first(lanes, on), on + timedelta(days=1))
    drawn = tuple(_draw_lane(lane, TOP + place * LANE_HEIGHT, scale) for place, lane in enumerate(lanes))
    years = range(scale.first.year, on.year + 1)
    ticks = tuple(
        Tick(scale.place(april), april)
        for april in (date(year, 4, 1) for year in years)
        if scale.first <= april <= on and scale.place(april) <= WIDTH - RIGHT - _LABEL_WIDTH
    )
    return Drawing(drawn, ticks, TOP + len(lanes) * LANE_HEIGHT + 4)


def _find_first(lanes: Iterable[Lane], on: date) -> date:
    """The first day drawn: of the first fact, and at least a year back."""
    begun = [fact.begins for lane in lanes for fact in lane.facts if fact.begins is not None]
    return min([*begun, on - timedelta(days=_DAYS_A_YEAR)])


def _draw_lane(lane: Lane, y: int, scale: _Scale) -> DrawnLane:
    if lane.shut is not None:
        return DrawnLane(lane, y, (), (), ())
    bars, dots = [], []
    for fact in lane.facts:
        if fact.is_event and fact.begins is not None:
            dots.append(Dot(scale.place(fact.begins), fact))
        else:
            x, end = scale.place(fact.begins or scale.first), scale.place(fact.ends or scale.last)
            bars.append(Bar(x, max(round(end - x, 1), _SHORTEST_BAR), fact))
    gaps = [
        Bar(scale.place(first), round(scale.place(last) - scale.place(first), 1))
        for first, last in _list_gaps(lane.covered, scale)
    ]
    return DrawnLane(lane, y, tuple(bars), tuple(dots), tuple(gap for gap in gaps if gap.width > 1))


def _list_gaps(covered: Sequence[tuple[date, date]], scale: _Scale) -> Iterable[tuple[date, date]]:
    """What is between the stretches for which data came in."""
    reached = scale.first
    for first, last in covered:
        if first > reached:
            yield reached, min(first, scale.last)
        reached = max(reached, last)
    if reached < scale.last:
        yield reached, scale.last
