import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from tsunagu.access.row_policies import (
    create_index,
    create_policy,
    force_row_security,
    show_own_children,
)

ACCESS = "tsunagu.access"
ROWS = "audit_row"
LOGS = "access_rolelog"
EXPORTS = "access_trailexport"


class Migration(migrations.Migration):
    dependencies = [("access", "0009_first_password")]

    operations = [
        migrations.CreateModel(
            name="RoleLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=64, verbose_name="役割")),
                ("log", models.CharField(max_length=64, verbose_name="記録")),
            ],
            options={
                "verbose_name": "役割の記録",
                "constraints": [models.UniqueConstraint(fields=("role", "log"), name="role_log_stands_once")],
            },
        ),
        migrations.CreateModel(
            name="TrailExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("request_id", models.UUIDField(verbose_name="要求の番号")),
                ("first_day", models.DateField(verbose_name="この日から")),
                ("last_day", models.DateField(verbose_name="この日まで")),
                ("reason", models.TextField(verbose_name="理由")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="時刻"
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
                "verbose_name": "記録の書き出し",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "\\S{5}")), name="export_has_a_reason"
                    )
                ],
            },
        ),
        force_row_security(LOGS),
        create_policy(ACCESS, "see_with_context", LOGS),
        create_policy(ACCESS, "keep_as_owner", LOGS),
        force_row_security(EXPORTS),
        create_policy(ACCESS, "see_own", EXPORTS),
        create_policy(ACCESS, "see_as_auditor", EXPORTS),
        create_policy(ACCESS, "export_for_oneself", EXPORTS),
        force_row_security(ROWS),
        create_policy(ACCESS, "see_as_auditor", ROWS),
        create_policy(ACCESS, "see_sign_ins", ROWS),
        create_policy(ACCESS, "see_own_scheme", ROWS),
        show_own_children(),
        force_row_security("audit_checkpoint"),
        create_policy(ACCESS, "see_as_auditor", "audit_checkpoint"),
        create_policy(ACCESS, "see_as_auditor", "access_unmasking"),
        create_index("index_acts", "audit_row_by_moment"),
        create_index("index_children", "audit_row_by_child"),
    ]
