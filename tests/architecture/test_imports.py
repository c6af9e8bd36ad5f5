"""The import contracts of pyproject.toml hold, and each of them can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Module to spoil, the line that spoils it, the contract that must notice.
MUTANTS = [
    ("vocabulary/dates.py", "import tsunagu.catalog", "Packages in the order the data travels"),
    ("fiction/__init__.py", "import tsunagu.japanese", "The fictional city knows only the shared words"),
    ("pipeline/__init__.py", "import tsunagu.fiction", "The product never imports the fictional city"),
    ("audit/rows.py", "import tsunagu.catalog", "The audit's proofs know only the shared words"),
    ("audit/merkle.py", "import tsunagu.audit.verify", "Whoever writes the log does not know its verifier"),
    ("intake/__init__.py", "import duckdb", "Only store.engine speaks to the engine's library"),
    ("judgement/__init__.py", "import tsunagu.store.identity", "The identity zone is closed"),
    ("database/__init__.py", "import tsunagu.store", "The operational database knows only the shared words"),
    ("pipeline/__init__.py", "import psycopg", "Only the database package speaks to PostgreSQL's library"),
    ("catalog/__init__.py", "import django", "Neither the analytic half nor the database imports Django"),
    ("database/__init__.py", "import django", "Neither the analytic half nor the database imports Django"),
    ("web/__init__.py", "import tsunagu.store.facts", "The store is closed to the desk"),
]


def run_contracts(root: Path, source: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", root / "pyproject.toml", "--cache-dir", cache],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_contracts_hold(root: Path, tmp_path: Path) -> None:
    result = run_contracts(root, root / "src", tmp_path)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("module", "line", "contract"), MUTANTS, ids=[mutant[2] for mutant in MUTANTS])
def test_a_forbidden_import_breaks_its_contract(
    root: Path, tmp_path: Path, module: str, line: str, contract: str
) -> None:
    shutil.copytree(
        root / "src" / "tsunagu", tmp_path / "tsunagu", ignore=shutil.ignore_patterns("__pycache__")
    )
    spoiled = tmp_path / "tsunagu" / module
    spoiled.write_text(spoiled.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = run_contracts(root, tmp_path, tmp_path / "cache")
    assert result.returncode == 1, result.stdout
    assert any(contract in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout
