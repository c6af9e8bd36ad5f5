"""The checkpointer's own folder: its key, the public half of it, and what it signed last.

In production the folder belongs to an OS account of its own, which PostgreSQL and the web server are not.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from tsunagu.audit.checkpoints import SigningKey, create_signing_key, name_origin, read_signing_key
from tsunagu.audit.paper import write_page
from tsunagu.trail.checkpointing import Taken, create_state
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_PRIVATE_FOLDER = 0o700
_INSTALLATION_BYTES = 8


class LogBegunError(TsunaguError):
    """The log was begun already."""

    exit_code = ExitCode.NOT_ALLOWED


class LogNotBegunError(TsunaguError):
    """There is no checkpointer's folder."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Keeping:
    """The checkpointer's folder, opened."""

    folder: Path
    key: SigningKey

    @property
    def state_file(self) -> Path:
        """What was signed last."""
        return self.folder / "signed.json"


def begin_log(folder: Path, municipality: str) -> Keeping:
    """Name the installation's log, and make its key.

    Raises:
        LogBegunError: done already. A second key would make the checkpoints held outside worthless.
    """
    if _public_file(folder).exists():
        raise LogBegunError(
            "監査の記録は、もう始まっています。",
            why="鍵を作り直すと、これまで外に置いた控えと照合できなくなります。",
            todo=f"公開鍵は {_public_file(folder)} にあります。",
        )
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    folder.chmod(_PRIVATE_FOLDER)
    origin = name_origin(municipality, secrets.token_hex(_INSTALLATION_BYTES))
    create_signing_key(folder / "checkpoint.key")
    key = read_signing_key(folder / "checkpoint.key", origin)
    keeping = Keeping(folder, key)
    create_state(keeping.state_file, origin)
    # Last, because it says that everything else is there.
    _public_file(folder).write_text(key.public_text + "\n", encoding="ascii")
    return keeping


def open_keeping(folder: Path) -> Keeping:
    """The folder of a log that was begun.

    Raises:
        LogNotBegunError: it was not.
        SigningKeyError: the key is missing, damaged, or readable by others.
    """
    try:
        public_text = _public_file(folder).read_text(encoding="ascii").strip()
    except OSError:
        raise LogNotBegunError(
            "監査の記録の鍵がありません。",
            why="鍵がないと、控えに署名できません。",
            todo="はじめてなら tsunagu audit begin を実行してください。前にあったなら、バックアップから戻してください。",
        ) from None
    origin = public_text.partition("+")[0]
    return Keeping(folder, read_signing_key(folder / "checkpoint.key", origin))


def write_out(out: Path, taken: Taken, key: SigningKey) -> list[Path]:
    """Write a checkpoint where it can leave the building: the note, and the page to print.

    Returns:
        Both files; an earlier one is never written over.
    """
    out.mkdir(parents=True, exist_ok=True)
    name = f"audit-{taken.checkpoint.at:%Y%m%dT%H%M%SZ}-{taken.checkpoint.size}"
    note, page = out / f"{name}.note", out / f"{name}.txt"
    with note.open("xb") as file:
        file.write(taken.note)
    with page.open("x", encoding="utf-8") as text:
        text.write(write_page(taken.checkpoint, taken.note, key.public_text))
    return [note, page]


def _public_file(folder: Path) -> Path:
    return folder / "public.txt"
