"""What the settings take from one installation: its home, its hosts, its secret key."""

import os
import secrets
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.identity_provider import IdentityProvider, read_identity_provider
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.municipality import is_fictional

HOME_VARIABLE = "TSUNAGU_HOME"
HOSTS_VARIABLE = "TSUNAGU_HOSTS"
DEMO_DAY_VARIABLE = "TSUNAGU_DEMO_DAY"
# Without a name of its own the desk is opened on its own machine alone.
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
PROVIDER_SECRET = "identity-provider.secret"  # noqa: S105 # the name of a file
_SECRET_BYTES = 64


class HomeNotNamedError(TsunaguError):
    """The web process was not told where the home is."""

    exit_code = ExitCode.USAGE


class ClosedSecretError(TsunaguError):
    """What the identity provider gave us to be known by is missing, empty, or open to others of this machine."""

    exit_code = ExitCode.DEFINITIONS


class RealDayError(TsunaguError):
    """In a real city it is today."""

    exit_code = ExitCode.NOT_ALLOWED


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


def get_demo_day(home: Path, environment: Mapping[str, str]) -> date | None:
    """The day on which a fictional city stands still, so that a demo built once does not grow old. None: today counts.

    Raises:
        RealDayError: a day is named, and the city is a real one.
    """
    named = environment.get(DEMO_DAY_VARIABLE)
    if not named:
        return None
    demo_day = date.fromisoformat(named)
    municipality = open_catalog(home, on=demo_day).municipality
    if municipality is None or not is_fictional(municipality.code):
        raise RealDayError(
            f"{DEMO_DAY_VARIABLE} は、架空の市でだけ使えます。",
            why="本物の市で日付を動かすと、終わった権限や期限の切れた判定が生き返ってしまいます。",
            todo=f"{DEMO_DAY_VARIABLE} を消して、もう一度実行してください。",
        )
    return demo_day


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


def find_provider(home: Path) -> tuple[IdentityProvider | None, str]:
    """The municipality's own directory and the secret it knows us by; none and nothing when staff sign in here alone.

    Raises:
        DefinitionsError: `identity_provider.yaml` cannot be used.
        ClosedSecretError: the secret's file cannot.
    """
    provider = read_identity_provider(home)
    if provider is None:
        return None, ""
    if provider.ca_file and not (home / provider.ca_file).is_file():
        raise ClosedSecretError(
            f"庁内の認証の認証局のファイル「{provider.ca_file}」が、設定フォルダーにありません。",
            why="相手が本物かどうかを確かめられないまま、つなぐことはできません。",
            todo="PEM の形のファイルを置くか、identity_provider.yaml の ca_file を直してください。",
        )
    return provider, _read_closed_secret(home / "var" / "keys" / PROVIDER_SECRET)


def _read_closed_secret(path: Path) -> str:
    if not path.is_file():
        raise ClosedSecretError(
            f"庁内の認証のクライアントシークレットのファイル「var/keys/{path.name}」がありません。",
            why="identity_provider.yaml があるのに、庁内の認証に名のることができません。",
            todo="シークレットだけを一行に書いたファイルを置き、chmod 600 にしてください。使わないなら identity_provider.yaml を外してください。",
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ClosedSecretError(
            f"「var/keys/{path.name}」を、この機械のほかの利用者が読めます。",
            why="シークレットを知る人は、つなぐのふりをして庁内の認証と話せます。",
            todo="chmod 600 にしてください。読まれたおそれがあれば、シークレットを作り直してください。",
        )
    secret = path.read_text(encoding="utf-8").strip()
    if not secret:
        raise ClosedSecretError(
            f"「var/keys/{path.name}」が空です。",
            why="庁内の認証に名のることができません。",
            todo="シークレットだけを一行に書いてください。",
        )
    return secret


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
