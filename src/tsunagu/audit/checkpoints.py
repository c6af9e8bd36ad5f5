"""Checkpoints: what the log was at one moment, signed, in a form that other people's tools read too.

The text is a note of c2sp.org/tlog-checkpoint: origin, size, root, our line with the time, then the signature.
Whoever holds one outside can show later that the log was changed; see `verify.py`.
"""

import base64
import contextlib
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_ED25519 = b"\x01"
_OWNER_READ_ONLY = 0o400
_SEED_BYTES = 32


class SigningKeyError(TsunaguError):
    """The key of the checkpoints is missing, damaged or open to others."""

    exit_code = ExitCode.STORE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log of `origin` had `size` rows under this root at the moment `at`."""

    origin: str
    size: int
    root: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs the checkpoints of one log. Only the checkpointer opens it; PostgreSQL's account cannot."""

    origin: str
    _private: Ed25519PrivateKey

    @property
    def public_text(self) -> str:
        """The public half as one line, `origin+key id+key`, to be kept on paper."""
        return f"{self.origin}+{self._key_id.hex()}+{_encode(self._typed_public)}"

    @property
    def _typed_public(self) -> bytes:
        return _ED25519 + self._private.public_key().public_bytes_raw()

    @property
    def _key_id(self) -> bytes:
        return hashlib.sha256(self.origin.encode() + b"\n" + self._typed_public).digest()[:4]

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The checkpoint as a signed note.

        Raises:
            ValueError: a checkpoint of another log.
        """
        if checkpoint.origin != self.origin:
            raise ValueError("a checkpoint of another log")
        body = write_body(checkpoint)
        signature = self._key_id + self._private.sign(body.encode())
        return f"{body}\n— {self.origin} {_encode(signature)}\n".encode()


def name_origin(municipality: str, installation: str) -> str:
    """The name of one installation's log: unique, without spaces and plus signs."""
    if not re.fullmatch(r"[0-9A-Za-z]+/[0-9A-Za-z]+", f"{municipality}/{installation}"):
        raise ValueError("codes are letters and digits")
    return f"tsunagu.audit/{municipality}/{installation}"


def write_body(checkpoint: Checkpoint) -> str:
    """The signed lines."""
    moment = checkpoint.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_encode(checkpoint.root)}\ntime {moment}\n"


def create_signing_key(path: Path) -> None:
    """Make the key file, readable by its owner alone. A key that is there already is kept: the log goes on."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_READ_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    # A link is made whole or not at all, and never over a key that is there.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def read_signing_key(path: Path, origin: str) -> SigningKey:
    """The key of the log `origin`.

    Raises:
        SigningKeyError: missing, not a key, or readable by other accounts.
    """
    try:
        mode = path.stat().st_mode
        seed = path.read_bytes()
    except OSError:
        raise SigningKeyError(
            "監査の控えに署名する鍵を読めません。",
            why="署名のない控えでは、誰が作ったかを外で確かめられません。",
            todo="鍵を持つアカウントで実行しているかを確かめ、無くなっていればバックアップから戻してください。",
        ) from None
    if stat.S_IMODE(mode) & 0o077 or len(seed) != _SEED_BYTES:
        raise SigningKeyError(
            "監査の控えに署名する鍵が、ほかのアカウントから読めるか、壊れています。",
            why="鍵を読める人は、書き換えた記録に正しい署名を付けられます。",
            todo="所有者だけが読める(0400)ようにし、読まれたおそれがあれば、外の控えと照合したうえで鍵を作り直してください。",
        )
    return SigningKey(origin, Ed25519PrivateKey.from_private_bytes(seed))


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()
