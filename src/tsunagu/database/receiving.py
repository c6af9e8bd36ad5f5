"""PostgreSQL's log, received into a second place: a commit is confirmed when its log lies there, flushed, as well.

The warden keeps the receiving program beside the server. While the place cannot take anything, commits wait.
"""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from tsunagu.database.logins import Login
from tsunagu.database.places import SOCKET_NAME, Places
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

SLOT = "tsunagu_backup"
# Whose word a commit waits for. Our receiver gives itself this name.
CONFIRMING = {"synchronous_standby_names": Login.RECEIVER.value}
# A receiver that ended (the server's end, a full disk, a disk taken away) is started again after this long.
PAUSE_SECONDS = 1.0
_PROGRAM_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


class ReceivingPlaceError(TsunaguError):
    """The place that receives the log is not there."""

    exit_code = ExitCode.DATABASE


@dataclass(frozen=True, slots=True)
class Receiving:
    """Where the log goes, and the file of the password that fetches it. Paths only: no secret."""

    folder: str
    password_file: str


def find_receiving(places: Places) -> Receiving | None:
    """Where this home's log is received; None when it has no backup.

    Raises:
        ReceivingPlaceError: it has one, and the folder is not there: every commit would wait.
    """
    folder = find_receiving_folder(places)
    if folder is None:
        return None
    if not folder.is_dir():
        raise ReceivingPlaceError(
            f"バックアップの置き場所 {folder.parent} がありません。",
            why="置き場所に控えが届いてから画面の書き込みを確定する決まりなので、このままでは何も書けません。",
            todo="置き場所のディスクをつないでください。もう使わないときは、tsunagu backup end を実行してください。",
        )
    return Receiving(str(folder), str(places.keys / Login.RECEIVER.key_file))


def find_receiving_folder(places: Places) -> Path | None:
    """The folder that receives the log, whether it is there or not."""
    try:
        return Path(json.loads(places.receiving_file.read_bytes())["folder"])
    except FileNotFoundError:
        return None


def set_receiving_folder(places: Places, folder: Path | None) -> None:
    """From the next start on, receive the log in `folder`; nowhere when None."""
    if folder is None:
        places.receiving_file.unlink(missing_ok=True)
        return
    draft = places.receiving_file.with_suffix(".new")
    draft.write_text(json.dumps({"folder": str(folder)}), encoding="utf-8")
    draft.replace(places.receiving_file)


def keep_receiving(receiving: Receiving, programs: Path, socket_folder: Path) -> None:
    """Keep the receiving program running; the warden's thread, which ends with it.

    The program ends with its connection, so it never outlives the server.
    """
    while True:
        if (socket_folder / SOCKET_NAME).exists():
            receive(receiving, programs, socket_folder)
        time.sleep(PAUSE_SECONDS)


def receive(receiving: Receiving, programs: Path, socket_folder: Path) -> None:
    """Receive until the connection ends. What it complains of goes where the server's words go."""
    words = ["--directory", receiving.folder, "--slot", SLOT, "--synchronous", "--no-loop", "--no-password"]
    subprocess.run(  # noqa: S603 # our own program with fixed arguments
        [programs / "bin" / "pg_receivewal", "--dbname", _make_address(socket_folder), *words],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        env=make_environment(Path(receiving.password_file).read_text(encoding="ascii")),
    )


def _make_address(socket_folder: Path) -> str:
    login = Login.RECEIVER.value
    return make_conninfo(host=str(socket_folder), port=5432, user=login, application_name=login)


def make_environment(password: str) -> dict[str, str]:
    """What PostgreSQL's own programs are given: the password not as an argument, which everybody may list."""
    return {**_PROGRAM_ENVIRONMENT, "PGPASSWORD": password, "HOME": os.devnull}
