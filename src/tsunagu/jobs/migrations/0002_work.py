import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_queue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Work",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        primary_key=True,
                        serialize=False,
                        verbose_name="番号",
                    ),
                ),
                ("kind", models.CharField(max_length=32, verbose_name="種類")),
                (
                    "arguments",
                    models.JSONField(db_default=models.Value({}, models.JSONField()), verbose_name="内容"),
                ),
                ("purpose", models.TextField(db_default="", verbose_name="利用目的")),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="頼んだ時刻"
                    ),
                ),
                ("state", models.CharField(db_default="waiting", max_length=32, verbose_name="状態")),
                ("attempts", models.IntegerField(db_default=0, verbose_name="始めた回数")),
                ("step", models.TextField(db_default="", verbose_name="段階")),
                ("done", models.IntegerField(db_default=0, verbose_name="済んだ数")),
                ("of", models.IntegerField(db_default=0, verbose_name="全部の数")),
                ("words", models.TextField(db_default="", verbose_name="進み具合")),
                ("started_at", models.DateTimeField(null=True, verbose_name="始めた時刻")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="終わった時刻")),
                ("result_words", models.TextField(db_default="", verbose_name="結果")),
                (
                    "result",
                    models.JSONField(
                        db_default=models.Value({}, models.JSONField()), verbose_name="結果の内容"
                    ),
                ),
                ("cancel_asked_at", models.DateTimeField(null=True, verbose_name="取りやめを頼んだ時刻")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="頼んだ人",
                    ),
                ),
            ],
            options={
                "verbose_name": "仕事",
                "db_table": "jobs_work",
                "indexes": [models.Index(fields=["-asked_at"], name="jobs_work_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "fetch_child",
                                    "load_directory",
                                    "receive_run",
                                    "return_decisions",
                                    "checkpoint",
                                    "load_files",
                                    "run_analysis",
                                    "draft_mapping",
                                    "keep_mapping",
                                ],
                            )
                        ),
                        name="work_is_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "working", "done", "refused", "failed", "cancelled"])
                        ),
                        name="work_has_a_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["waiting", "working"])),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["cancelled", "done", "failed", "refused"]),
                            ),
                            _connector="OR",
                        ),
                        name="work_has_ended_or_not",
                    ),
                ],
            },
        ),
    ]
