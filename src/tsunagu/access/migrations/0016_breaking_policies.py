from django.db import migrations

from tsunagu.access.row_policies import (
    RightPolicy,
    close_sealed,
    create_index,
    create_policy,
    force_row_security,
    show_broken_acts,
    write_condition,
)
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement

ACCESS = "tsunagu.access"
BREAKING = "access_breaking"
ENTRY = "access_breakingentry"


class Migration(migrations.Migration):
    dependencies = [("access", "0015_breakings")]

    operations = [
        force_row_security(BREAKING),
        create_policy(ACCESS, "see_own", BREAKING),
        create_policy(ACCESS, "see_as_reviewer", BREAKING),
        create_policy(ACCESS, "see_as_auditor", BREAKING),
        RightPolicy(
            read_statement(ACCESS, "break_glass", holds=write_condition(BREAKING, Right.BREAK_GLASS)),
            read_statement(ACCESS, "drop_policy", policy="break_glass", table=BREAKING),
        ),
        close_sealed(BREAKING),
        force_row_security(ENTRY),
        create_policy(ACCESS, "see_with_breaking", ENTRY),
        create_policy(ACCESS, "say_of_breaking", ENTRY),
        show_broken_acts(),
        create_index("index_broken_acts", "audit_row_by_breaking"),
    ]
