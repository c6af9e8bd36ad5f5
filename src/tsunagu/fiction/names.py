"""Drawing names: the tables of surnames and given names as arrays, and what else a person is called by."""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np

from tsunagu.fiction.almanac import split_days
from tsunagu.fiction.arrays import Ints, Rng, choose, whole_numbers
from tsunagu.fiction.given_names import FEMALE, FOREIGN_FEMALE, FOREIGN_MALE, GENERATION_STARTS, MALE
from tsunagu.fiction.surnames import (
    FOREIGN_SURNAMES,
    RARE_FIRST,
    RARE_SECOND,
    RARE_SHARE,
    SURNAMES,
    VARIANTS,
)

_FASHION_YEARS = 6.0


@dataclass(frozen=True)
class NameTable:
    """Names one per row: registered text, reading, roman letters (foreign only), row of the everyday form."""

    texts: tuple[str, ...]
    kanas: tuple[str, ...]
    romans: tuple[str, ...]
    everyday: Ints


@dataclass(frozen=True)
class Names:
    """All names of the city; a person holds row numbers of `surnames` and `given`.

    `look_alikes` and `following` hold for every given name another one: a similar one, and just another.
    """

    surnames: NameTable
    given: NameTable
    surname_weights: tuple[float, ...]
    given_rows: dict[tuple[int, int], tuple[int, int]]
    foreign_surname_rows: dict[int, tuple[int, int]]
    foreign_given_rows: dict[tuple[int, int], tuple[int, int]]
    look_alikes: Ints
    following: Ints

    def draw_surnames(self, rng: Rng, size: int) -> Ints:
        """Japanese surnames by weight, register variants included."""
        return choose(rng, list(self.surname_weights), size)

    def draw_given(self, rng: Rng, sex: Ints, birth: Ints) -> Ints:
        """Given names by sex and time of birth, earlier ones of a list more often.

        Fashions follow one another over the decades: around the turn of a generation both lists are in use.
        """
        years, _, _ = split_days(birth)
        years = years + whole_numbers(np.round(rng.normal(0, _FASHION_YEARS, len(sex))))
        generation = np.searchsorted(np.array(GENERATION_STARTS), years, side="right") - 1
        rows = np.zeros(len(sex), dtype=np.int64)
        for (a_sex, a_generation), (first, last) in self.given_rows.items():
            mine = np.flatnonzero((sex == a_sex) & (generation == a_generation))
            weights = 1.0 / (np.arange(last - first) + 12.0)
            rows[mine] = first + choose(rng, weights, len(mine))
        return rows

    def draw_foreign(self, rng: Rng, nation: Ints, sex: Ints) -> tuple[Ints, Ints]:
        """Surname and given name rows of foreign residents."""
        surname = np.zeros(len(nation), dtype=np.int64)
        given = np.zeros(len(nation), dtype=np.int64)
        for (a_nation, a_sex), (first, last) in self.foreign_given_rows.items():
            mine = np.flatnonzero((nation == a_nation) & (sex == a_sex))
            given[mine] = rng.integers(first, last, len(mine))
            surname_first, surname_last = self.foreign_surname_rows[a_nation]
            surname[mine] = rng.integers(surname_first, surname_last, len(mine))
        return surname, given


@lru_cache(maxsize=1)
def load_names() -> Names:
    """Build the name tables from the word lists."""
    surnames, weights, foreign_surnames = _list_surnames()
    given, rows, foreign_given = _list_given()
    return Names(
        surnames=surnames,
        given=given,
        surname_weights=tuple(weights),
        given_rows=rows,
        foreign_surname_rows=foreign_surnames,
        foreign_given_rows=foreign_given,
        look_alikes=_find_look_alikes(given, rows),
        following=_list_following(given, [*rows.values(), *foreign_given.values()]),
    )


def _list_surnames() -> tuple[NameTable, list[float], dict[int, tuple[int, int]]]:
    entries = [entry.split(":") for entry in SURNAMES.split()]
    texts = [text for _, text, _ in entries]
    kanas = [kana for kana, _, _ in entries]
    weights = [float(weight) for _, _, weight in entries]
    everyday = list(range(len(texts)))
    base_weights = dict(zip(texts, list(weights), strict=True))
    for common, registered, share in VARIANTS:
        base = texts.index(common)
        texts.append(registered)
        kanas.append(kanas[base])
        everyday.append(base)
        weights.append(base_weights[common] * share)
        weights[base] -= base_weights[common] * share
    _add_rare_surnames(texts, kanas, weights)
    everyday += range(len(everyday), len(texts))
    romans = [""] * len(texts)
    foreign: dict[int, tuple[int, int]] = {}
    for entry in FOREIGN_SURNAMES.split():
        nation, roman, kana = entry.split(":")
        first, _ = foreign.get(int(nation), (len(texts), 0))
        foreign[int(nation)] = (first, len(texts) + 1)
        everyday.append(len(texts))
        texts.append(kana)
        kanas.append(kana)
        romans.append(roman)
    return NameTable(tuple(texts), tuple(kanas), tuple(romans), np.array(everyday)), weights, foreign


