"""Under which OS account the server runs, and how it reaches folders that are closed to that account."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

ROOT_UID = 0
LAST_RESORT = "nobody"


class AccountNotUsableError(TsunaguError):
    """The server cannot run under the account it would need."""

    exit_code = ExitCode.DATABASE


@dataclass(frozen=True, slots=True)
class Account:
    """An OS account, by its numbers."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process is that account already."""
        return os.geteuid() == self.uid


class ProcessOptions(TypedDict, total=False):
    """What `subprocess` needs to start a program as another account."""

    user: int
    group: int
    extra_groups: list[int]


def choose_account(home: Path, data: Path) -> Account:
    """The account that runs the server.

    Ours, unless we are root, which PostgreSQL refuses to be: then whoever owns the data already, else the owner of
    the home, else `nobody`.

    Raises:
        AccountNotUsableError: the data belongs to somebody else, or root finds no account to become.
    """
    if os.geteuid() != ROOT_UID:
        _check_ownership(data)
        return Account(os.geteuid(), os.getegid())
    for folder in (data, home):
        account = _find_owner(folder)
        if account is not None:
            return account
    try:
        found = pwd.getpwnam(LAST_RESORT)
    except KeyError:
        raise AccountNotUsableError(
            "データベースを動かせる OS の利用者がいません（root では動かず、nobody もありません）。",
            why="PostgreSQL は、root では動きません。",
            todo="つなぐのフォルダーの持ち主を一般の利用者に変えるか、一般の利用者で実行してください。",
        ) from None
    return Account(found.pw_uid, found.pw_gid)


def _check_ownership(data: Path) -> None:
    if data.exists() and data.stat().st_uid != os.geteuid():
        raise AccountNotUsableError(
            f"{data} は、OS の別の利用者のものです。",
            why="ほかの利用者のデータベースを、この利用者では動かせません（前に root で動かしたときなど）。",
            todo="前と同じ利用者で実行するか、管理者に var/pg/data の持ち主を変えてもらってください。",
        )


def _find_owner(folder: Path) -> Account | None:
    """A folder's owner, when it is an ordinary account the system knows (PostgreSQL asks for its name)."""
    if not folder.exists() or folder.stat().st_uid == ROOT_UID:
        return None
    try:
        found = pwd.getpwuid(folder.stat().st_uid)
    except KeyError:
        return None
    return Account(found.pw_uid, found.pw_gid)


def become(account: Account) -> ProcessOptions:
    """Options of `subprocess` that start a program as `account`."""
    if account.is_ours:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


@contextmanager
def hand_over(account: Account, *paths: Path) -> Iterator[tuple[list[str], list[int]]]:
    """Names by which a program started as `account` can use `paths`, and the open handles it must inherit.

    A home is closed to every other account. Instead of loosening the folders above the data, root opens the data
    and hands the open folder over: `/proc/self/fd/N` leads there without passing through what lies above.
    """
    if account.is_ours:
        yield [str(path) for path in paths], []
        return
    handles = [os.open(path, os.O_RDONLY) for path in paths]
    try:
        yield [f"/proc/self/fd/{handle}" for handle in handles], handles
    finally:
        for handle in handles:
            os.close(handle)


def can_reach(account: Account, program: Path) -> bool:
    """Whether `account` may pass through every folder above `program`, and run it."""
    if account.is_ours:
        return True
    return all(_may_pass(account, path) for path in (program, *program.parents))


def _may_pass(account: Account, path: Path) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & 0o100)
    return bool(found.st_mode & (0o010 if found.st_gid == account.gid else 0o001))
