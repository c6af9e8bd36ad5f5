"""The `tsunagu` command."""

import tsunagu.cli.starting  # noqa: F401 - before everything that takes time to load
from tsunagu.cli import auditing, backups, data, demo, linking, registers, runs, serving, setup, staffing
from tsunagu.cli.app import app, main

__all__ = [
    "app",
    "auditing",
    "backups",
    "data",
    "demo",
    "linking",
    "main",
    "registers",
    "runs",
    "serving",
    "setup",
    "staffing",
]
