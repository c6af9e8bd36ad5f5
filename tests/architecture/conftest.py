"""What the house's own tests look at: every module, every SQL file, every document."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One module of the product, parsed."""

    path: Path
    name: str
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""


def _parse(path: Path) -> Module:
    relative = path.relative_to(ROOT / "src").with_suffix("")
    parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
    source = path.read_text(encoding="utf-8")
    return Module(path, ".".join(parts), source, ast.parse(source, str(path)))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    found = [_parse(path) for path in sorted((ROOT / "src" / "tsunagu").rglob("*.py"))]
    assert found
    return found


@pytest.fixture(scope="session")
def sql_files() -> list[Path]:
    return sorted((ROOT / "src" / "tsunagu").rglob("*.sql"))
