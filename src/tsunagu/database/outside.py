"""A PostgreSQL that the municipality runs itself: where it is, and whether it can be trusted with the desk."""

from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

# The environment's names of the connection strings; a process is given only those it may use.
ADDRESSES = {
    Login.OWNER: "TSUNAGU_DATABASE_URL",
    Login.APP: "TSUNAGU_APP_DATABASE_URL",
    Login.CHECKPOINTER: "TSUNAGU_CHECKPOINTER_DATABASE_URL",
}
OLDEST_VERSION = 150000
CONNECT_SECONDS = 10


class OutsideServerError(TsunaguError):
    """The outside server cannot be reached, or would break a promise."""

    exit_code = ExitCode.DATABASE


def find_outside_server(environment: Mapping[str, str]) -> Server | None:
    """The server that the environment names, checked; None when it names none.

    Raises:
        OutsideServerError: unreachable, too old, not in UTF-8, or with logins that see past row policies.
    """
    given = {login: environment[name] for login, name in ADDRESSES.items() if environment.get(name)}
    if not given:
        return None
    for login, address in given.items():
        _check_address(login, address)
    users = [conninfo_to_dict(address).get("user") for address in given.values()]
    if len(set(users)) < len(users):
        raise _refuse(
            "二つの接続先が、データベースの同じ利用者を指しています。",
            "接続先ごとに、別の利用者を用意してください。",
        )
    return Server(given, is_ours=False)


def _check_address(login: Login, address: str) -> None:
    name = ADDRESSES[login]
    try:
        connection = psycopg.connect(address, connect_timeout=CONNECT_SECONDS)
    except psycopg.Error:  # its words may repeat the address, and with it the password
        raise _refuse(
            f"{name} のデータベースにつながりません。", "接続先、利用者、パスワード、通信を確かめてください。"
        ) from None
    with connection:
        if connection.info.server_version < OLDEST_VERSION:
            raise _refuse(f"{name} の PostgreSQL が古すぎます。", "PostgreSQL 15 以上を用意してください。")
        if connection.info.parameter_status("server_encoding") != "UTF8":
            raise _refuse(
                f"{name} のデータベースの文字コードが UTF8 ではありません。",
                "UTF8 のデータベースを作ってください。",
            )
        _check_rights(connection, name, login)


def _check_rights(connection: psycopg.Connection, name: str, login: Login) -> None:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls, has_schema_privilege('public', 'CREATE') FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    if row[0]:
        raise _refuse(
            f"{name} の利用者は、行ごとの閲覧制限を無視できます（SUPERUSER または BYPASSRLS）。",
            "その権限のない利用者を用意してください。",
        )
    if login is not Login.OWNER and row[1]:
        raise _refuse(
            f"{name} の利用者は、表を作れます。",
            "public スキーマの CREATE 権限を取り消してください（表の持ち主とは別の利用者にします）。",
        )


def _refuse(what: str, todo: str) -> OutsideServerError:
    return OutsideServerError(
        what, why="閲覧の権限は、データベースの利用者の権限の上に成り立っています。", todo=todo
    )
