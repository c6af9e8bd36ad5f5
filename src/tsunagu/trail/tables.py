"""The tables of the audit trail, and who may do what with them."""

from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE

TABLES = ("audit_row", "audit_leaf", "audit_checkpoint")
READ_TABLES = ("audit_row", "audit_checkpoint")
"""Those the screens read, as far as row policies say."""


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
        # Never the grant to read without the policies that bind it.
        *(read_statement(PACKAGE, "bind_audit_table", table=table) for table in READ_TABLES),
        read_statement(PACKAGE, "drop_audit_policy", policy="allow_recording", table="audit_row"),
        read_statement(PACKAGE, "allow_recording"),
        read_statement(PACKAGE, "let_app_read", app=app),
    ]


def list_checkpointer_rights(checkpointer: str) -> list[str]:
    """The same for the checkpointer's login."""
    shown = {"show_rows_to_checkpointer": "audit_row", "show_notes_to_checkpointer": "audit_checkpoint"}
    return [
        *(
            read_statement(PACKAGE, "drop_audit_policy", policy=name, table=table)
            for name, table in shown.items()
        ),
        *(read_statement(PACKAGE, name, checkpointer=checkpointer) for name in shown),
        read_statement(PACKAGE, "close_audit_tables", login=checkpointer),
        read_statement(PACKAGE, "let_checkpointer_read", checkpointer=checkpointer),
        read_statement(PACKAGE, "let_checkpointer_add", checkpointer=checkpointer),
    ]
