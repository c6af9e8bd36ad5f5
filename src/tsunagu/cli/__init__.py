"""The `tsunagu` command."""

from tsunagu.cli import data, demo, runs, setup
from tsunagu.cli.app import app, main

__all__ = ["app", "data", "demo", "main", "runs", "setup"]
