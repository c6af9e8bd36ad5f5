import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tsunagu.access.row_policies import close_sealed, create_policy, force_row_security

ACCESS = "tsunagu.access"
SEALS = "access_seal"


class Migration(migrations.Migration):
    dependencies = [("access", "0007_role_lanes")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField(db_index=True, verbose_name="こどもの番号")),
                ("kind", models.CharField(max_length=64, verbose_name="わけ")),
                ("is_computed", models.BooleanField(default=False, verbose_name="名簿から")),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日の前日まで")),
                (
                    "sealed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="決めた人",
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
            ],
            options={
                "verbose_name": "閲覧の封",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="seal_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["own_relative", "same_address"])),
                        name="seal_is_one_of_ours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_computed", True), ("sealed_by__isnull", False), _connector="OR"
                        ),
                        name="seal_was_told",
                    ),
                    models.UniqueConstraint(
                        fields=("person_id", "staff", "is_computed", "valid_from"), name="seal_begins_once"
                    ),
                ],
            },
        ),
        force_row_security(SEALS),
        create_policy(ACCESS, "see_own", SEALS),
        create_policy(ACCESS, "see_seals", SEALS),
        create_policy(ACCESS, "seal_oneself", SEALS),
        create_policy(ACCESS, "seal_others", SEALS),
        create_policy(ACCESS, "end_seal", SEALS),
        create_policy(ACCESS, "keep_as_owner", SEALS),
        close_sealed("access_belonging"),
        close_sealed("access_relationship"),
    ]
