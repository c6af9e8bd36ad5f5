from django.db import migrations

from tsunagu.access.row_policies import create_policy, force_row_security

ACCESS = "tsunagu.access"
RIGHTS = "access_roleright"
RELATIONSHIPS = "access_relationship"
BELONGINGS = "access_belonging"
PROTECTION = "access_protection"
UNMASKING = "access_unmasking"


class Migration(migrations.Migration):
    dependencies = [("access", "0004_relationships")]

    operations = [
        force_row_security(RIGHTS),
        create_policy(ACCESS, "see_with_context", RIGHTS),
        create_policy(ACCESS, "keep_as_owner", RIGHTS),
        force_row_security(RELATIONSHIPS),
        create_policy(ACCESS, "see_bound", RELATIONSHIPS),
        create_policy(ACCESS, "administer", RELATIONSHIPS),
        force_row_security(BELONGINGS),
        create_policy(ACCESS, "see_own_places", BELONGINGS),
        create_policy(ACCESS, "keep_as_owner", BELONGINGS),
        force_row_security(PROTECTION),
        create_policy(ACCESS, "see_with_context", PROTECTION),
        create_policy(ACCESS, "keep_as_owner", PROTECTION),
        force_row_security(UNMASKING),
        create_policy(ACCESS, "see_own", UNMASKING),
        create_policy(ACCESS, "unmask_for_oneself", UNMASKING),
    ]
