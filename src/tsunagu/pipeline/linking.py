"""名寄せの結果: how many records each rule linked, how many of them are expected wrong, how many wait for people."""

import math
from dataclasses import dataclass

from tsunagu.linkage.rules import RULE_TITLES
from tsunagu.pipeline.disclosure import Disclosure, Figure
from tsunagu.pipeline.manifest import LinkBasis, get_manifest
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import MATCH, REVIEW_CONFLICT

_PACKAGE = "tsunagu.pipeline"


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """One rule: records linked, and at most how many of them are expected to stand on the wrong person."""

    title: str
    title_en: str
    records: Figure
    expected_wrong: Figure | None


@dataclass(frozen=True, slots=True)
class LinkState:
    """What linkage of one run says of itself.

    `for_review`: records that are a person of their own until somebody decides. `conflicts`: contradictions among
    what people decided. `basis`: the version of the weights, None where there was too little to learn from.
    """

    basis: LinkBasis | None
    rules: tuple[RuleFigure, ...]
    for_review: Figure
    unmatched: Figure
    conflicts: Figure


def describe_links(reader: Reader, run_id: str, disclosure: Disclosure) -> LinkState | None:
    """Counts of one run; None for a run from before records were weighed."""
    reader.attach(MATCH, run=run_id)
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "rule_counts"))
    if not rows:
        return None
    found = {decision: 0 for decision in ("review", "none")}
    rules = []
    for rule, decision, records, expected_wrong in rows:
        if decision == "link":
            rules.append(_describe_rule(rule, records, expected_wrong, disclosure))
        else:
            found[decision] += records
    reader.attach(REVIEW_CONFLICT, run=run_id)
    conflicts = reader.engine.get_value("SELECT count(*) FROM identity.review_conflict")
    return LinkState(
        get_manifest(reader, run_id).link_basis,
        tuple(rules),
        disclosure.show(found["review"]),
        disclosure.show(found["none"]),
        disclosure.show_rows(conflicts),
    )


def _describe_rule(
    rule: str, records: int, expected_wrong: float | None, disclosure: Disclosure
) -> RuleFigure:
    wrong = None if expected_wrong is None else disclosure.show(math.ceil(expected_wrong))
    return RuleFigure(*RULE_TITLES[rule], disclosure.show(records), wrong)
