"""Where the server's files lie inside a home, and who may open them."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tsunagu.database.accounts import ROOT_UID, Account
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

PRIVATE_FOLDER = 0o700
SOCKET_NAME = ".s.PGSQL.5432"
# The system's limit for a socket's path, in bytes.
SOCKET_PATH_BYTES = 107


class HomeFolderMissingError(TsunaguError):
    """There is no folder to keep a database in."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Places:
    """Paths of one installation's own server."""

    home: Path

    @property
    def keys(self) -> Path:
        """Password files, one a login."""
        return self.home / "var" / "keys"

    @property
    def folder(self) -> Path:
        """Everything of the server but the keys."""
        return self.home / "var" / "pg"

    @property
    def data(self) -> Path:
        """PostgreSQL's own files."""
        return self.folder / "data"

    @property
    def unfinished_data(self) -> Path:
        """Data that is still being set up; becomes `data` when whole."""
        return self.folder / "data.new"

    @property
    def log_file(self) -> Path:
        """What the server says; holds no statement and no value."""
        return self.folder / "server.log"

    @property
    def rules_file(self) -> Path:
        """Who may connect how (`pg_hba.conf`), written anew at every start."""
        return self.folder / "pg_hba.conf"

    @property
    def prepared_file(self) -> Path:
        """Fingerprint of the logins the server has."""
        return self.folder / "prepared"

    @property
    def users_file(self) -> Path:
        """Locked (shared) by every process that uses the server."""
        return self.folder / "users.lock"

    @property
    def starting_file(self) -> Path:
        """Locked by the one process that starts the server."""
        return self.folder / "starting.lock"

    @property
    def warden_file(self) -> Path:
        """Locked by the warden for as long as it lives."""
        return self.folder / "warden.lock"

    @property
    def receiving_file(self) -> Path:
        """Names the folder of the backup that receives the log; there is none before `tsunagu backup begin`."""
        return self.folder / "receiving"

    @property
    def address_file(self) -> Path:
        """Names the folder of the socket."""
        return self.folder / "address"


def make_places(home: Path) -> Places:
    """The places of a home, their folders made and private.

    Raises:
        HomeFolderMissingError: no such folder.
    """
    if not home.is_dir():
        raise HomeFolderMissingError(
            f"フォルダー {home} がありません。",
            todo="先に tsunagu init を実行するか、TSUNAGU_HOME で正しいフォルダーを指定してください。",
        )
    places = Places(home.resolve())
    for folder in (places.keys.parent, places.keys, places.folder):
        make_private_folder(folder, like=home)
    return places


def make_private_folder(folder: Path, *, like: Path) -> None:
    """Make a folder that only the owner of `like` can open (root keeps homes for others)."""
    if not folder.exists():
        folder.mkdir(mode=PRIVATE_FOLDER)
        if os.geteuid() == ROOT_UID:
            os.chown(folder, like.stat().st_uid, like.stat().st_gid)
    folder.chmod(PRIVATE_FOLDER)


def give_to_owner(places: Places) -> None:
    """What root wrote for somebody else's home becomes theirs, so that they can start the server next time."""
    owner = places.home.stat()
    if os.geteuid() == ROOT_UID != owner.st_uid:
        for path in [*places.folder.glob("*"), *places.keys.glob("database-*")]:
            if path.is_file():
                os.chown(path, owner.st_uid, owner.st_gid)


def choose_socket_folder(places: Places, account: Account) -> Path:
    """The private folder of the socket: beside the data, or in the temporary folder when that path is too long."""
    beside = places.folder / "socket"
    folder = beside if is_short_enough(beside) else _find_earlier(places, account)
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="tsunagu-"))
    elif folder == beside:
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
    if not account.is_ours and folder.stat().st_uid == ROOT_UID:
        os.chown(folder, account.uid, account.gid)
    places.address_file.write_text(str(folder), encoding="utf-8")
    return folder


def read_socket_folder(places: Places) -> Path:
    """The folder of the socket, as the server's starter wrote it."""
    return Path(places.address_file.read_text(encoding="utf-8"))


def is_short_enough(folder: Path) -> bool:
    """Whether a socket in `folder` can have an address."""
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES


def _find_earlier(places: Places, account: Account) -> Path | None:
    """The temporary folder of the last start, if it is still there and still the account's alone.

    It is used as it is: root changes nothing about a folder that the account could exchange for a link.
    """
    try:
        folder = read_socket_folder(places)
        found = folder.lstat()
    except FileNotFoundError:
        return None
    is_private = found.st_uid == account.uid and found.st_mode & 0o777 == PRIVATE_FOLDER
    return folder if is_private and not folder.is_symlink() else None


def empty_folder(folder: Path) -> None:
    """Remove a folder with everything in it; nothing when it is not there."""
    if folder.exists():
        shutil.rmtree(folder)
