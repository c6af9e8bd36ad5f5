"""Learns one version of what weighing rests on, from the register and its exact links of one day.

Shares of each comparison among one person's records, relatives and strangers; whom each system is about; how often a
guardian named lives there; how common values are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from tsunagu.linkage import model as names
from tsunagu.linkage.address_shapes import ABSENT
from tsunagu.linkage.frequencies import RESIDENT, VALUE_COLUMNS, Counted, count_values
from tsunagu.linkage.learning import Parameters, Sizes, learn, weigh_patterns
from tsunagu.linkage.levels import Ints
from tsunagu.linkage.model import LinkModel, Parameter, write_shares
from tsunagu.linkage.scoring import compare, observe, propose, register_people, to_millibits
from tsunagu.linkage.sides import LEFT_SIDE, RIGHT_SIDE, read_side
from tsunagu.linkage.spellings import Encoded, encode_people, get_texts
from tsunagu.linkage.splitting import count_written_surnames
from tsunagu.store.engine import Engine, read_sql
from tsunagu.store.identity import LINK_FREQUENCY

_PACKAGE = "tsunagu.linkage"
# A smaller register, or fewer exact links, tell neither frequencies nor how spellings differ.
_FEWEST_PEOPLE, _FEWEST_LINKS = 300, 100
# Exact links to learn from, roughly.
_WANTED_LINKS = 10_000
_MOST_MEMBERS = 12
_MOST_REPEATS = 0.5
_FEWEST_REPEATS = 1e-3
_MOST_RULE_MILLIBITS = 40_000


def learn_model(engine: Engine, *, child_born_from: date) -> LinkModel | None:
    """Learn from what the exact keys linked.

    Args:
        engine: the run's engine.
        child_born_from: children are born on or after this day.

    Reads:
        `linkage_known`, `linkage_spine`, `linkage_subject`, `linkage_link` without links by weight.

    Returns:
        The model, with `linkage_frequency` beside it; None where there was too little to learn from.
    """
    city = _count_city(engine)
    if city.linked < _FEWEST_LINKS or city.people < _FEWEST_PEOPLE:
        return None
    engine.run_file(_PACKAGE, "weighing_right", every=max(1, city.linked // _WANTED_LINKS))
    engine.run_file(_PACKAGE, "weighing_left", child_born_from=child_born_from)
    sides = [read_side(engine, side) for side in (LEFT_SIDE, RIGHT_SIDE)]
    people = encode_people(*sides)
    _compare(engine, people)
    counted = _count_values(engine, sides, people)
    frequency_hash = _make_frequencies(engine, counted)
    return LinkModel(tuple(sorted(_learn_parameters(engine, people, city, counted))), frequency_hash)


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


def _compare(engine: Engine, people: Encoded) -> None:
    """Make `scoring_settled` (exact links, by the person's present row), `scoring_open` and `scoring_pair`."""
    register_people(engine, people)
    engine.run_file(_PACKAGE, "weighing_settled")
    engine.run_file(_PACKAGE, "weighing_open")
    engine.run_file(_PACKAGE, "weighing_taken")
    propose(engine, "true", people.left.num_rows + people.right.num_rows)
    compare(engine, people, "scoring_candidate", "scoring_open", "scoring_pair")


def _count_values(engine: Engine, sides: list[pa.Table], people: Encoded) -> Counted:
    needed = sorted({"birth", "town", *(name for parts in VALUE_COLUMNS.values() for name in parts)})
    columns = {
        name: np.concatenate(
            [side[name].fill_null(ABSENT).to_numpy().astype(np.int64) for side in (people.left, people.right)]
        )
        for name in needed
    }
    surnames = count_written_surnames(sides)
    residents = dict(
        engine.list_rows(
            "SELECT name_folded, count(*) FROM linkage_spine WHERE name_folded IS NOT NULL GROUP BY name_folded"
        )
    )
    texts = get_texts(people.names, people.kanas, people.towns)
    return count_values(columns, texts, {**surnames, RESIDENT: Counter(residents)})


def _make_frequencies(engine: Engine, counted: Counted) -> str:
    """Make `linkage_frequency`; returns the hash of its rows."""
    engine.register("weighing_counted", counted.values)
    engine.run_file(_PACKAGE, "weighing_frequencies")
    return engine.hash_rows("linkage_frequency", LINK_FREQUENCY.column_names)


def _learn_parameters(engine: Engine, people: Encoded, city: _City, counted: Counted) -> Iterable[Parameter]:
    observed = observe(engine, people, "weighing_patterns")
    repeats = _measure_repeats(engine)
    learned = learn(observed, _count_sizes(city, repeats))
    yield from write_shares(learned.shares)
    yield from _write_odds(engine, learned, city.people)
    yield from _write_priors(engine, learned, repeats, city.people)
    for rule, value in _weigh_rules(engine, learned, city.people).items():
        yield Parameter(names.RULE, rule, 0, value)
    yield Parameter(names.RECORDS, "", 0, counted.records)
    for kind, total in counted.totals.items():
        yield Parameter(names.TOTAL, kind, 0, total)
    yield Parameter(names.PEOPLE, "", 0, city.people)
    yield Parameter(names.LINKS, "", 0, city.linked)
    yield Parameter(names.WAITING, "", 0, city.records - city.linked)


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
    """By system, the share of its subjects that are a person it has already; `ANY_SYSTEM`: of all together."""
    rows = engine.list_rows(
        "SELECT r.system, CAST(coalesce(sum(t.records), 0) AS BIGINT), count(t.person_id)"
        " FROM (SELECT DISTINCT system FROM weighing_right) AS r"
        " LEFT JOIN weighing_taken AS t ON t.system = r.system GROUP BY r.system ORDER BY r.system"
    )
    rows.append((names.ANY_SYSTEM, sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return {
        system: min(max((records - persons) / max(records, 1), _FEWEST_REPEATS), _MOST_REPEATS)
        for system, records, persons in rows
    }


def _write_odds(engine: Engine, learned: Parameters, people: int) -> Iterable[Parameter]:
    asked, there = engine.get_row(
        "SELECT count(*), coalesce(sum(is_there), 0) FROM ("  # noqa: S608 - our own statement
        + read_sql(_PACKAGE, "weighing_guardians").format(
            pairs="(SELECT person_id, id AS right_id FROM weighing_right)"
        )
        + ")"
    )
    guardian_there = (float(there) + 1) / (asked + 2)
    for kind, odds in (
        (names.NOBODY, learned.nobody_share),
        (names.RELATIVE_PRIOR, _get_relative_prior(learned, people)),
        (names.GUARDIAN_THERE, guardian_there),
        (names.GUARDIAN_AWAY, 1 - guardian_there),
        (names.GUARDIAN_STRANGER, max(learned.sizes.mates, 0.5) / people),
    ):
        yield Parameter(kind, "", 0, to_millibits(odds))


def _write_priors(
    engine: Engine, learned: Parameters, repeats: Mapping[str, float], people: int
) -> Iterable[Parameter]:
    share = learned.partner_share
    for system, is_child, group, taken, system_share in _list_ages(engine):
        dated = _weigh_prior(share, repeats[system], people, taken)
        undated = _weigh_prior(share * system_share, repeats[system], group, taken)
        for kind, value in zip(names.PRIORS, (*dated, *undated), strict=True):
            yield Parameter(kind, system, int(is_child), value)


def _list_ages(engine: Engine) -> list[tuple[str, bool, int, int, float]]:
    """Of each system and age (children or not): people of the age, those it has, share of its links; and of an average one."""
    rows = [
        (system, is_child, group, taken, float(share))
        for system, is_child, group, taken, share in engine.list_rows(read_sql(_PACKAGE, "weighing_ages"))
    ]
    for is_child in (False, True):
        of_age = [row for row in rows if row[1] is is_child]
        taken, group = sum(row[3] for row in of_age), max((row[2] for row in of_age), default=0)
        share = (taken + 0.5) / (sum(row[3] for row in rows if row[0]) + 1.0)
        rows.append((names.ANY_SYSTEM, is_child, group, taken // max(len(of_age), 1), share))
    return rows


def _weigh_prior(share: float, repeats: float, people: int, taken: int) -> tuple[int, int]:
    return (
        to_millibits(share * (1 - repeats) / max(people - taken, 1)),
        to_millibits(share * repeats / max(taken, 1)),
    )


def _get_relative_prior(learned: Parameters, people: int) -> float:
    """Odds that the record is of another member of the household."""
    return max(learned.sizes.mates * learned.partner_share, 0.05) / people


def _weigh_rules(engine: Engine, learned: Parameters, people: int) -> dict[str, int]:
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
    same, relative = weigh_patterns(learned.shares, patterns)
    penalty = np.log2(1 + _get_relative_prior(learned, people) * np.exp2(np.minimum(relative + rarity, 60)))
    nobody = learned.nobody_share
    weight = np.log2(learned.partner_share / people / nobody) + same + rarity - penalty
    doubt = pairs / (1 + np.exp2(np.clip(weight, -60, 60)))
    rules = np.array([row[0] for row in rows], dtype=object)
    worth = {}
    for rule in sorted(set(rules.tolist())):
        share = float(doubt[rules == rule].sum() / pairs[rules == rule].sum())
        worth[rule] = min(to_millibits((1 - share) / max(share, 1e-12)), _MOST_RULE_MILLIBITS)
    return worth
