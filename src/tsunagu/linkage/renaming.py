"""Who takes another surname: how much likelier at some ages of one sex than on the whole, learned from the files."""

import numpy as np
import pyarrow as pa

from tsunagu.linkage.learning import Floats
from tsunagu.linkage.levels import CLOSE, EQUAL, NAME_STATES, SWAPPED, Ints
from tsunagu.store.engine import Engine, read_sql

_PACKAGE = "tsunagu.linkage"
# This many people outweigh the share among all; no age is told apart by more bits.
_USUAL_PEOPLE = 200.0
_MOST_BITS = 6.0
_ROUNDS = 10
RENAMED_LEVELS = tuple(
    level for level in range(1, SWAPPED) if not {EQUAL, CLOSE} & set(divmod(level, NAME_STATES))
)
"""Levels of a surname that is neither the same nor the same with a slip, in no writing."""
_COLUMNS = {
    "sex": pa.int32(),
    "decade": pa.int32(),
    "surname_level": pa.int32(),
    "renaming_millibits": pa.int64(),
}


def forget_renaming(engine: Engine) -> None:
    """Make an empty `scoring_renaming`: before anything is judged, nothing is known of it."""
    engine.register(
        "scoring_renaming", pa.table({name: pa.array([], kind) for name, kind in _COLUMNS.items()})
    )


def learn_renaming(engine: Engine, scale: float) -> None:
    """Make `scoring_renaming` (sex, decade of birth, surname level, millibits) from the candidates judged without it.

    Args:
        engine: holds the tables of scoring.
        scale: settled links for each one sampled.
    """
    seen = engine.fetch_arrow(read_sql(_PACKAGE, "scoring_renamed"))
    cells = np.column_stack([seen[name].to_numpy().astype(np.int64) for name in seen.column_names])
    groups, place = np.unique(cells[:, :2], axis=0, return_inverse=True)
    bits = learn_bits(place.reshape(-1), cells[:, 2:], scale)
    rows = [
        (sex, decade, level, round(1000 * float(bits[group])))
        for group, (sex, decade) in enumerate(groups.tolist())
        for level in RENAMED_LEVELS
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    engine.register(
        "scoring_renaming",
        pa.table(
            {
                name: pa.array(values, kind)
                for (name, kind), values in zip(_COLUMNS.items(), columns, strict=True)
            }
        ),
    )


def learn_bits(group: Ints, cells: Ints, scale: float) -> Floats:
    """Bits by which each group takes another surname more often than all do; by expectation and maximisation.

    Args:
        group: of each cell, counting up from 0.
        cells: axes (n_cell, 4): surname level, is_settled, weight in millibits, pairs.
        scale: settled links for each one sampled.
    """
    renamed = np.isin(cells[:, 0], RENAMED_LEVELS)
    pairs = cells[:, 3] * np.where(cells[:, 1] == 1, scale, 1.0)
    known = cells[:, 0] != 0
    size = int(group.max(initial=-1)) + 1
    bits: Floats = np.zeros(size)
    for _ in range(_ROUNDS):
        weight = cells[:, 2] / 1000 + np.where(renamed, bits[group], 0.0)
        found = np.where(known, pairs / (1 + np.exp2(-np.clip(weight, -60, 60))), 0.0)
        all_of, changed = (
            np.bincount(group, weights=part, minlength=size) for part in (found, found * renamed)
        )
        share = (changed.sum() + 1) / (all_of.sum() + 2)
        own = (changed + _USUAL_PEOPLE * share) / (all_of + _USUAL_PEOPLE)
        bits = np.clip(np.log2(own / share), -_MOST_BITS, _MOST_BITS)
    return bits
