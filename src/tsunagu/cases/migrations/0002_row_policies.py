from django.db import migrations

from tsunagu.access.row_policies import close_sealed, create_policy, force_row_security, show_by_right
from tsunagu.cases import PACKAGE
from tsunagu.catalog.roles import Right

ACCESS = "tsunagu.access"
RUN = "cases_run"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_runs_and_listed"), ("access", "0012_listed_policies")]

    operations = [
        force_row_security(RUN),
        create_policy(PACKAGE, "see_run", RUN),
        create_policy(ACCESS, "keep_as_owner", RUN),
        *(
            step
            for table in ("cases_listed", "cases_result")
            for step in (
                force_row_security(table),
                create_policy(PACKAGE, "add_as_owner", table),
                create_policy(PACKAGE, "clear_purpose_as_owner", table),
                create_policy(PACKAGE, "keep_to_purpose", table),
                show_by_right(table, Right.REASONS),
                close_sealed(table),
            )
        ),
    ]
