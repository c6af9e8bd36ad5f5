import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from tsunagu.access.row_policies import create_policy, force_row_security
from tsunagu.cases import PACKAGE


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_row_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="職員",
                    ),
                ),
                ("purpose", models.CharField(max_length=64, verbose_name="利用目的")),
                ("name", models.CharField(max_length=60, verbose_name="名前")),
                ("query", models.CharField(blank=True, max_length=4000, verbose_name="条件")),
                (
                    "saved_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="保存した時刻"
                    ),
                ),
            ],
            options={
                "verbose_name": "保存した見方",
                "db_table": "cases_view",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", r"\S")), name="view_has_a_name"
                    ),
                    models.UniqueConstraint(fields=("staff", "purpose", "name"), name="view_name_once"),
                ],
            },
        ),
        force_row_security("cases_view"),
        create_policy(PACKAGE, "keep_own_views", "cases_view"),
    ]
