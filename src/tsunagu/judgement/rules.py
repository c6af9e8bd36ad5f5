"""Packs as flat tables that the SQL joins: one row a pack, part, condition, domain, level rule, look-up row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import pyarrow as pa

from tsunagu.catalog.packs import (
    UNKNOWN_CLASS,
    Combination,
    Condition,
    FilledBy,
    Floor,
    Lookup,
    NeedLevel,
    Pack,
    PackItem,
)
from tsunagu.judgement.oracle import BlankReason
from tsunagu.judgement.wording import LEVEL_WORDING
from tsunagu.vocabulary.dates import get_school_year
from tsunagu.vocabulary.tables import ColumnType

YEARS_TO_SCHOOL = 6
"""A cohort (school year of birth) begins the first grade so many school years later."""

_SHOWS = "shows"
# Between words: the unit separator occurs in no code.
_WORD_MARK = chr(31)

_B, _I, _D, _T, _F = (
    ColumnType.BOOLEAN,
    ColumnType.INTEGER,
    ColumnType.DATE,
    ColumnType.VARCHAR,
    ColumnType.DOUBLE,
)
_ARROW_TYPES = {_B: pa.bool_(), _I: pa.int32(), _D: pa.date32(), _T: pa.string(), _F: pa.float64()}
_SCHEMAS: dict[str, dict[str, ColumnType]] = {
    "judgement_pack": {
        "pack_no": _I, "pack": _T, "pack_version": _I, "purpose": _T, "first_cohort": _I, "last_cohort": _I,
        "least_known_items": _I, "listed_rank": _I, "expires_on": _D, "blank_items": _I, "is_lookup": _B,
    },
    "judgement_part": {
        "part_no": _I, "pack_no": _I, "part": _T, "kind": _T, "domain_no": _I, "most_points": _I,
        "rank": _I, "blank_reason": _T,
    },
    "judgement_condition": {
        "condition_no": _I, "part_no": _I, "pack_no": _I, "indicator": _T, "comparison": _T,
        "threshold": _F, "words": _T, "points": _I, "weight": _I, "is_measurement": _B, "is_blocked": _B,
        "may_grow": _B, "direction": _T,
    },
    "judgement_domain": {
        "domain_no": _I, "pack_no": _I, "domain": _T, "blank_items": _I, "resets": _B,
    },
    "judgement_level_rule": {
        "pack_no": _I, "target": _T, "part_no": _I, "domain_no": _I, "least": _I, "rank": _I,
    },
    "judgement_class": {"domain_no": _I, "least_points": _I, "is_mildest": _B, "code": _I, "unknown_code": _I},
    "judgement_lookup": {"pack_no": _I, "code": _I, "overall_class": _T, "rank": _I},
    "judgement_difficulty": {"pack_no": _I, "difficulty": _T, "position": _I, "part_no": _I},
    "judgement_level": {"rank": _I, "need_level": _T, "wording": _T},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackInUse:
    """A pack with what the register and the indicators say about it on the day of the run."""

    pack: Pack
    blocked: frozenset[str] = frozenset()
    resetting: frozenset[str] = frozenset()
    """Indicators that start anew each April."""
    growing: frozenset[str] = frozenset()
    """Indicators that add up over time: with part of the time unknown, the true value may be higher."""


def compile_packs(packs: Sequence[PackInUse], *, as_of: date) -> dict[str, pa.Table]:
    """The rule tables, by name; every table is there even when it has no row."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _SCHEMAS}
    rows["judgement_level"] = [
        {"rank": level.rank, "need_level": level.value, "wording": LEVEL_WORDING[level].ja}
        for level in NeedLevel
    ]
    for pack_no, used in enumerate(packs, start=1):
        _Compiler(rows, pack_no, used).compile(as_of)
    return {name: _make_table(name, rows[name]) for name in _SCHEMAS}


