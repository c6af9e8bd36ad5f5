from django.db import migrations

from tsunagu.access.row_policies import (
    add_by_right,
    close_sealed,
    create_policy,
    force_row_security,
    match_purpose,
    show_by_right,
)
from tsunagu.cases import PACKAGE
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement

ACCESS = "tsunagu.access"
# Table, who reads its rows, who adds to them.
DECIDED = ("cases_decision", "cases_feedback", "cases_deferral")
ASSIGNING = "cases_assigning"
ASSIGNMENT = "cases_assignment"
RETURNED = "cases_returned"
FOR_ONESELF = "assignee_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint AND NOT is_end"


def bind_entries(
    table: str, *, seen_by: tuple[Right, ...], added_by: tuple[Right, ...]
) -> list[migrations.RunSQL]:
    return [
        force_row_security(table),
        match_purpose(table),
        close_sealed(table),
        create_policy(PACKAGE, "read_as_owner", table),
        *(show_by_right(table, right) for right in seen_by),
        *(add_by_right(table, right) for right in added_by),
    ]


def run_both_ways(there: str, back: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_statement(PACKAGE, there), read_statement(PACKAGE, back))


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_entries"), ("access", "0012_listed_policies")]

    operations = [
        *(
            step
            for table in DECIDED
            for step in bind_entries(table, seen_by=(Right.REASONS,), added_by=(Right.DECIDE,))
        ),
        *bind_entries(
            "cases_contact_made",
            seen_by=(Right.PLAN_READ, Right.NOTE_CONTACT),
            added_by=(Right.NOTE_CONTACT,),
        ),
        *bind_entries(
            "cases_taking_back",
            seen_by=(Right.REASONS, Right.PLAN_READ, Right.NOTE_CONTACT),
            added_by=(Right.DECIDE, Right.NOTE_CONTACT),
        ),
        force_row_security(RETURNED),
        create_policy(ACCESS, "keep_as_owner", RETURNED),
        force_row_security(ASSIGNING),
        close_sealed(ASSIGNING),
        create_policy(PACKAGE, "read_as_owner", ASSIGNING),
        show_by_right(ASSIGNING, Right.HEAD),
        add_by_right(ASSIGNING, Right.ASSIGN),
        add_by_right(ASSIGNING, Right.TAKE_ON, only=FOR_ONESELF),
        force_row_security(ASSIGNMENT),
        close_sealed(ASSIGNMENT),
        create_policy(ACCESS, "keep_as_owner", ASSIGNMENT),
        show_by_right(ASSIGNMENT, Right.HEAD),
        create_policy(ACCESS, "keep_as_owner", "access_relationship"),
        run_both_ways("fill_assignments", "clear_assignments"),
        run_both_ways("create_assigning", "drop_assigning"),
        run_both_ways("assign_when_decided", "keep_assigning_apart"),
        run_both_ways("create_assignment_copy", "drop_assignment_copy"),
        run_both_ways("copy_assignments", "stop_copying_assignments"),
    ]
