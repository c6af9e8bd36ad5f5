from django.db import migrations

from tsunagu.access.row_policies import close_sealed, create_policy, force_row_security

ACCESS = "tsunagu.access"
FOLLOWED = "access_followed"


class Migration(migrations.Migration):
    dependencies = [("access", "0013_followed")]

    operations = [
        force_row_security(FOLLOWED),
        create_policy(ACCESS, "see_followed", FOLLOWED),
        create_policy(ACCESS, "keep_as_owner", FOLLOWED),
        close_sealed(FOLLOWED),
    ]
