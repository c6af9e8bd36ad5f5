"""Learns from the files themselves how one person, relatives and strangers compare; works on patterns, not pairs.

Three classes: the same person, relatives (another member of the person's own household: what a twin, a sibling,
a parent looks like), strangers. For each field and level it estimates the share of pairs of each class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tsunagu.linkage.levels import (
    ADDRESS,
    BIRTH,
    CLOSE,
    EQUAL,
    FIELDS,
    GIVEN,
    MISSING,
    NAME_STATES,
    PHONE,
    SEX,
    SURNAME,
    SWAPPED,
    SWAPPED_CLOSE,
    SWAPPED_HALF,
    Field,
    Ints,
    agreement_of,
    is_agreement,
    list_groups,
    split_name_level,
)

Floats = npt.NDArray[np.float64]
Counts = Mapping[int, float]

# Pseudo-observations: how much is seen before the data outweigh these expectations.
_SAME_WEIGHT, _OTHER_WEIGHT = 20.0, 2.0
_NAME_EXPECTED = {MISSING: 1.0, 1: 0.93, 2: 0.03, 3: 0.02, 4: 0.02}
_SAME_EXPECTED = {
    "birth_date": (1.0, 0.98, 0.003, 0.006, 0.005, 0.002, 0.004),
    "sex": (1.0, 0.996, 0.004),
    "address": (1.0, 0.55, 0.14, 0.05, 0.05, 0.05, 0.15, 0.01),
    "phone": (1.0, 0.75, 0.25),
}
# Surname and given name exchanged: both equal, one nearly, one only.
_SWAPPED_EXPECTED = (0.0004, 0.00005, 0.00005)
# Between strangers who share a house number nothing is known of rooms, so no level is expected more than another.
# A relative has another given name, so where names are exchanged the surname alone may agree.
_SWAPPED_RELATIVE_BITS = (-5.0, -5.0, 0.0)
_SHARED_SITE = 1 / 3
_CHANGING, _OWN = (SURNAME, ADDRESS, PHONE), (GIVEN, BIRTH, SEX)
# Two members of one household: another given name, seldom one birthday (twins).
_RELATIVES_EXPECTED = 0.9
_RELATIVE_NAME_EXPECTED = {MISSING: 1.0, 1: 0.005, 2: 0.01, 3: 0.03, 4: 0.955}
_RELATIVE_EXPECTED = {
    "birth_date": (1.0, 0.003, 0.002, 0.01, 0.01, 0.05, 0.925),
    "sex": (1.0, 0.5, 0.5),
}
_TOGETHER_WEIGHT = 200.0
_MOST_TOGETHER_BITS = 6.0
_ROUNDS, _ROUNDS_OF_BLIND = 12, 3
# How many records have a partner in another file, in their own file; and how many have none at least.
_PARTNERED_EXPECTED, _REPEATED_EXPECTED, _FEWEST_ALONE = 0.8, 0.2, 0.01
_MOST_BITS = 60.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What learning reads: pattern counts of each sample, and of the candidates by rarity and `is_taken`.

    `candidates` has the axes (n_cell, 4): pattern, rarity in bits, is_taken, pairs.
    """

    settled: Counts
    random: Counts
    same_name: Counts
    same_kana: Counts
    same_given: Counts
    same_given_kana: Counts
    housemates: Counts
    candidates: Ints


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records and links there are. `mates`: other members of a record's household, on average."""

    left: int
    right: int
    settled: int
    mates: float
    repeats: float
    is_one_file: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """Share of each level of each field, by class. `sex_given`: strangers who share a given name.

    `together` has the axes (surname, address, telephone), each unknown, agreeing or not: bits by which the
    combination is more usual among changes in a life than the three would be one by one (who moves, gets another
    telephone; who marries, moves). `exchanged`: how often surname and given name change places.
    """

    same: dict[str, Floats]
    relative: dict[str, Floats]
    stranger: dict[str, Floats]
    sex_given: Floats
    together: Floats
    exchanged: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """A learned model: shares, and how likely a record has a partner at all.

    `relative_share`: of two records of one household, how many are of two people and not of one entered twice.
    """

    shares: Shares
    partner_share: float
    sizes: Sizes
    relative_share: float = 1.0

    @property
    def free_prior(self) -> float:
        """Odds of a pair whose left record is free, before anything is compared."""
        if self.sizes.is_one_file:
            return self.partner_share / max(self.sizes.left - 1, 1)
        free = max(self.sizes.left - self.sizes.settled, 1)
        return self.partner_share * (1 - self.sizes.repeats) / free

    @property
    def taken_prior(self) -> float:
        """Odds of a pair whose left record is settled with another already: somebody would be in the file twice."""
        return self.partner_share * self.sizes.repeats / max(self.sizes.settled, 1)

    @property
    def nobody_share(self) -> float:
        """How likely a record has no partner: what every candidate of it is weighed against.

        Within one file a record may have many partners, and how many have none is seen afterwards.
        """
        return 1.0 if self.sizes.is_one_file else 1 - self.partner_share

    @property
    def relative_prior(self) -> float:
        """Odds that two records are of two members of one household; within one file the others are there for certain."""
        there = 1.0 if self.sizes.is_one_file else self.partner_share
        return self.sizes.mates * self.relative_share * there / self.sizes.left


