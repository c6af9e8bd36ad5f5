"""Household indicators: for how many relatives another indicator's result meets a test."""

from sqlglot import exp

from tsunagu.catalog.indicators import Over, ResultTest
from tsunagu.indicators.expressions import (
    Join,
    alias,
    all_of,
    case,
    coalesce,
    column,
    equals,
    inner,
    is_at_most,
    number,
    query,
    read,
    truth,
    word,
)
from tsunagu.indicators.nodes import Declared, Household, Plan
from tsunagu.indicators.verdict import get_gate, get_is_other, select_result
from tsunagu.vocabulary.knowing import UnknownReason

OVER_WORDS = {Over.SIBLINGS: "siblings", Over.PARENTS: "parents", Over.HOUSEHOLD: "household"}
"""How `ind_relative` writes each way of being related."""


def select_household(plan: Plan, declared: Declared, node: Household) -> exp.Select:
    """The result for every child. Reads `ind_result_<indicator>`, which also holds relatives' results.

    A relative the other indicator is not about counts for nothing, and is not unknown either.
    """
    found = query(
        [
            "p.*",
            *("r.found_rows", "r.event_on", "r.known_on", "r.first_feed", "r.last_feed", "r.doubt"),
            "CAST(NULLIF(r.found_rows, 0) AS DOUBLE) AS answer",
            "CAST(NULL AS VARCHAR) AS answer_text",
        ],
        "ind_people AS p",
        joins=[Join(inner(_select_counted(node), "r"), "r.person_id = p.person_id", "left")],
        where=["p.is_child"],
    )
    no_household = case((read("NOT has_household"), word(UnknownReason.NOT_LINKED)))
    gap = coalesce(get_gate(plan, declared), column("doubt"), no_household)
    blocked = case((get_is_other(declared), word(UnknownReason.NOT_APPLICABLE)))
    answered = query(
        ["*", "answer IS NOT NULL AS is_answer", alias(gap, "gap"), alias(blocked, "blocked")],
        inner(found, "found"),
    )
    return select_result(plan, declared, inner(answered, "answered"))


def meets_result_test(test: ResultTest, value: float | None, text: str | None) -> bool:
    """Whether one relative's result counts."""
    if test.one_of is not None:
        return text in test.one_of
    if value is None:
        return False
    return value >= test.at_least if test.at_least is not None else value <= (test.at_most or 0.0)


def _select_counted(node: Household) -> exp.Select:
    is_met = coalesce(all_of(read("v.state = 'value'"), _get_test(node.test)), truth(False))
    results = query(
        [
            "r.person_id AS child_id",
            *("v.state", "v.unknown_reason", "v.is_lower_bound"),
            *("v.latest_event_on", "v.latest_known_from", "v.feeds"),
            alias(is_met, "is_met"),
        ],
        "ind_relative AS r",
        joins=[Join(f"ind_result_{node.indicator} AS v", "v.person_id = r.relative_id")],
        where=[equals(column("over_whom", "r"), word(OVER_WORDS[node.over]))],
    )
    return query(
        [
            "child_id AS person_id",
            "SUM(CASE WHEN is_met THEN 1 ELSE 0 END) AS found_rows",
            "MAX(CASE WHEN is_met THEN latest_event_on END) AS event_on",
            "MAX(CASE WHEN is_met THEN latest_known_from END) AS known_on",
            "MIN(CASE WHEN is_met THEN SPLIT_PART(feeds, ',', 1) END) AS first_feed",
            "MAX(CASE WHEN is_met THEN SPLIT_PART(feeds, ',', -1) END) AS last_feed",
            alias(exp.Min(this=_get_doubt(node.test)), "doubt"),
        ],
        inner(results, "results"),
        group_by=["child_id"],
    )


def _get_test(test: ResultTest) -> exp.Expr:
    if test.one_of is not None:
        return exp.In(this=column("text_value", "v"), expressions=[word(text) for text in test.one_of])
    found = column("value", "v")
    if test.at_least is not None:
        return is_at_most(number(test.at_least), found)
    return is_at_most(found, number(test.at_most or 0.0))


def _get_doubt(test: ResultTest) -> exp.Expr:
    # Who does not count might count if we knew more.
    is_unknown = read("state = 'unknown' AND unknown_reason <> 'not_applicable'")
    branches = [(is_unknown, column("unknown_reason"))]
    if test.at_least is not None:
        is_short = read("state = 'value' AND is_lower_bound AND NOT is_met")
        branches.append((is_short, word(UnknownReason.NOT_LOADED)))
    return case(*branches)
