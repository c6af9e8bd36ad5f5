"""The statements that packages keep under `sql/`, one a file."""

from functools import cache
from importlib.resources import files


@cache
def read_statement(package: str, name: str, **names: str) -> str:
    """The statement of `package`'s file `sql/<name>.sql`, without its header.

    Args:
        package: the package that keeps it, e.g. `tsunagu.access`.
        name: the file's name without `.sql`.
        names: names of our own (tables, logins) for its placeholders; never anything from outside.
    """
    text = (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    statement = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return (statement.format(**names) if names else statement).strip()
