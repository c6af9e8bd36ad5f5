from django.db import migrations
from procrastinate.schema import SchemaManager

from tsunagu.database.statements import read_statement
from tsunagu.jobs import PACKAGE

LEAVING = ("drop_queue_tables", "drop_queue_types", "drop_queue_functions")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # The library's own, as it was when this migration was written; tests/unit/jobs says when it changes.
        migrations.RunSQL(
            SchemaManager.get_schema(), tuple((read_statement(PACKAGE, name), None) for name in LEAVING)
        )
    ]
