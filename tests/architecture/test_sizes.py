"""Functions, classes and modules stay small enough to read at one sitting."""

import ast
import statistics
from collections.abc import Iterator

FUNCTION_LINES = 60
CLASS_LINES = 200
MODULE_LINES = 600
MEDIAN_LINES = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


def count_lines(node: ast.stmt) -> int:
    """Lines from the `def` or `class` line to the last, without the docstring."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    if isinstance(node, Function | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
        words = node.body[0]
        assert words.end_lineno is not None
        lines -= words.end_lineno - words.lineno + 1
    return lines


def list_functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_no_function_is_long(modules: list) -> None:
    found = [
        f"{module.name}.{node.name}: {count_lines(node)}"
        for module in modules
        for node in list_functions(module.tree)
        if count_lines(node) > FUNCTION_LINES
    ]
    assert found == []


def test_no_class_is_long(modules: list) -> None:
    found = [
        f"{module.name}.{node.name}: {count_lines(node)}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and count_lines(node) > CLASS_LINES
    ]
    assert found == []


def test_no_module_is_long(modules: list) -> None:
    counts = {module.name: len(module.source.splitlines()) for module in modules}
    assert {name: lines for name, lines in counts.items() if lines > MODULE_LINES} == {}


def test_the_usual_function_is_short(modules: list, record_property) -> None:
    lengths = [count_lines(node) for module in modules for node in list_functions(module.tree)]
    median = statistics.median(lengths)
    record_property("median_function_lines", median)
    assert median < MEDIAN_LINES


def test_inheritance_is_shallow(modules: list) -> None:
    """Counted by name inside the product: a class, its parent, and at most one more."""
    parents = {
        node.name: {ast.unparse(base).split(".")[-1] for base in node.bases} - {node.name}
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }

    def depth(name: str) -> int:
        return 1 + max((depth(parent) for parent in parents.get(name, []) if parent in parents), default=0)

    assert {name: depth(name) for name in parents if depth(name) > 3} == {}


def test_a_long_function_is_seen() -> None:
    body = "\n".join(f"    x{line} = {line}" for line in range(FUNCTION_LINES))
    tree = ast.parse(f"def long():\n{body}\n")
    assert [count_lines(node) for node in list_functions(tree)] == [FUNCTION_LINES + 1]
