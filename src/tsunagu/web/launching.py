"""Starts the desk of one home on this machine: tables brought up to date first, then a process that serves pages.

The launcher holds every login of the database. The process that serves is a new one, whose settings take the
application's login alone.
"""

import os
from datetime import date
from pathlib import Path

import django
from granian import Granian
from granian.constants import Interfaces

from tsunagu.catalog.catalog import Catalog
from tsunagu.database.connecting import Server
from tsunagu.web.installation import HOME_VARIABLE

LOOPBACK = "127.0.0.1"
_THREADS = 4
# The most the server allows: with a thread ends its connection, and with that what was planned on it.
_IDLE_THREAD_SECONDS = 600


def prepare_desk(home: Path, server: Server, catalog: Catalog, *, today: date) -> None:
    """Set Django up for a home, run the migrations that have not run yet, and put the roles of the definitions in force.

    The server must be running.
    """
    set_up_django(home)
    # Its models can be loaded only now.
    from tsunagu.web.upgrading import bring_up_to_date

    bring_up_to_date(server, roles=catalog.list_roles(on=today))


def set_up_django(home: Path) -> None:
    """Django with the settings of a home."""
    os.environ[HOME_VARIABLE] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tsunagu.web.settings"
    django.setup()


def serve_desk(port: int) -> None:
    """Answer on this machine alone, until Control-C. One process, as replayed codes are refused by its memory."""
    Granian(
        "tsunagu.web.wsgi:application",
        address=LOOPBACK,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        blocking_threads_idle_timeout=_IDLE_THREAD_SECONDS,
        log_enabled=False,
    ).serve()