def _add_rare_surnames(texts: list[str], kanas: list[str], weights: list[float]) -> None:
    """Append every pair of parts that is no name yet, rarer and rarer in an order without a pattern."""
    first, second = ([part.split(":") for part in parts.split()] for parts in (RARE_FIRST, RARE_SECOND))
    rare = {
        text: kana + end_kana
        for kana, start in first
        for end_kana, end in second
        if (text := start + end) not in texts and start != end
    }
    ordered = sorted(rare, key=lambda text: crc32(text.encode()))
    falling = [1 / (place + 30) for place in range(len(ordered))]
    factor = sum(weights) * RARE_SHARE / (1 - RARE_SHARE) / sum(falling)
    texts += ordered
    kanas += [rare[text] for text in ordered]
    weights += [weight * factor for weight in falling]


def _list_given() -> tuple[
    NameTable, dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], tuple[int, int]]
]:
    texts: list[str] = []
    kanas: list[str] = []
    rows: dict[tuple[int, int], tuple[int, int]] = {}
    for sex, generations in ((1, MALE), (2, FEMALE)):
        for generation, words in enumerate(generations):
            first = len(texts)
            for kana, text in _spread_spellings(words):
                texts.append(text)
                kanas.append(kana)
            rows[sex, generation] = (first, len(texts))
    romans = [""] * len(texts)
    foreign: dict[tuple[int, int], tuple[int, int]] = {}
    for sex, words in ((1, FOREIGN_MALE), (2, FOREIGN_FEMALE)):
        for line in words.replace("\n", " ").strip().split(" "):
            _add_foreign_given(line, sex, (texts, kanas, romans), foreign)
    return NameTable(tuple(texts), tuple(kanas), tuple(romans), np.arange(len(texts))), rows, foreign


def _add_foreign_given(
    entry: str,
    sex: int,
    columns: tuple[list[str], list[str], list[str]],
    rows: dict[tuple[int, int], tuple[int, int]],
) -> None:
    """Append one entry such as `1:THI-HOA:ティ　ホア` and widen the rows of its nationality and sex."""
    texts, kanas, romans = columns
    nation, roman, kana = entry.split(":")
    first, _ = rows.get((int(nation), sex), (len(texts), 0))
    rows[int(nation), sex] = (first, len(texts) + 1)
    texts.append(kana)
    kanas.append(kana)
    romans.append(roman.replace("-", " "))


def _spread_spellings(words: str) -> list[tuple[str, str]]:
    """First spellings of every reading first, then the second ones, so that weights fall smoothly."""
    entries = [(kana, texts.split(",")) for kana, texts in (entry.split(":") for entry in words.split())]
    deepest = max(len(texts) for _, texts in entries)
    return [(kana, texts[depth]) for depth in range(deepest) for kana, texts in entries if depth < len(texts)]


def _find_look_alikes(given: NameTable, rows: dict[tuple[int, int], tuple[int, int]]) -> Ints:
    """For every given name another one that shares its first character or ending: the names twins get."""
    alike = np.arange(len(given.texts))
    for first, last in rows.values():
        by_head: dict[str, list[int]] = {}
        for row in range(first, last):
            by_head.setdefault(given.texts[row][0], []).append(row)
        for row in range(first, last):
            others = [
                other
                for other in by_head[given.texts[row][0]]
                if given.kanas[other] != given.kanas[row] and given.texts[other] != given.texts[row]
            ]
            alike[row] = others[0] if others else first + (row - first + 1) % (last - first)
    return whole_numbers(alike)


def _list_following(given: NameTable, ranges: list[tuple[int, int]]) -> Ints:
    """For every given name the next one of its list, the first after the last: another name of the same time."""
    following = np.arange(len(given.texts))
    for first, last in ranges:
        following[first:last] = first + (np.arange(last - first) + 1) % (last - first)
    return whole_numbers(following)
