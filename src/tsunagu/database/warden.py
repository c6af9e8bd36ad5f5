"""The process that keeps the server: starts it, ends it when nobody uses it any more, and never outlives it.

    python -m tsunagu.database.warden PLAN      (PLAN: a `Plan` as JSON)

Whoever uses the server holds a shared lock on one file. The warden waits for that lock alone: the system gives it
away when the last user has ended, however it ended. The server in turn ends when its warden does.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tsunagu.database.accounts import Account, become, hand_over
from tsunagu.database.programs import lend_programs
from tsunagu.database.receiving import Receiving, keep_receiving

_SET_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
# A server asked to end has this long for each of: a clean end, an end at once.
PATIENCE_SECONDS = (60.0, 10.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and whose going to wait for."""

    programs: str
    data: str
    socket_folder: str
    rules_file: str
    users_file: str
    uid: int
    gid: int
    settings: dict[str, str]
    receiving: dict[str, str] | None = None

    def write(self) -> str:
        """The plan as an argument of the warden's command line; it holds no secret."""
        return json.dumps(asdict(self))


def main() -> int:
    """Keep one server; returns its exit code."""
    plan = Plan(**json.loads(sys.argv[1]))
    if os.fork():
        os._exit(0)  # the starter need not wait for us: we are nobody's child now
    account = Account(plan.uid, plan.gid)
    with lend_programs(Path(plan.programs), account) as programs:
        server = start_server(plan, programs, account)
        end_server = _make_end(server)
        signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
        threading.Thread(target=_end_when_unused, args=(plan.users_file, end_server), daemon=True).start()
        if plan.receiving:
            receiving, folder = Receiving(**plan.receiving), Path(plan.socket_folder)
            given = (receiving, Path(plan.programs), folder)
            threading.Thread(target=keep_receiving, args=given, daemon=True).start()
        return server.wait()


def start_server(plan: Plan, programs: Path, account: Account) -> subprocess.Popen[bytes]:
    """Start the server as our direct child, under `account`."""
    given = (Path(plan.data), Path(plan.socket_folder), Path(plan.rules_file))
    with hand_over(account, *given) as ((data, socket_folder, rules), handles):
        settings = {**plan.settings, "unix_socket_directories": socket_folder, "hba_file": rules}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return subprocess.Popen(  # noqa: S603 # our own program with fixed arguments
            [programs / "bin" / "postgres", "-D", data, *options],
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            pass_fds=handles,
            preexec_fn=make_die_with_parent(),  # noqa: PLW1509 # this process has one thread when it starts the server
            **become(account),
        )


def make_die_with_parent() -> Callable[[], None] | None:
    """What a child calls before its program so that it is asked to end when its parent is gone (Linux only)."""
    if sys.platform != "linux":
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def die_with_parent() -> None:
        library.prctl(_SET_DEATH_SIGNAL, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return die_with_parent


def _end_when_unused(users_file: str, end_server: Callable[[], None]) -> None:
    """Wait until nobody holds the lock; keep it to the end, so that newcomers wait for the next server."""
    users = os.open(users_file, os.O_RDONLY)
    fcntl.flock(users, fcntl.LOCK_EX)
    end_server()


def _make_end(server: subprocess.Popen[bytes]) -> Callable[[], None]:
    def end_server() -> None:
        for number, seconds in zip((signal.SIGINT, signal.SIGQUIT), PATIENCE_SECONDS, strict=True):
            server.send_signal(number)
            time.sleep(seconds)  # the warden is gone as soon as the server is
        server.kill()

    return end_server


if __name__ == "__main__":
    sys.exit(main())
