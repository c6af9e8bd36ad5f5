"""Brings the database's tables up to date, as their owner."""

from collections.abc import Iterable

from django.core.management import call_command
from django.db import connections, transaction

from tsunagu.access.owner import OWNER_ALIAS, owner_connection
from tsunagu.access.role_table import write_role_table
from tsunagu.catalog.roles import RoleRights
from tsunagu.database.connecting import Server
from tsunagu.database.logins import Login
from tsunagu.database.statements import read_statement
from tsunagu.jobs import login_rights
from tsunagu.trail.tables import list_app_rights, list_checkpointer_rights

PACKAGE = "tsunagu.web"


def bring_up_to_date(
    server: Server, *, database: str | None = None, roles: Iterable[RoleRights] | None = None
) -> None:
    """Run every migration that has not run yet, and give the application's login its rights to rows.

    Django must be set up. Never called by the process that serves pages: that one is not given the owner's login.

    Args:
        server: a server with the owner's and the application's logins.
        database: another database of the server than the usual one.
        roles: the roles whose rights hold today (`Catalog.list_roles`), put in place of those there; None leaves them.
    """
    application = server.parts(Login.APP)["user"]
    with owner_connection(server, database=database):
        _run("grant_rows", application=application)
        call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
        _run("keep_migrations", application=application)
        _grant_closed_tables(server, application)
        if roles is not None:
            write_role_table(roles, using=OWNER_ALIAS)


def _grant_closed_tables(server: Server, application: str) -> None:
    """The audit trail and the queue. Each time anew, so that rights somebody gave by hand do not stay. Without its login, nothing is signed."""
    quote = connections[OWNER_ALIAS].ops.quote_name
    rights = list_app_rights(quote(application)) + login_rights.list_app_rights(quote(application))
    if Login.CHECKPOINTER in server.addresses:
        rights += list_checkpointer_rights(quote(server.parts(Login.CHECKPOINTER)["user"]))
    with transaction.atomic(OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        for statement in rights:
            cursor.execute(statement)


def _run(name: str, **names: str) -> None:
    with connections[OWNER_ALIAS].cursor() as cursor:
        quote = connections[OWNER_ALIAS].ops.quote_name
        cursor.execute(read_statement(PACKAGE, name, **{key: quote(value) for key, value in names.items()}))
