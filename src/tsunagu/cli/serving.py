"""`serve`: the desk of one home, opened on this machine. `work`: its long work, done beside it.

The desk's libraries are loaded by this command alone, so that no other command waits for them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsunagu.cli.app import DEFAULT_HOME, HomeOption, app, open_installation
from tsunagu.cli.following import STARTER_VARIABLE
from tsunagu.cli.showing import say, show_table
from tsunagu.pipeline.manifest import find_latest_run_id, get_manifest
from tsunagu.store.commit import open_reader
from tsunagu.store.home import Home, open_home
from tsunagu.store.keys import KeyMissingError
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.municipality import is_fictional

if TYPE_CHECKING:
    from tsunagu.database.connecting import Server

DEFAULT_PORT = 8600


@app.command("serve")
def serve(
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int, typer.Option(min=1, max=65535, help="番号 / port")] = DEFAULT_PORT,
) -> None:
    """職員の画面を、この機械だけで開く。 / Open the officers' desk on this machine alone."""
    from tsunagu.database.server import open_server
    from tsunagu.web.launching import prepare_desk, serve_desk

    today = datetime.now(JST).date()
    installation, catalog = open_installation(home, on=today)
    municipality = catalog.municipality
    assert municipality is not None
    is_demo, has_run = is_fictional(municipality.code), False
    if is_demo:
        today, has_run = _stop_the_clock(installation, today)
    with open_server(installation.path) as server:
        prepare_desk(installation.path, server, catalog, today=today)
        if is_demo:
            _show_demo_staff(server, municipality.code, sorted(municipality.active_purposes), today)
        if has_run:
            _show_demo_children(server, installation.path, sorted(municipality.active_purposes), today)
        say(f"職員の画面: http://localhost:{port}/ (この機械からだけ開けます。終わるには Ctrl-C)")
        with start_worker(installation.path):
            serve_desk(port)


@app.command("work")
def work(home: HomeOption = DEFAULT_HOME) -> None:
    """時間のかかる仕事を引き受ける(serve が自分で始めるので、別に動かすときだけ)。 / The desk's worker."""
    from tsunagu.database.server import open_server
    from tsunagu.web.launching import set_up_django

    installation = open_home(home)
    # Ending it and killing it are the same: what it had begun waits for the next one.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with open_server(installation.path) as server:
        set_up_django(installation.path)
        from tsunagu.jobs import working

        working.work(server, installation.path.resolve())


@contextmanager
def start_worker(home: Path) -> Iterator[None]:
    """The worker, for as long as the block runs."""
    command = [sys.executable, "-m", "tsunagu.cli", "work", "--home", str(home.resolve())]
    starter = {**os.environ, STARTER_VARIABLE: str(os.getpid())}
    child = subprocess.Popen(command, cwd="/", env=starter, stdin=subprocess.DEVNULL)  # noqa: S603 # our own program
    try:
        yield
    finally:
        child.kill()
        child.wait()


def _stop_the_clock(home: Home, today: date) -> tuple[date, bool]:
    """The day after the last run, and whether there is one: by the real day, what it says would have expired."""
    from tsunagu.web.installation import DEMO_DAY_VARIABLE

    run_id, demo_day = None, today
    with (
        suppress(KeyMissingError),
        open_reader(home, "serve") as reader,
    ):  # no keys: nothing was ever taken in
        run_id = find_latest_run_id(reader, as_of=today)
        if run_id is not None:
            demo_day = get_manifest(reader, run_id).as_of + timedelta(days=1)
    os.environ[DEMO_DAY_VARIABLE] = demo_day.isoformat()
    if run_id is None:
        say(
            "まだ一度も判定していないので、示されるこどもはいません。make demo か tsunagu run を先に実行してください。"
        )
    else:
        say(f"架空の市なので、画面の「今日」は最後の判定の翌日（{demo_day}）で止めてあります。")
    return demo_day, run_id is not None


def _show_demo_children(server: "Server", home: Path, purposes: list[str], today: date) -> None:
    """What every night does in a city, done at the start of a demo; then everybody has children to do with."""
    from tsunagu.access.owner import owner_connection
    from tsunagu.jobs.nightly import load_directory, receive_last_run
    from tsunagu.web.demo_children import give_demo_children
    from tsunagu.web.demo_intakes import give_demo_intakes

    def tell(step: str, *_: int) -> None:
        say(f"  {step} …")

    say("最後の判定を、画面に取り込んでいます。")
    with owner_connection(server):
        load_directory(home, on=today, as_of=today, tell=tell)
        receive_last_run(home, on=today, tell=tell)
    give_demo_children(today)
    give_demo_intakes(purposes, today)


def _show_demo_staff(server: "Server", municipality: str, purposes: list[str], today: date) -> None:
    from tsunagu.web.demo_staff import prepare_demo_staff

    staff = prepare_demo_staff(server, municipality, purposes, today=today)
    say("架空の市の、実演用の職員です。パスワードと回復コードは、始めるたびに変わります。")
    show_table(
        "サインインのしかた: 番号とパスワードを入れ、確認コードの欄に回復コードを一つ入れます(一つは一度だけ)",
        ("職員番号", "役割", "パスワード", "回復コード"),
        [(one.staff_number, one.title, one.password, " ".join(one.codes)) for one in staff],
    )
