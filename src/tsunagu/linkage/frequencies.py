"""How common values are: counted once when a version is learned, looked up by every run that uses it.

Only values that two records share are kept, under a keyed hash. A value that one record has weighs as much as one
that nobody has, so nothing is lost, and nobody's own telephone number or birthday stands in the artefact.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tsunagu.linkage.address_shapes import ABSENT
from tsunagu.store.engine import Engine, read_sql

Ints = npt.NDArray[np.int64]
Columns = Mapping[str, Ints]
Texts = Mapping[str, Sequence[str]]
"""Texts behind the codes of a column."""

DECADES = 16
"""Decades of birth; the last one stands for no date."""
_NUMBERS = ("number_1", "number_2", "number_3")
VALUE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "surname": ("surname",),
    "surname_kana": ("surname_kana",),
    "given": ("given",),
    "given_kana": ("given_kana",),
    "birth": ("birth",),
    "phone": ("phone",),
    "site": ("town", *_NUMBERS, "number_4"),
    "numbers": ("number_2", "number_1", "number_3"),
}
"""The kinds of values and the columns that make one up. The first must be known for the value to be."""
BY_DECADE = ("given", "given_kana")
"""Kinds that are counted within the decade of birth as well."""
WORD, RESIDENT = "word", "resident"
"""Words of addresses written in several; full names in the register (folded)."""
_FEWEST_RECORDS = 2


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How common values were. `look_up` gives the records with each kind and text: 0 where fewer than two had it.

    `records`: all that were counted; `totals`: by kind, those that give a value of it (`given|7`: of that decade).
    """

    records: int
    totals: Mapping[str, int]
    look_up: Callable[[Sequence[str], Sequence[str]], Ints]

    def count(self, kind: str, texts: Sequence[str]) -> Ints:
        """Records with each text of one kind."""
        return self.look_up([kind] * len(texts), texts)


@dataclass(frozen=True, slots=True)
class Counted:
    """What learning counted. `values` has the columns kind, text, people; it never leaves the engine unhashed."""

    records: int
    totals: Mapping[str, int]
    values: pa.Table


def get_decade(birth: Ints) -> Ints:
    """The decade of birth of each row, `DECADES - 1` without a date."""
    return np.where(birth == ABSENT, DECADES - 1, (birth // 100_000) % (DECADES - 1))


def group_values(kind: str, columns: Columns, texts: Texts) -> tuple[Ints, list[str]]:
    """Which value of a kind each row has (`ABSENT` for none), and the values as text."""
    parts = [columns[name] for name in VALUE_COLUMNS[kind]]
    known = parts[0] != ABSENT
    groups = np.full(len(known), ABSENT, dtype=np.int64)
    if not known.any():
        return groups, []
    rows = np.stack([part[known] for part in parts], axis=1)
    if len(parts) == 1:
        single, groups[known] = np.unique(rows[:, 0], return_inverse=True)
        distinct = single[:, None]
    else:
        distinct, inverse = np.unique(rows, axis=0, return_inverse=True)
        groups[known] = inverse.reshape(-1)
    return groups, _write_values(VALUE_COLUMNS[kind], distinct, texts)


def _write_values(names: Sequence[str], distinct: Ints, texts: Texts) -> list[str]:
    written = []
    for place, name in enumerate(names):
        codes = distinct[:, place].tolist()
        written.append([texts[name][code] for code in codes] if name in texts else list(map(str, codes)))
    return ["|".join(parts) for parts in zip(*written, strict=True)]


def count_values(columns: Columns, texts: Texts, surnames: Mapping[str, Counter[str]]) -> Counted:
    """Count every kind of value over all rows.

    Args:
        columns: of all encoded rows.
        texts: behind their codes.
        surnames: by column of full names, how often each surname was written apart (see `splitting`).
    """
    counts: dict[str, Counter[str]] = dict(surnames)
    totals: dict[str, int] = {}
    decade = get_decade(columns["birth"])
    for kind in VALUE_COLUMNS:
        groups, values = group_values(kind, columns, texts)
        totals[kind] = int((groups != ABSENT).sum())
        counts[kind] = _count(groups, values)
        for number in range(DECADES) if kind in BY_DECADE else ():
            of_decade = groups[decade == number]
            totals[f"{kind}|{number}"] = int((of_decade != ABSENT).sum())
            counts[f"{kind}|{number}"] = _count(of_decade, values)
    counts[WORD] = count_words(columns, texts["town"])
    kept = [
        (kind, text, people)
        for kind in sorted(counts)
        for text, people in sorted(counts[kind].items())
        if people >= _FEWEST_RECORDS
    ]
    return Counted(len(decade), totals, _make_table(kept))


def _make_table(rows: Sequence[tuple[str, str, int]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    types = (("kind", pa.string()), ("text", pa.string()), ("people", pa.int64()))
    return pa.table(
        {name: pa.array(column, kind) for (name, kind), column in zip(types, columns, strict=True)}
    )


def _count(groups: Ints, values: Sequence[str]) -> Counter[str]:
    people = np.bincount(groups[groups != ABSENT], minlength=len(values)).tolist()
    return Counter({text: count for text, count in zip(values, people, strict=True) if count})


def count_words(columns: Columns, towns: Sequence[str]) -> Counter[str]:
    """Records with each word, and with each post code, of places written in several words."""
    counts: Counter[str] = Counter()
    given = columns["town"] != ABSENT
    for town, people in enumerate(np.bincount(columns["town"][given], minlength=len(towns)).tolist()):
        for word in list_words(towns[town]):
            counts[word] += people
    is_split = np.array([*(bool(list_words(town)) for town in towns), False])
    has_code = is_split[columns["town"]] & (columns["number_2"] != ABSENT)
    codes, people = np.unique(columns["number_2"][has_code], return_counts=True)
    counts.update(dict(zip(map(write_post_code, codes.tolist()), people.tolist(), strict=True)))
    return counts


def list_words(town: str) -> list[str]:
    """The words of a place written in several (an address in Latin letters); none for others."""
    return sorted(set(town.split())) if " " in town else []


def write_post_code(code: int) -> str:
    """A post code as a word of its place."""
    return f"#{code}"


def find_frequencies(engine: Engine, records: int, totals: Mapping[str, int]) -> Frequencies:
    """Look-ups in `linkage_frequency`."""
    known: dict[tuple[str, str], int] = {}

    def look_up(kinds: Sequence[str], texts: Sequence[str]) -> Ints:
        asked = list(zip(kinds, texts, strict=True))
        new = sorted(set(asked) - known.keys())
        if new:
            # Each is looked up once, however many steps ask for it.
            known.update(zip(new, _count_common(engine, new).tolist(), strict=True))
        return np.array([known[one] for one in asked], dtype=np.int64)

    return Frequencies(records, totals, look_up)


def _count_common(engine: Engine, values: Sequence[tuple[str, str]]) -> Ints:
    kinds, texts = zip(*values, strict=True)
    people = np.zeros(len(values), dtype=np.int64)
    columns = {"kind": pa.array(kinds, pa.string()), "text": pa.array(texts, pa.string())}
    engine.register("weighing_value", pa.table({"place": pa.array(range(len(values))), **columns}))
    found = engine.fetch_arrow(read_sql("tsunagu.linkage", "weighing_common"))
    people[found["place"].to_numpy()] = found["people"].to_numpy()
    return people
