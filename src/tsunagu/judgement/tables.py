"""The tables that leave judgement; each is a temporary table `runs_<name>` until the run commits."""

from tsunagu.vocabulary.tables import Table, Zone, day, flag, identifier, integer, number, text

JUDGEMENT = Table(
    zone=Zone.RUNS,
    name="judgement",
    grain="one child judged by one pack",
    columns=(
        identifier("person_id", "the child"),
        text("pack", "pack"),
        integer("pack_version", "its version"),
        text("purpose", "its purpose"),
        text("need_level", "urgent, high, medium, watch, unknown or no_finding; none of them means safe"),
        integer("need_rank", "the level as a number for ordering; higher is louder"),
        text("wording", "the level in Japanese words"),
        text("points_level", "the level before red flags"),
        text("overall_class", "result of the look-up table", null="a pack without one"),
        integer("points", "sum of points", unit="points"),
        integer("filled_items", "items answered by records"),
        integer("blank_items", "items people fill in, or whose data is not registered for the purpose"),
        integer("unknown_items", "items the records should answer and do not"),
        text("difficulties", "kinds of difficulty with any point, separated by spaces; may be empty"),
        flag("red_flag", "a red flag is met"),
        flag("is_listed", "to be put before people"),
        day("expires_on", "first day the result no longer counts"),
    ),
    key=("person_id", "pack"),
)

DOMAIN_SCORE = Table(
    zone=Zone.RUNS,
    name="domain_score",
    grain="one domain of one pack for one child",
    columns=(
        identifier("person_id", "the child"),
        text("pack", "pack"),
        integer("pack_version", "its version"),
        text("domain", "domain"),
        day("as_of", "the day it speaks for"),
        integer("points", "sum of points", unit="points"),
        number(
            "score", "points over the most that the filled items can give, times 10", null="no filled item"
        ),
        integer("filled_items", "items answered by records"),
        integer("blank_items", "items people fill in, or not registered"),
        integer("unknown_items", "items the records should answer and do not"),
        text("change", "worse, better, same or not_comparable since the earlier result", null="none given"),
        integer("earlier_points", "points then", null="no earlier result", unit="points"),
    ),
    key=("person_id", "pack", "domain"),
)

REASON = Table(
    zone=Zone.RUNS,
    name="reason",
    grain="one fact behind one row or red flag of one pack for one child",
    columns=(
        identifier("person_id", "the child"),
        text("pack", "pack"),
        integer("pack_version", "its version"),
        text("part", "item, red flag or protective fact"),
        integer("position", "the condition's order within the pack, from 1; 0 = no condition"),
        text("kind", "raises, floor, protective, value, unknown or blank"),
        text("indicator", "indicator", null="a row people fill in"),
        integer("points", "points given", unit="points"),
        text("strength", "weak, medium or strong", null="gives no points"),
        flag("is_certain_minimum", "more points are possible: part of the time or of the data is not known"),
        number("value", "value of the indicator", null="unknown, nothing, or a word"),
        text("text_value", "the word", null="a number, or none"),
        flag("is_lower_bound", "the true value may be higher"),
        text("comparison", "at_least, at_most, is_one_of, is_nothing or shows", null="a row people fill in"),
        number("threshold", "the number compared with", null="not compared with a number"),
        text("direction", "more, less or category: which way is heavier", null="not compared"),
        number("cohort_median", "median of the same school cohort", null="fewer than 20 known values"),
        number("cohort_p90", "90th percentile of the same school cohort", null="fewer than 20 known values"),
        text("unknown_reason", "why it is unknown or blank", null="it is known"),
        day("latest_event_on", "day of the latest event behind the value", null="no event"),
        day("latest_known_from", "day we learned of it", null="no event"),
        integer("evidence_rows", "records behind the value", null="unknown", unit="rows"),
        text("feeds", "feeds the records came by, separated by commas", null="no record"),
    ),
    key=("person_id", "pack", "part", "position"),
)

SILENCE = Table(
    zone=Zone.RUNS,
    name="silence",
    grain="one child of the population; independent of every pack",
    columns=(
        identifier("person_id", "the child"),
        text("state", "seen, never_seen (nobody did while the sources spoke), unknown, or not_born"),
        text(
            "why",
            "reason it is unknown or not listed; removed_from_register, in_no_school, overdue_birth",
            null="seen",
        ),
        day("last_seen_on", "latest day anybody saw the child", null="none on record"),
        day("latest_known_from", "day we learned of it", null="none on record"),
        text("feeds", "feeds of the sightings, separated by commas", null="none on record"),
        integer(
            "days_unseen", "days since; without a sighting, at least so many", null="unknown", unit="days"
        ),
        flag("is_partly_known", "some source has not spoken for all the days since"),
        text("band", "stage of childhood, in Japanese", null="not yet born"),
        integer("listed_after_days", "days from which it is said aloud", null="never listed", unit="days"),
        flag("is_listed", "to be put before people"),
        flag("is_urgent", "at the top of that list"),
    ),
    key=("person_id",),
)

AUDIT_SAMPLE = Table(
    zone=Zone.RUNS,
    name="audit_sample",
    grain="one child drawn by chance from those a purpose does not list; for the coordinator's eyes only",
    columns=(
        text("purpose", "purpose"),
        integer("draw", "order of the draw, from 1"),
        identifier("person_id", "the child"),
    ),
    key=("purpose", "draw"),
)

TABLES: tuple[Table, ...] = (JUDGEMENT, DOMAIN_SCORE, REASON, SILENCE, AUDIT_SAMPLE)
