"""Links two files (or finds repeats within one): exact keys first, the rest by weight of evidence.

The tables `scoring_*` are temporary tables of the engine; every statement stands in `sql/`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tsunagu.linkage.learning import (
    Floats,
    Observed,
    Parameters,
    Shares,
    Sizes,
    learn,
    relearn,
    weigh_patterns,
)
from tsunagu.linkage.levels import Ints
from tsunagu.linkage.likeness import NOT_ALIKE, measure_likeness, measure_text_likeness
from tsunagu.linkage.renaming import forget_renaming, learn_renaming
from tsunagu.linkage.repeats import judge_repeats
from tsunagu.linkage.spellings import Encoded
from tsunagu.linkage.support import MOST_SUPPORT_BITS, support_candidates
from tsunagu.store.engine import Engine, read_sql
from tsunagu.vocabulary.progress import Progress, tell_nobody

_PACKAGE = "tsunagu.linkage"
_STAGE = "照合"
# Pairs to learn from, of settled links and of housemates; of pairs drawn blindly ten times as many.
_WANTED_SAMPLE = 6_000
_MOST_MEMBERS = 12
# How many people may share an address, a telephone or a full name before it says too little by itself.
_MOST_AT_SITE, _MOST_AT_PHONE, _MOST_NAMESAKES, _MOST_OF_VALUE = 24, 16, 24, 8
# The same of a word of an address, where a second word or a name is shared as well.
_MOST_OF_WORD = 64
# More people than that on one birthday are a filler date.
_MOST_AT_BIRTH = 3000
# Bits by which a key must be rarer than one in the whole file to stand alone: 1 in 2^17 strangers has it.
_RARE_BITS = 17
# How many records must say with whom they live before they outweigh the expectation of one housemate each.
_USUAL_PEOPLE = 20
_HOPELESS_MILLIBITS = -10_000
# 1 in 1,000: a settled link is never doubted more than that.
_LEAST_SETTLED_MILLIBITS = 10_000
_STEPS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring learned. The links are in `scoring_settled` and `scoring_judged`."""

    parameters: Parameters
    nobody_millibits: int
    candidates: int


def score(engine: Engine, people: Encoded, *, report: Progress = tell_nobody) -> Scored:
    """Compute `scoring_settled` and `scoring_judged` for encoded files."""
    register_people(engine, people)
    order = "l.id < r.id" if people.is_one_file else "true"
    report(_STAGE, 0, _STEPS)
    settle(engine, people, order)
    report(_STAGE, 1, _STEPS)
    propose(engine, order, people.left.num_rows + (0 if people.is_one_file else people.right.num_rows))
    report(_STAGE, 2, _STEPS)
    compare(engine, people, "scoring_candidate", "scoring_open", "scoring_pair")
    report(_STAGE, 3, _STEPS)
    observed = observe(engine, people)
    parameters = learn(observed, _count_sizes(engine, people))
    report(_STAGE, 4, _STEPS)
    parameters = _judge(engine, people, observed, parameters)
    report(_STAGE, _STEPS, _STEPS)
    nobody = to_millibits(parameters.nobody_share)
    return Scored(parameters, nobody, engine.get_value("SELECT count(*) FROM scoring_candidate"))


def register_people(engine: Engine, people: Encoded) -> None:
    """Make `scoring_left` and `scoring_right`, and the words of their places.

    Tables of the engine and no views on Arrow: their sizes are then known, and joins come in a good order.
    """
    for side, rows, words in (
        ("left", people.left, people.left_words),
        ("right", people.right, people.right_words),
    ):
        engine.register("scoring_rows", rows)
        engine.run(f"CREATE OR REPLACE TEMP TABLE scoring_{side} AS SELECT * FROM scoring_rows")  # noqa: S608 - two constants
        engine.register(f"scoring_{side}_word", words)


def settle(engine: Engine, people: Encoded, order: str) -> None:
    """Make `scoring_settled` and `scoring_open`."""
    rare_bits = 1000 * _RARE_BITS + to_millibits(max(people.left.num_rows, 1))
    if people.is_one_file:
        # A person may be there three times, so no key is unique and everything is weighed.
        engine.run(
            "CREATE OR REPLACE TEMP TABLE scoring_settled AS"
            " SELECT CAST(NULL AS INTEGER) AS left_id, CAST(NULL AS INTEGER) AS right_id, '' AS rule WHERE false"
        )
    else:
        engine.run(read_sql(_PACKAGE, "scoring_close_pairs").format(order=order), rare_bits=rare_bits)
        engine.run_file(_PACKAGE, "scoring_settled")
    engine.run_file(_PACKAGE, "scoring_open")


def propose(engine: Engine, order: str, records: int) -> None:
    """Make `scoring_candidate`; `records`: among how many rarities were counted."""

    def rarer_than(bearers: int) -> int:
        return to_millibits(max(records, 2) / bearers / 2)

    engine.run(
        read_sql(_PACKAGE, "scoring_candidates").format(order=order),
        rare_address_bits=rarer_than(_MOST_AT_SITE),
        rare_phone_bits=rarer_than(_MOST_AT_PHONE),
        rare_name_bits=rarer_than(_MOST_NAMESAKES),
        rare_value_bits=rarer_than(_MOST_OF_VALUE),
        rare_birth_bits=rarer_than(_MOST_AT_BIRTH),
        rare_word_bits=rarer_than(_MOST_OF_WORD),
    )


