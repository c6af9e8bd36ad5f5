from django.db import migrations

from tsunagu.access.row_policies import create_policy, force_row_security
from tsunagu.database.statements import read_statement
from tsunagu.jobs import PACKAGE
from tsunagu.jobs.kinds import RIGHTS

WORK = "jobs_work"
ASKING = ", ".join(f"('{kind}', '{right}')" for kind, right in RIGHTS.items())


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_work"), ("access", "0005_relationship_policies")]

    operations = [
        force_row_security(WORK),
        create_policy("tsunagu.access", "keep_as_owner", WORK),
        create_policy(PACKAGE, "see_work", WORK),
        migrations.RunSQL(
            read_statement(PACKAGE, "ask_for_oneself", rights=ASKING),
            read_statement("tsunagu.access", "drop_policy", policy="ask_for_oneself", table=WORK),
        ),
        create_policy(PACKAGE, "stop_own", WORK),
        migrations.RunSQL(
            read_statement(PACKAGE, "create_queueing"), read_statement(PACKAGE, "drop_queueing")
        ),
        migrations.RunSQL(
            read_statement(PACKAGE, "queue_when_asked"), read_statement(PACKAGE, "unqueue_when_asked")
        ),
    ]
