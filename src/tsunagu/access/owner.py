"""Django's connection as the owner of the tables. Never open in the process that serves pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login

OWNER_ALIAS = "owner"


@contextmanager
def owner_connection(server: Server, *, database: str | None = None) -> Iterator[None]:
    """Django's connection `owner`, for as long as the block runs."""
    connections.settings[OWNER_ALIAS] = {
        **connections.settings["default"],
        **make_settings(server, Login.OWNER, database=database),
    }
    try:
        yield
    finally:
        connections[OWNER_ALIAS].close()
        del connections[OWNER_ALIAS]
        del connections.settings[OWNER_ALIAS]


def make_settings(server: Server, login: Login, *, database: str | None = None) -> dict[str, Any]:
    """Django's words for an address."""
    parts = server.parts(login, database=database)
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    named = {words[name]: value for name, value in parts.items() if name in words}
    return {**named, "OPTIONS": {name: value for name, value in parts.items() if name not in words}}
