"""The facts zone's own tables, beside the one table per item that the catalogue declares.

No name, address, telephone number or full birth date is ever written here.
"""

from tsunagu.vocabulary.tables import Table, Zone, day, flag, identifier, integer, text

CLOSURE = Table(
    zone=Zone.FACTS,
    name="closure",
    grain="one version of a source record that a later delivery ended",
    columns=(
        text("item", "fact table the version is in"),
        identifier("record_id", "the source record"),
        day("version_known_from", "known_from of the ended version"),
        day("known_to", "day from which the version no longer counts as known (exclusive bound)"),
        text("feed", "feed whose delivery ended it"),
        text("file_id", "file that ended it"),
    ),
    key=("item", "record_id", "version_known_from"),
)

COVERAGE = Table(
    zone=Zone.FACTS,
    name="coverage",
    grain="one stretch of time that one delivery speaks for, per item and scope",
    columns=(
        text("item", "fact table"),
        text("feed", "feed"),
        text("scope_kind", "municipality, school or facility"),
        text("scope_id", "source code of the school or facility; '*' for the whole municipality"),
        day("covers_from", "first day spoken for"),
        day("covers_to", "first day no longer spoken for"),
        day("known_from", "day the delivery was known"),
        day(
            "known_to", "day from which it no longer counts: the delivery was withdrawn", null="still counts"
        ),
        text("file_id", "file"),
    ),
)

SUBJECT_PERSON = Table(
    zone=Zone.FACTS,
    name="subject_person",
    grain="one subject of one source system, linked as of one day",
    columns=(
        identifier("subject_id", "a person within one source system"),
        identifier("person_id", "the person"),
    ),
    key=("subject_id",),
)

PERSON = Table(
    zone=Zone.FACTS,
    name="person",
    grain="one person known as of one day",
    columns=(
        identifier("person_id", "the person"),
        day("birth_month", "first day of the month of birth", null="unknown, or not yet born"),
        integer(
            "school_cohort",
            "year on whose 2 April the birth cohort begins (born 2 April 2015 to 1 April 2016: 2015)",
            null="unknown",
        ),
        day("due_month", "first day of the month a birth is expected", null="not an unborn child"),
        text("sex", "male or female", null="unknown or not recorded"),
        text("district", "register's district code", null="unknown, or hidden by address protection"),
        flag("is_registered", "stands in the resident register as a resident"),
        day(
            "resident_from",
            "first day of the present residence",
            null="not registered, or before the records",
        ),
        day("resident_to", "first day no longer resident", null="still resident or never registered"),
        day("died_on", "day of death", null="not known to have died"),
        day("first_known_from", "day the scheme first learned of the person"),
        text("opened_by", "register, or the feed whose unmatched record opened the person"),
    ),
    key=("person_id",),
)

MEMBERSHIP = Table(
    zone=Zone.FACTS,
    name="membership",
    grain="one person's stay in one household",
    columns=(
        identifier("person_id", "the person"),
        identifier("household_id", "the household, a meaningless id"),
        text("role", "head, spouse, child, parent, sibling, grandchild, other", null="not recorded"),
        day("valid_from", "first day", null="since before the records"),
        day("valid_to", "first day no longer there", null="still there"),
    ),
)

KIN = Table(
    zone=Zone.FACTS,
    name="kin",
    grain="one directed relation between two persons",
    columns=(
        identifier("person_id", "the person"),
        identifier("relative_id", "the relative"),
        text("relation", "parent, child, sibling, spouse, grandparent (what the relative is to the person)"),
        text("confidence", "certain, likely or possible, from the relationship codes"),
    ),
)

DESK_DECISION = Table(
    zone=Zone.FACTS,
    name="desk_decision",
    grain="one thing that people did or decided at the desk; append-only, without any text of theirs",
    columns=(
        text("desk_id", "the desk's own id of the entry"),
        text("content_hash", "SHA-256 of the whole entry: the same again is no work"),
        text(
            "kind",
            "contact, outcome, correction, stop_use, taking_back (of another entry), linkage (see"
            " identity.review_decision)",
        ),
        identifier("subject_id", "the record it is kept under", null="about no one child"),
        text("purpose", "purpose it was done for", null="neither contact nor outcome"),
        text("item", "the item", null="neither correction nor stop_use"),
        day("occurred_on", "day it happened or was said", null="about no one child"),
        text("code", "how the contact was made, or what was decided", null="neither contact nor outcome"),
        flag("saw_child", "whether the child was seen", null="not a contact"),
        text("about", "desk_id of the entry taken back", null="takes nothing back"),
        identifier(
            "sighting_id",
            "record of facts.council_contact made of it",
            null="not a sighting, or not registered",
        ),
        day("known_from", "day it was recorded, from which it counts (JST)"),
    ),
    key=("desk_id",),
)
