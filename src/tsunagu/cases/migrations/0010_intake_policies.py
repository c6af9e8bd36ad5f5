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
INTAKE, STEP, DRAFT, DUTY = "cases_intake", "cases_intake_step", "cases_intake_draft", "cases_duty"


def run_both_ways(there: str, back: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_statement(PACKAGE, there), read_statement(PACKAGE, back))


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_intake_steps"), ("access", "0014_followed_policies")]

    operations = [
        *(
            step
            for table in (INTAKE, STEP)
            for step in (
                force_row_security(table),
                match_purpose(table),
                close_sealed(table),
                create_policy(PACKAGE, "read_as_owner", table),
                show_by_right(table, Right.TAKE_INTAKE),
                add_by_right(table, Right.TAKE_INTAKE),
            )
        ),
        create_policy(PACKAGE, "add_as_owner", STEP),
        force_row_security(DRAFT),
        close_sealed(DRAFT),
        create_policy(PACKAGE, "keep_own_drafts", DRAFT),
        force_row_security(DUTY),
        create_policy(ACCESS, "see_with_context", DUTY),
        create_policy(PACKAGE, "set_duty", DUTY),
        create_policy(PACKAGE, "read_as_owner", "access_roleassignment"),
        run_both_ways("create_step_completing", "drop_step_completing"),
        run_both_ways("complete_steps", "stop_completing_steps"),
        run_both_ways("create_sighting", "drop_sighting"),
        run_both_ways("sight_children", "stop_sighting"),
        run_both_ways("create_unsighting", "drop_unsighting"),
        run_both_ways("unsight_children", "stop_unsighting"),
        run_both_ways("create_list_takers", "drop_list_takers"),
        run_both_ways("create_duty_check", "drop_duty_check"),
        run_both_ways("check_duty", "stop_checking_duty"),
    ]
