"""What only the source text says: the words written under a field, and the modules there are."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from types import ModuleType

import django

import tsunagu

# What runs when it is imported, or can be imported inside an installation only.
NOT_IMPORTED = re.compile(r"\.__main__$|\.migrations\.|^tsunagu\.web\.settings$")


def list_modules() -> Iterator[ModuleType]:
    """Every module of the product, imported, in order of name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tsunagu.web.fixed_settings"
    django.setup()
    for found in sorted(pkgutil.walk_packages(tsunagu.__path__, "tsunagu."), key=lambda module: module.name):
        if not NOT_IMPORTED.search(found.name):
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
    for call in _list_calls(module):
        texts = [_read_text(module, argument) for argument in call.args]
        code = next((text for text in texts if text and text.isidentifier() and text.islower()), None)
        sentences = [text for text in texts if text and text != code and not text.isascii()]
        if code and len(sentences) >= 2:
            yield code, sentences[-2], sentences[-1]


def list_refusals(module: ModuleType, error: type) -> Iterator[tuple[str, str, str, str]]:
    """Reasons for which the module refuses a file: (code, what, why, what to do).

    The error is made in place, or by a function of the module that is handed the code and the first sentence.
    """
    for function, made in _list_made(module, error):
        said = {keyword.arg: _read_text(module, keyword.value) or "…" for keyword in made.keywords}
        is_in_place = _read_text(module, made.args[0]) is not None
        calls = (
            [made] if is_in_place else [call for call in _list_calls(module) if _get_name(call) == function]
        )
        for call in calls:
            code, what = sorted(call.args, key=lambda node: not _is_code(_read_text(module, node)))
            yield (
                _read_text(module, code) or "…",
                _read_text(module, what) or "…",
                said.get("why", ""),
                said.get("todo", ""),
            )


def _list_made(module: ModuleType, error: type) -> Iterator[tuple[str, ast.Call]]:
    """Calls that make the error, each with the name of the function around it."""
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _get_name(call) == error.__name__ and len(call.args) == 2:
                    yield function.name, call


def _get_name(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _is_code(text: str | None) -> bool:
    return bool(text) and text is not None and text.isidentifier() and text.isascii()


def _list_calls(module: ModuleType) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call))


def _read_text(module: ModuleType, node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.Name) and isinstance(constant := getattr(module, node.id, None), str):
        return constant
    return None
