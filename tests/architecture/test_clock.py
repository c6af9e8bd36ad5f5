"""Analytic code never asks the clock: a computation speaks for the `as_of` it is given."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CLOCK_CALLS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
}
CLOCK_IN_SQL = re.compile(
    r"\b(now\s*\(|today\s*\(|current_date|current_timestamp|current_time|localtimestamp|get_current_)",
    re.IGNORECASE,
)
# Module -> why it may look at the clock. `cli` is the edge: it turns "today" into an argument.
ALLOWED = {
    "tsunagu.store.journal": "a journal line says when it was written; no computation reads it",
}


def list_clock_reads(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            written = ast.unparse(node.func)
            if ".".join(written.split(".")[-2:]) in CLOCK_CALLS:
                yield f"line {node.lineno}: {written}()"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names = {f"time.{alias.name}" for alias in node.names}
            yield from (f"line {node.lineno}: from time import {name}" for name in names & CLOCK_CALLS)


def drop_comments(statement: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.DOTALL)


def test_no_analytic_module_asks_the_clock(modules: list) -> None:
    found = [
        f"{module.name} {read}"
        for module in modules
        if module.package != "cli" and module.name not in ALLOWED
        for read in list_clock_reads(module.tree)
    ]
    assert found == []


def test_every_permission_is_used(modules: list) -> None:
    reading = {module.name for module in modules if any(list_clock_reads(module.tree))}
    assert set(ALLOWED) - reading == set()


def test_no_statement_asks_the_clock(sql_files: list[Path]) -> None:
    found = [
        path for path in sql_files if CLOCK_IN_SQL.search(drop_comments(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\ndatetime.datetime.now(tz)",
        "from datetime import date\nage = date.today()",
        "import time\ntime.time()",
        "from time import time_ns",
    ],
)
def test_a_clock_read_is_seen(source: str) -> None:
    assert list(list_clock_reads(ast.parse(source)))


@pytest.mark.parametrize(
    "statement", ["SELECT now()", "SELECT 1 WHERE day < CURRENT_DATE", "SELECT today ()"]
)
def test_a_clock_read_in_sql_is_seen(statement: str) -> None:
    assert CLOCK_IN_SQL.search(statement)
    assert not CLOCK_IN_SQL.search("SELECT known_from FROM facts.person")
