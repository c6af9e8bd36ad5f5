"""Keeps the number of segments small: many small ones become one, in the same commit as everything else."""

from collections.abc import Mapping, Sequence

from tsunagu.store.commit import Writer
from tsunagu.store.head import Segment
from tsunagu.vocabulary.tables import Table

MOST_SEGMENTS = 12
LARGE_RATIO = 4


def stage_compaction(
    writer: Writer, tables: Sequence[Table], *, kept_tags: Sequence[str], most_segments: int = MOST_SEGMENTS
) -> int:
    """Stage one segment in place of each group of more than `most_segments`; returns how many went.

    Segments are grouped by their values of `kept_tags`; what else they were tagged with is given up, so that
    a reader who looks by another tag reads the merged segment too. Only committed segments take part.
    """
    merged = 0
    for table in tables:
        groups: dict[tuple[tuple[str, str], ...], list[Segment]] = {}
        for segment in writer.head.list_segments(table.full_name):
            groups.setdefault(_pick(segment.tags, kept_tags), []).append(segment)
        for tags, segments in groups.items():
            small = _choose_small(segments)
            if len(segments) > most_segments and len(small) > 1:
                writer.merge(table, small, tags=dict(tags))
                merged += len(small)
    return merged


def _choose_small(segments: Sequence[Segment]) -> list[Segment]:
    """The small ones, in their order: a large one is not written anew for the sake of a few rows."""
    gathered_rows, chosen = 0, set()
    for segment in sorted(segments, key=lambda segment: (segment.rows, segment.path)):
        if gathered_rows and segment.rows > LARGE_RATIO * gathered_rows:
            break
        gathered_rows += segment.rows
        chosen.add(segment.path)
    return [segment for segment in segments if segment.path in chosen]


def _pick(tags: Mapping[str, str], kept: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, tags[name]) for name in kept if name in tags)
