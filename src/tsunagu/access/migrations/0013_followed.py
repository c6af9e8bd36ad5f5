from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0012_listed_policies")]

    operations = [
        migrations.CreateModel(
            name="Following",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "purpose", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.BigIntegerField(verbose_name="こどもの番号")),
                ("purpose", models.CharField(max_length=64, verbose_name="利用目的")),
                ("next_action_on", models.DateField(verbose_name="次に動く日")),
                ("ends_on", models.DateField(null=True, verbose_name="終えてから見えなくなる日")),
            ],
            options={"verbose_name": "次に動く日のあるこども", "db_table": "access_followed"},
        ),
    ]
