"""Control-C while the engine works: it ends the statement instead of waiting for it.

Python hears of a signal between two of its own steps, and a statement is one step, however long. So another thread
listens at a pipe into which the system writes the signal at once, and breaks the statement off. An exception
raised while the engine asks Python for something would be lost in the engine: it is held back until the statement
is over.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from types import FrameType
from typing import Protocol
from weakref import WeakSet

_AGAIN_SECONDS = 0.05
"""A statement that had not begun when it was broken off goes on, so it is broken off again until it has ended."""
_SIGNALS_AT_ONCE = 64


class Interruptible(Protocol):
    """What can be broken off by another thread."""

    def interrupt(self) -> None:
        """End what is being done, if anything is."""


class _Inside(threading.local):
    """Whether this thread is in a statement, and whether it was asked meanwhile to stop."""

    is_inside = False
    is_asked = False


_here = _Inside()
_interruptible: WeakSet[Interruptible] = WeakSet()
_noting = threading.Lock()
_is_answered = threading.Event()


def note_interruptible(thing: Interruptible) -> None:
    """From now on an interruption breaks this off."""
    with _noting:
        _interruptible.add(thing)


def interrupt_all() -> None:
    """Break off whatever is being done in this process."""
    with _noting:
        things = list(_interruptible)
    for thing in things:
        thing.interrupt()


@contextmanager
def hold_back() -> Iterator[None]:
    """Around one statement: an interruption that comes meanwhile is raised at its end, whatever became of it."""
    _here.is_inside = True
    try:
        yield
    finally:
        _here.is_inside = False
        if _here.is_asked:
            _answer()
            raise KeyboardInterrupt


@contextmanager
def hear_interruptions() -> Iterator[None]:
    """Within the block Control-C raises KeyboardInterrupt in the main thread, also in the middle of a statement.

    In another thread, which hears no signals, the block changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    listening, written = os.pipe()
    os.set_blocking(listening, False)
    os.set_blocking(written, False)
    _is_answered.clear()
    watcher = threading.Thread(target=_watch, args=(listening,), name="interruption", daemon=True)
    watcher.start()
    earlier_pipe = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    earlier_handler = signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier_handler)
        signal.set_wakeup_fd(earlier_pipe)
        os.close(written)
        _is_answered.set()
        watcher.join()
        os.close(listening)


def _hear(signal_number: int, frame: FrameType | None) -> None:
    _here.is_asked = True
    if not _here.is_inside:
        _answer()
        raise KeyboardInterrupt


def _answer() -> None:
    _here.is_asked = False
    _is_answered.set()


def _watch(listening: int) -> None:
    """Break statements off until the main thread has answered; ends when the other end of the pipe is closed."""
    while signals := _wait_for_signals(listening):
        if signal.SIGINT not in signals:
            continue
        while not _is_answered.wait(_AGAIN_SECONDS):
            interrupt_all()
        # Whatever came before the answer is answered with it.
        with suppress(BlockingIOError):
            os.read(listening, _SIGNALS_AT_ONCE)
        _is_answered.clear()


def _wait_for_signals(listening: int) -> bytes:
    select([listening], [], [])
    return os.read(listening, _SIGNALS_AT_ONCE)
