"""One feed resolved against one file: which column is read how, and what the rows become."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Coverage, Delivery, Feed, FeedColumn, ItemRule, WhenOmitted
from tsunagu.catalog.formats import Spellings
from tsunagu.catalog.items import Item, ItemKind
from tsunagu.catalog.words import ValueType
from tsunagu.intake.match import Layout
from tsunagu.intake.naming import Occasion
from tsunagu.intake.normalise import CODE_PREFIX, SEVERAL_PREFIX, get_blank_code

NOTHING = "nothing"
AS_WRITTEN_FIELDS = ("name", "kana", "other_name", "address", "guardian_name", "phone")
"""Identity fields whose text is kept as the department wrote it."""
IN_HOUSE_KEYS = ("identity.atena_number", "identity.mother_atena_number")
PLACE_TARGETS = ("scope.school", "scope.facility")
TIME_TARGETS = ("scope.month", "scope.school_year")
DATE_TYPES = (ValueType.DATE, ValueType.YEAR_MONTH)


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry of the feed's columns that is read in this file."""

    index: int
    column: FeedColumn
    position: int
    blank_code: str | None = None

    @property
    def kind(self) -> str | None:
        """The map of parsed texts that its value comes from; None = its clean text, or as written."""
        if self.column.several is not None:
            return f"{SEVERAL_PREFIX}{self.column.several}{self.column.codes}"
        if self.column.codes is not None:
            return CODE_PREFIX + self.column.codes
        return None if self.column.type is ValueType.TEXT else self.column.type.value

    @property
    def is_as_written(self) -> bool:
        """Whether it only fills names and the like."""
        fields = {f"identity.{field}" for field in AS_WRITTEN_FIELDS}
        return self.kind is None and set(self.column.to) <= fields and self.column.pattern is None


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """One item that the file states."""

    item: Item
    record_key: tuple[str, ...]
    only_when: Spellings
    only_after: tuple[str, str] | None
    when_omitted: WhenOmitted
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything needed to read one file as one feed on one occasion."""

    feed: Feed
    layout: Layout
    occasion: Occasion
    readings: tuple[Reading, ...]
    items: tuple[ItemPlan, ...]
    unregistered_items: tuple[str, ...]

    def list_readings(self, target: str) -> list[Reading]:
        """The readings of one target, in the order written."""
        return [reading for reading in self.readings if target in reading.column.to]

    def list_readings_of(self, header: str) -> list[Reading]:
        """The readings of one header."""
        return [reading for reading in self.readings if reading.column.header == header]

    @property
    def is_snapshot(self) -> bool:
        """Whether what is not listed is thereby denied."""
        return self.occasion.delivery is Delivery.SNAPSHOT

    @property
    def states_identity(self) -> bool:
        """Whether the file says who its people are."""
        return any(
            target.startswith("identity.") for reading in self.readings for target in reading.column.to
        )

    @property
    def scope_readings(self) -> list[Reading]:
        """Readings of the scope columns, places before times."""
        return [
            reading for target in (*PLACE_TARGETS, *TIME_TARGETS) for reading in self.list_readings(target)
        ]

    @property
    def key_headers(self) -> tuple[str, ...]:
        """Headers without which a row says nothing: subject, record key, scope."""
        keys = [self.feed.subject.column, *self.feed.subject.with_columns, *self.feed.record_key]
        keys += [reading.column.header for reading in self.scope_readings]
        return tuple(dict.fromkeys(key for key in keys if not key.startswith("@")))

    @property
    def clean_positions(self) -> dict[int, str]:
        """Columns whose clean text is needed, by position."""
        headers = [*self.key_headers, *_list_conditions(self)]
        headers += [key for item in self.items for key in item.record_key if not key.startswith("@")]
        headers += [check.other for check in self.feed.checks if not check.other.startswith("@")]
        headers += [r.column.header for r in self.readings if r.kind is None and not r.is_as_written]
        headers += [r.column.header for r in self.readings if r.column.pattern is not None]
        positions = self.layout.positions
        return {positions[header]: header for header in headers if header in positions}


def make_plan(catalog: Catalog, layout: Layout, occasion: Occasion) -> Plan:
    """Resolve a feed: items that no active purpose may use are left out."""
    feed = layout.feed
    stated = [catalog.get_item(name) for name in feed.stated_items]
    allowed = [item for item in stated if catalog.may_load(item.id, on=catalog.opened_for)]
    names = {item.id for item in allowed}
    readings = tuple(_list_readings(catalog, layout, names))
    return Plan(
        feed=feed,
        layout=layout,
        occasion=occasion,
        readings=readings,
        items=tuple(_plan_item(feed, item, occasion) for item in allowed),
        unregistered_items=tuple(item.id for item in stated if item.id not in names),
    )


def _list_readings(catalog: Catalog, layout: Layout, items: set[str]) -> Iterator[Reading]:
    feed = layout.feed
    needed = {feed.subject.column, *feed.subject.with_columns, *feed.record_key}
    for rule in feed.items.values():
        needed |= {*(rule.record_key or ()), *rule.only_when, *(rule.only_after or ())}
    for check in feed.checks:
        needed |= {check.column, check.other}
    for index, column in enumerate(feed.columns):
        zones = {target.partition(".")[0] for target in column.to}
        is_kept = bool(zones & ({"identity", "scope"} | items))
        if column.header not in layout.positions:
            continue
        is_checked = column.required or column.pattern is not None or column.when_bad is not None
        if is_kept or column.header in needed or is_checked:
            code_list = catalog.code_lists.get(column.codes or "")
            blank = get_blank_code(code_list) if code_list else None
            yield Reading(index, column, layout.positions[column.header], blank)


def _plan_item(feed: Feed, item: Item, occasion: Occasion) -> ItemPlan:
    rule = feed.items.get(item.id, ItemRule())
    is_state = item.kind is ItemKind.STATE
    coverage = rule.coverage or feed.coverage
    if occasion.delivery is Delivery.DELTA and feed.delta_coverage is not None:
        coverage = feed.delta_coverage
    return ItemPlan(
        item=item,
        record_key=rule.record_key or feed.record_key,
        only_when=rule.only_when,
        only_after=rule.only_after,
        when_omitted=rule.when_omitted or (WhenOmitted.END if is_state else WhenOmitted.RETRACT),
        coverage=coverage,
    )


def _list_conditions(plan: Plan) -> list[str]:
    conditions: list[Mapping[str, tuple[str, ...]]] = [item.only_when for item in plan.items]
    for reading in plan.readings:
        conditions += [reading.column.when, reading.column.unknown_when]
    return [header for condition in conditions for header in condition]
