"""The array types and the few vector habits used all over the fictional city."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

Table = TypeVar("Table", bound="DataclassInstance")

NOBODY = -1
NEVER = 1 << 40
_MASK = (1 << 64) - 1


class Dice:
    """Random draws whose longer arrays begin with the shorter ones.

    Every call draws from a stream of its own (by its number among the calls). People, families and houses are only
    ever appended, so whoever is there already keeps what was drawn for them when the city lives on for more months.
    """

    def __init__(self, *key: int) -> None:
        """Begin with the first stream of a key."""
        self._key = key
        self._calls = 0

    def _open(self) -> np.random.Generator:
        self._calls += 1
        return np.random.default_rng([*self._key, self._calls])

    def random(self, size: int | tuple[int, ...] | None = None) -> Any:
        """Uniform in [0, 1); one number without a size."""
        return self._open().random(size)

    def integers(self, low: Ints | int, high: Ints | int, size: int | tuple[int, ...] | None = None) -> Any:
        """Whole numbers from `low` to below `high`; one number without a size."""
        return self._open().integers(low, high, size)

    def uniform(self, low: float, high: float, size: int) -> Floats:
        """Uniform between two numbers."""
        return self._open().uniform(low, high, size)

    def normal(
        self, mean: Floats | float, deviation: float, size: int | tuple[int, ...] | None = None
    ) -> Any:
        """Normal; as many as there are means without a size."""
        return self._open().normal(mean, deviation, size)

    def exponential(self, mean: float, size: int) -> Floats:
        """Exponential."""
        return self._open().exponential(mean, size)

    def gamma(self, shape: float, scale: float, size: int | tuple[int, ...]) -> Floats:
        """Gamma."""
        return self._open().gamma(shape, scale, size)

    def beta(self, a: float, b: float, size: int) -> Floats:
        """Beta."""
        return self._open().beta(a, b, size)

    def poisson(self, mean: Floats | float) -> Any:
        """Poisson; one number for one mean."""
        return self._open().poisson(mean)


Rng: TypeAlias = Dice


def open_stream(seed: int, *words: str) -> Rng:
    """Draws of one user's own, so that deepening one department does not move another."""
    return Dice(seed, *(crc32(word.encode()) for word in words))


def draw_by_key(seed: int, word: str, *keys: Ints) -> Floats:
    """Uniform numbers in [0, 1) that depend on the keys of each row alone, however the rows are ordered."""
    state = np.full(len(keys[0]), (seed ^ crc32(word.encode()) << 20) & _MASK, dtype=np.uint64)
    for key in keys:
        state = _scramble(state ^ _scramble(key.astype(np.uint64)))
    return (state >> np.uint64(11)).astype(np.float64) / (1 << 53)


def _scramble(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One round of the splitmix64 generator."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def draw(rng: Rng, rate: Floats | float, size: int) -> Bools:
    """Return (size,) yes or no, each with its `rate`."""
    hit: Bools = rng.random(size) < rate
    return hit


def choose(rng: Rng, weights: Floats | list[float], size: int) -> Ints:
    """Return (size,) indices into `weights`, drawn in proportion."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return whole_numbers(np.minimum(drawn, len(cumulative) - 1))


def whole_numbers(values: Any) -> Ints:
    """Any numbers as the integers all tables of the city use (fractions are cut)."""
    return np.asarray(values).astype(np.int64)


def rank_within(groups: Ints) -> Ints:
    """0-based place of every element among those of its group, in the order given."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]] if len(groups) else np.zeros(0, dtype=bool)
    positions = np.arange(len(groups))
    first = np.maximum.accumulate(np.where(starts, positions, 0)) if len(groups) else positions
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = positions - first
    return ranks


def empty(kind: type[Table]) -> Table:
    """A dataclass of arrays without rows."""
    return kind(*(np.zeros(0, dtype=np.int64) for _ in fields(kind)))


def extend(table: Table, piece: Table) -> None:
    """Append the rows of `piece` to `table`, both dataclasses of equally long arrays."""
    for field in fields(table):
        joined = np.concatenate([getattr(table, field.name), getattr(piece, field.name)])
        setattr(table, field.name, joined)


def take_rows(table: Table, rows: Ints | Bools) -> Table:
    """Return the chosen rows of a dataclass of arrays."""
    return type(table)(**{f.name: getattr(table, f.name)[rows] for f in fields(table)})


def concatenate_tables(pieces: list[Table]) -> Table:
    """Join dataclasses of arrays one below the other."""
    kind = type(pieces[0])
    names = [field.name for field in fields(kind)]
    return kind(**{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in names})
