"""What the settings take from one installation: its home, its hosts, its secret key."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tsunagu.vocabulary.errors import ExitCode, TsunaguError

HOME_VARIABLE = "TSUNAGU_HOME"
HOSTS_VARIABLE = "TSUNAGU_HOSTS"
# Without a name of its own the desk is opened on its own machine alone.
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_SECRET_BYTES = 64


class HomeNotNamedError(TsunaguError):
    """The web process was not told where the home is."""

    exit_code = ExitCode.USAGE


def get_home(environment: Mapping[str, str]) -> Path:
    """The home that the environment names.

    Raises:
        HomeNotNamedError: it names none.
    """
    if not environment.get(HOME_VARIABLE):
        raise HomeNotNamedError(
            f"市町村の設定フォルダーが分かりません（{HOME_VARIABLE} がありません）。",
            why="どの市町村の画面か決まらないまま動かすことはできません。",
            todo=f"{HOME_VARIABLE} に設定フォルダーを書いて、もう一度実行してください。",
        )
    return Path(environment[HOME_VARIABLE])


def list_hosts(environment: Mapping[str, str]) -> list[str]:
    """Names under which the desk answers; any other name in a request is refused."""
    named = [host.strip() for host in environment.get(HOSTS_VARIABLE, "").split(",")]
    return [host for host in named if host] or list(OWN_HOSTS)


def read_secret_key(home: Path) -> str:
    """The key that signs sessions; made at the first start, readable by its owner alone."""
    return _read_key(home / "var" / "keys" / "web-secret.key")


def read_two_step_key(home: Path) -> str:
    """The key of the second step's secrets. Apart from the one that signs sessions, which may be changed any day."""
    return _read_key(home / "var" / "keys" / "two-step.key")


def _read_key(path: Path) -> str:
    if not path.exists():
        _write_secret_key(path)
    return path.read_text(encoding="ascii")


def _write_secret_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(_SECRET_BYTES))
    try:
        os.link(temporary, path)  # fails when another process was first: then its key counts
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
