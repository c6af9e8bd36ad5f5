from django.db import migrations

from tsunagu.access.row_policies import (
    add_by_right,
    close_sealed,
    create_policy,
    force_row_security,
    show_by_right,
)
from tsunagu.cases import PACKAGE
from tsunagu.catalog.roles import Right

SHARED = "cases_shared"


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_shared")]

    operations = [
        force_row_security(SHARED),
        create_policy(PACKAGE, "keep_to_purpose", SHARED),
        close_sealed(SHARED),
        create_policy(PACKAGE, "clear_expired_as_owner", SHARED),
        show_by_right(SHARED, Right.SHARE),
        show_by_right(SHARED, Right.SHARED_VERSION),
        add_by_right(SHARED, Right.SHARE),
        # Whoever may open a version must see that it was taken back.
        show_by_right("cases_taking_back", Right.SHARED_VERSION),
    ]
