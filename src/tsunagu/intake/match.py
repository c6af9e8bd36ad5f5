"""Which feed a file is: its name proposes, its header row decides."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from tsunagu.catalog.feeds import Feed, FeedColumn
from tsunagu.intake.refusals import FileRefusedError

_SPACE = re.compile(r"\s+")
_NAMES_SHOWN = 8
SEARCHED_ROWS = 20
"""Rows in which the headings are looked for, when they do not stand where the feed says."""
HeaderReader = Callable[[Feed, int], Sequence[str]]
"""The headings that stand in one row of the file, read as that feed's; empty = none there."""
MOST_COLUMNS = 4_096
"""The widest register known has a few hundred; every column costs memory before a row of it is read."""
_LEAST_KNOWN_SHARE = 0.5
"""Below this share of known headings a header row may be a row of data, and its cells are not shown."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file read as one feed. `positions` gives the column (from 0) of each declared header that is there.

    `undeclared` counts columns that no entry of the feed names: they stay in landing. `header_row` is where the
    headings were found, counted from 1.
    """

    feed: Feed
    positions: Mapping[str, int]
    width: int
    undeclared: int
    header_row: int

    @property
    def first_row(self) -> int:
        """The row below the headings."""
        return self.header_row + self.feed.format.header_rows


@dataclass(frozen=True, slots=True)
class _Attempt:
    feed: Feed
    cells: tuple[str, ...]
    layout: Layout | None
    missing: tuple[str, ...]
    known: int

    @property
    def likeness(self) -> float:
        return self.known / max(len(self.cells), len(self.feed.headers), 1)


@lru_cache(maxsize=10_000)
def fold_header(header: str) -> str:
    """A heading as it is compared: NFKC, without any space or line break."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", header))


def match_feed(feeds: Collection[Feed], file_name: str, read_header: HeaderReader) -> Layout:
    """The feed whose declared headers the file has: where it says they are, else anywhere in the first rows.

    Args:
        feeds: the feeds to choose from.
        file_name: proposes when several fit.
        read_header: the header cells under one feed's delimiter and sheet, from one row on.

    Raises:
        FileRefusedError: none fits, several fit equally, or a row is far too wide.
    """
    attempts = [_try_feed(feed, read_header, feed.format.header_row) for feed in feeds]
    fitting = [attempt for attempt in attempts if attempt.layout is not None]
    if not fitting:
        fitting = [found for feed in feeds if (found := _search_headings(feed, read_header)) is not None]
    named = [attempt for attempt in fitting if is_named_for(attempt.feed, file_name)]
    best = _keep_best(named or fitting)
    if len(best) == 1 and best[0].layout is not None:
        return best[0].layout
    if best:
        raise _refuse_ambiguous([attempt.feed for attempt in best])
    raise _refuse_unknown(attempts, file_name)


def is_named_for(feed: Feed, file_name: str) -> bool:
    """Whether the file's name fits one of the feed's patterns."""
    name = unicodedata.normalize("NFC", file_name)
    return any(fnmatchcase(name, pattern) for pattern in feed.file_names)


def _search_headings(feed: Feed, read_header: HeaderReader) -> _Attempt | None:
    """The first row in which every heading stands: a title, a date or blank rows may stand above it."""
    for row in range(1, SEARCHED_ROWS + 1):
        attempt = _try_feed(feed, read_header, row)
        if attempt.layout is not None:
            return attempt
    return None


def _try_feed(feed: Feed, read_header: HeaderReader, row: int) -> _Attempt:
    """Whether the cells of one row are the feed's headings."""
    cells = tuple(read_header(feed, row))
    if len(cells) > MOST_COLUMNS:
        raise _refuse_width(row, len(cells))
    places: dict[str, int] = {}
    repeated: set[str] = set()
    for position, cell in enumerate(cells):
        folded = fold_header(cell)
        if folded in places:
            repeated.add(folded)
        places.setdefault(folded, position)
    columns = {column.header: column for column in feed.columns}
    found = {header: _find_position(column, places) for header, column in columns.items()}
    positions = {header: position for header, position in found.items() if position is not None}
    missing = tuple(
        header for header, column in columns.items() if header not in positions and not column.may_be_absent
    )
    doubtful = any(fold_header(cells[position]) in repeated for position in positions.values())
    used = set(positions.values())
    layout = None
    if not missing and not doubtful and positions:
        layout = Layout(feed, positions, len(cells), len(cells) - len(used), row)
    return _Attempt(feed, cells, layout, missing, len(used))


