"""A take put back into an empty folder. It is checked before and while it is copied; it becomes a home at the very end.

What makes a folder a home, `municipality.yaml`, waits in `.restoring` until everything was verified. A restore that
was killed leaves `.restoring` behind, by which the next one knows what it may remove.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from tsunagu.backup.copying import copy_checked, hash_file, say_changed, tell_full_disk
from tsunagu.backup.place import DatabaseCopy, Place, Take, compute_code, read_take
from tsunagu.database.accounts import ROOT_UID, choose_account
from tsunagu.database.connecting import Server
from tsunagu.database.copying import MANIFEST, SEGMENT_BITS, check_copy, name_segment, read_log_position
from tsunagu.database.leftovers import end_leftovers
from tsunagu.database.places import Places, make_places
from tsunagu.store.head import load_head
from tsunagu.store.home import Home, make_private_folder, sync_folder
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_SETTINGS = "municipality.yaml"
_UNFINISHED = ".restoring"
_SEGMENT = re.compile(r"([0-9A-F]{24})(\.partial)?")

Tell = Callable[[str], None]


class TargetNotEmptyError(TsunaguError):
    """There is something where the backup is to be put back."""

    exit_code = ExitCode.USAGE


class LogCutError(TsunaguError):
    """A part of the log is missing or unreadable."""

    exit_code = ExitCode.STORE


def restore_files(place: Place, target: Path, *, label: str | None, code: str | None, tell: Tell) -> Take:
    """Check a take and copy it into an empty folder; not yet a home.

    Args:
        place: the backup.
        target: an empty folder, one that is not there, or one in which a restore was cut off.
        label: which take; the newest when None.
        code: what was noted down when it was taken; None when nobody did.
        tell: hears what is being done.

    Raises:
        TargetNotEmptyError: something else is there.
        CopyChangedError: a file is missing, added or changed, or the code is another one.
        CopyDamagedError: the same in the copy of the cluster.
        LogCutError: a part of the log is missing.
        PlaceFullError: no room left; run it again.
    """
    take = read_take(place, label)
    if code is not None and code.strip().lower() != compute_code(place, take.label):
        raise say_changed("書き留めた符号と合いません")
    home = _empty_target(target)
    with tell_full_disk(target):
        if take.database:
            tell("データベースの写しと控えを確かめています")
            _check_database(place, take.label, take.database)
        tell("ファイルを写しています")
        _copy_home(place, take, home)
        if take.database:
            tell("データベースを写しています")
            _copy_database(place, take.label, take.database, make_places(home.path))
    return take


def _empty_target(target: Path) -> Home:
    home, mark = Home(target.resolve()), target / _UNFINISHED
    if target.exists() and any(target.iterdir()) and not mark.is_dir():
        raise TargetNotEmptyError(
            f"{target} は空ではありません。",
            why="いまあるデータに上書きすると、どちらも失われます。",
            todo="新しいフォルダーを指定してください。動いていたものは、そのまま保全してください。",
        )
    make_private_folder(home.path)
    mark.mkdir(exist_ok=True)
    end_leftovers(Places(home.path).data)
    for path in home.path.iterdir():
        if path.name != _UNFINISHED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return home


def _check_database(place: Place, label: str, copy: DatabaseCopy) -> None:
    base = place.base(label)
    if not base.is_dir() or hash_file(base / MANIFEST) != copy.manifest_sha256:
        raise say_changed("データベースの写しの目録が違います")
    for name, sha256 in copy.log_sha256.items():
        if not (place.log / name).is_file() or hash_file(place.log / name) != sha256:
            raise say_changed(f"控え {name} がないか、中身が違います")
    check_copy(base, place.log)
    list_log(place, copy)


def list_log(place: Place, copy: DatabaseCopy) -> list[Path]:
    """The received log from the take on, without a gap; only the last file may be unfinished.

    Raises:
        LogCutError: there is one, or it ends before the take did.
    """
    found = {match[1]: path for path in place.log.iterdir() if (match := _SEGMENT.fullmatch(path.name))}
    first = copy.start >> SEGMENT_BITS
    names = sorted(name for name in found if name >= name_segment(copy.timeline, first))
    expected = [name_segment(copy.timeline, first + place) for place in range(len(names))]
    reached = name_segment(copy.timeline, (copy.received - 1) >> SEGMENT_BITS)
    is_finished = all(found[name].suffix == "" for name in names[:-1])
    if not names or names != expected or names[-1] < reached or not is_finished:
        raise say_cut("途中のファイルがないか、控えを取ったところまでありません")
    return [found[name] for name in names]


def say_cut(what: str) -> LogCutError:
    """The error for a log that does not lead to its end."""
    return LogCutError(
        f"データベースの控え(wal)が続いていません({what})。",
        why="そこから後に書かれたことが戻らず、記録が黙って欠けます。使える状態にはしていません。",
        todo="置き場所のディスクを調べ、wal のファイルを別の写しから補って、もう一度実行してください。",
    )


def _copy_home(place: Place, take: Take, home: Home) -> None:
    source = place.home(take.label)
    for name, sha256 in take.files.items():
        target = home.path / _UNFINISHED / name if name == _SETTINGS else home.path / name
        copy_checked(source / name, target, sha256)
    for segments in load_head(home).tables.values():
        for segment in segments:
            copy_checked(place.segments / segment.path, home.var / segment.path, segment.sha256)


def _copy_database(place: Place, label: str, copy: DatabaseCopy, places: Places) -> None:
    account = choose_account(places.home, places.data)
    places.unfinished_data.mkdir()
    for path in sorted(place.base(label).rglob("*")):
        target = places.unfinished_data / path.relative_to(place.base(label))
        target.mkdir() if path.is_dir() else shutil.copyfile(path, target)
    log = places.unfinished_data / "pg_wal"
    for path in list_log(place, copy):
        shutil.copyfile(path, log / path.name.removesuffix(".partial"))
    for path in [places.unfinished_data, *places.unfinished_data.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        if os.geteuid() == ROOT_UID:
            os.chown(path, account.uid, account.gid)
    os.sync()
    places.unfinished_data.rename(places.data)


def check_log_was_read(place: Place, copy: DatabaseCopy, server: Server) -> None:
    """Refuse a database that stopped reading its log before the end, at a damaged record say.

    Raises:
        LogCutError: it stands before the last file that was received, or before where the take was made.
    """
    last = list_log(place, copy)[-1].name[:24]
    begins = (int(last[8:16], 16) << 8 | int(last[16:24], 16)) << SEGMENT_BITS
    if read_log_position(server) < max(begins, copy.end):
        raise say_cut("途中の記録が壊れていて、終わりまで読めませんでした")


def finish_restore(target: Path) -> None:
    """Make what was restored and verified a home."""
    waiting = target / _UNFINISHED
    (waiting / _SETTINGS).replace(target / _SETTINGS)
    waiting.rmdir()
    sync_folder(target)
