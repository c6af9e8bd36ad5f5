"""Row policies as steps of a migration: the statements lie in `sql/`, each with its way back."""

from django.db.migrations import RunSQL

from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement

PACKAGE = "tsunagu.access"


def force_row_security(table: str) -> RunSQL:
    """From here on the table shows what a policy allows, and nothing else, to its owner as well."""
    return RunSQL(
        read_statement(PACKAGE, "force_row_security", table=table),
        read_statement(PACKAGE, "release_row_security", table=table),
    )


def create_policy(package: str, policy: str, table: str) -> RunSQL:
    """The policy that `package` keeps as `sql/<policy>.sql`; `{table}` in it becomes `table`."""
    return RunSQL(read_statement(package, policy, table=table), _drop(policy, table))


def show_by_right(table: str, right: Right) -> RunSQL:
    """Whoever holds a right over a child sees its row; `table` has a `person_id`."""
    policy = f"see_by_{right}"
    statement = read_statement(
        PACKAGE, "see_by_right", policy=policy, table=table, holds=write_condition(table, right)
    )
    return RunSQL(statement, _drop(policy, table))


def mask_protected(table: str) -> RunSQL:
    """Nobody sees a protected child's row without a reason, and the right to its contacts."""
    holds = write_condition(table, Right.CONTACT)
    return RunSQL(
        read_statement(PACKAGE, "mask_protected", table=table, holds=holds), _drop("mask_protected", table)
    )


def ask_reason(table: str) -> RunSQL:
    """Whoever may see contacts for a reason alone sees a row in a request with a reason."""
    holds = write_condition(table, Right.CONTACT)
    return RunSQL(read_statement(PACKAGE, "ask_reason", table=table, holds=holds), _drop("ask_reason", table))


def write_condition(table: str, right: Right) -> str:
    """The condition of a policy: whoever acts holds the right over the child of the row."""
    return read_statement(PACKAGE, "holds_right", table=table, permission=right).removeprefix("SELECT ")


def _drop(policy: str, table: str) -> str:
    return read_statement(PACKAGE, "drop_policy", policy=policy, table=table)
