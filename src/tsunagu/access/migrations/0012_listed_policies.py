from django.db import migrations

from tsunagu.access.row_policies import close_sealed, create_policy, force_row_security

ACCESS = "tsunagu.access"
LISTED = "access_listed"


class Migration(migrations.Migration):
    dependencies = [("access", "0011_listed")]

    operations = [
        force_row_security(LISTED),
        create_policy(ACCESS, "see_listing", LISTED),
        create_policy(ACCESS, "keep_as_owner", LISTED),
        close_sealed(LISTED),
    ]
