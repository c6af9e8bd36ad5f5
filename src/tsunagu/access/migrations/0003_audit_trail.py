from django.db import migrations

from tsunagu.trail.tables import list_making, list_unmaking


class Migration(migrations.Migration):
    dependencies = [("access", "0002_row_policies")]

    operations = [migrations.RunSQL((*list_making(),), (*list_unmaking(),))]
