"""Search keys of names: pairs of neighbouring letters, for an index that answers "contains" without a scan."""

from collections.abc import Collection

START = "^"
"""Stands before a name's first letter, so that one letter can be asked for."""


def list_name_keys(folded: Collection[str]) -> list[str]:
    """The keys under which folded names are found: every pair of letters, and the first letter; sorted, each once."""
    return sorted(
        {name[at : at + 2] for name in folded for at in range(len(name) - 1)} | _list_starts(folded)
    )


def list_query_keys(folded: str) -> list[str]:
    """The keys a name must have to contain what was typed; of a single letter, to begin with it."""
    return sorted({folded[at : at + 2] for at in range(len(folded) - 1)}) or sorted(_list_starts([folded]))


def _list_starts(folded: Collection[str]) -> set[str]:
    return {START + name[0] for name in folded if name}
