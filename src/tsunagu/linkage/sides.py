"""The two sides of the run's comparison as columns of text: the register's spellings, and the other systems' records."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Side:
    """A temporary table and which of its columns are read beside those that say who somebody is."""

    table: str
    others: tuple[str, ...] = ()


LEFT_SIDE = Side("weighing_left", ("household_id",))
RIGHT_SIDE = Side("weighing_right")
MET_SIDE = Side("weighing_met", ("CAST(id AS INTEGER) AS id",))
UNKNOWN_SIDE = Side("weighing_unknown", ("spelling_key",))
_TEXT_COLUMNS = (
    "full_name",
    "full_name_kana",
    "CAST(birth_date AS VARCHAR) AS birth_date",
    "sex",
    "address",
    "phone",
)
_NAME_PARTS = {
    "full_name": ("surname", "given_name"),
    "full_name_kana": ("surname_kana", "given_name_kana"),
}
# Two words without Latin letters, whose order nobody knows, and without a comma.
_TWO_WORDS = "^[^ A-Za-zＡ-Ｚａ-ｚ,，、､]+ [^ A-Za-zＡ-Ｚａ-ｚ,，、､]+$"


def read_side(engine: Engine, side: Side) -> pa.Table:
    """The rows in order of their id, names of two words parted."""
    columns = ", ".join([*_TEXT_COLUMNS, *side.others])
    rows = engine.fetch_arrow(f"SELECT {columns} FROM {side.table} ORDER BY {side.table}.id")  # noqa: S608 - our own names
    for whole, parts in _NAME_PARTS.items():
        rows = _split_plain_names(rows, whole, parts)
    return rows


def _split_plain_names(side: pa.Table, whole: str, parts: Sequence[str]) -> pa.Table:
    """Names of two words part at their space all at once; what is not that plain is left for `encode_people`."""
    names = pc.utf8_trim_whitespace(pc.replace_substring(side[whole].combine_chunks(), "\u3000", " "))
    is_plain = pc.fill_null(pc.match_substring_regex(names, _TWO_WORDS), False)
    words = pc.split_pattern(pc.if_else(is_plain, names, "- -"), " ")
    for place, part in enumerate(parts):
        side = side.append_column(part, pc.if_else(is_plain, pc.list_element(words, place), None))
    at = side.column_names.index(whole)
    return side.set_column(at, whole, pc.if_else(is_plain, None, names))
