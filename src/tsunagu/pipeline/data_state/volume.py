"""Is the latest delivery of the usual size? Said although it was accepted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median

from tsunagu.catalog.feeds import Feed
from tsunagu.pipeline.data_state.parts import Part, get_occasion, list_last_occasion

COMPARED = 12
"""So many deliveries before the latest are its measure: of a monthly file, a year with its seasons."""
FEWEST_COMPARED = 2
UNUSUAL_RATIO = 1.5


class Size(StrEnum):
    """The latest delivery beside those before."""

    USUAL = "usual"
    MORE = "more"
    FEWER = "fewer"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Volume:
    """Rows of the latest delivery, and the median of those before from the same places."""

    size: Size
    rows: int = 0
    usual: int = 0
    is_overridden: bool = False


def judge_volume(feed: Feed, parts: list[Part]) -> Volume:
    """Compare the latest delivery with up to twelve of the same kind before it.

    Unusual is more than half as much again as their median, or less than two thirds of it, and beyond each of them.
    """
    last = list_last_occasion(feed, parts)
    if not last:
        return Volume(Size.NOT_COMPARED)
    rows = _count_rows(last)
    is_overridden = any(part.is_overridden for part in last)
    before = _list_before(feed, parts, last)
    if len(before) < FEWEST_COMPARED or max(rows, *before) < feed.volume.from_rows:
        return Volume(Size.NOT_COMPARED, rows, 0, is_overridden)
    usual = round(median(before))
    return Volume(_judge_size(rows, usual, before), rows, usual, is_overridden)


def _judge_size(rows: int, usual: int, before: list[int]) -> Size:
    if rows > max(before) and rows > usual * UNUSUAL_RATIO:
        return Size.MORE
    if rows < min(before) and rows * UNUSUAL_RATIO < usual:
        return Size.FEWER
    return Size.USUAL


def _list_before(feed: Feed, parts: list[Part], last: list[Part]) -> list[int]:
    """Rows of the deliveries before the latest, from the places that stand in the latest too."""
    places, kind, now = {part.place for part in last}, last[0].delivery, get_occasion(feed, last[0])
    by_occasion: dict[date, list[Part]] = defaultdict(list)
    for part in parts:
        if part.delivery == kind and get_occasion(feed, part) < now and part.place in places:
            by_occasion[get_occasion(feed, part)].append(part)
    return [_count_rows(by_occasion[day]) for day in sorted(by_occasion)[-COMPARED:]]


def _count_rows(parts: list[Part]) -> int:
    """Rows of one occasion: a place that delivered twice counts with what it said last."""
    latest = {part.place: part.rows for part in sorted(parts, key=lambda part: part.known_from)}
    return sum(latest.values())
