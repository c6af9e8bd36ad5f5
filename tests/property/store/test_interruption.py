"""Control-C reaches the caller as what it is, also while the engine works."""

import subprocess
import sys

import pytest

# In a process of its own: an interruption that comes a moment late must not end the tests.
PROGRAM = """
import os, pathlib, signal, sys, threading
from tsunagu.store.engine import Engine

with Engine(spill=pathlib.Path(sys.argv[1]), readable=[]) as engine:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        while True:
            getattr(engine, sys.argv[2])("SELECT sum(a.i * b.i) FROM range(9000) AS a(i), range(9000) AS b(i)")
    except KeyboardInterrupt:
        sys.stdout.write("interrupted")
"""


@pytest.mark.parametrize("method", ["run", "get_value", "fetch_arrow"])
def test_an_interruption_is_no_bug(tmp_path, method):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), method]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("interrupted", "")
