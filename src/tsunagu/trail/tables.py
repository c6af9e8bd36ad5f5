"""The tables of the audit trail, and who may do what with them."""

from tsunagu.database.statements import read_statement
from tsunagu.trail import PACKAGE

TABLES = ("audit_row", "audit_leaf", "audit_checkpoint")


def list_audit_statements(*, app: str, checkpointer: str) -> list[str]:
    """What makes the tables, in order; to be run once, by their owner.

    Args:
        app: the application's login.
        checkpointer: the checkpointer's login.
    """
    return [
        read_statement(PACKAGE, "create_audit_row"),
        read_statement(PACKAGE, "create_audit_leaf"),
        read_statement(PACKAGE, "create_audit_checkpoint"),
        read_statement(PACKAGE, "create_audit_keeper"),
        *(read_statement(PACKAGE, "keep_audit_table", table=table) for table in TABLES),
        read_statement(PACKAGE, "close_audit_tables", app=app, checkpointer=checkpointer),
        read_statement(PACKAGE, "let_app_record", app=app),
        read_statement(PACKAGE, "let_checkpointer_read", checkpointer=checkpointer),
        read_statement(PACKAGE, "let_checkpointer_add", checkpointer=checkpointer),
    ]
