"""Files copied into a place that must keep them: flushed, hashed on the way, a full disk told in our words."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_READ_BYTES = 1 << 20


class PlaceFullError(TsunaguError):
    """No room left where the copy goes."""

    exit_code = ExitCode.DISK_FULL


class CopyChangedError(TsunaguError):
    """A file of the backup is missing, or not what it was when it was taken."""

    exit_code = ExitCode.STORE


@contextmanager
def tell_full_disk(folder: Path) -> Iterator[None]:
    """Explain a full disk while something is copied into `folder`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise PlaceFullError(
            f"{folder} のディスクの空きがなくなりました。",
            why="途中までの写しは使えません。もとのデータと、前に取ったバックアップは、そのままです。",
            todo="空きを作って、同じ操作をもう一度実行してください。途中までの写しは、そのとき消します。",
        ) from None


def copy_file(source: Path, target: Path) -> str:
    """Copy a file and flush it; the hash of what was read."""
    content = hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(_READ_BYTES):
            content.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    target.chmod(source.stat().st_mode & 0o777)
    return content.hexdigest()


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Copy a file that must have this hash.

    Raises:
        CopyChangedError: it is not there, or has another one.
    """
    try:
        found = copy_file(source, target)
    except FileNotFoundError:
        raise say_changed(f"{source.name} がありません") from None
    if found != sha256:
        raise say_changed(f"{source.name} の中身が違います")


def hash_file(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def say_changed(what: str) -> CopyChangedError:
    """The error for a backup that is not what it was."""
    return CopyChangedError(
        f"バックアップが壊れているか、変えられています({what})。",
        why="そのまま戻すと、記録が黙って欠けるか、偽の記録が入ります。使える状態にはしていません。",
        todo="--take で一つ前の控えを指定するか、別の置き場所のものを使ってください。置き場所は調べるまで保全してください。",
    )
