"""Row policies as steps of a migration: the statements lie in `sql/`, each with its way back.

What a right rests on grows: a new way to stand to a child changes the condition of every policy that asks for a right.
Such a policy is a `RightPolicy`: its migration says that the table has it, and it is written after all migrations have
run, in the words of today. Until then, and if something goes wrong in between, the table shows nothing.
"""

from typing import Any

from django.db import connections, transaction
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader

from tsunagu.catalog.roles import BROKEN_RIGHTS, Right
from tsunagu.database.statements import read_statement
from tsunagu.vocabulary.identifiers import ALPHABET, ID_BITS

PACKAGE = "tsunagu.access"


class RightPolicy(RunSQL):
    """A policy that asks for a right. `write_right_policies` writes it, whichever words it had before."""

    def database_forwards(self, *_: Any) -> None:
        """Nothing yet: what its condition reads may come with a later migration."""


def close_right_policies(using: str) -> None:
    """Take every policy away that asks for a right, before migrations change what they read."""
    _run(using, [step.reverse_sql for step in _list_right_policies(using)])


def write_right_policies(using: str) -> None:
    """Write every policy that asks for a right, of all migrations that have run, in the words of today."""
    steps = _list_right_policies(using)
    _run(using, [words for step in steps for words in (step.reverse_sql, step.sql)])


def _list_right_policies(using: str) -> list[RightPolicy]:
    loader = MigrationLoader(connections[using])
    return [
        step
        for key, migration in loader.disk_migrations.items()
        if key in loader.applied_migrations
        for step in migration.operations
        if isinstance(step, RightPolicy)
    ]


def _run(using: str, statements: list[Any]) -> None:
    with transaction.atomic(using), connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def force_row_security(table: str) -> RunSQL:
    """From here on the table shows what a policy allows, and nothing else, to its owner as well."""
    return RunSQL(
        read_statement(PACKAGE, "force_row_security", table=table),
        read_statement(PACKAGE, "release_row_security", table=table),
    )


def create_policy(package: str, policy: str, table: str) -> RunSQL:
    """The policy that `package` keeps as `sql/<policy>.sql`; `{table}` in it becomes `table`."""
    return RunSQL(read_statement(package, policy, table=table), _drop(policy, table))


def show_by_right(table: str, right: Right) -> RightPolicy:
    """Whoever holds a right over a child sees its row; `table` has a `person_id`."""
    policy = f"see_by_{right}"
    statement = read_statement(
        PACKAGE, "see_by_right", policy=policy, table=table, holds=write_condition(table, right)
    )
    return RightPolicy(statement, _drop(policy, table))


def show_by_lane(table: str, right: Right) -> RightPolicy:
    """The same, by a role that may see the row's lane and is among its recipients; `table` has `lane`, `recipients`."""
    policy = f"see_by_{right}"
    holds = write_condition(
        table, right, also=f"{write_lane_condition(table)} AND a.role = ANY ({table}.recipients)"
    )
    return RightPolicy(
        read_statement(PACKAGE, "see_by_right", policy=policy, table=table, holds=holds), _drop(policy, table)
    )


def add_by_right(table: str, right: Right, *, only: str = "true") -> RightPolicy:
    """Whoever holds a right over a child adds rows about it: in their own name, for the purpose in force.

    Args:
        table: has a `person_id`, `purpose` and `staff_id`, who adds the row.
        right: the right.
        only: what must be true of the row besides.
    """
    policy = f"add_by_{right}"
    statement = read_statement(
        PACKAGE, "add_by_right", policy=policy, table=table, only=only, holds=write_condition(table, right)
    )
    return RightPolicy(statement, _drop(policy, table))


def match_purpose(table: str) -> RunSQL:
    """Rows of another purpose than the one in force stay closed; `table` has a `purpose`."""
    return create_policy(PACKAGE, "match_purpose", table)


def mask_protected(table: str) -> RightPolicy:
    """Nobody sees a protected child's row without a reason, and the right to its contacts."""
    return _mask(table, open_rows="")


def mask_places(table: str) -> RightPolicy:
    """The same for the rows that tell where the child is; `table` has `is_place`."""
    return _mask(table, open_rows="NOT is_place OR ")


def ask_reason(table: str) -> RightPolicy:
    """Whoever may see contacts for a reason alone sees a row in a request with a reason."""
    holds = write_condition(table, Right.CONTACT)
    return RightPolicy(
        read_statement(PACKAGE, "ask_reason", table=table, holds=holds), _drop("ask_reason", table)
    )


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


def show_broken_acts() -> RunSQL:
    """Whoever sees an emergency opening sees, in the audit trail, what was read under it."""
    return RunSQL(read_statement(PACKAGE, "see_broken_acts"), _drop("see_broken_acts", "audit_row"))


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


def write_condition(table: str, right: Right, *, also: str = "", even_broken: bool = True) -> str:
    """The condition of a policy: whoever acts holds the right over the child of the row.

    An emergency opening gives the `BROKEN_RIGHTS` too.

    Args:
        table: a table or an alias with a `person_id`.
        right: the right.
        also: what must be true of the role (`a`) besides, beginning with AND.
        even_broken: also while an emergency opening gives it; False: by a role's own right alone.
    """
    broken = ""
    if even_broken and right in BROKEN_RIGHTS:
        broken = "OR " + read_statement(PACKAGE, "holds_by_breaking", table=table, also=also).removeprefix(
            "SELECT "
        )
    statement = read_statement(
        PACKAGE, "holds_right", table=table, permission=right, also=also, broken=broken
    )
    return statement.removeprefix("SELECT ")


def write_lane_condition(table: str) -> str:
    """A further condition of a right: the role (`a`) may see the lane of the row."""
    return " AND " + read_statement(PACKAGE, "opens_lane", table=table).removeprefix("SELECT ")


def _mask(table: str, *, open_rows: str) -> RightPolicy:
    # No emergency takes the mask off: only somebody whose own work it is writes a reason and sees.
    holds = write_condition(table, Right.CONTACT, even_broken=False)
    statement = read_statement(PACKAGE, "mask_protected", table=table, holds=holds, open=open_rows)
    return RightPolicy(statement, _drop("mask_protected", table))


def _drop(policy: str, table: str) -> str:
    return read_statement(PACKAGE, "drop_policy", policy=policy, table=table)
