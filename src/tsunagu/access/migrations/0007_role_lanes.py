from django.db import migrations, models

from tsunagu.access.row_policies import create_policy, force_row_security

ACCESS = "tsunagu.access"
LANES = "access_rolelane"


class Migration(migrations.Migration):
    dependencies = [("access", "0006_hand_over")]

    operations = [
        migrations.CreateModel(
            name="RoleLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=64, verbose_name="役割")),
                ("lane", models.CharField(max_length=64, verbose_name="部署")),
            ],
            options={
                "verbose_name": "役割の部署",
                "constraints": [
                    models.UniqueConstraint(fields=("role", "lane"), name="role_lane_stands_once")
                ],
            },
        ),
        force_row_security(LANES),
        create_policy(ACCESS, "see_with_context", LANES),
        create_policy(ACCESS, "keep_as_owner", LANES),
    ]