def compare(engine: Engine, people: Encoded, pairs: str, right: str, result: str) -> None:
    """Make `result` with the pattern of every pair of the table `pairs`."""
    engine.run(read_sql(_PACKAGE, "scoring_met").format(pairs=pairs, right=right))
    for table, texts, surname, given in (
        ("scoring_like_name", people.names, "surname", "given"),
        ("scoring_like_kana", people.kanas, "surname_kana", "given_kana"),
    ):
        unlike = engine.fetch_arrow(
            read_sql(_PACKAGE, "scoring_unlike_names").format(surname=surname, given=given)
        )
        engine.register(table, _measure(unlike, texts, measure_likeness))
    unlike = engine.fetch_arrow(read_sql(_PACKAGE, "scoring_unlike_towns"))
    engine.register("scoring_like_town", _measure(unlike, people.towns, measure_text_likeness))
    engine.run(read_sql(_PACKAGE, "scoring_compare").format(result=result))


def _measure(
    unlike: pa.Table, texts: list[str], measure: Callable[[list[str], Ints, Ints], Ints]
) -> pa.Table:
    first = unlike["a"].to_numpy().astype(np.int64)
    second = unlike["b"].to_numpy().astype(np.int64)
    likeness = measure(texts, first, second)
    alike = likeness != NOT_ALIKE
    return pa.table(
        {
            "a": pa.array(first[alike].astype(np.int32)),
            "b": pa.array(second[alike].astype(np.int32)),
            "likeness": pa.array(likeness[alike].astype(np.int32)),
        }
    )


