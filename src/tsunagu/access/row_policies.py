"""Row policies as steps of a migration: the statements lie in `sql/`, each with its way back."""

from django.db.migrations import RunSQL

from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.identifiers import ALPHABET, ID_BITS

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


def show_by_lane(table: str, right: Right) -> RunSQL:
    """The same, by a role that may see the row's lane and is among its recipients; `table` has `lane`, `recipients`."""
    policy = f"see_by_{right}"
    holds = write_condition(
        table, right, also=f"{write_lane_condition(table)} AND a.role = ANY ({table}.recipients)"
    )
    return RunSQL(
        read_statement(PACKAGE, "see_by_right", policy=policy, table=table, holds=holds), _drop(policy, table)
    )


def match_purpose(table: str) -> RunSQL:
    """Rows of another purpose than the one in force stay closed; `table` has a `purpose`."""
    return create_policy(PACKAGE, "match_purpose", table)


def mask_protected(table: str) -> RunSQL:
    """Nobody sees a protected child's row without a reason, and the right to its contacts."""
    return _mask(table, open_rows="")


def mask_places(table: str) -> RunSQL:
    """The same for the rows that tell where the child is; `table` has `is_place`."""
    return _mask(table, open_rows="NOT is_place OR ")


def ask_reason(table: str) -> RunSQL:
    """Whoever may see contacts for a reason alone sees a row in a request with a reason."""
    holds = write_condition(table, Right.CONTACT)
    return RunSQL(read_statement(PACKAGE, "ask_reason", table=table, holds=holds), _drop("ask_reason", table))


def close_sealed(table: str, person: str = "person_id") -> RunSQL:
    """Whom a seal keeps away from a child sees and writes no row of it; every table about children has this policy."""
    statement = read_statement(PACKAGE, "close_sealed", table=table, person=person)
    return RunSQL(statement, _drop(f"close_sealed_{person}", table))


def show_own_children() -> RunSQL:
    """Whose children these are sees who opened them, in the audit trail."""
    return RunSQL(
        read_statement(PACKAGE, "see_own_children", shown=_write_shown_id("x.person_id")),
        _drop("see_own_children", "audit_row"),
    )


def create_index(statement: str, index: str) -> RunSQL:
    """The index that `sql/<statement>.sql` makes."""
    return RunSQL(read_statement(PACKAGE, statement), read_statement(PACKAGE, "drop_index", index=index))


def _write_shown_id(column: str) -> str:
    """How `vocabulary.identifiers.show_id` writes a column, as an expression."""
    signs = [
        f"substr('{ALPHABET}', (({column} >> {shift}) & 31)::int + 1, 1)"
        for shift in range(ID_BITS - 5, -1, -5)
    ]
    groups = [" || ".join(signs[start : start + 4]) for start in range(0, len(signs), 4)]
    return " || '-' || ".join(groups)


def write_condition(table: str, right: Right, *, also: str = "") -> str:
    """The condition of a policy: whoever acts holds the right over the child of the row.

    Args:
        table: a table or an alias with a `person_id`.
        right: the right.
        also: what must be true of the role (`a`) besides, beginning with AND.
    """
    statement = read_statement(PACKAGE, "holds_right", table=table, permission=right, also=also)
    return statement.removeprefix("SELECT ")


def write_lane_condition(table: str) -> str:
    """A further condition of a right: the role (`a`) may see the lane of the row."""
    return " AND " + read_statement(PACKAGE, "opens_lane", table=table).removeprefix("SELECT ")


def _mask(table: str, *, open_rows: str) -> RunSQL:
    holds = write_condition(table, Right.CONTACT)
    statement = read_statement(PACKAGE, "mask_protected", table=table, holds=holds, open=open_rows)
    return RunSQL(statement, _drop("mask_protected", table))


def _drop(policy: str, table: str) -> str:
    return read_statement(PACKAGE, "drop_policy", policy=policy, table=table)