def learn(observed: Observed, sizes: Sizes) -> Parameters:
    """Estimate all shares; the same person's by expectation and maximisation over patterns."""
    start = _normalise_all({field.name: _expect_same(field) for field in FIELDS})
    random = _leave_out_matches(observed.random, start, _PARTNERED_EXPECTED / max(sizes.left, 1))
    stranger, sex_given = _learn_strangers(replace(observed, random=random))
    relative, relative_share = _learn_relatives(observed, start, stranger)
    parameters = Parameters(
        Shares(start, relative, stranger, sex_given, np.zeros((3, 3, 3)), sum(_SWAPPED_EXPECTED)),
        max(
            _share_partners(sizes, sizes.settled),
            _REPEATED_EXPECTED if sizes.is_one_file else _PARTNERED_EXPECTED,
        ),
        sizes,
        relative_share,
    )
    cells = observed.candidates
    for _ in range(_ROUNDS):
        parameters = relearn(parameters, observed, cells[:, 0], _expect(parameters, cells) * cells[:, 3])
    return parameters


def _expect(parameters: Parameters, cells: Ints) -> Floats:
    """Share of each cell of candidates that is one person."""
    patterns, inverse = np.unique(cells[:, 0], return_inverse=True)
    same, relative = weigh_patterns(parameters.shares, patterns)
    rarity = cells[:, 1].astype(np.float64)
    prior = np.where(cells[:, 2] == 1, parameters.taken_prior, parameters.free_prior)
    for_same = prior * np.exp2(np.minimum(same[inverse] + rarity, _MOST_BITS))
    for_relative = parameters.relative_prior * np.exp2(np.minimum(relative[inverse] + rarity, _MOST_BITS))
    return for_same / (for_same + (for_relative + 1) * parameters.nobody_share)


def relearn(parameters: Parameters, observed: Observed, patterns: Ints, found: Floats) -> Parameters:
    """Learn the same person anew from the settled links and from how many candidates of each pattern are believed.

    Args:
        parameters: what was believed before.
        observed: the samples.
        patterns: of candidates; a pattern may stand there several times.
        found: how many of them are one person.
    """
    sizes = parameters.sizes
    settled_seen = sum(observed.settled.values())
    scale = sizes.settled / settled_seen if settled_seen else 0.0
    patterns = np.concatenate([patterns, np.array(list(observed.settled), dtype=np.int64)])
    weights = np.concatenate([found, scale * np.array(list(observed.settled.values()), dtype=np.float64)])
    same = _normalise_all(
        {
            field.name: _count_levels(field, patterns, weights) + _SAME_WEIGHT * _expect_same(field)
            for field in FIELDS
        }
    )
    relative, relative_share = _learn_relatives(observed, same, parameters.shares.stranger)
    matches = sizes.settled + float(found.sum())
    together = _learn_together(patterns, weights)
    given = _count_levels(GIVEN, patterns, weights) + _SAME_WEIGHT * _expect_same(GIVEN)
    exchanged = float(given[SWAPPED:].sum() / given[1:].sum())
    shares = replace(parameters.shares, same=same, relative=relative, together=together, exchanged=exchanged)
    return replace(
        parameters,
        shares=shares,
        partner_share=_share_partners(sizes, matches),
        relative_share=relative_share,
    )


def _share_partners(sizes: Sizes, matches: float) -> float:
    """Of a record's chance to have a partner; a few records say little of it."""
    if sizes.is_one_file:
        return (2 * matches + _SAME_WEIGHT * _REPEATED_EXPECTED) / (sizes.left + _SAME_WEIGHT)
    share = (matches + _SAME_WEIGHT * _PARTNERED_EXPECTED) / (sizes.right + _SAME_WEIGHT)
    return min(share, 1 - _FEWEST_ALONE)


def weigh_patterns(shares: Shares, patterns: Ints) -> tuple[Floats, Floats]:
    """Bits for the same person and for a relative, each against a stranger, before rarity."""
    same, relative = np.zeros(len(patterns)), np.zeros(len(patterns))
    for field in FIELDS:
        same_bits, relative_bits = weigh_field(shares, field, patterns)
        same += same_bits
        relative += relative_bits
    together = weigh_together(shares, patterns)
    return same + together, relative + together


