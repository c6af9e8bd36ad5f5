"""The tables that leave this stage."""

from tsunagu.vocabulary.tables import Table, Zone, day, flag, identifier, integer, number, text

POPULATION = Table(
    zone=Zone.RUNS,
    name="population",
    grain="one child of the day, unborn children and unmatched records included",
    columns=(
        identifier("person_id", "the child"),
        integer(
            "age_months", "calendar months since the month of birth", null="unborn or unknown", unit="months"
        ),
        integer("age_years", "completed years", null="unborn or unknown", unit="years"),
        integer("school_cohort", "school year of birth, 1 April counted to the year before", null="unknown"),
        text("grade", "school grade", null="no municipal school, or this year's list not yet delivered"),
        text("school_id", "school", null="no municipal school, or this year's list not yet delivered"),
        text("facility_id", "nursery", null="in none"),
        text("district", "register's district code", null="unknown, or hidden by address protection"),
        text("sex", "male or female", null="unknown"),
        flag("is_registered", "stands in the resident register as a resident"),
        flag("is_unborn", "known from a pregnancy only"),
        identifier("household_id", "household on the day", null="none known"),
    ),
    key=("person_id",),
)

INDICATOR_VALUE = Table(
    zone=Zone.RUNS,
    name="indicator_value",
    grain="one child and one indicator",
    columns=(
        identifier("person_id", "the child"),
        text("indicator", "id of the indicator"),
        text("state", "value, nothing or unknown"),
        number("value", "the figure, in the indicator's unit", null="no value, or one in words"),
        text("text_value", "the code or word", null="no value, or a figure"),
        text("unknown_reason", "why it is unknown", null="not unknown"),
        flag("is_lower_bound", "rows were found, but the time that matters is not wholly covered"),
        day(
            "latest_event_on",
            "day of the latest row behind it",
            null="no row, or a state without a first day",
        ),
        day("latest_known_from", "day we learned of the last of the rows", null="no row"),
        integer("evidence_rows", "rows behind it; for household indicators relatives", unit="rows"),
        text("feeds", "feeds of the rows by name; of more than two, the first and the last", null="no row"),
    ),
    key=("person_id", "indicator"),
)
