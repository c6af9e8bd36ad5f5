"""The tables of the audit trail, and who may do what with them."""

from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE

TABLES = ("audit_row", "audit_leaf", "audit_checkpoint")


def list_making() -> list[str]:
    """What makes the tables and their keepers, in order; for their owner."""
    return [
        read_statement(PACKAGE, "create_audit_row"),
        read_statement(PACKAGE, "create_audit_leaf"),
        read_statement(PACKAGE, "create_audit_checkpoint"),
        read_statement(PACKAGE, "create_audit_keeper"),
        *(read_statement(PACKAGE, "keep_audit_table", table=table) for table in TABLES),
    ]


def list_unmaking() -> list[str]:
    """The way back, for an installation that never went into use."""
    return [read_statement(PACKAGE, "drop_audit_tables"), read_statement(PACKAGE, "drop_audit_keeper")]


def list_app_rights(app: str) -> list[str]:
    """What the application may do, after everything was taken from it; harmless when repeated.

    Args:
        app: the application's login.
    """
    return [
        read_statement(PACKAGE, "close_audit_tables", login=app),
        read_statement(PACKAGE, "let_app_record", app=app),
    ]


def list_checkpointer_rights(checkpointer: str) -> list[str]:
    """The same for the checkpointer's login."""
    return [
        read_statement(PACKAGE, "close_audit_tables", login=checkpointer),
        read_statement(PACKAGE, "let_checkpointer_read", checkpointer=checkpointer),
        read_statement(PACKAGE, "let_checkpointer_add", checkpointer=checkpointer),
    ]
