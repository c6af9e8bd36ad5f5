"""The place of a home's backup: its folders, and what one take says of itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tsunagu.backup.copying import say_changed
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

FORMAT = 1
_MARK = "place.json"
_RECORD = "take.json"
_PRIVATE_FOLDER = 0o700


class PlaceNotUsableError(TsunaguError):
    """A folder that is no backup, or cannot become one."""

    exit_code = ExitCode.USAGE


class TakeNotFoundError(TsunaguError):
    """There is no such take."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """What a take has of the database: hashes, and positions of its log.

    The copy needs the log from `start` to `end`; when the take was made, it had been received up to `received`.
    """

    manifest_sha256: str
    timeline: int
    start: int
    end: int
    received: int
    log_sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Take:
    """One take: which city's, when, the hashes of its files. `database` is None when that is not ours to keep."""

    label: str
    municipality: str
    files: Mapping[str, str]
    database: DatabaseCopy | None


@dataclass(frozen=True, slots=True)
class Place:
    """Paths of one backup."""

    path: Path

    @property
    def log(self) -> Path:
        """PostgreSQL's log, received at every commit."""
        return self.path / "wal"

    @property
    def segments(self) -> Path:
        """The store's immutable files, under the paths that its HEAD names."""
        return self.path / "segments"

    @property
    def takes(self) -> Path:
        """One folder a take."""
        return self.path / "takes"

    def home(self, label: str) -> Path:
        """The other files of the home, as one take has them."""
        return self.takes / label / "home"

    def base(self, label: str) -> Path:
        """The copy of the cluster."""
        return self.takes / label / "base"

    def list_labels(self) -> list[str]:
        """The whole takes, oldest first."""
        return sorted(folder.parent.name for folder in self.takes.glob(f"[0-9]*Z/{_RECORD}"))


def begin_place(path: Path, municipality: str) -> Place:
    """Make an empty folder, or one that is not there yet, a place of backups.

    Raises:
        PlaceNotUsableError: something is in it.
    """
    place = Place(path.resolve())
    if place.path.exists() and (not place.path.is_dir() or any(place.path.iterdir())):
        raise PlaceNotUsableError(
            f"{path} は空のフォルダーではありません。",
            why="ほかのものと混ざると、戻すときに取り違えます。",
            todo="新しいフォルダーを指定してください（使っていたものも、一度やめたら続けては使えません）。",
        )
    for folder in (place.path, place.log, place.segments, place.takes):
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.chmod(_PRIVATE_FOLDER)
    mark = {"format": FORMAT, "municipality": municipality}
    (place.path / _MARK).write_text(json.dumps(mark), encoding="utf-8")
    return place


def open_place(path: Path) -> Place:
    """A place that was begun.

    Raises:
        PlaceNotUsableError: it is none, or one of another version.
    """
    try:
        is_ours = json.loads((path / _MARK).read_bytes())["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        is_ours = False
    if not is_ours:
        raise PlaceNotUsableError(
            f"{path} は、つなぐのバックアップの置き場所ではありません。",
            why="置き場所の印（place.json）がないか、読めません。",
            todo="ディスクがつながっているか、フォルダーの名前を確かめてください。",
        )
    return Place(path.resolve())


def write_take(folder: Path, take: Take) -> None:
    """Say what a take is, in its folder."""
    text = json.dumps({"format": FORMAT, **asdict(take)}, ensure_ascii=False, sort_keys=True)
    (folder / _RECORD).write_text(text, encoding="utf-8")


def read_take(place: Place, label: str | None = None) -> Take:
    """One take; the newest when none is named.

    Raises:
        TakeNotFoundError: there is none.
        CopyChangedError: what it says of itself cannot be read.
    """
    labels = place.list_labels()
    if not labels or (label is not None and label not in labels):
        raise TakeNotFoundError(
            "その控えはありません。" if labels else "この置き場所には、最後まで取れた控えがまだありません。",
            why="途中で止まった控えからは戻せません。",
            todo=f"あるもの: {'、'.join(labels) or 'なし'}",
        )
    name = label or labels[-1]
    try:
        found = json.loads((place.takes / name / _RECORD).read_bytes())
        database = DatabaseCopy(**found["database"]) if found["database"] else None
        take = Take(found["label"], found["municipality"], found["files"], database)
    except (OSError, ValueError, KeyError, TypeError):
        raise say_changed(f"{name} の目録を読めません") from None
    if take.label != name:
        raise say_changed(f"{name} の目録は、別の控えのものです")
    return take


def compute_code(place: Place, label: str) -> str:
    """The hash of what a take says of itself, and with it of everything in it: to be kept elsewhere."""
    return hashlib.sha256((place.takes / label / _RECORD).read_bytes()).hexdigest()
