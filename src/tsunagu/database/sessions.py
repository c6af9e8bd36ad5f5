"""One transaction as one of the logins, for what is not Django's: set-up, the checkpointer, commands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg

from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")


class StatementRefusedError(TsunaguError):
    """PostgreSQL refused a statement. Its own words may hold values, so only its code is passed on."""

    exit_code = ExitCode.DATABASE


class Session(Protocol):
    """Whatever runs statements inside one transaction."""

    def run(
        self, statement: str, parameters: Mapping[str, object] | None = None
    ) -> Sequence[tuple[Any, ...]]:
        """Run one statement with `$name` parameters; its rows, none when it returns none."""


@dataclass(frozen=True, slots=True)
class PlainSession:
    """A session on a connection of its own."""

    _connection: psycopg.Connection

    def run(
        self, statement: str, parameters: Mapping[str, object] | None = None
    ) -> Sequence[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            StatementRefusedError: with PostgreSQL's code.
        """
        with _translate():
            cursor = self._connection.execute(bind(statement, parameters).encode(), parameters)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def open_session(server: Server, login: Login, *, database: str | None = None) -> Iterator[PlainSession]:
    """One transaction: committed when the block ends, undone when it raises."""
    with _translate():
        connection = psycopg.connect(server.url(login, database=database))
    try:
        yield PlainSession(connection)
        with _translate():
            connection.commit()
    finally:
        connection.close()


def bind(statement: str, parameters: Mapping[str, object] | None) -> str:
    """A statement with `$name` parameters, as PostgreSQL's library reads it: without any, it reads nothing into it."""
    return statement if parameters is None else _PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%"))


@contextmanager
def _translate() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise StatementRefusedError(
            f"データベースが処理を断りました({error.sqlstate or type(error).__name__})。",
            why="この処理は何も変えていません。",
            todo="続くようなら、この符号と時刻を添えて管理者に知らせてください。",
        ) from None
