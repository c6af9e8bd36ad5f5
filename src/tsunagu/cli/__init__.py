"""The `tsunagu` command."""

from tsunagu.cli import data, demo, linking, runs, setup
from tsunagu.cli.app import app, main

__all__ = ["app", "data", "demo", "linking", "main", "runs", "setup"]
