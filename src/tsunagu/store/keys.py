"""Keys of one installation: the pseudonym key, and the two recipients of landing."""

import os
import secrets
from pathlib import Path

from pyrage import x25519

from tsunagu.store.home import Home, sync_folder
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_OWNER_READ_ONLY = 0o400
PSEUDONYM_KEY_BYTES = 32


class KeyMissingError(TsunaguError):
    """A key file is gone or damaged."""

    exit_code = ExitCode.STORE


def create_keys(home: Home) -> str | None:
    """Make the keys that do not exist yet.

    Returns:
        The secret half of the recovery key, to be kept offline (it is stored nowhere), or None when the
        installation already has its keys.
    """
    _create_pseudonym_key(home)
    _create_worker_key(home)
    return _create_recovery_key(home)


def read_pseudonym_key(home: Home) -> bytes:
    """The key of every pseudonym of this installation.

    Raises:
        KeyMissingError: gone or of the wrong length.
    """
    key = _read_key(home.keys / "pseudonym.key")
    if len(key) != PSEUDONYM_KEY_BYTES:
        raise _missing("pseudonym.key")
    return key


def read_or_make_search_key(home: Home) -> bytes:
    """The key of what the desk finds a child by; made when it is first asked for.

    Another one than the pseudonyms': the process that serves pages holds it.
    """
    path = home.keys / "search.key"
    if not path.exists():
        home.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_key(path, secrets.token_bytes(PSEUDONYM_KEY_BYTES))
    return _read_key(path)


def read_worker_identity(home: Home) -> x25519.Identity:
    """The key that opens landing day by day."""
    return x25519.Identity.from_str(_read_key(home.keys / "landing-worker.key").decode("ascii").strip())


def read_recovery_recipient(home: Home) -> x25519.Recipient:
    """The public half of the offline recovery key."""
    return x25519.Recipient.from_str(_read_key(home.keys / "landing-recovery.pub").decode("ascii").strip())


def _create_pseudonym_key(home: Home) -> None:
    path = home.keys / "pseudonym.key"
    if not path.exists():
        _write_key(path, secrets.token_bytes(PSEUDONYM_KEY_BYTES))


def _create_worker_key(home: Home) -> None:
    path = home.keys / "landing-worker.key"
    if not path.exists():
        _write_key(path, str(x25519.Identity.generate()).encode("ascii"))


def _create_recovery_key(home: Home) -> str | None:
    path = home.keys / "landing-recovery.pub"
    if path.exists():
        return None
    identity = x25519.Identity.generate()
    _write_key(path, str(identity.to_public()).encode("ascii"))
    return str(identity)


def _write_key(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_READ_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    sync_folder(path.parent)


def _read_key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _missing(path.name) from error


def _missing(name: str) -> KeyMissingError:
    return KeyMissingError(
        f"鍵 var/keys/{name} がないか、壊れています。",
        why="鍵がないと、同じ子どもの記録を同じ番号にまとめられず、受け取ったファイルも開けません。",
        todo="バックアップから var/keys を戻してください。新しい鍵を作り直してはいけません。",
    )
