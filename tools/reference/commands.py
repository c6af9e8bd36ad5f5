"""The command line, from the command itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from reference import markdown


def write_commands() -> str:
    """The command line: every command and parameter."""
    from tsunagu.cli import app

    root = typer.main.get_command(app)
    return "\n".join(_write_command(path, command) for path, command in _walk("tsunagu", root))


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not getattr(command, "hidden", False):
        yield path, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from _walk(f"{path} {name}", inner)


def _write_command(path: str, command: Any) -> str:
    depth = 2 if path.count(" ") <= 1 else 3
    title = "" if " " not in path else f"{'#' * depth} `{path}`\n\n"
    words = inspect.cleandoc(command.help or "").replace("\f", "")
    parameters = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    rows = [_write_parameter(parameter) for parameter in parameters]
    table = markdown.write_table(["引数", "必須", "既定", "意味"], rows) if rows else ""
    return f"{title}{words}\n\n{table}"


def _write_parameter(parameter: Any) -> list[str]:
    is_argument = parameter.param_type_name == "argument"
    names = [parameter.name.upper()] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    default = parameter.default
    is_plain = isinstance(default, str | int | float | Path) and not isinstance(default, bool)
    return [
        markdown.quote_code(names),
        "○" if parameter.required else "",
        f"`{default}`" if is_plain and str(default) else "",
        getattr(parameter, "help", None) or "",
    ]
