"""Weighs the records that the exact keys left against the whole register, by one version of what was learned.

What differs from two files: a person may be known to many systems and under many spellings, and a record may
name a guardian, who lives with the right person and not with the wrong one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from tsunagu.linkage import model as names
from tsunagu.linkage.frequencies import RESIDENT, Frequencies, find_frequencies
from tsunagu.linkage.learning import Floats, Shares, weigh_field, weigh_patterns
from tsunagu.linkage.levels import FIELDS, Ints, describe_level
from tsunagu.linkage.model import LinkModel
from tsunagu.linkage.scoring import compare, register_people, register_weights, to_millibits
from tsunagu.linkage.sides import MET_SIDE, RIGHT_SIDE, read_side
from tsunagu.linkage.spelling_keys import find_candidates
from tsunagu.linkage.spellings import encode_people
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import MATCH_FIELD

_PACKAGE = "tsunagu.linkage"
TOGETHER = "together"
"""The part of a weight that comes from several fields having changed at once."""
LINK_PROBABILITY = 0.99
"""From here on a record joins a person without being looked at: a wrong link is the worst error there is."""
REVIEW_PROBABILITY = 0.05
"""From here on a person should look."""
_MOST_CANDIDATES = 5
_HOPELESS_MILLIBITS = -10_000
# The guardian's surname is mostly the child's and was counted there.
_MOST_SUPPORT_MILLIBITS = 8_000
_NO_LINKED_RECORDS = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one version makes of the records of one day.

    `joined`: by weight; `wrong`: of those, and of the exact links, how many are expected to be on the wrong person
    (at most); `for_review`: records that wait for people.
    """

    joined: int
    wrong_joined: float
    wrong_exact: float
    for_review: int


def prepare_weighing(engine: Engine) -> None:
    """Make what `matches.sql` reads, for the case that nothing is weighed."""
    engine.run(_EMPTY_CANDIDATES)
    engine.register("weighing_rule", _list_rules({}))
    engine.register("linkage_match_field", _list_fields(None, np.zeros(0, dtype=np.int64)))


def weigh_waiting_records(engine: Engine, model: LinkModel, *, child_born_from: date) -> None:
    """Find and weigh the candidates of the records that the exact keys left.

    Args:
        engine: the run's engine.
        model: nothing else decides what a comparison weighs, whoever else came to the city since.
        child_born_from: children are born on or after this day.

    Reads:
        `linkage_known`, `linkage_spine`, `linkage_subject`, `linkage_link`; the model's `linkage_frequency` and
        `identity.link_spelling`.

    Writes:
        `weighing_candidate`, `weighing_rule` and `linkage_match_field`; `weighing_new_spelling`, to be kept.
    """
    engine.register("weighing_rule", _list_rules(model.list_by_name(names.RULE)))
    engine.run_file(_PACKAGE, "weighing_right", every=_NO_LINKED_RECORDS)
    engine.run_file(_PACKAGE, "weighing_left", child_born_from=child_born_from)
    engine.run_file(_PACKAGE, "weighing_taken")
    frequencies = get_frequencies(engine, model)
    right = read_side(engine, RIGHT_SIDE)
    find_candidates(engine, right, frequencies)
    _compare_candidates(engine, right, frequencies)
    shares = model.build_shares()
    _judge(engine, model, shares, frequencies)
    met = engine.list_rows("SELECT DISTINCT pattern FROM weighing_candidate ORDER BY pattern")
    engine.register(
        "linkage_match_field", _list_fields(shares, np.array([row[0] for row in met], dtype=np.int64))
    )


def get_frequencies(engine: Engine, model: LinkModel) -> Frequencies:
    """The model's look-ups in `linkage_frequency`."""
    return find_frequencies(engine, model.get(names.RECORDS), model.list_by_name(names.TOTAL))


def join_beyond_doubt(engine: Engine) -> None:
    """Join to the register the records whose person is beyond doubt."""
    engine.run_file(
        _PACKAGE, "weighing_links", link_millibits=to_millibits(LINK_PROBABILITY / (1 - LINK_PROBABILITY))
    )


def describe_outlook(engine: Engine) -> Outlook:
    """What the candidates just weighed come to, before anything is joined by weight."""
    link = to_millibits(LINK_PROBABILITY / (1 - LINK_PROBABILITY))
    row = engine.get_row(read_sql(_PACKAGE, "weighing_outlook"), link_millibits=link)
    return Outlook(int(row[0]), float(row[1]), float(row[2]), int(row[3]))


_EMPTY_CANDIDATES = (
    "CREATE OR REPLACE TEMP TABLE weighing_candidate AS SELECT CAST(NULL AS BIGINT) AS subject_id,"
    " CAST(NULL AS BIGINT) AS person_id, CAST(NULL AS BIGINT) AS place, CAST(NULL AS BIGINT) AS match_millibits,"
    " CAST(NULL AS BIGINT) AS pattern, CAST(NULL AS BIGINT) AS prior_millibits,"
    " CAST(NULL AS BIGINT) AS rarity_millibits, CAST(NULL AS BIGINT) AS support_millibits,"
    " CAST(NULL AS BIGINT) AS relative_penalty_millibits, CAST(NULL AS BIGINT) AS weight_millibits,"
    " CAST(NULL AS VARCHAR) AS held_back WHERE false"
)


