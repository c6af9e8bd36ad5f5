"""A copy of the whole cluster while it runs, as the login that may do that and nothing else."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.programs import find_programs
from tsunagu.database.receiving import SLOT, make_environment
from tsunagu.database.sessions import open_session
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

MANIFEST = "backup_manifest"
SEGMENT_BITS = 24  # a file of the log has 16 MiB
_SPOKEN_CHARACTERS = 400


class CopyFailedError(TsunaguError):
    """One of PostgreSQL's programs for backups refused."""

    exit_code = ExitCode.DATABASE


class CopyDamagedError(TsunaguError):
    """A copy of the cluster is not what it was when it was made."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class LogRange:
    """The stretch of the log that a copy needs to be whole."""

    timeline: int
    start: int
    end: int


def make_slot(server: Server) -> None:
    """From now on the server keeps every part of its log until our receiver has it."""
    _run("pg_receivewal", server, "--create-slot", "--if-not-exists", "--slot", SLOT)


def drop_slot(server: Server) -> None:
    """Let the server forget what was not received. Nothing when there is no slot."""
    if is_slot_there(server):
        _run("pg_receivewal", server, "--drop-slot", "--slot", SLOT)


def is_slot_there(server: Server) -> bool:
    """Whether the server keeps its log for our receiver."""
    return read_received_position(server) > 0


def read_received_position(server: Server) -> int:
    """Up to where our receiver has the log, flushed; 0 when it was never begun."""
    with open_session(server, Login.APP) as session:
        rows = session.run(read_statement("tsunagu.database", "find_slot"), {"slot": SLOT})
    return read_position(rows[0][0]) if rows else 0


def is_confirming(server: Server) -> bool:
    """Whether the server that runs waits for our receiver at every commit."""
    with open_session(server, Login.APP) as session:
        ((names,),) = session.run("SHOW synchronous_standby_names")
    return bool(names == Login.RECEIVER.value)


def read_log_position(server: Server) -> int:
    """Up to where the log is written now, as a number."""
    with open_session(server, Login.APP) as session:
        ((position,),) = session.run(read_statement("tsunagu.database", "read_log_position"))
    return read_position(position)


def copy_cluster(server: Server, folder: Path) -> LogRange:
    """Copy the cluster into a new folder, with a manifest of all its files' hashes, without its log.

    Raises:
        CopyFailedError: with PostgreSQL's words.
    """
    how = ["--wal-method=none", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password"]
    _run("pg_basebackup", server, "--pgdata", str(folder), *how)
    return read_log_range(folder)


def read_log_range(folder: Path) -> LogRange:
    """What its manifest says of the log it needs.

    Raises:
        CopyDamagedError: the manifest cannot be read.
    """
    try:
        (found,) = json.loads((folder / MANIFEST).read_bytes())["WAL-Ranges"]
        return LogRange(found["Timeline"], read_position(found["Start-LSN"]), read_position(found["End-LSN"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise _say_damaged("目録がないか、壊れています") from None


def check_copy(folder: Path, log: Path) -> None:
    """Compare every file of a copy with its manifest, and read the log it needs.

    What PostgreSQL's own `pg_verifybackup` does. The wheel's does not start (the loader of the system ends it), and the
    manifest's form is documented.

    Raises:
        CopyDamagedError: a file is missing, added or changed.
    """
    _check_manifest(folder / MANIFEST)
    range_ = read_log_range(folder)
    listed = {found["Path"]: found for found in json.loads((folder / MANIFEST).read_bytes())["Files"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if there - {MANIFEST} != set(listed):
        raise _say_damaged("ファイルが足りないか、余分にあります")
    for name, found in listed.items():
        if _hash_file(folder / name) != found["Checksum"]:
            raise _say_damaged(f"{name} の中身が違います")
    _check_log(range_, log)


def _check_manifest(path: Path) -> None:
    """The manifest ends with the hash of all that stands before that line."""
    try:
        content = path.read_bytes()
    except OSError:
        raise _say_damaged("目録がありません") from None
    before, mark, last = content.rpartition(b'"Manifest-Checksum"')
    if not mark or hashlib.sha256(before).hexdigest().encode() not in last:
        raise _say_damaged("目録が変わっています")


def _check_log(range_: LogRange, log: Path) -> None:
    """Every record that the copy needs can be read."""
    stretch = ["--start", write_position(range_.start), "--end", write_position(range_.end)]
    words = ["--quiet", "--path", str(log), "--timeline", str(range_.timeline), *stretch]
    found = _start([find_programs() / "bin" / "pg_waldump", *words], make_environment(""))
    if found.returncode:
        raise _say_damaged(_quote(found))


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_segment(timeline: int, number: int) -> str:
    """The file of the log with this number."""
    return f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}"


def read_position(text: str) -> int:
    """A position of the log as PostgreSQL writes it: `high/low`."""
    high, _, low = text.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def write_position(position: int) -> str:
    """The same for PostgreSQL's programs."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _run(name: str, server: Server, *words: str) -> None:
    parts = server.parts(Login.RECEIVER)
    address = make_conninfo(host=parts["host"], port=parts["port"], user=parts["user"])
    program = find_programs() / "bin" / name
    found = _start([program, "--dbname", address, *words], make_environment(parts["password"]))
    if found.returncode:
        raise CopyFailedError(
            "データベースの控えを取れませんでした。",
            why=f"PostgreSQL の言葉: {_quote(found)}",
            todo="置き場所の空きと権限を確かめて、もう一度実行してください。前に取った控えは、そのままです。",
        )


def _start(command: list[Any], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 # our own program with fixed arguments
        command,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment,
    )


def _quote(found: subprocess.CompletedProcess[bytes]) -> str:
    return found.stderr.decode(errors="replace").strip()[-_SPOKEN_CHARACTERS:]


def _say_damaged(what: str) -> CopyDamagedError:
    return CopyDamagedError(
        f"データベースの控えが壊れています({what})。",
        why="壊れた控えから戻すと、記録が黙って欠けます。何も戻していません。",
        todo="--take で一つ前の控えを指定してください。置き場所のディスクも調べてください。",
    )
