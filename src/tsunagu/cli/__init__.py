"""The `tsunagu` command."""

from tsunagu.cli import data, demo, linking, registers, runs, setup
from tsunagu.cli.app import app, main

__all__ = ["app", "data", "demo", "linking", "main", "registers", "runs", "setup"]
