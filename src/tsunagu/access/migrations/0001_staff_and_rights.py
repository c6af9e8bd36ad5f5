import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("staff_number", models.CharField(max_length=32, unique=True, verbose_name="職員番号")),
                ("name", models.CharField(max_length=100, verbose_name="氏名")),
                ("department", models.CharField(max_length=100, verbose_name="所属")),
                (
                    "email",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="メールアドレス"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在籍")),
            ],
            options={
                "verbose_name": "職員",
                "verbose_name_plural": "職員",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("staff_number", ""), _negated=True), name="staff_has_a_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="staff_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Administratorship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日の前日まで")),
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
                "verbose_name": "権限の管理者",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="administratorship_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        fields=("staff", "valid_from"), name="administratorship_begins_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurposeGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日の前日まで")),
                ("purpose", models.CharField(max_length=64, verbose_name="利用目的")),
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
                "verbose_name": "利用目的の許可",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="purpose_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__regex", "^[a-z][a-z0-9_]*$")), name="purpose_is_an_id"
                    ),
                    models.UniqueConstraint(
                        fields=("staff", "purpose", "valid_from"), name="purpose_begins_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="この日から")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="この日の前日まで")),
                ("role", models.CharField(max_length=64, verbose_name="役割")),
                ("scope_kind", models.CharField(max_length=64, verbose_name="範囲の種類")),
                (
                    "scope_id",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="範囲の番号"),
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
                "verbose_name": "役割の割り当て",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="role_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "coordinator",
                                    "caseworker",
                                    "public_health_nurse",
                                    "school_social_worker",
                                    "school",
                                    "council_member",
                                    "child_guidance_center",
                                    "supervisor",
                                    "data_holder",
                                    "analyst",
                                    "auditor",
                                ],
                            )
                        ),
                        name="role_is_one_of_ours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope_id", ""), ("scope_kind", "municipality")),
                            models.Q(
                                ("scope_kind__in", ["school", "facility", "district", "team"]),
                                models.Q(("scope_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="role_scope_is_named",
                    ),
                    models.UniqueConstraint(
                        fields=("staff", "role", "scope_kind", "scope_id", "valid_from"),
                        name="role_begins_once",
                    ),
                ],
            },
        ),
    ]
