"""Files that were sent from a browser, on the disk until they are taken in or thrown away; never in the database.

One folder a batch, named at random, private, with one numbered folder a file, so that a file keeps its own name.
"""

import json
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from tsunagu.jobs.commands import make_desk_folder
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

KEPT_SECONDS = 24 * 60 * 60
_NAME_BYTES = 200
_MARK = "batch.json"


class FileNameRefusedError(TsunaguError):
    """A file whose name no file of ours may have."""

    exit_code = ExitCode.USAGE


class BatchNotFoundError(TsunaguError):
    """No such files, or somebody else's."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Batch:
    """What one member of staff sent at once."""

    folder: Path
    number: uuid.UUID

    def list_files(self) -> dict[int, Path]:
        """The files that are still there, by number."""
        found = {int(one.name): next(one.iterdir(), None) for one in self.folder.iterdir() if one.is_dir()}
        return {number: path for number, path in sorted(found.items()) if path is not None}

    def add(self, name: str, written: Path) -> Path:
        """Take over a file that was written elsewhere on the same disk.

        Raises:
            FileNameRefusedError: the name leads elsewhere, is hidden, or is too long.
        """
        check_name(name)
        place = self.folder / str(sum(one.is_dir() for one in self.folder.iterdir()) + 1)
        place.mkdir(mode=0o700)
        target = place / name
        shutil.move(written, target)
        target.chmod(0o600)
        return target

    def discard(self, path: Path) -> None:
        """Throw one file away; the batch as well when it was the last."""
        shutil.rmtree(path.parent)
        if not self.list_files():
            shutil.rmtree(self.folder)


def check_name(name: str) -> None:
    """Refuse a name that would not stay in its folder."""
    is_plain = (
        bool(name) and name == Path(name).name and not name.startswith((".", "~$")) and name.isprintable()
    )
    if not is_plain or "\\" in name or len(name.encode()) > _NAME_BYTES:
        raise FileNameRefusedError(
            "ファイルの名前を使えません。",
            why="名前がないか、長すぎるか、別の場所を指す記号や見えない文字が入っています。",
            todo="部署からもらったときの短い名前に直して、もう一度選んでください。",
        )


def begin_batch(home: Path, staff_id: int) -> Batch:
    """A new, empty batch; what was left lying for a day is thrown away."""
    for old in _list_old(home):
        shutil.rmtree(old, ignore_errors=True)
    number = uuid.uuid4()
    folder = make_desk_folder(home, "uploads") / str(number)
    folder.mkdir(mode=0o700)
    (folder / _MARK).write_text(json.dumps({"staff": staff_id}), encoding="ascii")
    return Batch(folder, number)


def open_batch(home: Path, number: uuid.UUID, staff_id: int | None = None) -> Batch:
    """The files that are left of a batch.

    Args:
        home: the installation.
        number: the batch.
        staff_id: whoever asks; None: the worker, which asks for whoever asked it.

    Raises:
        BatchNotFoundError: none left, or somebody else's.
    """
    folder = make_desk_folder(home, "uploads") / str(number)
    try:
        owner = json.loads((folder / _MARK).read_text(encoding="ascii"))["staff"]
    except FileNotFoundError:
        owner = None
    if owner is None or staff_id not in (None, owner):
        raise BatchNotFoundError(
            "送ったファイルは、もうありません。",
            why="取り込みが済んだか、捨てたか、一日たったためです。",
            todo="もう一度、ファイルを選んで送ってください。",
        )
    return Batch(folder, number)


def find_batch_files(batch: Batch, numbers: Sequence[int]) -> list[Path]:
    """The files of these numbers that are still there."""
    there = batch.list_files()
    return [there[number] for number in numbers if number in there]


def make_sending_folder(home: Path) -> Path:
    """Where a file lies while it is being sent."""
    return make_desk_folder(home, "sending")


def _list_old(home: Path) -> Iterator[Path]:
    before = timezone.now().timestamp() - KEPT_SECONDS
    for folder in make_desk_folder(home, "uploads").iterdir():
        if folder.stat().st_mtime < before:
            yield folder
