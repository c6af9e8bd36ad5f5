"""Weighs the records that the exact keys left against the whole register, by the method of `link_files`.

What differs from two files: a person may be known to many systems and under many spellings, and a record may
name a guardian, who lives with the right person and not with the wrong one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tsunagu.linkage.learning import Floats, Parameters, Sizes, learn, weigh_field, weigh_patterns
from tsunagu.linkage.levels import FIELDS, Ints, describe_level
from tsunagu.linkage.scoring import compare, observe, propose, register_people, register_weights, to_millibits
from tsunagu.linkage.spellings import Encoded, encode_people
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import MATCH_FIELD

_PACKAGE = "tsunagu.linkage"
TOGETHER = "together"
"""The part of a weight that comes from several fields having changed at once."""
LINK_PROBABILITY = 0.99
"""From here on a record joins a person without being looked at: a wrong link is the worst error there is."""
REVIEW_PROBABILITY = 0.05
"""From here on a person should look."""
# A smaller register, or fewer exact links, tell neither frequencies nor how spellings differ.
_FEWEST_PEOPLE, _FEWEST_LINKS = 300, 100
# Exact links to learn from, roughly.
_WANTED_LINKS = 10_000
_MOST_CANDIDATES = 5
_MOST_MEMBERS = 12
_HOPELESS_MILLIBITS = -10_000
# The guardian's surname is mostly the child's and was counted there.
_MOST_SUPPORT_MILLIBITS = 8_000
_MOST_REPEATS = 0.5
_FEWEST_REPEATS = 1e-3
_MOST_RULE_MILLIBITS = 40_000


@dataclass(frozen=True, slots=True)
class CityModel:
    """What one city's records teach: how spellings of one person differ, how often a named guardian lives there.

    `repeats`: by system, the share of its subjects that are a person it has already.
    `rules`: by exact rule, the weight its links deserve, in millibits.
    """

    parameters: Parameters
    guardian_there: float
    repeats: Mapping[str, float]
    rules: Mapping[str, int]


def weigh_waiting_records(engine: Engine, *, child_born_from: date) -> CityModel | None:
    """Join to the register the records whose person is beyond doubt, and note the candidates of the others.

    Args:
        engine: the run's engine.
        child_born_from: children are born on or after this day.

    Reads:
        `linkage_known`, `linkage_spine`, `linkage_subject`, `linkage_link`.

    Returns:
        The model used, or None where there was too little to learn from or nothing to weigh; `linkage_link` has
        the new links, `weighing_candidate` and `weighing_rule` what `matches.sql` reads.
    """
    engine.run(_EMPTY_CANDIDATES)
    engine.register("weighing_rule", _list_rules({}))
    engine.register("linkage_match_field", _list_fields(None, np.zeros(0, dtype=np.int64)))
    city = _count_city(engine)
    if city.records == city.linked or city.linked < _FEWEST_LINKS or city.people < _FEWEST_PEOPLE:
        return None
    engine.run_file(_PACKAGE, "weighing_right", every=max(1, city.linked // _WANTED_LINKS))
    encoded = _encode(engine, child_born_from)
    _compare(engine, encoded)
    model = _learn(engine, encoded, city)
    engine.register("weighing_rule", _list_rules(model.rules))
    _judge(engine, model, city.people)
    met = engine.list_rows("SELECT DISTINCT pattern FROM weighing_candidate ORDER BY pattern")
    engine.register(
        "linkage_match_field", _list_fields(model, np.array([row[0] for row in met], dtype=np.int64))
    )
    return model


@dataclass(frozen=True, slots=True)
class _City:
    """People of the register, records that can be compared, and how many of those the exact stage linked."""

    people: int
    records: int
    linked: int
    mates: float


def _count_city(engine: Engine) -> _City:
    records, linked = engine.get_row(
        "SELECT count(*), count(l.person_id) FROM linkage_subject AS t"
        " LEFT JOIN linkage_link AS l ON l.subject_id = t.subject_id"
        " WHERE t.due_on IS NULL AND coalesce(t.name, t.kana) IS NOT NULL"
    )
    mates = engine.get_value(
        "SELECT coalesce(sum(members * (members - 1)), 0) FROM (SELECT count(*) AS members FROM linkage_spine"
        " WHERE household_number IS NOT NULL GROUP BY household_number HAVING count(*) <= $most) AS home",
        most=_MOST_MEMBERS,
    )
    people = engine.get_value("SELECT count(*) FROM linkage_spine")
    return _City(people, records, linked, float(mates) / max(people, 1))


_EMPTY_CANDIDATES = (
    "CREATE OR REPLACE TEMP TABLE weighing_candidate AS SELECT CAST(NULL AS BIGINT) AS subject_id,"
    " CAST(NULL AS BIGINT) AS person_id, CAST(NULL AS BIGINT) AS place, CAST(NULL AS BIGINT) AS match_millibits,"
    " CAST(NULL AS BIGINT) AS pattern, CAST(NULL AS BIGINT) AS prior_millibits,"
    " CAST(NULL AS BIGINT) AS rarity_millibits, CAST(NULL AS BIGINT) AS support_millibits,"
    " CAST(NULL AS BIGINT) AS relative_penalty_millibits, CAST(NULL AS BIGINT) AS weight_millibits,"
    " CAST(NULL AS VARCHAR) AS held_back WHERE false"
)


def _encode(engine: Engine, child_born_from: date) -> Encoded:
    engine.run_file(_PACKAGE, "weighing_left", child_born_from=child_born_from)
    sides = []
    for table in ("weighing_left", "weighing_right"):
        columns = ", ".join(_SIDE_COLUMNS[table])
        side = engine.fetch_arrow(f"SELECT {columns} FROM {table} ORDER BY id")  # noqa: S608 - our own names
        for whole, parts in _NAME_PARTS.items():
            side = _split_plain_names(side, whole, parts)
        sides.append(side)
    return encode_people(*sides)


def _split_plain_names(side: pa.Table, whole: str, parts: Sequence[str]) -> pa.Table:
    """Names of two words part at their space all at once; what is not that plain is left for `encode_people`."""
    names = pc.utf8_trim_whitespace(pc.replace_substring(side[whole].combine_chunks(), "\u3000", " "))
    is_plain = pc.fill_null(pc.match_substring_regex(names, _TWO_WORDS), False)
    words = pc.split_pattern(pc.if_else(is_plain, names, "- -"), " ")
    for place, part in enumerate(parts):
        side = side.append_column(part, pc.if_else(is_plain, pc.list_element(words, place), None))
    at = side.column_names.index(whole)
    return side.set_column(at, whole, pc.if_else(is_plain, None, names))


_TEXT_COLUMNS = (
    "full_name",
    "full_name_kana",
    "CAST(birth_date AS VARCHAR) AS birth_date",
    "sex",
    "address",
    "phone",
)
_NAME_PARTS = {
    "full_name": ("surname", "given_name"),
    "full_name_kana": ("surname_kana", "given_name_kana"),
}
# Two words without Latin letters, whose order nobody knows, and without a comma.
_TWO_WORDS = "^[^ A-Za-zＡ-Ｚａ-ｚ,，、､]+ [^ A-Za-zＡ-Ｚａ-ｚ,，、､]+$"
_SIDE_COLUMNS: Mapping[str, Sequence[str]] = {
    "weighing_left": (*_TEXT_COLUMNS, "household_id"),
    "weighing_right": _TEXT_COLUMNS,
}


def _compare(engine: Engine, people: Encoded) -> None:
    """Make `scoring_settled` (exact links, by the person's present row), `scoring_open` and `scoring_pair`."""
    register_people(engine, people)
    engine.run_file(_PACKAGE, "weighing_settled")
    engine.run_file(_PACKAGE, "weighing_open")
    engine.run_file(_PACKAGE, "weighing_taken")
    propose(engine, people, "true")
    compare(engine, people, "scoring_candidate", "scoring_open", "scoring_pair")


def _learn(engine: Engine, encoded: Encoded, city: _City) -> CityModel:
    observed = observe(engine, encoded, "weighing_patterns")
    repeats = _measure_repeats(engine)
    parameters = learn(observed, _count_sizes(city, repeats))
    asked, there = engine.get_row(
        "SELECT count(*), coalesce(sum(is_there), 0) FROM ("  # noqa: S608 - our own statement
        + read_sql(_PACKAGE, "weighing_guardians").format(
            pairs="(SELECT person_id, id AS right_id FROM weighing_right)"
        )
        + ")"
    )
    model = CityModel(parameters, (float(there) + 1) / (asked + 2), repeats, {})
    return replace(model, rules=_weigh_rules(engine, model, city.people))


def _count_sizes(city: _City, repeats: Mapping[str, float]) -> Sizes:
    return Sizes(
        # Every system faces the whole register, so that those it has already leave as many free as there are.
        left=city.people + city.linked,
        right=city.records,
        settled=city.linked,
        mates=city.mates,
        repeats=max(repeats.values()),
        is_one_file=False,
    )


def _measure_repeats(engine: Engine) -> dict[str, float]:
    rows = engine.list_rows(
        "SELECT r.system, coalesce(sum(t.records), 0), coalesce(count(t.person_id), 0)"
        " FROM (SELECT DISTINCT system FROM weighing_right) AS r"
        " LEFT JOIN weighing_taken AS t ON t.system = r.system GROUP BY r.system ORDER BY r.system"
    )
    return {
        system: min(
            max((float(records) - persons) / max(float(records), 1.0), _FEWEST_REPEATS), _MOST_REPEATS
        )
        for system, records, persons in rows
    }


def _get_relative_prior(model: CityModel, people: int) -> float:
    """Odds that the record is of another member of the household."""
    return max(model.parameters.sizes.mates * model.parameters.partner_share, 0.05) / people


def _weigh_rules(engine: Engine, model: CityModel, people: int) -> dict[str, int]:
    """What each exact rule's links are worth: the mean of their sampled probabilities, as a weight.

    The in-house key is not among them: it is no comparison.
    """
    rows = engine.list_rows(
        "SELECT k.rule, p.pattern, p.rarity_millibits, count(*) FROM scoring_sample AS s"
        " JOIN (SELECT DISTINCT * FROM scoring_sample_pair) AS p"
        " ON p.left_id = s.left_id AND p.right_id = s.right_id"
        " JOIN scoring_settled AS k ON k.left_id = s.left_id AND k.right_id = s.right_id"
        " WHERE s.kind = 'settled' AND k.rule <> 'atena_number'"
        " GROUP BY k.rule, p.pattern, p.rarity_millibits ORDER BY k.rule, p.pattern, p.rarity_millibits"
    )
    if not rows:
        return {}
    patterns: Ints = np.array([row[1] for row in rows], dtype=np.int64)
    rarity = np.array([row[2] for row in rows], dtype=np.float64) / 1000
    pairs = np.array([row[3] for row in rows], dtype=np.float64)
    same, relative = weigh_patterns(model.parameters.shares, patterns)
    penalty = np.log2(1 + _get_relative_prior(model, people) * np.exp2(np.minimum(relative + rarity, 60)))
    nobody = model.parameters.nobody_share
    weight = np.log2(model.parameters.partner_share / people / nobody) + same + rarity - penalty
    doubt = pairs / (1 + np.exp2(np.clip(weight, -60, 60)))
    names = np.array([row[0] for row in rows], dtype=object)
    worth = {}
    for name in sorted(set(names.tolist())):
        share = float(doubt[names == name].sum() / pairs[names == name].sum())
        worth[name] = min(to_millibits((1 - share) / max(share, 1e-12)), _MOST_RULE_MILLIBITS)
    return worth


def _list_rules(rules: Mapping[str, int]) -> pa.Table:
    return pa.table(
        {
            "rule": pa.array(list(rules), pa.string()),
            "match_millibits": pa.array(list(rules.values()), pa.int64()),
        }
    )


def _list_fields(model: CityModel | None, patterns: Ints) -> pa.Table:
    """What each field of each pattern weighs; the parts of a pattern add up to its weight to the millibit."""
    rows: list[tuple[int, int, str, str | None, int, int]] = []
    if model is not None:
        shares = model.parameters.shares
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


def _judge(engine: Engine, model: CityModel, people: int) -> None:
    register_weights(engine, model.parameters)
    engine.register("weighing_prior", _list_priors(engine, model, people))
    _support(engine, model, people)
    engine.run_file(
        _PACKAGE,
        "weighing_weighed",
        relative_prior=to_millibits(_get_relative_prior(model, people)),
        least=_HOPELESS_MILLIBITS,
    )
    nobody = to_millibits(model.parameters.nobody_share)
    engine.run_file(_PACKAGE, "weighing_judged", nobody_millibits=nobody)
    engine.run_file(
        _PACKAGE,
        "weighing_candidates",
        review_millibits=to_millibits(REVIEW_PROBABILITY / (1 - REVIEW_PROBABILITY)),
        most_candidates=_MOST_CANDIDATES,
    )
    engine.run_file(
        _PACKAGE, "weighing_links", link_millibits=to_millibits(LINK_PROBABILITY / (1 - LINK_PROBABILITY))
    )


def _list_priors(engine: Engine, model: CityModel, people: int) -> pa.Table:
    """Odds of a pair before anything is compared, by system and whether the person is a child.

    A record that gives no date of birth looks among those of the age its system is about; otherwise the date itself
    says it, and how rare it is counts among all people.
    """
    share = model.parameters.partner_share
    rows = []
    for system, is_child, group, taken, system_share in engine.list_rows(read_sql(_PACKAGE, "weighing_ages")):
        repeats = model.repeats[system]
        dated = _weigh_prior(share, repeats, people, taken)
        undated = _weigh_prior(share * float(system_share), repeats, group, taken)
        rows.append((system, is_child, *dated, *undated))
    names = ("system", "is_child", "free_millibits", "taken_millibits", "free_undated", "taken_undated")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _weigh_prior(share: float, repeats: float, people: int, taken: int) -> tuple[int, int]:
    return (
        to_millibits(share * (1 - repeats) / max(people - taken, 1)),
        to_millibits(share * repeats / max(taken, 1)),
    )


def _support(engine: Engine, model: CityModel, people: int) -> None:
    pairs = (
        "(SELECT DISTINCT l.person_id, p.right_id FROM scoring_pair AS p"
        " JOIN weighing_left AS l ON l.id = p.left_id)"
    )
    engine.run(
        "CREATE OR REPLACE TEMP TABLE weighing_guardian AS "
        + read_sql(_PACKAGE, "weighing_guardians").format(pairs=pairs)
    )
    engine.run_file(
        _PACKAGE,
        "weighing_support",
        there=model.guardian_there,
        strangers=max(model.parameters.sizes.mates, 0.5) / people,
        most=_MOST_SUPPORT_MILLIBITS,
        away=to_millibits(1 - model.guardian_there),
    )
