"""What the other members of two households say of a pair, and how much that is worth."""

import numpy as np
import pyarrow as pa

from tsunagu.linkage.learning import Floats
from tsunagu.linkage.levels import ADDRESS, SURNAME, Ints, agreement_of
from tsunagu.store.engine import Engine, read_sql

_PACKAGE = "tsunagu.linkage"
# Candidates of the first pass weaker than this tell nothing of other members of their households.
_SUPPORTING_MILLIBITS = -4_000
_MOST_MEMBERS = 12
MOST_SUPPORT_BITS = 12
# Whoever keeps surname and address keeps the household; this many pairs outweigh the share among all.
_USUAL_PAIRS = 20.0
_FEWEST_LINKS = 1000


def support_candidates(engine: Engine, settled: int, sampled: int) -> None:
    """Make `scoring_support` from the candidates judged without it.

    Args:
        engine: holds the tables of scoring.
        settled: how many links the exact keys made.
        sampled: how many of them were sampled.
    """
    engine.run_file(_PACKAGE, "scoring_told", least=_SUPPORTING_MILLIBITS, most_members=_MOST_MEMBERS)
    seen = engine.fetch_arrow(read_sql(_PACKAGE, "scoring_told_patterns"))
    cells = np.column_stack([seen[name].to_numpy().astype(np.int64) for name in seen.column_names])
    shares = learn_told_shares(cells, settled / max(sampled, 1))
    engine.register("scoring_support_weight", _weigh_patterns(cells[:, 0], shares, settled))
    engine.run_file(_PACKAGE, "scoring_support")


def learn_told_shares(cells: Ints, scale: float) -> Floats:
    """Of one person's two records, the share whose housemates are linked too, by what the person kept.

    Who moved out alone or married left the others behind, so their silence says little there.

    Args:
        cells: axes (n_cell, 4): pattern, is_settled, pairs and pairs told of (thousandths).
        scale: settled links for each one sampled.

    Returns:
        Axes (surname, address), each unknown, agreeing or not.
    """
    weights = np.where(cells[:, 1] == 1, scale, 1.0) / 1000
    pairs, told = np.zeros((3, 3)), np.zeros((3, 3))
    where = agreement_of(SURNAME, cells[:, 0]), agreement_of(ADDRESS, cells[:, 0])
    np.add.at(pairs, where, weights * cells[:, 2])
    np.add.at(told, where, weights * cells[:, 3])
    overall = (told.sum() + 1) / (pairs.sum() + 2)
    shares: Floats = (told + _USUAL_PAIRS * overall) / (pairs + _USUAL_PAIRS)
    return shares


def _weigh_patterns(patterns: Ints, shares: Floats, settled: int) -> pa.Table:
    patterns = np.unique(patterns)
    share = shares[agreement_of(SURNAME, patterns), agreement_of(ADDRESS, patterns)]
    # Among strangers, two households have another link by chance alone.
    chance = 1 / max(settled, _FEWEST_LINKS)
    supported = np.minimum(np.log2(share / chance), MOST_SUPPORT_BITS)
    unsupported = np.log2(1 - share)
    return pa.table(
        {
            "pattern": pa.array(patterns),
            "supported_millibits": pa.array(np.rint(1000 * supported).astype(np.int64)),
            "unsupported_millibits": pa.array(np.rint(1000 * unsupported).astype(np.int64)),
        }
    )
