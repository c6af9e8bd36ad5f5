from django.db import migrations

from tsunagu.access.row_policies import (
    ask_reason,
    create_policy,
    force_row_security,
    mask_protected,
    show_by_right,
)
from tsunagu.catalog.roles import Right
from tsunagu.people import PACKAGE

DIRECTORY = "people_directory"
CHILD = "people_child"
PLACE = "people_place"
CONTACT = "people_contact"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_children"), ("access", "0005_relationship_policies")]

    operations = [
        *(
            step
            for table in (DIRECTORY, CHILD, PLACE, CONTACT)
            for step in (
                force_row_security(table),
                create_policy(PACKAGE, "add_as_owner", table),
                create_policy(PACKAGE, "clear_as_owner", table),
            )
        ),
        show_by_right(DIRECTORY, Right.FIND),
        show_by_right(CHILD, Right.HEAD),
        show_by_right(PLACE, Right.HEAD),
        mask_protected(PLACE),
        show_by_right(CONTACT, Right.CONTACT),
        show_by_right(CONTACT, Right.CONTACT_WITH_REASON),
        ask_reason(CONTACT),
        mask_protected(CONTACT),
    ]
