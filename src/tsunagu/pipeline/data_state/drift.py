"""Does the latest delivery still mean the same? Shares of codes, of blanks and of unknown spellings beside those before.

The measure of a shift is the total variation distance: half the sum of how much each code's share, a blank being
one of them, went up or down. Only codes of the catalogue are ever named; numbers, dates and texts count as given or
blank.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.items import Item, ItemKind, ItemValue, get_fact_table
from tsunagu.catalog.words import Title, ValueType
from tsunagu.pipeline.data_state.months import add_months
from tsunagu.pipeline.data_state.parts import Part, list_last_occasion
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.facts import CLOSURE
from tsunagu.store.landing import PROBLEM

_PACKAGE = "tsunagu.pipeline"
FEWEST_ROWS = 100
"""On each side; shares of fewer rows jump by themselves."""
FAR = 0.2
"""A total variation distance, or a change of the share of blanks, that is said aloud."""
NEW_CODE_ROWS = 10
UNKNOWN_SHARE = 0.05
_COMPARED_MONTHS = 12
_LATEST, _BEFORE = "latest", "before"
_FLAG_TITLES = {"true": Title(ja="はい", en="yes"), "false": Title(ja="いいえ", en="no")}

_COUNTS = (
    "SELECT side, '{column}' AS name, {column} AS code, count(*) AS n FROM compared GROUP BY side, {column}"
)

Counts = Mapping[str | None, int]


@dataclass(frozen=True, slots=True)
class Share:
    """One code of a column: its share before and now; title None = blank, or given."""

    title: Title | None
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Drift:
    """One column whose make-up changed.

    `distance`: total variation distance. `new_codes`: never there before. `widest`: the code whose share changed
    most. `unknown_share`: cells of the latest delivery that nobody could read as a code; None = not the reason.
    """

    column: Title
    distance: float = 0.0
    blank_before: float = 0.0
    blank_now: float = 0.0
    new_codes: tuple[Title, ...] = ()
    widest: Share | None = None
    unknown_share: float | None = None

    @property
    def is_shifted(self) -> bool:
        """Whether the codes' shares moved far."""
        return self.distance >= FAR and self.widest is not None

    @property
    def is_blanker(self) -> bool:
        """Whether blanks became far more, or far fewer."""
        return abs(self.blank_now - self.blank_before) >= FAR

    @property
    def is_worth_saying(self) -> bool:
        """Whether anything changed far."""
        return self.is_shifted or self.is_blanker or bool(self.new_codes) or self.unknown_share is not None


def list_drifts(
    reader: Reader, catalog: Catalog, feed: Feed, parts: list[Part], *, as_of: date
) -> tuple[Drift, ...]:
    """The columns of one feed whose latest delivery differs far from those before."""
    last = list_last_occasion(feed, parts)
    if not last:
        return ()
    _register_sides(reader, parts, last, as_of=as_of)
    reader.attach(CLOSURE)
    reader.attach(PROBLEM)
    found = [
        drift
        for name in feed.stated_items
        for drift in _compare_item(reader, catalog, feed, catalog.get_item(name), as_of=as_of)
    ]
    return (*found, *_list_unknown_spellings(reader, catalog, feed, parts, last))


def _register_sides(reader: Reader, parts: list[Part], last: list[Part], *, as_of: date) -> None:
    """The two sides: files of the latest delivery and, of its kind, of the year before; now and the day before it came."""
    latest = {part.file_id for part in last}
    since = add_months(min(part.month for part in last), -_COMPARED_MONTHS)
    same_kind = [part for part in parts if part.delivery == last[0].delivery]
    before = {part.file_id for part in same_kind if part.month >= since} - latest
    sides = [(_LATEST, file) for file in sorted(latest)] + [(_BEFORE, file) for file in sorted(before)]
    reader.engine.register(
        "drift_file",
        pa.table({"side": [side for side, _ in sides], "file_id": [file for _, file in sides]}),
    )
    came_on = min(part.known_from for part in last)
    days = pa.array([as_of, came_on - timedelta(days=1)], pa.date32())
    reader.engine.register("drift_day", pa.table({"side": [_LATEST, _BEFORE], "day": days}))


def _compare_item(
    reader: Reader, catalog: Catalog, feed: Feed, item: Item, *, as_of: date
) -> Iterator[Drift]:
    reader.attach(get_fact_table(item))
    counts = _count_values(reader, feed, item, as_of=as_of)
    for name, value in item.values.items():
        titles = _get_code_titles(catalog, value)
        before, now = counts.get((name, _BEFORE), {}), counts.get((name, _LATEST), {})
        drift = compare(_get_column_title(item, name), before, now, titles)
        if drift is not None and drift.is_worth_saying:
            yield drift


