from django.db import migrations, models

from tsunagu.access.row_policies import close_sealed, create_policy, force_row_security, show_by_right
from tsunagu.catalog.roles import Right
from tsunagu.people import PACKAGE

TABLE = "people_search_key"


class Migration(migrations.Migration):
    dependencies = [("people", "0005_covered"), ("access", "0008_seals")]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "person_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=64, verbose_name="さがす鍵")),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
            ],
            options={"verbose_name": "さがす鍵", "db_table": TABLE},
        ),
        force_row_security(TABLE),
        create_policy(PACKAGE, "add_as_owner", TABLE),
        create_policy(PACKAGE, "clear_as_owner", TABLE),
        show_by_right(TABLE, Right.FIND),
        close_sealed(TABLE),
        migrations.RemoveField(model_name="directoryentry", name="search_keys"),
    ]
