"""Row policies as steps of a migration: the statements lie in `sql/`, each with its way back."""

from django.db.migrations import RunSQL

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
    return RunSQL(
        read_statement(package, policy, table=table),
        read_statement(PACKAGE, "drop_policy", policy=policy, table=table),
    )
