"""How many statements a connection keeps planned: every statement of every page, as the policies take long to plan."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Far more than the pages have; with fewer kept, a page would push out the plans of another.
KEPT_STATEMENTS = 2_000


def keep_statements() -> None:
    """From here on, of every connection that is opened."""
    connection_created.connect(_keep, dispatch_uid="tsunagu.web.keep_statements")


def _keep(connection: BaseDatabaseWrapper, **_: Any) -> None:
    connection.connection.prepared_max = KEPT_STATEMENTS
