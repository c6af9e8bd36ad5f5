from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_fetched_policies")]

    operations = [
        migrations.AddField(
            model_name="fetched",
            name="covered",
            field=models.JSONField(default=list, verbose_name="データの届いている期間"),
        )
    ]
