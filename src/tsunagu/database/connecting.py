"""Addresses of the database, by login."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tsunagu.database.logins import Login
from tsunagu.vocabulary.errors import ExitCode, TsunaguError


class LoginUnknownError(TsunaguError):
    """This process was not given the login it asks for."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and the logins this process may use on it."""

    addresses: Mapping[Login, str] = field(repr=False)
    """Connection strings with passwords; never shown, logged or put into an error."""
    is_ours: bool
    """Whether we start it ourselves, inside the home."""

    def url(self, login: Login, *, database: str | None = None) -> str:
        """The connection string of a login, for psycopg; of another database of the server when named.

        Raises:
            LoginUnknownError: this process has no such login.
        """
        if login not in self.addresses:
            raise LoginUnknownError(
                f"この処理には、データベースの利用者 {login} の接続先が渡されていません。",
                why="画面の処理が表の持ち主の権限を持たないよう、利用者ごとに接続先を分けています。",
                todo="設定の接続先（TSUNAGU_DATABASE_URL など）を確かめてください。",
            )
        address = self.addresses[login]
        return make_conninfo(address, dbname=database) if database else address

    def parts(self, login: Login, *, database: str | None = None) -> dict[str, str]:
        """The same in parts: `host`, `dbname`, `user`, `password`, perhaps `port` and others."""
        found = conninfo_to_dict(self.url(login, database=database))
        return {name: str(value) for name, value in found.items() if value is not None}
