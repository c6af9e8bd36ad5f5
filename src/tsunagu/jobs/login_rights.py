"""What the application's login may do with the queue: ask and look, in one table."""

from tsunagu.database.statements import read_statement
from tsunagu.jobs import PACKAGE


def list_app_rights(app: str) -> list[str]:
    """After everything was taken from it; harmless when repeated.

    Args:
        app: the application's login.
    """
    return [
        read_statement(PACKAGE, "close_queue", login=app),
        read_statement(PACKAGE, "let_app_ask", app=app),
    ]
