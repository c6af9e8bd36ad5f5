"""What only the source text says: the words written under a field, and the modules there are."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from types import ModuleType

import tsunagu


def list_modules() -> Iterator[ModuleType]:
    """Every module of the product, imported, in order of name."""
    for found in sorted(pkgutil.walk_packages(tsunagu.__path__, "tsunagu."), key=lambda module: module.name):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def get_first_line(thing: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def list_field_words(model: type) -> dict[str, str]:
    """What stands as a string under each field of a class."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    words: dict[str, str] = {}
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            words[field.target.id] = " ".join(inspect.cleandoc(str(after.value.value)).split())
    return words


def list_codes(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Problem codes that the module writes out: (code, what, what to do), from the calls that note a problem."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call):
            texts = [_read_text(argument) for argument in node.args]
            code = next((text for text in texts if text and text.isidentifier() and text.islower()), None)
            sentences = [text for text in texts if text and text != code and not text.isascii()]
            if code and len(sentences) >= 2:
                yield code, sentences[-2], sentences[-1]


def _read_text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None