def _get_code_titles(catalog: Catalog, value: ItemValue) -> Mapping[str, Title]:
    if value.codes is None:
        return _FLAG_TITLES if value.type is ValueType.FLAG else {}
    return {code.id: code.title for code in catalog.get_code_list(value.codes).codes}


def _get_column_title(item: Item, name: str) -> Title:
    value = item.values[name].title
    return Title(ja=f"{item.title.ja}の{value.ja}", en=f"{value.en or name} ({item.title.en or item.id})")


def _count_values(
    reader: Reader, feed: Feed, item: Item, *, as_of: date
) -> dict[tuple[str, str], dict[str | None, int]]:
    """Rows by code, for each column and side."""
    if not item.values:
        return {}
    is_event = item.kind is ItemKind.EVENT
    statement = read_sql(_PACKAGE, "value_counts_of_files" if is_event else "value_counts_of_days").format(
        item=item.id,
        columns=", ".join(f"{_read_code(name, value)} AS {name}" for name, value in item.values.items()),
        counts=" UNION ALL ".join(_COUNTS.format(column=name) for name in item.values),
    )
    day = {"as_of": as_of} if is_event else {}
    counts: dict[tuple[str, str], dict[str | None, int]] = {}
    for side, name, code, rows in reader.engine.list_rows(statement, feed=feed.id, **day):
        counts.setdefault((name, side), {})[code] = rows
    return counts


def _read_code(name: str, value: ItemValue) -> str:
    if value.type in (ValueType.CODE, ValueType.FLAG):
        return f"CAST(f.{name} AS VARCHAR)"
    return f"CASE WHEN f.{name} IS NULL THEN NULL ELSE '' END"


def compare(column: Title, before: Counts, now: Counts, titles: Mapping[str, Title]) -> Drift | None:
    """Two distributions of one column; None while either has too few rows.

    Args:
        column: its title.
        before: rows by code in the deliveries before; key None = blank.
        now: the same in the latest.
        titles: the codes that may be named.
    """
    all_before, all_now = sum(before.values()), sum(now.values())
    if min(all_before, all_now) < FEWEST_ROWS:
        return None
    codes = sorted({*before, *now}, key=lambda code: (code is None, code or ""))
    shares = [
        Share(titles.get(code or ""), before.get(code, 0) / all_before, now.get(code, 0) / all_now)
        for code in codes
    ]
    return Drift(
        column,
        distance=sum(abs(share.now - share.before) for share in shares) / 2,
        blank_before=before.get(None, 0) / all_before,
        blank_now=now.get(None, 0) / all_now,
        new_codes=tuple(
            titles[code]
            for code in codes
            if code is not None
            and code in titles
            and not before.get(code)
            and now.get(code, 0) >= NEW_CODE_ROWS
        ),
        widest=max(
            (share for share in shares if share.title is not None),
            key=lambda share: abs(share.now - share.before),
            default=None,
        ),
    )


def _list_unknown_spellings(
    reader: Reader, catalog: Catalog, feed: Feed, parts: list[Part], last: list[Part]
) -> Iterator[Drift]:
    """Columns of which the latest delivery holds far more unknown spellings than those before."""
    rows = {_LATEST: _sum_rows(last), _BEFORE: _sum_rows([part for part in parts if part not in last])}
    cells: dict[str, dict[str, int]] = {}
    for side, column, count in reader.engine.list_rows(
        read_sql(_PACKAGE, "unknown_code_counts"), feed=feed.id
    ):
        cells.setdefault(column, {})[side] = count
    for column, found in sorted(cells.items()):
        share = found.get(_LATEST, 0) / max(rows[_LATEST], 1)
        before = found.get(_BEFORE, 0) / max(rows[_BEFORE], 1)
        if rows[_LATEST] >= FEWEST_ROWS and share >= UNKNOWN_SHARE and share >= 2 * before:
            yield Drift(_find_header_title(catalog, feed, column), unknown_share=share)


def _find_header_title(catalog: Catalog, feed: Feed, header: str) -> Title:
    """The source's header, with the English name of what it becomes."""
    for column in feed.columns:
        zone, _, name = column.to[0].partition(".")
        if column.header == header and zone in catalog.items and name in catalog.items[zone].values:
            return Title(ja=header, en=_get_column_title(catalog.items[zone], name).en)
    return Title(ja=header, en="a column of codes")


def _sum_rows(parts: list[Part]) -> int:
    return sum(part.rows for part in parts)
