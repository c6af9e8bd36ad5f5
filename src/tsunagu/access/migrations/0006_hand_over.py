from django.db import migrations, models

from tsunagu.access.row_policies import create_policy


class Migration(migrations.Migration):
    dependencies = [("access", "0005_relationship_policies")]

    operations = [
        migrations.AddField(
            "staff",
            "hands_over_on",
            models.DateField(blank=True, null=True, verbose_name="この日から担当を引き継ぐ"),
        ),
        create_policy("tsunagu.access", "withdraw_administratorship", "access_administratorship"),
    ]
