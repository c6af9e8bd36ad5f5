"""How a stage declares the tables that leave it: columns, types, units, grain, keys."""

from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """The stores that are kept apart (DESIGN: names apart from facts)."""

    LANDING = "landing"
    IDENTITY = "identity"
    FACTS = "facts"
    RUNS = "runs"


class ColumnType(StrEnum):
    """The column types of the portable SQL subset."""

    BIGINT = "BIGINT"
    INTEGER = "INTEGER"
    DOUBLE = "DOUBLE"
    VARCHAR = "VARCHAR"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `null` says in words what a missing value means; empty = never null."""

    name: str
    type: ColumnType
    meaning: str
    null: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a zone. `grain` says what one row is; `key` names the columns unique within it."""

    zone: Zone
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """`zone.name`, as SQL writes it."""
        return f"{self.zone}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def text(name: str, meaning: str, *, null: str = "") -> Column:
    """A VARCHAR column."""
    return Column(name, ColumnType.VARCHAR, meaning, null)


def day(name: str, meaning: str, *, null: str = "") -> Column:
    """A DATE column."""
    return Column(name, ColumnType.DATE, meaning, null)


def identifier(name: str, meaning: str, *, null: str = "") -> Column:
    """A BIGINT column that holds a meaningless id."""
    return Column(name, ColumnType.BIGINT, meaning, null)


def integer(name: str, meaning: str, *, null: str = "", unit: str = "") -> Column:
    """An INTEGER column."""
    return Column(name, ColumnType.INTEGER, meaning, null, unit)


def number(name: str, meaning: str, *, null: str = "", unit: str = "") -> Column:
    """A DOUBLE column."""
    return Column(name, ColumnType.DOUBLE, meaning, null, unit)


def flag(name: str, meaning: str, *, null: str = "") -> Column:
    """A BOOLEAN column."""
    return Column(name, ColumnType.BOOLEAN, meaning, null)
