from django.db import migrations
from django.db.migrations import RunSQL

from tsunagu.access.row_policies import (
    RightPolicy,
    close_sealed,
    create_policy,
    force_row_security,
    mask_places,
    mask_protected,
    match_purpose,
    show_by_lane,
    show_by_right,
    write_condition,
)
from tsunagu.catalog.roles import Right
from tsunagu.database.statements import read_statement
from tsunagu.people import PACKAGE

ACCESS = "tsunagu.access"
DIRECTORY = "people_directory"
CHILD = "people_child"
PLACE = "people_place"
CONTACT = "people_contact"
FETCHED = "people_fetched"
OPENING = "people_opening"
FACT = "people_fact"
COUNT = "people_fact_count"
RELATIVE = "people_relative"


def drop_policy(policy: str, table: str) -> str:
    return read_statement(ACCESS, "drop_policy", policy=policy, table=table)


def exchange_policy(old: str, new: str, table: str) -> RunSQL:
    """Rows of named children go, where all rows could."""
    return RunSQL(
        (drop_policy(old, table), read_statement(PACKAGE, new, table=table)),
        (drop_policy(new, table), read_statement(PACKAGE, old, table=table)),
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0003_fetched_children"), ("access", "0008_seals")]

    operations = [
        exchange_policy("clear_as_owner", "take_away_as_owner", CHILD),
        exchange_policy("clear_as_owner", "take_away_purpose_as_owner", CONTACT),
        *(
            step
            for table in (FACT, COUNT, RELATIVE)
            for step in (
                force_row_security(table),
                create_policy(PACKAGE, "add_as_owner", table),
                create_policy(PACKAGE, "take_away_purpose_as_owner", table),
            )
        ),
        *(
            step
            for table in (FETCHED, OPENING)
            for step in (
                force_row_security(table),
                create_policy(ACCESS, "keep_as_owner", table),
                show_by_right(table, Right.HEAD),
            )
        ),
        RightPolicy(
            read_statement(PACKAGE, "open_child", holds=write_condition(OPENING, Right.HEAD)),
            drop_policy("open_child", OPENING),
        ),
        show_by_lane(FACT, Right.FACTS),
        show_by_lane(COUNT, Right.FACT_COUNTS),
        show_by_right(RELATIVE, Right.HEAD),
        mask_places(FACT),
        mask_protected(RELATIVE),
        *(match_purpose(table) for table in (CONTACT, FETCHED, OPENING, FACT, COUNT, RELATIVE)),
        *(close_sealed(table) for table in (DIRECTORY, CHILD, PLACE, CONTACT)),
        *(close_sealed(table) for table in (FETCHED, OPENING, FACT, COUNT, RELATIVE)),
        close_sealed(RELATIVE, "relative_id"),
    ]
