import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("people", "0002_row_policies")]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
                ("purpose", models.CharField(verbose_name="利用目的", max_length=64)),
                ("number", models.IntegerField(verbose_name="順")),
                ("is_place", models.BooleanField(verbose_name="いるところ")),
                ("item", models.CharField(verbose_name="項目", max_length=64)),
                ("lane", models.CharField(verbose_name="部署", max_length=64)),
                ("occurred_on", models.DateField(null=True, verbose_name="起きた日")),
                ("valid_from", models.DateField(null=True, verbose_name="この日から")),
                ("valid_to", models.DateField(null=True, verbose_name="この日の前日まで")),
                ("known_from", models.DateField(verbose_name="届いた日")),
                ("title", models.JSONField(verbose_name="名前")),
                ("source", models.JSONField(verbose_name="もとのデータ")),
                ("values", models.JSONField(verbose_name="値")),
                (
                    "recipients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None, verbose_name="渡す相手"
                    ),
                ),
            ],
            options={
                "verbose_name": "事実",
                "db_table": "people_fact",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "purpose", "number", "is_place"), name="fact_once_a_purpose"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
                ("purpose", models.CharField(verbose_name="利用目的", max_length=64)),
                ("lane", models.CharField(verbose_name="部署", max_length=64)),
                (
                    "recipients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None, verbose_name="渡す相手"
                    ),
                ),
                ("facts", models.IntegerField(verbose_name="件数")),
            ],
            options={
                "verbose_name": "事実の数",
                "db_table": "people_fact_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "purpose", "lane", "recipients"), name="fact_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fetched",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
                ("purpose", models.CharField(verbose_name="利用目的", max_length=64)),
                ("as_of", models.DateField(verbose_name="この日までに届いたもの")),
                ("run_id", models.TextField(blank=True, default="", verbose_name="実行")),
                ("is_registered", models.BooleanField(default=False, verbose_name="住民登録")),
                ("withheld_relatives", models.IntegerField(default=0, verbose_name="見せない同居の人")),
                (
                    "trouble",
                    models.CharField(blank=True, default="", verbose_name="できなかったわけ", max_length=64),
                ),
                ("fetched_at", models.DateTimeField(db_default=Now(), verbose_name="取り寄せた時刻")),
            ],
            options={
                "verbose_name": "取り寄せ",
                "db_table": "people_fetched",
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "purpose"), name="fetched_once_a_purpose")
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
                ("purpose", models.CharField(verbose_name="利用目的", max_length=64)),
                ("opened_on", models.DateField(verbose_name="開いた日")),
                ("at", models.DateTimeField(db_default=Now(), verbose_name="その日はじめての時刻")),
            ],
            options={
                "verbose_name": "開いた日",
                "db_table": "people_opening",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "purpose", "opened_on"), name="opening_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relative",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField(verbose_name="番号")),
                ("purpose", models.CharField(verbose_name="利用目的", max_length=64)),
                ("relative_id", models.BigIntegerField(verbose_name="同居の人の番号")),
                ("name", models.TextField(null=True, verbose_name="氏名")),
                ("kana", models.TextField(null=True, verbose_name="フリガナ")),
                ("relation", models.CharField(null=True, verbose_name="続柄", max_length=64)),
                ("confidence", models.CharField(null=True, verbose_name="確かさ", max_length=64)),
                ("birth_year", models.IntegerField(null=True, verbose_name="生まれた年")),
                ("is_guardian", models.BooleanField(verbose_name="親か祖父母")),
            ],
            options={
                "verbose_name": "同居の人",
                "db_table": "people_relative",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "purpose", "relative_id"), name="relative_once"
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="contact", name="contact_once_a_system"),
        migrations.AddField(
            model_name="contact",
            name="purpose",
            field=models.CharField(default="", verbose_name="利用目的", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("person_id", "purpose", "system"), name="contact_once_a_system"
            ),
        ),
    ]
