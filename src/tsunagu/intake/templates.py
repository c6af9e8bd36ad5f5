"""Statements of `sql/` whose tables and columns are declared elsewhere and filled in by name."""

from functools import cache

from tsunagu.store.engine import read_sql

PACKAGE = "tsunagu.intake"


def fill_template(name: str, **parts: str) -> str:
    """The statement of `sql/<name>.sql` with its placeholders filled; parts are declared names, never input."""
    return _read_statement(name).format(**parts)


@cache
def _read_statement(name: str) -> str:
    # The header explains the placeholders by name; filled in there, a part of several lines would break out.
    lines = read_sql(PACKAGE, name).splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
