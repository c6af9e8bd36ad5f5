"""The worker: one process a home, beside the one that serves pages. It may be killed at any moment.

What it had begun waits again when the next worker starts. Nothing is handed over when it ends, so ending it and
killing it are the same.
"""

import asyncio
import fcntl
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.db import connections
from procrastinate import App, PsycopgConnector

from tsunagu.access.owner import owner_connection
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.jobs.commands import WorkStoppedError
from tsunagu.jobs.kinds import Kind, State
from tsunagu.jobs.queueing import Outcome, ask_by_clock, begin_work, end_work, run_as_owner, take_up_lost
from tsunagu.jobs.tasks import CLOCK, TASKS
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# A child somebody waits for is fetched while a run goes on.
_AT_ONCE = 3
_LOOK_SECONDS = 1.0
_QUEUE = "tsunagu"
_log = logging.getLogger(__name__)


class WorkerRunningError(TsunaguError):
    """The home has a worker already."""

    exit_code = ExitCode.BUSY


def work(server: Server, home: Path, *, is_once: bool = False) -> None:
    """Do what is asked for, until the process is ended.

    Args:
        server: with the owner's and the application's login.
        home: the installation.
        is_once: end when nothing waits any more; the clock then asks for nothing.

    Raises:
        WorkerRunningError: another worker does this home's work.
    """
    with _be_the_only_worker(home), owner_connection(server):
        take_up_lost(server)
        asyncio.run(_work(server, home, is_once=is_once))


@contextmanager
def _be_the_only_worker(home: Path) -> Iterator[None]:
    with (home / "var" / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkerRunningError(
                "この市の時間のかかる仕事は、別の処理がもう引き受けています。",
                why="二つで引き受けると、途中で止まった仕事を見分けられません。",
                todo="tsunagu serve か tsunagu work が動いていないか確かめてください。",
            ) from None
        yield


async def _work(server: Server, home: Path, *, is_once: bool) -> None:
    app = App(connector=PsycopgConnector(conninfo=server.url(Login.OWNER), min_size=1, max_size=_AT_ONCE))

    @app.task(name="work", queue=_QUEUE)
    async def do(work_id: str) -> None:
        await asyncio.to_thread(perform, server, home, UUID(work_id))

    if not is_once:
        for kind, times in CLOCK.items():
            _ask_at_times(app, server, kind, times)
    async with app.open_async():
        while True:
            await app.run_worker_async(
                concurrency=_AT_ONCE,
                wait=not is_once,
                fetch_job_polling_interval=_LOOK_SECONDS,
                install_signal_handlers=False,
            )
            if not run_as_owner(server, "is_any_waiting", {}):
                return


def _ask_at_times(app: App, server: Server, kind: Kind, times: str) -> None:
    @app.periodic(cron=times)
    @app.task(name=f"ask_{kind}", queue=_QUEUE)
    async def ask(timestamp: int) -> None:
        await asyncio.to_thread(ask_by_clock, server, kind)


def perform(server: Server, home: Path, work_id: UUID) -> None:
    """Do one piece of work, and say what became of it, whatever that is."""
    working = begin_work(server, home, work_id)
    if working is None:
        return
    try:
        state, outcome = State.DONE, TASKS[working.kind](working)
    except WorkStoppedError:
        state, outcome = State.CANCELLED, Outcome("取りやめました。何も変わっていません。")
    except TsunaguError as error:
        words = {"what": error.what, "why": error.why, "todo": error.todo}
        state, outcome = State.REFUSED, Outcome(error.what, {"refused": words})
    except Exception as error:  # noqa: BLE001 - whatever it is, the worker goes on, and no value is logged
        _log.warning("work failed: %s, %s at %s", working.kind, type(error).__name__, _name_place(error))
        state, outcome = (
            State.FAILED,
            Outcome("こちらの不具合で、終えられませんでした。何も変わっていません。"),
        )
    finally:
        connections.close_all()
    end_work(server, work_id, state, outcome)


def _name_place(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(place.filename).name}:{place.lineno}"
