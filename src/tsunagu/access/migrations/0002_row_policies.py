from django.db import migrations

from tsunagu.access.row_policies import create_policy, force_row_security

ACCESS = "tsunagu.access"
ADMINISTRATORSHIP = "access_administratorship"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_staff_and_rights")]

    operations = [
        force_row_security(ADMINISTRATORSHIP),
        create_policy(ACCESS, "see_administrators", ADMINISTRATORSHIP),
        create_policy(ACCESS, "appoint_administrator", ADMINISTRATORSHIP),
        create_policy(ACCESS, "end_administratorship", ADMINISTRATORSHIP),
        create_policy(ACCESS, "appoint_as_owner", ADMINISTRATORSHIP),
        force_row_security("access_roleassignment"),
        create_policy(ACCESS, "see_own", "access_roleassignment"),
        create_policy(ACCESS, "administer", "access_roleassignment"),
        force_row_security("access_purposegrant"),
        create_policy(ACCESS, "see_own", "access_purposegrant"),
        create_policy(ACCESS, "administer", "access_purposegrant"),
    ]
