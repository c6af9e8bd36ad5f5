"""The logins of the operational database, one duty and one password file each."""

import os
import secrets
from enum import StrEnum
from pathlib import Path

_OWNER_READ_ONLY = 0o400
_PASSWORD_BYTES = 32


class Login(StrEnum):
    """Who connects. None of them is a superuser or sees past row policies.

    The bootstrap superuser is no member: it cannot connect at all and acts only in single-user mode, at set-up.
    """

    OWNER = "tsunagu_owner"
    """Owns the tables and runs migrations. Never held by the web process."""
    APP = "tsunagu_app"
    """The web process and its worker: reads and writes rows, changes no table."""
    CHECKPOINTER = "tsunagu_checkpointer"
    """Reads the audit trail and writes its checkpoints."""
    RECEIVER = "tsunagu_receiver"
    """Copies the cluster and receives its log for the backup; connects to no database and runs no statement."""

    @property
    def key_file(self) -> str:
        """Name of the password's file under `var/keys`."""
        return f"database-{self.value.removeprefix('tsunagu_')}.key"


def ensure_passwords(keys: Path) -> dict[Login, str]:
    """Every login's password; those that have none yet get one."""
    for login in Login:
        if not (keys / login.key_file).exists():
            _write_password(keys / login.key_file)
    return {login: read_password(keys, login) for login in Login}


def read_password(keys: Path, login: Login) -> str:
    """One login's password."""
    return (keys / login.key_file).read_text(encoding="ascii")


def _write_password(path: Path) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_READ_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(_PASSWORD_BYTES))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
