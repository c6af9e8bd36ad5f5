"""One take of a home that may be at work: the store's half first, then the database's.

The order is not free: see the package's README. Neither half stops anybody: the store's readers pin a state, and
PostgreSQL copies itself while it runs.
"""

import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tsunagu.backup.copying import copy_checked, copy_file, hash_file, tell_full_disk
from tsunagu.backup.place import DatabaseCopy, Place, Take, read_take, write_take
from tsunagu.catalog.overlay import read_municipality
from tsunagu.database.connecting import Server
from tsunagu.database.copying import (
    MANIFEST,
    SEGMENT_BITS,
    copy_cluster,
    is_confirming,
    name_segment,
    read_received_position,
)
from tsunagu.database.leftovers import wait_until
from tsunagu.store import journal
from tsunagu.store.head import Head, load_head, save_head
from tsunagu.store.home import Home, sync_folder
from tsunagu.store.locks import pin_head
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Zone

LABEL = "%Y%m%dT%H%M%SZ"
# Made anew at every start, or copied in another way.
_LEFT_OUT = ("pg", "pins", "tmp", "HEAD.json", *(str(zone) for zone in Zone))
_RECEIVING_SECONDS = 120.0


class NotReceivedError(TsunaguError):
    """The log of the server that runs does not reach the place."""

    exit_code = ExitCode.DATABASE


def take_backup(home: Home, place: Place, server: Server, *, at: datetime, keep: int) -> Take:
    """Take a home's backup, and forget the takes beyond the newest `keep`.

    Args:
        home: the installation; whoever works with it goes on.
        place: where to.
        server: its database, running. An outside one is left to whoever runs it.
        at: now.
        keep: how many takes stay, this one among them.

    Raises:
        NotReceivedError: the server does not wait for our receiver, or the receiver does not keep up.
        PlaceFullError: no room left; the earlier takes are untouched.
    """
    if server.is_ours and not is_confirming(server):
        raise NotReceivedError(
            "いま動いているデータベースは、置き場所に控えを送っていません。",
            why="始めた後に一度も起動し直していないか、tsunagu backup begin をまだ実行していません。",
            todo="tsunagu serve を終えて、始め直してください。",
        )
    label = f"{at:{LABEL}}"
    journal.start_entry(home, "backup take", details={"label": label})
    folder = place.takes / f"{label}.unfinished"
    with tell_full_disk(place.path):
        _remove_unfinished(place)
        files = _copy_store(home, place, folder / "home")
        database = _copy_database(place, server, folder / "base") if server.is_ours else None
        take = Take(label, _name_municipality(home), files, database)
        write_take(folder, take)
        _flush(folder)
        folder.rename(place.takes / label)
        sync_folder(place.takes)
    forget_old_takes(place, keep=keep)
    return take


def _name_municipality(home: Home) -> str:
    municipality, _ = read_municipality(home.path, [])
    return municipality.code if municipality else ""


def _remove_unfinished(place: Place) -> None:
    for folder in place.takes.glob("*.unfinished"):
        shutil.rmtree(folder)


def _copy_store(home: Home, place: Place, target: Path) -> dict[str, str]:
    """The store as it stands, its segments only when they are not there yet; hashes of the other files."""
    with pin_head(home, f"reader-{uuid.uuid4().hex}") as head:
        for path, sha256 in _list_hashes(head).items():
            if not (place.segments / path).exists():
                _copy_segment(home.var / path, place.segments / path, sha256)
        files = dict(_copy_others(home, target))
        (target / "var").mkdir(mode=0o700, parents=True, exist_ok=True)
        save_head(Home(target), head)
    return {**files, "var/HEAD.json": hash_file(target / "var" / "HEAD.json")}


def _list_hashes(head: Head) -> dict[str, str]:
    return {segment.path: segment.sha256 for segments in head.tables.values() for segment in segments}


def _copy_segment(source: Path, target: Path, sha256: str) -> None:
    draft = target.with_suffix(".new")
    copy_checked(source, draft, sha256)
    draft.rename(target)


def _copy_others(home: Home, target: Path) -> Iterator[tuple[str, str]]:
    for source in sorted(home.path.rglob("*")):
        name = source.relative_to(home.path)
        is_left_out = name.parts[0] == "var" and len(name.parts) > 1 and name.parts[1] in _LEFT_OUT
        if is_left_out or not source.is_file() or source.suffix == ".lock" or name == Path("var/lock"):
            continue
        try:
            yield str(name), copy_file(source, target / name)
        except FileNotFoundError:  # an upload that was taken in meanwhile
            (target / name).unlink(missing_ok=True)


def _copy_database(place: Place, server: Server, folder: Path) -> DatabaseCopy:
    found = copy_cluster(server, folder)
    first, last = found.start >> SEGMENT_BITS, (found.end - 1) >> SEGMENT_BITS
    needed = [place.log / name_segment(found.timeline, number) for number in range(first, last + 1)]

    def is_received() -> bool:
        return read_received_position(server) >= found.end and all(path.exists() for path in needed)

    if not wait_until(is_received, seconds=_RECEIVING_SECONDS):
        raise NotReceivedError(
            "データベースの写しに要る控えが、置き場所に届いていません。",
            why="届いていない控えがあると、この写しからは戻せません。前に取った控えは、そのままです。",
            todo="置き場所の空きと var/pg/server.log の終わりを確かめて、もう一度実行してください。",
        )
    hashes = {path.name: hash_file(path) for path in needed}
    manifest, reached = hash_file(folder / MANIFEST), read_received_position(server)
    return DatabaseCopy(manifest, found.timeline, found.start, found.end, reached, hashes)


def _flush(folder: Path) -> None:
    """Make the names below a folder survive a power cut; the files themselves are flushed already."""
    for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        sync_folder(path)


def forget_old_takes(place: Place, *, keep: int) -> None:
    """Remove the takes beyond the newest `keep`, and what only they needed of the log and of the segments."""
    labels = place.list_labels()
    for label in labels[:-keep]:
        shutil.rmtree(place.takes / label)
    kept = [read_take(place, label) for label in labels[-keep:]]
    needed = {path for take in kept for path in load_head(Home(place.home(take.label))).list_paths()}
    for segment in place.segments.rglob("*.*"):
        if str(segment.relative_to(place.segments)) not in needed:
            segment.unlink()
    starts = [
        name_segment(take.database.timeline, take.database.start >> SEGMENT_BITS)
        for take in kept
        if take.database
    ]
    for path in place.log.iterdir() if starts else ():
        if path.name < min(starts):
            path.unlink()
