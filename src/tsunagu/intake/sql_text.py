"""Small pieces of generated SQL. Texts come from checked definitions and are quoted; names are our own."""

from collections.abc import Iterable
from datetime import date

from tsunagu.catalog.feeds import Spellings
from tsunagu.catalog.words import ValueType
from tsunagu.intake.normalise import clean_text
from tsunagu.vocabulary.tables import ColumnType

PART_SEPARATOR = "chr(31)"

SQL_TYPES = {
    ValueType.TEXT: ColumnType.VARCHAR,
    ValueType.CODE: ColumnType.VARCHAR,
    ValueType.INTEGER: ColumnType.BIGINT,
    ValueType.NUMBER: ColumnType.DOUBLE,
    ValueType.FLAG: ColumnType.BOOLEAN,
    ValueType.DATE: ColumnType.DATE,
    ValueType.YEAR_MONTH: ColumnType.DATE,
    ValueType.YEN: ColumnType.BIGINT,
}


def quote(text: str) -> str:
    """A text as an SQL constant."""
    return "'" + text.replace("'", "''") + "'"


def quote_value(value: date | int | str) -> str:
    """A date, number or text as an SQL constant."""
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return str(value) if isinstance(value, int) else quote(value)


def list_texts(texts: Iterable[str]) -> str:
    """Texts as the inside of an IN."""
    return ", ".join(map(quote, texts))


def join_parts(parts: Iterable[str]) -> str:
    """Expressions as one text; null when any of them is null."""
    return f" || {PART_SEPARATOR} || ".join(f"CAST({part} AS VARCHAR)" for part in parts)


def first_given(expressions: list[str], type_name: str) -> str:
    """The first expression that is not null."""
    if not expressions:
        return f"CAST(NULL AS {type_name})"
    return expressions[0] if len(expressions) == 1 else f"coalesce({', '.join(expressions)})"


def hold_all(conditions: Iterable[str]) -> str:
    """All conditions together; none = true."""
    return " AND ".join(f"({condition})" for condition in conditions) or "true"


def hold_any(conditions: Iterable[str]) -> str:
    """Any of the conditions; none = false."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def match_spellings(spellings: Spellings, cells: dict[str, str]) -> str:
    """Whether each header's cell has one of its spellings. `cells`: clean text by header; absent = blank."""
    return hold_all(
        f"coalesce({cells.get(header, 'NULL')}, '') IN ({list_texts(clean_text(text) for text in texts)})"
        for header, texts in spellings.items()
    )