def observe(engine: Engine, people: Encoded, patterns: str = "scoring_patterns") -> Observed:
    """What learning reads; `patterns` names the statement that counts the candidates' patterns."""
    settled = engine.get_value("SELECT count(*) FROM scoring_settled")
    engine.run_file(
        _PACKAGE,
        "scoring_samples",
        left_rows=people.left.num_rows,
        right_rows=people.right.num_rows,
        settled_rows=settled,
        wanted=_WANTED_SAMPLE,
        draws=max(1, min(40, 10 * _WANTED_SAMPLE // max(people.right.num_rows, 1))),
    )
    compare(engine, people, "scoring_sample", "scoring_right", "scoring_sample_pair")
    engine.run_file(
        _PACKAGE,
        "scoring_housemates",
        left_rows=people.left.num_rows,
        wanted=_WANTED_SAMPLE,
        most_members=_MOST_MEMBERS,
    )
    compare(engine, people, "scoring_housemate", "scoring_left", "scoring_housemate_pair")
    return _read_observed(engine, people, patterns)


def _read_observed(engine: Engine, people: Encoded, patterns: str) -> Observed:
    kinds: dict[str, dict[int, float]] = {}
    for kind, pattern, pairs in engine.list_rows(
        "SELECT s.kind, p.pattern, count(*) FROM scoring_sample AS s"
        " JOIN (SELECT DISTINCT * FROM scoring_sample_pair) AS p"
        " ON p.left_id = s.left_id AND p.right_id = s.right_id"
        " GROUP BY s.kind, p.pattern ORDER BY s.kind, p.pattern"
    ):
        kinds.setdefault(kind, {})[pattern] = float(pairs)
    cells = engine.fetch_arrow(read_sql(_PACKAGE, patterns))
    return Observed(
        settled=kinds.get("settled", {}),
        random=kinds.get("random", {}),
        same_name=kinds.get("same_name", {}),
        same_kana=kinds.get("same_kana", {}),
        same_given=kinds.get("same_given", {}),
        same_given_kana=kinds.get("same_given_kana", {}),
        housemates=dict(
            engine.list_rows(
                "SELECT pattern, CAST(count(*) AS DOUBLE) FROM scoring_housemate_pair GROUP BY pattern ORDER BY pattern"
            )
        ),
        candidates=np.column_stack([cells[name].to_numpy().astype(np.int64) for name in cells.column_names]),
    )


def _count_sizes(engine: Engine, people: Encoded) -> Sizes:
    mates = [
        engine.get_row(read_sql(_PACKAGE, "scoring_mates").format(side=side), most_members=_MOST_MEMBERS)
        for side in ("scoring_left", "scoring_right")
    ]
    repeats = engine.get_value(
        "SELECT coalesce(sum(people - 1), 0) FROM (SELECT count(*) AS people FROM scoring_right"
        " WHERE surname IS NOT NULL AND given IS NOT NULL AND birth IS NOT NULL"
        " GROUP BY surname, given, surname_kana, given_kana, birth HAVING count(*) > 1) AS repeated"
    )
    return Sizes(
        left=people.left.num_rows,
        right=people.right.num_rows,
        settled=engine.get_value("SELECT count(*) FROM scoring_settled"),
        mates=max((_USUAL_PEOPLE + float(shared)) / (_USUAL_PEOPLE + known) for shared, known in mates),
        repeats=min(max(float(repeats) / max(people.right.num_rows, 1), 1e-4), 0.5),
        is_one_file=people.is_one_file,
    )


def to_millibits(odds: float) -> int:
    """log2 in thousandths."""
    return round(1000 * float(np.log2(odds)))


def register_weights(engine: Engine, shares: Shares) -> None:
    """Make `scoring_weight`: the bits of every pattern in `scoring_pair`."""
    rows = engine.list_rows("SELECT DISTINCT pattern FROM scoring_pair ORDER BY pattern")
    patterns: Ints = np.array([row[0] for row in rows], dtype=np.int64)
    same, relative = weigh_patterns(shares, patterns)
    engine.register(
        "scoring_weight",
        pa.table(
            {
                "pattern": pa.array(patterns),
                "same_millibits": pa.array(np.rint(1000 * same).astype(np.int64)),
                "relative_millibits": pa.array(np.rint(1000 * relative).astype(np.int64)),
            }
        ),
    )


def _judge(engine: Engine, people: Encoded, observed: Observed, parameters: Parameters) -> Parameters:
    """Make `scoring_judged`; returns what was learned once rivals were heard."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE scoring_support AS SELECT left_id, right_id,"
        " CAST(0 AS BIGINT) AS support_millibits FROM scoring_candidate WHERE false"
    )
    forget_renaming(engine)
    if people.is_one_file:
        _weigh(engine, parameters, least=_HOPELESS_MILLIBITS)
        judge_repeats(engine, people.left.num_rows)
        return parameters
    # What households may still lift is kept until they have been heard.
    _weigh(engine, parameters, least=_HOPELESS_MILLIBITS - 1000 * MOST_SUPPORT_BITS)
    _judge_rivals(engine, parameters)
    believed = engine.fetch_arrow(read_sql(_PACKAGE, "scoring_believed"))
    patterns = believed["pattern"].to_numpy().astype(np.int64)
    parameters = relearn(parameters, observed, patterns, believed["pairs_millionths"].to_numpy() / 1e6)
    sampled = _count_sampled(engine)
    support_candidates(engine, parameters.sizes.settled, sampled)
    learn_renaming(engine, parameters.sizes.settled / max(sampled, 1))
    _weigh(engine, parameters, least=_HOPELESS_MILLIBITS)
    _judge_rivals(engine, parameters)
    return parameters


def _count_sampled(engine: Engine) -> int:
    return int(engine.get_value("SELECT count(*) FROM scoring_sample WHERE kind = 'settled'"))


def _weigh(engine: Engine, parameters: Parameters, *, least: int) -> None:
    register_weights(engine, parameters.shares)
    engine.run_file(
        _PACKAGE,
        "scoring_weighed",
        free_prior=to_millibits(parameters.free_prior),
        taken_prior=to_millibits(parameters.taken_prior),
        relative_prior=to_millibits(parameters.relative_prior),
        least=least,
    )


def _judge_rivals(engine: Engine, parameters: Parameters) -> None:
    engine.run_file(_PACKAGE, "scoring_judged", nobody_millibits=to_millibits(parameters.nobody_share))


def weigh_settled(engine: Engine, scored: Scored) -> pa.Table:
    """What the exact rules are worth: the weight of the weakest twentieth of each rule's sampled links."""
    rows = engine.list_rows(
        "SELECT k.rule, p.pattern, p.rarity_millibits FROM scoring_sample AS s"
        " JOIN (SELECT DISTINCT * FROM scoring_sample_pair) AS p"
        " ON p.left_id = s.left_id AND p.right_id = s.right_id"
        " JOIN scoring_settled AS k ON k.left_id = s.left_id AND k.right_id = s.right_id"
        " WHERE s.kind = 'settled' ORDER BY k.rule, p.pattern, p.rarity_millibits, p.left_id"
    )
    parameters = scored.parameters
    patterns: Ints = np.array([row[1] for row in rows], dtype=np.int64)
    rarity = np.array([row[2] for row in rows], dtype=np.float64) / 1000
    same, relative = weigh_patterns(parameters.shares, patterns)
    penalty = np.log2(1 + parameters.relative_prior * np.exp2(np.minimum(relative + rarity, 60)))
    weight = 1000 * (np.log2(parameters.free_prior) + same + rarity - penalty) - scored.nobody_millibits
    rules = np.array([row[0] for row in rows], dtype=object)
    names = [row[0] for row in engine.list_rows("SELECT DISTINCT rule FROM scoring_settled ORDER BY rule")]
    weights = [_find_low(weight[rules == name]) for name in names]
    return pa.table({"rule": pa.array(names, pa.string()), "match_millibits": pa.array(weights, pa.int64())})


def _find_low(weights: Floats) -> int:
    """A low value of a rule's weights, never below what was enough to settle."""
    low = float(np.quantile(weights, 0.05)) if len(weights) else 0.0
    return max(round(low), _LEAST_SETTLED_MILLIBITS)
