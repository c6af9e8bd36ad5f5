from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0008_seals")]

    operations = [
        migrations.AddField(
            "staff",
            "first_password_until",
            models.DateTimeField(blank=True, null=True, verbose_name="はじめてのパスワードの期限"),
        ),
    ]