def _find_position(column: FeedColumn, places: Mapping[str, int]) -> int | None:
    for header in (column.header, *column.aliases):
        if (position := places.get(fold_header(header))) is not None:
            return position
    return None


def _keep_best(attempts: list[_Attempt]) -> list[_Attempt]:
    most = max((attempt.known for attempt in attempts), default=0)
    return [attempt for attempt in attempts if attempt.known == most]


def _refuse_width(row: int, columns: int) -> FileRefusedError:
    return FileRefusedError(
        "too_many_columns",
        f"{row:,} 行目に {columns:,} 列あります。{MOST_COLUMNS:,} 列を超える表は読みません。",
        why="改行が失われたファイルか、壊れたファイルです。読もうとすると、機械のメモリーを使い尽くします。",
        todo="行の終わりに改行があるかを確かめ、もう一度出力してもらってください。",
    )


def _refuse_ambiguous(feeds: Sequence[Feed]) -> FileRefusedError:
    names = "、".join(f"{feed.title.ja}（{feed.id}）" for feed in feeds)
    return FileRefusedError(
        "ambiguous_layout",
        f"どの様式のファイルか決められません。次のどれにも当てはまります: {names}。",
        why="取り違えると、別の項目の値として保存されてしまいます。",
        todo="--feed で様式を指定するか、ファイル名を様式の決まりに合わせてください。",
    )


def _refuse_unknown(attempts: Sequence[_Attempt], file_name: str) -> FileRefusedError:
    why = "列の意味が分からないまま読むと、別の項目の値として保存されてしまいます。"
    nearest = max(
        attempts,
        key=lambda attempt: (attempt.likeness, is_named_for(attempt.feed, file_name), attempt.feed.id),
        default=None,
    )
    if nearest is None or nearest.known == 0:
        return FileRefusedError(
            "unknown_layout",
            "どの様式のファイルか分かりません。知っている見出しが一つもありません。",
            why=why,
            todo="見出しの行とシート名を確かめてください。新しい様式なら、説明書の「フィードを足す」の手順で定義を足してください。",
        )
    return FileRefusedError(
        "unknown_layout",
        f"どの様式とも列が合いません。最も近いのは{nearest.feed.title.ja}（{nearest.feed.id}）です。"
        + _describe_difference(nearest),
        why=why,
        todo="足りない列を含めて出力し直してもらうか、見出しの別名を定義（columns.yaml の aliases）に足してください。",
    )


def _describe_difference(nearest: _Attempt) -> str:
    parts = []
    if nearest.missing:
        parts.append(f"足りない列: {_list_names(nearest.missing)}。")
    declared = {
        fold_header(name) for column in nearest.feed.columns for name in (column.header, *column.aliases)
    }
    unknown = [cell for cell in nearest.cells if cell.strip() and fold_header(cell) not in declared]
    if (
        unknown
        and nearest.known >= _LEAST_KNOWN_SHARE * len(nearest.cells)
        and _are_renamed(unknown, nearest)
    ):
        parts.append(f"知らない列: {_list_names(unknown)}。")
    elif unknown:
        parts.append(f"知らない列が {len(unknown)} 列あります。")
    if not parts:
        parts.append("同じ見出しの列が二つあります。")
    return "".join(parts)


def _are_renamed(unknown: Sequence[str], nearest: _Attempt) -> bool:
    """Whether these are headings written in another way: no more of them than are missing.

    Where the line break behind the headings was lost, more follow, or a value sticks to the last heading; where a
    quote is open, a heading goes on over the lines below.
    """
    if any("\n" in cell for cell in unknown):
        return False
    missing = tuple(fold_header(header) for header in nearest.missing)
    last = fold_header(nearest.cells[-1])
    return len(unknown) <= len(missing) and (last in missing or not last.startswith(missing))


def _list_names(names: Sequence[str]) -> str:
    shown = "、".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} ほか {len(names) - _NAMES_SHOWN} 列"
