"""What officers read when they ask a command for help. To accept a change: TSUNAGU_WRITE_GOLDEN=1."""

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tsunagu.cli import app

EXPECTED = Path(__file__).with_name("help.txt")


def list_commands(group=None, path=()):
    """Every command and group, as the words an officer types."""
    group = group or typer.main.get_command(app)
    yield path
    for name in group.list_commands(None) if hasattr(group, "list_commands") else ():
        yield from list_commands(group.commands[name], (*path, name))


COMMANDS = list(list_commands())


def ask(path):
    done = CliRunner().invoke(app, [*path, "--help"], prog_name="tsunagu", env={"COLUMNS": "100"})
    assert done.exit_code == 0
    return done.stdout


def is_japanese(text):
    return any("\u3040" <= sign <= "\u9fff" for sign in text)


def test_every_command_is_there():
    assert {" ".join(path) for path in COMMANDS} == {
        *("", "demo", "init", "check", "adopt", "feed", "feed check", "feed list", "feed new"),
        *("catalog", "catalog export", "catalog import"),
        *("staff", "staff appoint", "staff export", "staff import"),
        *(
            "intake",
            "withdraw",
            "problems",
            "run",
            "status",
            "report",
            "explain",
            "fiction",
            "fiction step",
            "link",
            "link explain",
            "link learn",
            "link review",
            "link review export",
            "link review import",
            "link review conflicts",
            "link-files",
            "backup",
            "backup begin",
            "backup take",
            "backup end",
            "restore",
            "audit",
            "audit begin",
            "audit checkpoint",
            "audit export",
            "audit prove",
            "audit verify",
            "serve",
            "work",
        ),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_japanese_first(path):
    paragraphs = ask(path).split("\n\n")
    assert paragraphs[0].startswith("Usage: tsunagu")
    said = paragraphs[1]
    assert is_japanese(said)
    assert is_japanese(said.split("/")[0])
    assert any(sign.isascii() and sign.isalpha() for sign in "".join(paragraphs[1:3])), "English second"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_option_is_explained_in_english_alone(path):
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]
    unexplained = [
        parameter.name
        for parameter in command.params
        if parameter.name != "help" and not is_japanese(getattr(parameter, "help", None) or "")
    ]
    assert unexplained == []


def test_help_as_a_whole():
    shown = "\n\n".join(f"$ tsunagu {' '.join((*path, '--help'))}\n{ask(path)}".rstrip() for path in COMMANDS)
    if os.environ.get("TSUNAGU_WRITE_GOLDEN"):
        EXPECTED.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == EXPECTED.read_text(encoding="utf-8")
