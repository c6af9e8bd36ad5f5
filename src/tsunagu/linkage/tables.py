"""The tables that leave linkage: identity zone (who) and facts zone (pseudonyms only)."""

from tsunagu.store.facts import KIN, MEMBERSHIP, PERSON, SUBJECT_PERSON
from tsunagu.store.identity import LINK, MATCH, MATCH_FIELD, PERSON_REGISTRY, REVIEW_CONFLICT
from tsunagu.vocabulary.tables import Table

TABLES: tuple[Table, ...] = (
    LINK,
    MATCH,
    MATCH_FIELD,
    REVIEW_CONFLICT,
    SUBJECT_PERSON,
    PERSON,
    MEMBERSHIP,
    KIN,
)
"""Written for one run; each is a temporary table `linkage_<name>` until the run commits."""

REGISTRY: Table = PERSON_REGISTRY
"""Append-only over all runs."""
