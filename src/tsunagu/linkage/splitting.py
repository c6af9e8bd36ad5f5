"""Full names in two parts: by the space where there is one, else by the surnames the files themselves show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.japanese import split_name
from tsunagu.linkage.frequencies import Frequencies

_LONGEST_SURNAME = 6
# A surname seen once behind no space may be a typing mistake.
_FEWEST_BEARERS = 2
_PAIRS = (("full_name", "surname", "given_name"), ("full_name_kana", "surname_kana", "given_name_kana"))


def split_full_names(sides: Sequence[pa.Table], known: Frequencies | None = None) -> list[pa.Table]:
    """Fill surname and given name from the full name where a file has only that.

    `known`: which surnames there are, where the files are not to say it themselves.
    """
    tables = list(sides)
    for full, surname, given in _PAIRS:
        if any(full in table.column_names for table in tables):
            surnames = (
                _count_surnames(tables, full, surname)
                if known is None
                else _find_surnames(tables, full, known)
            )
            tables = [_split_table(table, full, surname, given, surnames) for table in tables]
    return tables


def count_written_surnames(sides: Sequence[pa.Table]) -> dict[str, Counter[str]]:
    """By column of full names, how often each surname stands apart from the given name."""
    return {full: _count_surnames(sides, full, surname) for full, surname, _ in _PAIRS}


def _find_surnames(tables: Sequence[pa.Table], full: str, known: Frequencies) -> Mapping[str, int]:
    """Every beginning of an undivided name that is known as a surname."""
    texts = {text for table in tables if full in table.column_names for text in _count_values(table[full])}
    whole = {parts.family for text in texts if (parts := split_name(text)) and parts.given is None}
    heads = sorted(
        {text[:length] for text in whole for length in range(1, min(_LONGEST_SURNAME, len(text) - 1) + 1)}
    )
    return Counter(dict(zip(heads, known.count(full, heads).tolist(), strict=True)))


def _count_surnames(tables: Sequence[pa.Table], full: str, surname: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for table in tables:
        if surname in table.column_names:
            counts.update(_count_values(table[surname]))
        if full in table.column_names:
            for text, bearers in _count_values(table[full]).items():
                parts = split_name(text)
                if parts and parts.given is not None:
                    counts[parts.family] += bearers
    return counts


def _count_values(column: Any) -> Counter[str]:
    counted = pc.value_counts(column.drop_null())
    return Counter(
        dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))
        if len(counted)
        else {}
    )


def _split_table(
    table: pa.Table, full: str, surname: str, given: str, surnames: Mapping[str, int]
) -> pa.Table:
    if full not in table.column_names:
        return table
    encoded = table[full].combine_chunks().dictionary_encode()
    parts = [_split(text, surnames) for text in encoded.dictionary.to_pylist()]
    index = pc.fill_null(encoded.indices, len(parts)).to_numpy(zero_copy_only=False)
    parts.append((None, None))
    for place, name in enumerate((surname, given)):
        made = pa.array(np.array([part[place] for part in parts], dtype=object)[index], pa.string())
        if name in table.column_names:
            own = table[name].combine_chunks()
            made = pc.if_else(pc.is_valid(own), own, made)
            table = table.drop_columns(name)
        table = table.append_column(name, made)
    return table


def _split(text: str, surnames: Mapping[str, int]) -> tuple[str | None, str | None]:
    parts = split_name(text)
    if parts is None:
        return None, None
    if parts.given is not None:
        return parts.family, parts.given
    if parts.family.isascii():
        # Order unknown: the last word as surname, as most files of Latin names have it.
        *first, last = parts.family.split(" ")
        return (last, " ".join(first)) if first else (last, None)
    known = [
        parts.family[:length]
        for length in range(1, min(_LONGEST_SURNAME, len(parts.family) - 1) + 1)
        if surnames[parts.family[:length]] >= _FEWEST_BEARERS
    ]
    if not known:
        return parts.family, None
    best = max(known, key=lambda name: (surnames[name], len(name)))
    return best, parts.family[len(best) :]
