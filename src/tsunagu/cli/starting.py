"""Control-C while the program is still being loaded: it ends at once, with a line instead of a trace.

Imported before anything heavy, and does nothing when the package is imported by another program. From the moment the
command begins, `app.main` explains an interruption itself.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from tsunagu.vocabulary.errors import ExitCode

_OUR_STARTS = ("tsunagu", "-m")
"""The console script; what Python calls a program that it is about to load as a module."""


def end_loading() -> None:
    """From here on an interruption is an exception like everywhere."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(signal_number: int, frame: FrameType | None) -> None:
    # Not as an exception: half-loaded libraries would turn it into errors of their own.
    os.write(2, "中断しました。まだ何も始めていません。\n".encode())
    os._exit(ExitCode.INTERRUPTED)


if Path(sys.argv[0]).name in _OUR_STARTS:
    signal.signal(signal.SIGINT, _leave)
