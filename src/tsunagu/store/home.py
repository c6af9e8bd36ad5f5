"""A municipality's home folder: where every store lives, with permissions only its owner can use."""

import os
from dataclasses import dataclass
from pathlib import Path

from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Zone

PRIVATE_FOLDER = 0o700


class HomeNotFoundError(TsunaguError):
    """The folder is not a municipality's home."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one installation. Holds no open file and no secret."""

    path: Path

    @property
    def var(self) -> Path:
        """Everything the programs write."""
        return self.path / "var"

    @property
    def settings_file(self) -> Path:
        """The municipality's own settings."""
        return self.path / "municipality.yaml"

    @property
    def definitions(self) -> Path:
        """The municipality's overlay over the shipped definitions."""
        return self.path / "definitions"

    @property
    def head_file(self) -> Path:
        """The one file whose replacement is a commit."""
        return self.var / "HEAD.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one writer."""
        return self.var / "lock"

    @property
    def keys(self) -> Path:
        """Secret keys of this installation."""
        return self.var / "keys"

    @property
    def pins(self) -> Path:
        """One locked file per reader, naming the segments it still needs."""
        return self.var / "pins"

    @property
    def temporary(self) -> Path:
        """Staging and spill; emptied by the next writer."""
        return self.var / "tmp"

    @property
    def journal(self) -> Path:
        """Append-only record of every analytic command."""
        return self.var / "journal"

    def zone(self, zone: Zone) -> Path:
        """The folder of one zone."""
        return self.var / zone.value

    def run_folder(self, run_id: str) -> Path:
        """Manifest, resolved definitions and report of one run."""
        return self.zone(Zone.RUNS) / run_id


def open_home(path: Path) -> Home:
    """Open an initialised home and make its store folders, private to their owner.

    Raises:
        HomeNotFoundError: no `municipality.yaml` there.
    """
    home = Home(path.resolve())
    if not home.settings_file.is_file():
        raise HomeNotFoundError(
            f"自治体の設定 municipality.yaml が {path} にありません。",
            why="どの自治体のデータか分からないまま読み書きすると、取り違えが起きます。",
            todo="先に tsunagu init を実行するか、--home で正しいフォルダを指定してください。",
        )
    folders = [home.var, home.keys, home.pins, home.temporary, home.journal, *map(home.zone, Zone)]
    for folder in folders:
        make_private_folder(folder)
    return home


def make_private_folder(folder: Path) -> None:
    """Make a folder that only this OS account can open."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    folder.chmod(PRIVATE_FOLDER)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's content survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
