from django.db import migrations

from tsunagu.cases import PACKAGE
from tsunagu.database.statements import read_statement

ACCESS = "tsunagu.access"
READ = ("cases_decision", "cases_taking_back")


def run_both_ways(there: str, back: str, **names: str) -> migrations.RunSQL:
    return migrations.RunSQL(read_statement(PACKAGE, there, **names), read_statement(PACKAGE, back, **names))


def open_to_owner(table: str) -> migrations.RunSQL:
    # Past decisions of all purposes are read once; their policies show those of the purpose in force alone.
    return migrations.RunSQL(
        read_statement(ACCESS, "release_row_security", table=table),
        read_statement(ACCESS, "force_row_security", table=table),
    )


def close_again(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        read_statement(ACCESS, "force_row_security", table=table),
        read_statement(ACCESS, "release_row_security", table=table),
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_entry_policies"), ("access", "0014_followed_policies")]

    operations = [
        *map(open_to_owner, READ),
        run_both_ways("fill_following", "clear_following"),
        *map(close_again, READ),
        run_both_ways("create_following", "drop_following"),
        *(run_both_ways("follow_when_written", "keep_following_apart", table=table) for table in READ),
    ]
