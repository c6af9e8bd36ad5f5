"""Items: what is known about a child, one fact table each, and what it may be used for."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from tsunagu.catalog.words import (
    Adoption,
    Definition,
    Department,
    GifName,
    Identifier,
    Role,
    Title,
    ValueType,
)
from tsunagu.vocabulary.tables import Column, ColumnType, Table, Zone

_COLUMN_TYPES = {
    ValueType.TEXT: ColumnType.VARCHAR,
    ValueType.CODE: ColumnType.VARCHAR,
    ValueType.INTEGER: ColumnType.BIGINT,
    ValueType.NUMBER: ColumnType.DOUBLE,
    ValueType.FLAG: ColumnType.BOOLEAN,
    ValueType.DATE: ColumnType.DATE,
    ValueType.YEAR_MONTH: ColumnType.DATE,
    ValueType.YEN: ColumnType.BIGINT,
}

_STANDARD_COLUMNS = (
    Column("subject_id", ColumnType.BIGINT, "whose fact, before linkage"),
    Column("known_from", ColumnType.DATE, "day the municipality's scheme learned of it (JST)"),
    Column("record_id", ColumnType.BIGINT, "keyed hash of feed and record key: one source record over time"),
    Column("feed", ColumnType.VARCHAR, "feed the fact came by"),
    Column("file_id", ColumnType.VARCHAR, "content address of the file in landing"),
    Column("row", ColumnType.BIGINT, "row in that file, the header being row 1"),
)


class ItemKind(StrEnum):
    """An event happens on a day (`occurred_on`); a state lasts (`valid_from`, `valid_to`)."""

    EVENT = "event"
    STATE = "state"


class Use(Definition):
    """One permitted use: purpose × legal basis × recipients × relevance × retention × review."""

    purpose: Identifier
    legal_basis: str = Field(min_length=1)
    relevance: str = Field(min_length=1)
    recipients: tuple[Role, ...] = Field(min_length=1)
    evidence: str = Field(default="none", min_length=1)
    """What shows that the item helps; `none` is honest, a source nobody read is not."""
    for_judgement: bool = True
    """False: kept for safety or as background; no pack of this purpose may judge by it."""
    retain_years: int = Field(gt=0, le=30)
    review_on: date
    adoption: Adoption = Adoption()


class ItemValue(Definition):
    """One value column of the item's fact table."""

    title: Title
    type: ValueType
    codes: Identifier | None = None
    unit: str = ""
    sensitive: bool = False
    place: bool = False
    """It tells where the child can be found; closed under address protection like the address itself."""
    gif: GifName | None = None
    """What the Government Interoperability Framework calls this value, where it has a name for it."""


class Item(Definition):
    """One fact table. `holder` is the body that answers for the data."""

    id: Identifier
    title: Title
    department: Department
    kind: ItemKind
    holder: str = Field(min_length=1)
    sighting: bool = False
    """Whether the event means that somebody of the municipality saw the child that day."""
    seen_on: Identifier | None = None
    """The date value that holds the day of the sighting; none = `occurred_on`."""
    seen_if: Identifier | None = None
    """The flag value that must be true for the event to be a sighting; none = always."""
    values: dict[Identifier, ItemValue]
    uses: tuple[Use, ...] = ()

    def is_registered_for(self, purpose: str) -> bool:
        """Whether the register allows this item for `purpose`."""
        return self.find_use(purpose) is not None

    def find_use(self, purpose: str) -> Use | None:
        """The register's row for `purpose`; None when the item is not registered for it."""
        return next((use for use in self.uses if use.purpose == purpose), None)


def get_fact_table(item: Item) -> Table:
    """The item's table in the facts zone.

    Grain: one version of one source record. A version ends when `facts.closure` says so.
    """
    dates: tuple[Column, ...]
    if item.kind is ItemKind.EVENT:
        dates = (Column("occurred_on", ColumnType.DATE, "day it happened"),)
    else:
        dates = (
            Column("valid_from", ColumnType.DATE, "first day of the state", "since before the records"),
            Column("valid_to", ColumnType.DATE, "first day it no longer held", "still holds"),
        )
    values = tuple(
        Column(name, _COLUMN_TYPES[value.type], value.title.ja, "not recorded", value.unit)
        for name, value in item.values.items()
    )
    return Table(
        zone=Zone.FACTS,
        name=item.id,
        grain="one version of one source record",
        columns=(_STANDARD_COLUMNS[0], *dates, *values, *_STANDARD_COLUMNS[1:]),
        key=("record_id", "known_from"),
    )
