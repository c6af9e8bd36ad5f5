import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_intake_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, primary_key=True, serialize=False, verbose_name="番号"
                    ),
                ),
                ("person_id", models.BigIntegerField(db_index=True, verbose_name="こどもの番号")),
                ("purpose", models.CharField(max_length=64, verbose_name="利用目的")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="書いた時刻"
                    ),
                ),
                ("meeting", models.CharField(max_length=120, verbose_name="会議")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None, verbose_name="載せるもの"
                    ),
                ),
                ("content", models.JSONField(verbose_name="内容")),
                ("is_protected", models.BooleanField(verbose_name="支援措置")),
                ("shared_on", models.DateField(verbose_name="作った日")),
                ("expires_on", models.DateField(verbose_name="この日から先は開けない")),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="書いた人",
                    ),
                ),
            ],
            options={
                "verbose_name": "共有版",
                "db_table": "cases_shared",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", r"\S{2}")), name="sharing_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("meeting__regex", r"\S{2}")), name="sharing_is_for_a_meeting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on__gt", models.F("shared_on")),
                            (
                                "expires_on__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("shared_on"), "+", models.Value(datetime.timedelta(days=14))
                                ),
                            ),
                        ),
                        name="sharing_ends_soon",
                    ),
                ],
            },
        ),
    ]