def weigh_together(shares: Shares, patterns: Ints) -> Floats:
    """Bits for what changed together; a household changes as one, so they count for a relative as well."""
    bits: Floats = shares.together[tuple(agreement_of(field, patterns) for field in _CHANGING)]
    return bits


def _learn_together(patterns: Ints, weights: Floats) -> Floats:
    counts = np.zeros((3, 3, 3))
    np.add.at(counts, tuple(agreement_of(field, patterns) for field in _CHANGING), weights)
    singles = []
    for axis in range(3):
        known = counts.sum(axis=tuple(other for other in range(3) if other != axis)) + [0.0, 9.0, 1.0]
        singles.append(np.array([1.0, known[1], known[2]]) / np.array([1.0, *[known[1] + known[2]] * 2]))
    expected = singles[0][:, None, None] * singles[1][None, :, None] * singles[2][None, None, :]
    bits = np.zeros((3, 3, 3))
    for mask in np.ndindex(2, 2, 2):
        cells = np.ix_(*([1, 2] if is_known else [0] for is_known in mask))
        total = counts[cells].sum()
        share = (counts[cells] + _TOGETHER_WEIGHT * expected[cells]) / (total + _TOGETHER_WEIGHT)
        bits[cells] = np.clip(np.log2(share / expected[cells]), -_MOST_TOGETHER_BITS, _MOST_TOGETHER_BITS)
    return bits


def weigh_field(shares: Shares, field: Field, patterns: Ints) -> tuple[Floats, Floats]:
    """One field's bits for the same person and for a relative in each pattern, before rarity."""
    level = field.unpack(patterns)
    stranger = shares.stranger[field.name][level]
    if field is SEX:
        agrees = np.array([is_agreement(GIVEN, one) for one in range(GIVEN.levels)])[GIVEN.unpack(patterns)]
        stranger = np.where(agrees, shares.sex_given[level], stranger)
    same = np.log2(shares.same[field.name][level] / stranger)
    relative = np.log2(shares.relative[field.name][level] / stranger)
    if field.is_name:
        is_swapped = level >= SWAPPED
        # That names are exchanged at all is said once, by the given name's level.
        exchanged = np.log2(shares.exchanged) if field is GIVEN else 0.0
        same = np.where(is_swapped, same + exchanged, same)
        apart = np.array(_SWAPPED_RELATIVE_BITS if field is GIVEN else (0.0,) * 3)
        relative = np.where(is_swapped, exchanged + apart[np.maximum(level - SWAPPED, 0)], relative)
    known = np.array(list_groups(field))[level] > 0
    return np.where(known, same, 0.0), np.where(known, relative, 0.0)


def _count_levels(field: Field, patterns: Ints, weights: Floats) -> Floats:
    return np.bincount(field.unpack(patterns), weights=weights, minlength=field.levels).astype(np.float64)


def _count(field: Field, counts: Counts) -> Floats:
    patterns = np.array(list(counts), dtype=np.int64)
    return _count_levels(field, patterns, np.array(list(counts.values()), dtype=np.float64))


