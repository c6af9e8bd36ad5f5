"""Our own server inside the home: started by whoever needs it first, ended when nobody needs it any more."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from tsunagu.database.accounts import choose_account
from tsunagu.database.cluster import DATABASE, RULES, prepare_data
from tsunagu.database.connecting import Server
from tsunagu.database.leftovers import end_leftovers, remove_marks, wait_until
from tsunagu.database.logins import Login, ensure_passwords, read_password
from tsunagu.database.places import (
    SOCKET_NAME,
    Places,
    choose_socket_folder,
    give_to_owner,
    make_places,
    read_socket_folder,
)
from tsunagu.database.programs import find_programs
from tsunagu.database.receiving import CONFIRMING, Receiving, find_receiving
from tsunagu.database.warden import Plan
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# A server that ends may take as long as the warden lets it; a recovery after a power cut takes minutes.
ENDING_SECONDS = 90.0
STARTING_SECONDS = 600.0
LOG_BYTES = 5_000_000
# In force at every start, whatever the data folder says. The log never repeats a statement or a value.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "logging_collector": "off",
}
# For tests: what would be lost in a power cut is thrown away anyhow.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerNotStartedError(TsunaguError):
    """The server does not answer; its log says why."""

    exit_code = ExitCode.DATABASE


class ServerBusyError(TsunaguError):
    """Another process is starting or ending the server, and does not finish."""

    exit_code = ExitCode.BUSY


class PasswordReplacedError(TsunaguError):
    """The server that runs was started with other passwords than the files hold now."""

    exit_code = ExitCode.DATABASE


@contextmanager
def use_embedded_server(home: Path, *, is_durable: bool = True) -> Iterator[Server]:
    """Use the home's own server while the block runs; it is started first when nobody else uses it.

    Args:
        home: the municipality's home.
        is_durable: false only for data that is thrown away; counts for whoever starts the server.

    Raises:
        ServerNotStartedError: it does not start.
        ServerBusyError: another process keeps it from starting.
        PasswordReplacedError: it runs with other passwords than the files hold.
        TsunaguError: what the modules of this package raise about accounts, programs and data.
    """
    places = make_places(home)
    with _hold(places.users_file, fcntl.LOCK_SH, seconds=ENDING_SECONDS):
        with _hold(places.starting_file, fcntl.LOCK_EX, seconds=STARTING_SECONDS):
            passwords = ensure_passwords(places.keys)
            server = _start_unless_running(places, passwords, is_durable=is_durable)
            give_to_owner(places)
        yield server


def find_embedded_server(home: Path, login: Login) -> Server:
    """The address of the home's own server for one login; no other login's password is read.

    Raises:
        ServerNotStartedError: it was never started.
    """
    places = Places(home.resolve())
    if not places.address_file.exists() or not (places.keys / login.key_file).exists():
        raise _not_started(places)
    return _make_server(places, {login: read_password(places.keys, login)})


def _start_unless_running(places: Places, passwords: Mapping[Login, str], *, is_durable: bool) -> Server:
    # Twice: a warden met at first may just be ending with its server.
    for _ in range(2):
        _start_warden_unless_running(places, passwords, is_durable=is_durable)
        server = _make_server(places, passwords)
        if _wait_for_answer(places, server):
            return server
    raise _not_started(places)


def _not_started(places: Places) -> ServerNotStartedError:
    return ServerNotStartedError(
        "データベースが起動していません。",
        why="職員の画面は、データベースがないと動きません。",
        todo=f"{places.log_file} の終わりを見て、ディスクの空きと権限を確かめ、もう一度実行してください。",
    )


def _wait_for_answer(places: Places, server: Server) -> bool:
    """Whether the server answers, at last; not when its warden is gone."""
    is_decided = wait_until(lambda: not is_running(places) or answers(server), seconds=STARTING_SECONDS)
    return is_decided and is_running(places)


def _start_warden_unless_running(places: Places, passwords: Mapping[Login, str], *, is_durable: bool) -> None:
    with places.warden_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        programs, account = find_programs(), choose_account(places.home, places.data)
        receiving = find_receiving(places)
        end_leftovers(places.data)
        socket_folder = choose_socket_folder(places, account)
        remove_marks(
            places.data / "postmaster.pid", socket_folder / SOCKET_NAME, socket_folder / f"{SOCKET_NAME}.lock"
        )
        prepare_data(places, programs, account, passwords, is_durable=is_durable)
        places.rules_file.write_text(RULES, encoding="utf-8")
        places.rules_file.chmod(0o644)  # read by the server's account; the folder above is private
        plan = Plan(
            programs=str(programs),
            data=str(places.data),
            socket_folder=str(socket_folder),
            rules_file=str(places.rules_file),
            users_file=str(places.users_file),
            uid=account.uid,
            gid=account.gid,
            settings=_choose_settings(receiving, is_durable=is_durable),
            receiving=asdict(receiving) if receiving else None,
        )
        _start_warden(places, plan, lock)


def _choose_settings(receiving: Receiving | None, *, is_durable: bool) -> dict[str, str]:
    return {**SETTINGS, **(CONFIRMING if receiving else {}), **({} if is_durable else NOT_DURABLE)}


def _start_warden(places: Places, plan: Plan, lock: IO[str]) -> None:
    """Start the warden; it inherits the lock, and with it the duty."""
    with _open_log(places.log_file) as log:
        subprocess.run(  # noqa: S603 # our own program
            [sys.executable, "-I", "-m", "tsunagu.database.warden", plan.write()],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )


def _open_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def is_running(places: Places) -> bool:
    """Whether a warden lives."""
    with places.warden_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def answers(server: Server) -> bool:
    """Whether the server takes connections.

    Raises:
        PasswordReplacedError: it does, but not with this password, and never will.
    """
    try:
        with psycopg.connect(server.url(Login.APP)):
            return True
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            return False
    raise PasswordReplacedError(
        "パスワードのファイル（var/keys）が、動いているデータベースのものと違います。",
        why="動いている間にファイルがなくなるか、替わると、新しい処理はつながりません。",
        todo="つなぐの処理をすべて終えてから、もう一度実行してください（起動のときに新しいパスワードになります）。",
    )


def _make_server(places: Places, passwords: Mapping[Login, str]) -> Server:
    folder = read_socket_folder(places)
    addresses = {
        login: make_conninfo(
            host=str(folder), port=5432, dbname=DATABASE, user=login.value, password=passwords[login]
        )
        for login in passwords
    }
    return Server(addresses, is_ours=True)


@contextmanager
def _hold(path: Path, kind: int, *, seconds: float) -> Iterator[None]:
    """Hold a lock while the block runs."""
    with path.open("a") as file:
        if not wait_until(lambda: _try_lock(file, kind), seconds=seconds):
            raise ServerBusyError(
                "別の処理がデータベースを起動中か終了中で、終わりません。",
                why="二つの処理が同時に起動すると、データが壊れるおそれがあります。",
                todo="しばらく待って、もう一度実行してください。",
            )
        yield


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
