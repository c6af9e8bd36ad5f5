"""Register households over time, kin under one roof, and the persons table of the facts zone."""

from datetime import date

import pyarrow as pa

from tsunagu.store.engine import Engine

_PACKAGE = "tsunagu.linkage"

# What the relative is to the person, when both stand in the given roles to the head of their household.
# The spouse of a head need not be the parent of the head's child, hence `likely`.
_RELATIONS = (
    ("child", "head", "parent", "certain"),
    ("head", "child", "child", "certain"),
    ("child", "spouse", "parent", "likely"),
    ("spouse", "child", "child", "likely"),
    ("child", "child", "sibling", "likely"),
    ("head", "spouse", "spouse", "certain"),
    ("spouse", "head", "spouse", "certain"),
    ("head", "parent", "parent", "certain"),
    ("parent", "head", "child", "certain"),
    ("child", "parent", "grandparent", "likely"),
    ("parent", "child", "grandchild", "likely"),
    ("head", "sibling", "sibling", "certain"),
    ("sibling", "head", "sibling", "certain"),
    ("grandchild", "head", "grandparent", "certain"),
    ("head", "grandchild", "grandchild", "certain"),
    ("grandchild", "child", "parent", "possible"),
    ("child", "grandchild", "child", "possible"),
    ("grandchild", "grandchild", "sibling", "possible"),
)
_RELATION_COLUMNS = ("person_role", "relative_role", "relation", "confidence")


def compute_households(engine: Engine, *, as_of: date) -> None:
    """Make `linkage_membership`, `linkage_kin` and `linkage_person`.

    Reads:
        `linkage_known`, `linkage_spine`, `linkage_link`, `linkage_subject`; `facts.address_protection` and
        `facts.closure` (a protected person's district is hidden).
    """
    columns = dict(zip(_RELATION_COLUMNS, zip(*_RELATIONS, strict=True), strict=True))
    engine.register("linkage_relation", pa.table({name: list(values) for name, values in columns.items()}))
    engine.run_file(_PACKAGE, "household_spells")
    engine.run_file(_PACKAGE, "kin", as_of=as_of)
    engine.run_file(_PACKAGE, "protected_persons", as_of=as_of)
    engine.run_file(_PACKAGE, "persons", as_of=as_of)