def _expect_same(field: Field) -> Floats:
    if not field.is_name:
        return np.array(_SAME_EXPECTED[field.name])
    expected = [
        _NAME_EXPECTED[level // NAME_STATES] * _NAME_EXPECTED[level % NAME_STATES] for level in range(SWAPPED)
    ]
    return np.array([*expected, *_SWAPPED_EXPECTED])


def _normalise(field: Field, counts: Floats) -> Floats:
    groups = np.array(list_groups(field))
    totals = np.bincount(groups, weights=counts)
    shares: Floats = np.maximum(counts / np.maximum(totals[groups], 1e-9), 1e-9)
    return shares


def _normalise_all(counts: Mapping[str, Floats]) -> dict[str, Floats]:
    return {field.name: _normalise(field, counts[field.name]) for field in FIELDS}


def _learn_strangers(observed: Observed) -> tuple[dict[str, Floats], Floats]:
    shares = {
        field.name: _normalise(field, _count(field, observed.random) + _spread(field)) for field in FIELDS
    }
    _share_names(SURNAME, shares, observed.same_name, observed.same_kana)
    _share_names(GIVEN, shares, observed.same_given, observed.same_given_kana)
    for level in (1, 2, 3):
        shares[ADDRESS.name][level] = _SHARED_SITE
    shares[BIRTH.name][1] = shares[PHONE.name][1] = 1.0
    sex = _normalise(SEX, _count(SEX, observed.same_given) + 10 * np.array([0.0, 0.95, 0.05]))
    return shares, sex


def _leave_out_matches(random: Counts, same: dict[str, Floats], share: float) -> Counts:
    """Pairs drawn blindly from small files are one person now and then; each counts by how little it looks so."""
    patterns = np.array(list(random), dtype=np.int64)
    pairs = np.array(list(random.values()), dtype=np.float64)
    strangers = pairs
    for _ in range(_ROUNDS_OF_BLIND):
        odds = np.full(len(pairs), share)
        for field in FIELDS:
            level = field.unpack(patterns)
            met = _normalise(field, _count_levels(field, patterns, strangers) + _spread(field))
            known = np.array(list_groups(field))[level] > 0
            odds *= np.where(known, same[field.name][level] / met[level], 1.0)
        strangers = pairs / (1 + odds)
    return dict(zip(patterns.tolist(), strangers.tolist(), strict=True))


def _spread(field: Field) -> Floats:
    return np.array([_OTHER_WEIGHT / 10 if level else 1.0 for level in range(field.levels)])


def _share_names(field: Field, shares: dict[str, Floats], same_name: Counts, same_kana: Counts) -> None:
    """Of strangers who share a name, how many share its reading too, and the reverse; rarity does the rest."""
    by_name, by_kana = _count(field, same_name), _count(field, same_kana)
    written = range(EQUAL * NAME_STATES + 1, EQUAL * NAME_STATES + NAME_STATES)
    read = range(EQUAL + NAME_STATES, SWAPPED, NAME_STATES)
    shares[field.name][EQUAL * NAME_STATES] = shares[field.name][EQUAL] = 1.0
    expected = {1: 0.90, 2: 0.04, 3: 0.03, 4: 0.03}
    for levels, counts, place in ((written, by_name, 1), (read, by_kana, 0)):
        total = sum(counts[level] for level in levels) + _OTHER_WEIGHT * 5
        for level in levels:
            state = split_name_level(level)[place]
            if (level // NAME_STATES, level % NAME_STATES) == (EQUAL, EQUAL) and place == 0:
                continue
            shares[field.name][level] = (counts[level] + _OTHER_WEIGHT * 5 * expected[state]) / total
    shares[field.name][SWAPPED] = shares[field.name][SWAPPED_HALF] = 1.0
    shares[field.name][SWAPPED_CLOSE] = shares[field.name][CLOSE * NAME_STATES]


def _learn_relatives(
    observed: Observed, same: dict[str, Floats], stranger: dict[str, Floats]
) -> tuple[dict[str, Floats], float]:
    """Measured among housemates of one file; what households share is then as noisy as a person's own data.

    Two records of one household may be one person entered twice. Each pair counts by how little it looks so in what
    tells members of a household apart; where homes are guessed from addresses, that is most pairs.

    Returns:
        Shares by field, and the share of housemates that are two people.
    """
    patterns = np.array(list(observed.housemates), dtype=np.int64)
    pairs = np.array(list(observed.housemates.values()), dtype=np.float64)
    same_odds = np.ones(len(pairs))
    for field in _OWN:
        level = field.unpack(patterns)
        known = np.array(list_groups(field))[level] > 0
        same_odds *= np.where(known, same[field.name][level] / _expect_relative(field)[level], 1.0)
    share, two = _RELATIVES_EXPECTED, pairs
    for _ in range(_ROUNDS):
        two = pairs / (1 + same_odds * (1 - share) / share)
        share = (two.sum() + _OTHER_WEIGHT * _RELATIVES_EXPECTED) / (pairs.sum() + _OTHER_WEIGHT)
    relative = {
        field.name: _normalise(
            field, _count_levels(field, patterns, two) + _SAME_WEIGHT * _expect_relative(field)
        )
        for field in _OWN
    }
    for field in _CHANGING:
        agreeing = _share_agreeing(field, _count_levels(field, patterns, two))
        mixed = agreeing * same[field.name] + (1 - agreeing) * _without_agreement(field, stranger[field.name])
        relative[field.name] = np.maximum(mixed, 1e-9)
    return relative, float(share)


def _expect_relative(field: Field) -> Floats:
    if not field.is_name:
        return _normalise(field, np.array(_RELATIVE_EXPECTED[field.name]))
    states = _RELATIVE_NAME_EXPECTED
    # Who is called alike is written alike, in kanji as in kana, so the two are not independent.
    expected = [min(states[level // NAME_STATES], states[level % NAME_STATES]) for level in range(SWAPPED)]
    return _normalise(field, np.array([*expected, 1.0, 1.0, 1.0]))


def _share_agreeing(field: Field, counts: Floats) -> float:
    levels = np.array([is_agreement(field, level) for level in range(field.levels)])
    known = np.array(list_groups(field)) > 0
    return float((counts[levels].sum() + 9.0) / (counts[known].sum() + 10.0))


def _without_agreement(field: Field, shares: Floats) -> Floats:
    return np.array(
        [0.0 if is_agreement(field, level) else share for level, share in enumerate(shares.tolist())]
    )
