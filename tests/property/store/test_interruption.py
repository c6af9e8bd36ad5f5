"""Control-C reaches the caller as what it is, also in the middle of a statement that would take days."""

import subprocess
import sys

import pytest

# In a process of its own: an interruption that comes a moment late must not end the tests.
PROGRAM = """
import os, pathlib, signal, sys, threading
import numpy, pyarrow
from tsunagu.store import interruption
from tsunagu.store.engine import Engine

folder = pathlib.Path(sys.argv[1])
if sys.argv[2:]:
    interruption.interrupt_all = lambda: None
long = "SELECT sum(a.i * b.i * c.i) AS s FROM numbers AS a, numbers AS b, numbers AS c"
deeds = {
    "run": lambda engine: engine.run(long),
    "get_value": lambda engine: engine.get_value(long),
    "fetch_arrow": lambda engine: engine.fetch_arrow(long),
    "iterate_arrow": lambda engine: list(engine.iterate_arrow(long, 1000)),
    "write_parquet": lambda engine: engine.write_parquet(long, folder / "x.parquet", {}),
    "many": lambda engine: [engine.run("SELECT 1 FROM numbers WHERE i = 1") for _ in range(10**9)],
}
with interruption.hear_interruptions(), Engine(spill=folder, readable=[]) as engine:
    engine.register("numbers", pyarrow.table({"i": numpy.arange(100_000)}))
    for name, deed in deeds.items():
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            deed(engine)
        except KeyboardInterrupt:
            # The engine still serves whoever tidies up.
            print(name, engine.get_value("SELECT 1"), flush=True)
"""
DEEDS = ["run", "get_value", "fetch_arrow", "iterate_arrow", "write_parquet", "many"]


def start(*arguments, timeout_s):
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)


def test_an_interruption_is_no_bug(tmp_path):
    done = start(tmp_path, timeout_s=60)
    assert (done.stdout, done.stderr) == ("".join(f"{deed} 1\n" for deed in DEEDS), "")


@pytest.mark.slow
def test_without_the_guard_a_statement_goes_on(tmp_path):
    with pytest.raises(subprocess.TimeoutExpired):
        start(tmp_path, "mutant", timeout_s=4)
