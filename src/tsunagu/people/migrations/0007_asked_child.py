from django.db import migrations

from tsunagu.access.row_policies import RightPolicy, write_condition
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE

TABLE = "people_search_key"


class Migration(migrations.Migration):
    dependencies = [("people", "0006_search_keys"), ("access", "0016_breaking_policies")]

    operations = [
        RightPolicy(
            read_statement(
                PACKAGE, "see_asked", table=TABLE, holds=write_condition(TABLE, Right.BREAK_GLASS)
            ),
            read_statement("tsunagu.access", "drop_policy", policy="see_asked", table=TABLE),
        ),
    ]
