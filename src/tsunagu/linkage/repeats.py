"""Repeats within one file: a record may have many partners, and who has none yet wants one."""

import numpy as np
import pyarrow as pa

from tsunagu.linkage.levels import Ints
from tsunagu.store.engine import Engine

_PACKAGE = "tsunagu.linkage"
# From here on two records are taken for one person when partners of a third are told apart: some 19 to 1.
_SURE_MILLIBITS = 4_250
# Of records without a partner there are never fewer.
_FEWEST_ALONE = 0.01


def judge_repeats(engine: Engine, records: int) -> None:
    """Make `scoring_judged` for candidates of one file.

    Partners do not rival one another. But how many records have no partner is known once all are weighed; a record
    with a single candidate is weighed against that, as a record of two files is against "nobody".
    """
    sure = engine.fetch_arrow(
        "SELECT left_id, right_id FROM scoring_weighed WHERE weight_millibits >= $sure", sure=_SURE_MILLIBITS
    )
    entity = find_groups(records, sure["left_id"].to_numpy(), sure["right_id"].to_numpy())
    engine.register(
        "scoring_entity",
        pa.table({"id": pa.array(np.arange(records), pa.int32()), "entity": pa.array(entity, pa.int32())}),
    )
    engine.run_file(_PACKAGE, "scoring_partners")
    partnered = engine.get_value("SELECT coalesce(sum(first_millionths), 0) FROM scoring_partners")
    alone = max(1 - float(partnered) / 1e6 / records, _FEWEST_ALONE)
    engine.run_file(_PACKAGE, "scoring_repeats", alone_share=alone)


def find_groups(size: int, left: Ints, right: Ints) -> Ints:
    """For each of `size` records the smallest record that links lead to."""
    first: Ints = np.arange(size, dtype=np.int64)
    while True:
        least = first.copy()
        np.minimum.at(least, left, first[right])
        np.minimum.at(least, right, first[left])
        least = least[least]
        if (least == first).all():
            return first
        first = least
