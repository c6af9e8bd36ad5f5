"""Sets up the server's data: a new cluster, its logins and its one database, before anybody can connect."""

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tsunagu.database.accounts import ROOT_UID, Account, become, hand_over
from tsunagu.database.leftovers import end_leftovers
from tsunagu.database.logins import Login
from tsunagu.database.places import PRIVATE_FOLDER, Places, empty_folder
from tsunagu.database.programs import MAJOR_VERSION, lend_programs
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

DATABASE = "tsunagu"
SUPERUSER = "tsunagu_superuser"
# The superuser has no password, and may not connect even with one.
RULES = f"""# Written by つなぐ at every start.
local all {SUPERUSER} reject
local replication {Login.RECEIVER} scram-sha-256
local replication all reject
local all {Login.RECEIVER} reject
local all all scram-sha-256
"""
# Without our rules nobody gets in at all.
_OPTIONS = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--encoding=UTF8",
    "--auth=reject",
    "--no-instructions",
)
_PROGRAM_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
_SPOKEN_CHARACTERS = 400


class SetUpError(TsunaguError):
    """PostgreSQL's data could not be set up."""

    exit_code = ExitCode.DATABASE


class DataVersionError(TsunaguError):
    """The data is of another PostgreSQL than the programs."""

    exit_code = ExitCode.DATABASE


def prepare_data(
    places: Places,
    programs: Path,
    account: Account,
    passwords: Mapping[Login, str],
    *,
    is_durable: bool,
) -> None:
    """Make the data if there is none, and give it the logins it lacks. Nobody may be running a server on it.

    Raises:
        SetUpError: PostgreSQL's programs refused; the message has their last words.
        DataVersionError: the data is of another version.
    """
    is_new = not places.data.exists()
    with lend_programs(programs, account) as lent:
        if is_new:
            _create_unfinished_data(places, lent, account, is_durable=is_durable)
        check_version(places.data if not is_new else places.unfinished_data)
        _prepare_logins(places, lent, account, passwords, is_new=is_new)
    if is_new:
        places.unfinished_data.rename(places.data)
        _sync_folder(places.folder)


def check_version(data: Path) -> None:
    """Refuse data of another major version.

    Raises:
        DataVersionError: with both versions.
    """
    version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if version != MAJOR_VERSION:
        raise DataVersionError(
            f"データベースの版が合いません（データは {version}、プログラムは {MAJOR_VERSION}）。",
            why="PostgreSQL は、違う版のデータを開けません。",
            todo="このデータを作った版のつなぐで動かしてください（データの版を移すしくみは、まだありません）。",
        )


def _create_unfinished_data(places: Places, programs: Path, account: Account, *, is_durable: bool) -> None:
    folder = places.unfinished_data
    end_leftovers(folder)
    empty_folder(folder)
    places.prepared_file.unlink(missing_ok=True)
    folder.mkdir(mode=PRIVATE_FOLDER)
    if os.geteuid() == ROOT_UID:
        os.chown(folder, account.uid, account.gid)
    with hand_over(account, folder) as ((data,), handles):
        command = [str(programs / "bin" / "initdb"), "-D", data, "-U", SUPERUSER, *_OPTIONS]
        result = subprocess.run(  # noqa: S603 # our own program with fixed arguments
            [*command, *([] if is_durable else ["--no-sync"])],
            check=False,
            cwd="/",
            env=_PROGRAM_ENVIRONMENT,
            pass_fds=handles,
            capture_output=True,
            **become(account),
        )
    _check_result(result)


def _prepare_logins(
    places: Places, programs: Path, account: Account, passwords: Mapping[Login, str], *, is_new: bool
) -> None:
    """Logins and grants, in single-user mode; only when something differs from the last time."""
    shapes = _list_shapes(passwords)
    closing = [_read_line("close_databases"), _read_line("open_database")]
    fingerprint = hashlib.sha256("\n".join([*shapes, *closing]).encode()).hexdigest()
    if not is_new and _read_fingerprint(places) == fingerprint:
        return
    data = places.unfinished_data if is_new else places.data
    # Creating a login that exists is an error and no harm; what must hold comes in the second run.
    creating = [_read_line("create_login", login=login) for login in Login]
    _run_alone(data, programs, account, creating, is_strict=False)
    database = [_read_line("create_database", owner=Login.OWNER)] if is_new else []
    _run_alone(data, programs, account, [*shapes, *database, *closing], is_strict=True)
    places.prepared_file.write_text(fingerprint, encoding="ascii")


def _list_shapes(passwords: Mapping[Login, str]) -> list[str]:
    """One statement a login: what it may do, and its password (URL-safe characters, so no quoting is needed)."""
    rights = {Login.OWNER: "CREATEDB NOREPLICATION", Login.RECEIVER: "NOCREATEDB REPLICATION"}
    usual = "NOCREATEDB NOREPLICATION"
    return [
        _read_line("shape_login", login=login, rights=rights.get(login, usual), password=passwords[login])
        for login in Login
    ]


def _read_fingerprint(places: Places) -> str:
    try:
        return places.prepared_file.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _run_alone(
    data: Path, programs: Path, account: Account, statements: Iterable[str], *, is_strict: bool
) -> None:
    """Run statements as the superuser, without a server and without anybody connecting."""
    with hand_over(account, data) as ((folder,), handles):
        strictness = ["-c", "exit_on_error=on"] if is_strict else []
        result = subprocess.run(  # noqa: S603 # our own program with fixed arguments
            [programs / "bin" / "postgres", "--single", "-D", folder, *strictness, "postgres"],
            check=False,
            cwd="/",
            input="".join(f"{statement}\n" for statement in statements).encode(),
            env=_PROGRAM_ENVIRONMENT,
            pass_fds=handles,
            capture_output=True,
            **become(account),
        )
    if is_strict:
        _check_result(result)


def _check_result(result: subprocess.CompletedProcess[bytes]) -> None:
    if result.returncode:
        said = result.stderr.decode(errors="replace").strip()[-_SPOKEN_CHARACTERS:]
        raise SetUpError(
            "データベースを用意できませんでした。",
            why=f"PostgreSQL の言葉: {said}",
            todo="ディスクの空きと、var/pg の権限を確かめて、もう一度実行してください。",
        )


def _read_line(name: str, **names: str) -> str:
    """A statement on one line, as single-user mode reads it."""
    return " ".join(read_statement("tsunagu.database", name, **names).split())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
