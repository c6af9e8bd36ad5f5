"""Seals that follow from others: whoever lives with a sealed child is sealed off too, found anew at every load.

As the owner of the tables, never as the web process.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connections, transaction

from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE


def list_sealed(*, on: date, using: str) -> list[int]:
    """The people somebody told a seal about that holds on a day."""
    return [row[0] for row in _run(using, "list_told_seals", {"on": on})]


def spread_seals(households: Sequence[tuple[int, int]], *, on: date, using: str) -> int:
    """Put the seals that follow from the told ones in place of those that followed before.

    Args:
        households: pairs of somebody sealed and somebody else of the same household, as the seam lists them.
        on: the day in Japan whose told seals count.
        using: Django's connection as the owner of the tables.

    Returns:
        How many there are now.
    """
    pairs = {"persons": [one for one, _ in households], "others": [other for _, other in households]}
    with transaction.atomic(using):
        _run(using, "clear_computed_seals", None)
        return len(_run(using, "add_computed_seals", {**pairs, "on": on}))


def _run(using: str, name: str, parameters: dict[str, Any] | None) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(bind(read_statement(PACKAGE, name), parameters), parameters)
        return cursor.fetchall() if cursor.description else []
