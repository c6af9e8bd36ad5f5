"""The product speaks to nobody: no module imports a way out, and no command opens a socket."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WAYS_OUT = {
    "aiohttp",
    "ftplib",
    "grpc",
    "http",
    "httpx",
    "imaplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib",
    "urllib3",
    "webbrowser",
    "websockets",
    "xmlrpc",
}
# Runs commands, one after another, with an audit hook that ends the process when anything opens or resolves an
# address, or loads what only the desk needs (every command would start the slower for it). A command that fails
# ends it too, with the command's own exit code.
WATCHER = """
import os, sys
def watch(event, details):
    is_desk = event == "import" and details[0] in ("django", "psycopg")
    if is_desk or event.startswith("socket.") or event == "urllib.Request":
        os.write(2, f"opened: {event} {details}\\n".encode())
        os._exit(99)
sys.addaudithook(watch)
from tsunagu.cli import main
for command in sys.argv[1:]:
    sys.argv = ["tsunagu", *command.split()]
    try:
        main()
    except SystemExit as stop:
        if stop.code:
            raise
"""


def list_ways_out(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        yield from (f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in WAYS_OUT)


def run_watched(*commands: str, program: str = WATCHER) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *commands], capture_output=True, text=True)


def test_no_module_imports_a_way_out(modules: list) -> None:
    found = [f"{module.name} {name}" for module in modules for name in list_ways_out(module.tree)]
    assert found == []


def test_a_way_out_is_seen() -> None:
    source = "import urllib.request\nfrom http import client\nfrom . import socket\nimport json"
    assert list(list_ways_out(ast.parse(source))) == ["line 1: urllib.request", "line 2: http"]


def test_no_command_opens_a_socket() -> None:
    result = run_watched("--help", "check --help", "demo --help")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("Usage") == 3


@pytest.mark.slow
def test_the_main_job_opens_no_socket(tmp_path: Path) -> None:
    result = run_watched(f"demo --children 300 --out {tmp_path / 'demo'}")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "demo" / "report.html").is_file()


@pytest.mark.parametrize("deed", ["import socket; socket.socket()", "import django", "import psycopg"])
def test_an_opened_socket_is_seen(deed: str) -> None:
    spoiled = WATCHER.replace("from tsunagu.cli import main", deed)
    assert run_watched("--help", program=spoiled).returncode == 99