def _compare_candidates(engine: Engine, right: pa.Table, frequencies: Frequencies) -> None:
    """Make `scoring_pair`; of the register only those are encoded whom somebody might be."""
    engine.run_file(_PACKAGE, "weighing_met")
    left = read_side(engine, MET_SIDE)
    people = encode_people(left, right, frequencies)
    at = people.left.column_names.index("id")
    register_people(engine, replace(people, left=people.left.set_column(at, "id", left["id"])))
    engine.run_file(_PACKAGE, "weighing_open")
    compare(engine, people, "scoring_candidate", "scoring_open", "scoring_pair")


def _list_rules(rules: Mapping[str, int]) -> pa.Table:
    return pa.table(
        {
            "rule": pa.array(list(rules), pa.string()),
            "match_millibits": pa.array(list(rules.values()), pa.int64()),
        }
    )


def _list_fields(shares: Shares | None, patterns: Ints) -> pa.Table:
    """What each field of each pattern weighs; the parts of a pattern add up to its weight to the millibit."""
    rows: list[tuple[int, int, str, str | None, int, int]] = []
    if shares is not None:
        whole = [_round_bits(bits) for bits in weigh_patterns(shares, patterns)]
        fields = [[_round_bits(bits) for bits in weigh_field(shares, field, patterns)] for field in FIELDS]
        rest = [total - sum(field[kind] for field in fields) for kind, total in enumerate(whole)]
        for at, pattern in enumerate(patterns.tolist()):
            for place, (field, bits) in enumerate(zip(FIELDS, fields, strict=True), 1):
                comparison = describe_level(field, int(field.unpack(patterns[at])))
                rows.append((pattern, place, field.name, comparison, int(bits[0][at]), int(bits[1][at])))
            rows.append((pattern, len(FIELDS) + 1, TOGETHER, None, int(rest[0][at]), int(rest[1][at])))
    types = (pa.int64(), pa.int32(), pa.string(), pa.string(), pa.int64(), pa.int64())
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(dict(zip(MATCH_FIELD.column_names, arrays, strict=True)))


def _round_bits(bits: Floats) -> Ints:
    rounded: Ints = np.rint(1000 * bits).astype(np.int64)
    return rounded


def _judge(engine: Engine, model: LinkModel, shares: Shares, frequencies: Frequencies) -> None:
    register_weights(engine, shares)
    engine.register("weighing_prior", _list_priors(engine, model))
    _support(engine, model, frequencies)
    engine.run_file(
        _PACKAGE,
        "weighing_weighed",
        relative_prior=model.get(names.RELATIVE_PRIOR),
        least=_HOPELESS_MILLIBITS,
    )
    engine.run_file(_PACKAGE, "weighing_judged", nobody_millibits=model.get(names.NOBODY))
    engine.run_file(
        _PACKAGE,
        "weighing_candidates",
        review_millibits=to_millibits(REVIEW_PROBABILITY / (1 - REVIEW_PROBABILITY)),
        most_candidates=_MOST_CANDIDATES,
    )


def _list_priors(engine: Engine, model: LinkModel) -> pa.Table:
    """Odds of a pair before anything is compared, by system and whether the person is a child.

    A record that gives no date of birth looks among those of the age its system is about; otherwise the date itself
    says it, and how rare it is counts among all people. A system that the model never met is taken for an average one.
    """
    priors = [model.list_values(kind) for kind in names.PRIORS]
    rows = [
        (
            system,
            bool(is_child),
            *(one.get((system, is_child), one[names.ANY_SYSTEM, is_child]) for one in priors),
        )
        for (system,) in engine.list_rows("SELECT DISTINCT system FROM weighing_right ORDER BY system")
        for is_child in (0, 1)
    ]
    columns = ("system", "is_child", "free_millibits", "taken_millibits", "free_undated", "taken_undated")
    types = (pa.string(), pa.bool_(), *[pa.int64()] * len(priors))
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table(
        {name: pa.array(cell, kind) for name, cell, kind in zip(columns, cells, types, strict=True)}
    )


def _support(engine: Engine, model: LinkModel, frequencies: Frequencies) -> None:
    pairs = (
        "(SELECT DISTINCT l.person_id, p.right_id FROM scoring_pair AS p"
        " JOIN weighing_left AS l ON l.id = p.left_id)"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE weighing_guardian AS "
        + read_sql(_PACKAGE, "weighing_guardians").format(pairs=pairs)
    )
    guardians = [
        row[0] for row in engine.list_rows("SELECT DISTINCT guardian FROM weighing_guardian ORDER BY 1")
    ]
    bearers = frequencies.count(RESIDENT, guardians)
    engine.register(
        "weighing_bearer",
        pa.table({"guardian": pa.array(guardians, pa.string()), "bearers": pa.array(bearers)}),
    )
    engine.run_file(
        _PACKAGE,
        "weighing_support",
        there=model.get(names.GUARDIAN_THERE),
        strangers=model.get(names.GUARDIAN_STRANGER),
        most=_MOST_SUPPORT_MILLIBITS,
        away=model.get(names.GUARDIAN_AWAY),
    )
