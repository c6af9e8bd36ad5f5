"""How long the bars of a chart are: worked out from what is shown beside them, never from a count."""

from collections.abc import Sequence

from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.summary import Bar, Stack


def measure_bars(rows: Sequence[Bar], *, width: float) -> list[tuple[float, float]]:
    """For each bar what is certain, and what is possible beyond; the longest takes the whole width."""
    longest = max((row.count.most for row in rows), default=0) or 1
    return [_measure(row.count, width / longest) for row in rows]


def measure_stack(row: Stack, *, width: float) -> tuple[list[float], float]:
    """Each part as far as it is certain, and at the end what cannot be told apart."""
    whole = sum(count.most for count in row.counts) or 1
    certain = [count.least * width / whole for count in row.counts]
    unclear = sum(count.most - count.least for count in row.counts)
    return certain, unclear * width / whole


def _measure(figure: Figure, scale: float) -> tuple[float, float]:
    return figure.least * scale, (figure.most - figure.least) * scale
