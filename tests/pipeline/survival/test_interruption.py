"""Control-C while Python still loads the libraries: a line and the declared code, no trace."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tsunagu.cli import starting
from tsunagu.vocabulary.errors import ExitCode

STARTS = {
    "module": [sys.executable, "-m", "tsunagu.cli"],
    "script": [Path(sys.executable).with_name("tsunagu")],
}
INTERRUPTED_LIBRARY = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(20)\n"


def start(command, **environment):
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=60, env=os.environ | environment
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("way", STARTS)
def test_while_the_libraries_are_loaded(way, tmp_path):
    (tmp_path / "duckdb.py").write_text(INTERRUPTED_LIBRARY, encoding="utf-8")
    done = start([*STARTS[way], "status"], PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (ExitCode.INTERRUPTED, "")
    assert done.stderr == "中断しました。まだ何も始めていません。\n"


def test_another_program_keeps_its_own_way():
    """The mutant: what loads the package without being our command hears of an interruption as always."""
    assert signal.getsignal(signal.SIGINT) is not starting._leave
