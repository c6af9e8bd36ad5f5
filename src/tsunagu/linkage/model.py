"""What weighing rests on, as whole numbers: shares and odds in millibits, and counts. Nothing in it changes by itself."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tsunagu.linkage.learning import Floats, Shares
from tsunagu.linkage.levels import FIELDS, SEX

SAME, RELATIVE, STRANGER, STRANGER_SEX = "same", "relative", "stranger", "stranger_sex"
TOGETHER, EXCHANGED, RULE = "together", "exchanged", "rule"
NOBODY, RELATIVE_PRIOR = "nobody", "relative_prior"
GUARDIAN_THERE, GUARDIAN_AWAY, GUARDIAN_STRANGER = "guardian_there", "guardian_away", "guardian_stranger"
PRIORS = ("prior_free", "prior_taken", "prior_free_undated", "prior_taken_undated")
RECORDS, TOTAL, PEOPLE, LINKS, WAITING = "records", "total", "people", "links", "waiting"
ANY_SYSTEM = ""
"""Stands for a system the model never met."""
_TOGETHER_SHAPE = (3, 3, 3)


@dataclass(frozen=True, slots=True, order=True)
class Parameter:
    """One number. `name`: the field, system, rule or value it is about; `place`: the level, age or position."""

    kind: str
    name: str
    place: int
    value: int


@dataclass(frozen=True, slots=True)
class LinkModel:
    """All numbers of one version, and the canonical hash of the frequencies that belong to it."""

    parameters: tuple[Parameter, ...]
    frequency_hash: str

    @property
    def content_hash(self) -> str:
        """One hash over everything; independent of order."""
        rows = [[one.kind, one.name, one.place, one.value] for one in sorted(self.parameters)]
        return hashlib.sha256(json.dumps([rows, self.frequency_hash]).encode()).hexdigest()

    def get(self, kind: str, name: str = "", place: int = 0) -> int:
        """One number."""
        (value,) = [
            one.value for one in self.parameters if (one.kind, one.name, one.place) == (kind, name, place)
        ]
        return value

    def list_values(self, kind: str) -> dict[tuple[str, int], int]:
        """All numbers of a kind by name and place."""
        return {(one.name, one.place): one.value for one in self.parameters if one.kind == kind}

    def list_by_name(self, kind: str) -> dict[str, int]:
        """All numbers of a kind that has one for each name."""
        return {one.name: one.value for one in self.parameters if one.kind == kind}

    def list_systems(self) -> set[str]:
        """The systems it was learned from."""
        return {name for name, _ in self.list_values(PRIORS[0])} - {ANY_SYSTEM}

    def build_shares(self) -> Shares:
        """The shares as `learning` reads them."""
        by_kind = {kind: self.list_values(kind) for kind in (SAME, RELATIVE, STRANGER)}
        classes = {
            kind: {field.name: _read_shares(values, field.name, field.levels) for field in FIELDS}
            for kind, values in by_kind.items()
        }
        together = self.list_values(TOGETHER)
        bits = np.array([together["", place] for place in range(len(together))]) / 1000
        return Shares(
            classes[SAME],
            classes[RELATIVE],
            classes[STRANGER],
            _read_shares(self.list_values(STRANGER_SEX), SEX.name, SEX.levels),
            bits.reshape(_TOGETHER_SHAPE),
            float(np.exp2(self.get(EXCHANGED) / 1000)),
        )


def _read_shares(values: Mapping[tuple[str, int], int], name: str, levels: int) -> Floats:
    shares: Floats = np.exp2(np.array([values[name, level] for level in range(levels)]) / 1000)
    return shares


def write_shares(shares: Shares) -> Iterable[Parameter]:
    """The shares in millibits (log2, so 0 is certain and -1000 one in two)."""
    for kind, by_field in ((SAME, shares.same), (RELATIVE, shares.relative), (STRANGER, shares.stranger)):
        for name, levels in by_field.items():
            yield from _write_levels(kind, name, np.log2(levels))
    yield from _write_levels(STRANGER_SEX, SEX.name, np.log2(shares.sex_given))
    yield from _write_levels(TOGETHER, "", shares.together.reshape(-1))
    yield from _write_levels(EXCHANGED, "", np.log2([shares.exchanged]))


def _write_levels(kind: str, name: str, bits: Floats) -> Iterable[Parameter]:
    for place, value in enumerate(np.rint(1000 * bits).astype(np.int64).tolist()):
        yield Parameter(kind, name, place, value)