class _Compiler:
    """Adds the rows of one pack. Numbers run through all packs, so each names its pack too."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]], pack_no: int, used: PackInUse) -> None:
        self.rows, self.pack_no, self.used = rows, pack_no, used
        self.domains = {
            domain.id: len(rows["judgement_domain"]) + position
            for position, domain in enumerate(used.pack.domains, start=1)
        }
        self.parts: dict[str, int] = {}

    def compile(self, as_of: date) -> None:
        pack = self.used.pack
        for item in pack.items:
            self._add_item(item)
        for combination in pack.combinations:
            self._add_combination(combination)
        self._add_pack(as_of)
        self._add_domains()
        self._add_level_rules()
        if pack.lookup is not None:
            self._add_lookup(pack.lookup)
        for position, difficulty in enumerate(pack.difficulties):
            for item_id in difficulty.items:
                self._add(
                    "judgement_difficulty",
                    difficulty=difficulty.id, position=position, part_no=self.parts[item_id],
                )  # fmt: skip

    def _add(self, table: str, **row: Any) -> None:
        self.rows[table].append({"pack_no": self.pack_no, **row})

    def _add_pack(self, as_of: date) -> None:
        pack = self.used.pack
        birth_year = get_school_year(as_of) - YEARS_TO_SCHOOL
        first, last = pack.audience.first_school_year, pack.audience.last_school_year
        self._add(
            "judgement_pack",
            pack=pack.id,
            pack_version=pack.version,
            purpose=pack.purpose,
            first_cohort=None if last is None else birth_year - last,
            last_cohort=None if first is None else birth_year - first,
            least_known_items=pack.least_known_items,
            listed_rank=min(level.rank for level in pack.listed_levels),
            expires_on=as_of + timedelta(days=pack.expires_days),
            blank_items=sum(find_blank_reason(item, self.used) is not None for item in pack.items),
            is_lookup=pack.lookup is not None,
        )

    def _add_item(self, item: PackItem) -> None:
        blank = find_blank_reason(item, self.used)
        part_no = self._add_part(
            item.id, "item", domain_no=self.domains[item.domain], most_points=item.most_points,
            blank_reason=blank,
        )  # fmt: skip
        if blank is not None:
            return
        for step in item.steps:
            self._add_condition(part_no, step, step.points, is_measurement=item.is_measurement)
        if item.shows is not None:
            self._add_condition_row(part_no, item.shows, _SHOWS, is_measurement=item.is_measurement)

    def _add_combination(self, part: Combination) -> None:
        kind, rank = ("floor", part.level.rank) if isinstance(part, Floor) else ("protective", None)
        part_no = self._add_part(part.id, kind, rank=rank)
        for condition in part.when:
            self._add_condition(part_no, condition, 0)

    def _add_part(self, part: str, kind: str, **row: Any) -> int:
        part_no = len(self.rows["judgement_part"]) + 1
        self.parts[part] = part_no
        self._add("judgement_part", part_no=part_no, part=part, kind=kind, **row)
        return part_no

    def _add_condition(
        self, part_no: int, condition: Condition, points: int, *, is_measurement: bool = False
    ) -> None:
        words = condition.is_one_of
        self._add_condition_row(
            part_no,
            condition.indicator,
            condition.comparison.value,
            threshold=condition.threshold,
            words=_WORD_MARK + _WORD_MARK.join(words) + _WORD_MARK if words else None,
            points=points,
            is_measurement=is_measurement,
        )

    def _add_condition_row(self, part_no: int, indicator: str, comparison: str, **row: Any) -> None:
        points = row.pop("points", 0)
        self._add(
            "judgement_condition",
            condition_no=len(self.rows["judgement_condition"]) + 1,
            part_no=part_no,
            indicator=indicator,
            comparison=comparison,
            points=points,
            weight=max(points, 1),
            is_blocked=indicator in self.used.blocked,
            may_grow=indicator in self.used.growing,
            direction={"at_least": "more", "at_most": "less", "is_one_of": "category"}.get(comparison),
            **row,
        )

    def _add_domains(self) -> None:
        pack = self.used.pack
        for domain_id, domain_no in self.domains.items():
            items = [item for item in pack.items if item.domain == domain_id]
            self._add(
                "judgement_domain",
                domain_no=domain_no,
                domain=domain_id,
                blank_items=sum(find_blank_reason(item, self.used) is not None for item in items),
                resets=any(not self.used.resetting.isdisjoint(item.indicator_ids) for item in items),
            )

    def _add_level_rules(self) -> None:
        for rule in self.used.pack.levels:
            target, least = "total", rule.total_at_least
            if rule.domains_with_points_at_least is not None:
                target, least = "domains", rule.domains_with_points_at_least
            elif rule.points_at_least is not None:
                target, least = ("item" if rule.item else "domain"), rule.points_at_least
            self._add(
                "judgement_level_rule",
                target=target,
                part_no=self.parts[rule.item] if rule.item else None,
                domain_no=self.domains[rule.domain] if rule.domain else None,
                least=least,
                rank=rule.level.rank,
            )

    def _add_lookup(self, lookup: Lookup) -> None:
        # Each combination of classes is one number: the axes' class numbers as digits to a common base.
        base = max(len(axis.class_ids) for axis in lookup.axes)
        codes = [
            {name: digit * base**position for digit, name in enumerate(axis.class_ids)}
            for position, axis in enumerate(lookup.axes)
        ]
        for axis, code in zip(lookup.axes, codes, strict=True):
            for one in axis.classes:
                self.rows["judgement_class"].append(
                    {
                        "domain_no": self.domains[axis.domain],
                        "least_points": one.points_at_least,
                        "is_mildest": one is axis.classes[-1],
                        "code": code[one.id],
                        "unknown_code": code[UNKNOWN_CLASS],
                    }
                )
        levels = lookup.levels_by_classes
        gives = {row.when: row.gives for row in lookup.rows}
        for when in product(*(axis.class_ids for axis in lookup.axes)):
            total = sum(code[name] for code, name in zip(codes, when, strict=True))
            self._add("judgement_lookup", code=total, overall_class=gives[when], rank=levels[when].rank)


def find_blank_reason(item: PackItem, used: PackInUse) -> str | None:
    """Why the row stays blank for every child; None when records answer it."""
    if item.filled_by is FilledBy.PEOPLE:
        return BlankReason.PEOPLE.value
    return BlankReason.NOT_REGISTERED.value if used.blocked.issuperset(item.indicator_ids) else None


def _make_table(name: str, rows: Iterable[dict[str, Any]]) -> pa.Table:
    columns = _SCHEMAS[name]
    schema = pa.schema([(column, _ARROW_TYPES[type_]) for column, type_ in columns.items()])
    return pa.Table.from_pylist(list(_fill(columns, rows)), schema=schema)


def _fill(columns: Mapping[str, ColumnType], rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            column: row.get(column, False if type_ is ColumnType.BOOLEAN else None)
            for column, type_ in columns.items()
        }
