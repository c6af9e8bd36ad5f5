"""The desk learns from the analytic half through one door, `tsunagu.pipeline.seam`, and knows nothing behind it."""

import ast
from collections.abc import Iterator

import pytest

ANALYTIC = ("store", "intake", "linkage", "indicators", "judgement", "pipeline")
DESK = ("access", "people", "cases", "jobs", "outreach", "exchange", "statistics", "families", "web")
DOOR = "tsunagu.pipeline.seam"


def list_ways_around(tree: ast.AST) -> Iterator[str]:
    """Modules of the analytic half that are imported otherwise than through the door."""
    for node in ast.walk(tree):
        named: list[str] = []
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from tsunagu.pipeline import seam` opens the door too.
            named = [
                f"{node.module}.{alias.name}" if node.module == "tsunagu.pipeline" else node.module
                for alias in node.names
            ]
        for name in dict.fromkeys(named):
            parts = name.split(".")
            if parts[0] == "tsunagu" and len(parts) > 1 and parts[1] in ANALYTIC and name != DOOR:
                yield name


def test_the_desk_uses_the_door_alone(modules: list) -> None:
    found = {
        module.name: ways
        for module in modules
        if module.package in DESK and (ways := list(list_ways_around(module.tree)))
    }
    assert found == {}
    assert any(module.name == DOOR for module in modules)


@pytest.mark.parametrize(
    "source",
    [
        "from tsunagu.pipeline.explain import explain_child",
        "from tsunagu.pipeline import explain",
        "from tsunagu.pipeline.seam.child import fetch_child",
        "import tsunagu.store.commit",
        "from tsunagu.judgement import judge",
    ],
)
def test_a_way_around_is_seen(source: str) -> None:
    assert list(list_ways_around(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "from tsunagu.pipeline.seam import fetch_child",
        "from tsunagu.pipeline import seam",
        "from tsunagu.catalog.words import Role",
    ],
)
def test_the_door_is_open(source: str) -> None:
    assert not list(list_ways_around(ast.parse(source)))
