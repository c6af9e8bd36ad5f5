"""The one door: a running PostgreSQL for a home, our own or an outside one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsunagu.database.connecting import Server
from tsunagu.database.embedded import find_embedded_server, use_embedded_server
from tsunagu.database.logins import Login
from tsunagu.database.outside import find_outside_server


def find_server(home: Path, login: Login) -> Server:
    """The address of a server that somebody else keeps running, for a process that connects to it as `login` alone.

    Raises:
        ServerNotStartedError: the home's own server was never started.
        TsunaguError: the outside server does not do; see `outside`.
    """
    return find_outside_server(os.environ) or find_embedded_server(home, login)


@contextmanager
def open_server(home: Path, *, is_durable: bool = True) -> Iterator[Server]:
    """A server that answers while the block runs.

    The environment's `TSUNAGU_DATABASE_URL` (owner), `TSUNAGU_APP_DATABASE_URL` and
    `TSUNAGU_CHECKPOINTER_DATABASE_URL` name an outside server; without any of them the home's own is used, and
    started if no other process uses it yet.

    Args:
        home: the municipality's home.
        is_durable: false only for data that is thrown away (tests).

    Raises:
        TsunaguError: no server, with what to do; see the modules of this package.
    """
    outside = find_outside_server(os.environ)
    if outside is not None:
        yield outside
        return
    with use_embedded_server(home, is_durable=is_durable) as server:
        yield server
