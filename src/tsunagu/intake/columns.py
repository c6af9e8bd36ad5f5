"""Small operations on whole columns: conditions, first given values, joined texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.catalog.formats import Spellings
from tsunagu.intake.normalise import clean_text

BLANKS = " \t\r\n　\u00a0\ufeff"
PART_SEPARATOR = "\x1f"


def trim_cells(cells: pa.Array) -> pa.Array:
    """Cells without surrounding blanks; nothing left = null."""
    trimmed = pc.utf8_trim(cells, characters=BLANKS)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def fill(value: Any, value_type: pa.DataType, length: int) -> pa.Array:
    """A column of one value."""
    if value is None:
        return pa.nulls(length, value_type)
    return pa.repeat(pa.scalar(value, value_type), length)


def has_any(mask: pa.Array) -> bool:
    """Whether any row holds; null does not."""
    return bool(pc.any(mask).as_py())


def hold_all(masks: Iterable[pa.Array], length: int) -> pa.Array:
    """Rows in which every mask holds."""
    result = None
    for mask in masks:
        known = pc.fill_null(mask, False)
        result = known if result is None else pc.and_(result, known)
    return fill(True, pa.bool_(), length) if result is None else result


def hold_any(masks: Iterable[pa.Array], length: int) -> pa.Array:
    """Rows in which any mask holds."""
    result = None
    for mask in masks:
        known = pc.fill_null(mask, False)
        result = known if result is None else pc.or_(result, known)
    return fill(False, pa.bool_(), length) if result is None else result


def match_spellings(spellings: Spellings, cells: Mapping[str, pa.Array], length: int) -> pa.Array:
    """Rows whose cells have one of the spellings each; a header that is not in the file is blank."""
    masks = []
    for header, texts in spellings.items():
        wanted = pa.array([clean_text(text) for text in texts], pa.string())
        cell = cells.get(header, pa.nulls(length, pa.string()))
        masks.append(pc.is_in(pc.fill_null(cell, ""), value_set=wanted))
    return hold_all(masks, length)


def first_given(columns: Sequence[pa.Array], value_type: pa.DataType, length: int) -> pa.Array:
    """Of several columns the first value that is not null."""
    if not columns:
        return pa.nulls(length, value_type)
    result = columns[0] if len(columns) == 1 else pc.coalesce(*columns)
    return result if result.type == value_type else result.cast(value_type)


def join_parts(parts: Sequence[pa.Array], separator: str) -> pa.Array:
    """Texts joined; null when any part is null."""
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, separator)


def join_given(parts: Sequence[pa.Array], separator: str) -> pa.Array:
    """The parts that are given, joined; null when none is."""
    joined = parts[0]
    for part in parts[1:]:
        both = pc.binary_join_element_wise(joined, part, separator)
        joined = pc.coalesce(both, joined, part)
    return joined


def keep_where(mask: pa.Array, values: pa.Array) -> pa.Array:
    """The values where the mask holds, else null."""
    return pc.if_else(mask, values, pa.scalar(None, values.type))
