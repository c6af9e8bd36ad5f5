"""The identity zone's tables: names, addresses, birth dates and links. Closed to the analyst's side."""

from tsunagu.vocabulary.tables import Table, Zone, day, flag, identifier, integer, number, text

RECORD = Table(
    zone=Zone.IDENTITY,
    name="record",
    grain="one version of one source record that says who somebody is",
    columns=(
        identifier("subject_id", "a person within one source system"),
        identifier("record_id", "keyed hash of feed and record key"),
        text("system", "source system"),
        text("source_key", "the system's own key, as written"),
        text("atena_number", "the municipality's in-house person key", null="not carried by this system"),
        text("name", "full name as written", null="not given"),
        text("name_folded", "comparable form", null="not given"),
        text("kana", "reading as written", null="not given"),
        text("kana_folded", "comparable form", null="not given"),
        text("other_name_folded", "roman or common name (通称), comparable form", null="none"),
        day("birth_date", "date of birth", null="unknown or only partly known"),
        text("birth_date_text", "date of birth as written", null="not given"),
        text("sex", "male or female", null="not given"),
        text("postal_code", "digits only", null="not given"),
        text("address", "as written, parts joined", null="not given"),
        text("address_folded", "comparable form", null="not given"),
        text("phone_folded", "digits only", null="not given"),
        text("guardian_name_folded", "comparable form", null="not given"),
        text("mother_atena_number", "in-house key of the pregnant woman", null="not a pregnancy"),
        day("due_on", "expected date of birth", null="not a pregnancy"),
        text("household_number", "register's household", null="not from the register"),
        text("relationship_code", "relationship to the head, two digits", null="not from the register"),
        text("district", "register's district code", null="not from the register"),
        text("resident_status", "resident, moved_out, deceased or removed", null="not from the register"),
        day("resident_from", "day the person became a resident", null="not from the register"),
        day("removed_on", "day residence ended or of death", null="still resident"),
        identifier(
            "history_number", "register's history number × 1000 + branch", null="not from the register"
        ),
        flag("is_latest", "register says this is the current row", null="not from the register"),
        day("changed_on", "day of the change the row records", null="not given"),
        day("known_from", "day the scheme learned of it"),
        text("feed", "feed"),
        text("file_id", "file"),
        identifier("row", "row in the file"),
    ),
    key=("record_id", "known_from"),
)

RECORD_CLOSURE = Table(
    zone=Zone.IDENTITY,
    name="record_closure",
    grain="one version of an identity record that a later delivery ended",
    columns=(
        identifier("record_id", "the source record"),
        day("version_known_from", "known_from of the ended version"),
        day("known_to", "day from which it no longer counts as known"),
        text("feed", "feed whose delivery ended it"),
        text("file_id", "file that ended it"),
    ),
    key=("record_id", "version_known_from"),
)

PERSON_REGISTRY = Table(
    zone=Zone.IDENTITY,
    name="person_registry",
    grain="one person id ever given; append-only",
    columns=(
        identifier("person_id", "keyed hash of the anchor"),
        text("anchor", "what the id was made from: atena:<number> or subject:<id>"),
    ),
    key=("person_id",),
)

LINK = Table(
    zone=Zone.IDENTITY,
    name="link",
    grain="one subject linked to one person as of one day",
    columns=(
        identifier("subject_id", "a person within one source system"),
        identifier("person_id", "the person"),
        text("system", "source system"),
        text("rule", "the rule that linked them"),
        text("feed", "feed of the record the rule read"),
        day("known_from", "day from which the link could be made"),
    ),
    key=("subject_id",),
)

MATCH = Table(
    zone=Zone.IDENTITY,
    name="match",
    grain="one record outside the register and one candidate for it, best first, as of one day",
    columns=(
        identifier("subject_id", "a person within one source system"),
        integer("place", "1 for the best candidate"),
        text("system", "source system"),
        identifier("person_id", "the candidate", null="nobody comes into question"),
        text(
            "decision",
            "link: joined; review: for people to look at, a person of its own until then; none; rival: a further"
            " candidate of the same record",
        ),
        text("rule", "the rule that linked, weight for all fields together, opened"),
        integer(
            "match_millibits",
            "log2 of the odds that the two are one person, all rivals heard",
            null="not weighed: in-house key, birth of a pregnancy, nobody comes into question",
            unit="1/1000 bit",
        ),
        number("match_probability", "the same as a probability", null="not weighed"),
        identifier("pattern", "how each field compares, packed (linkage/levels.py)", null="an exact rule"),
        integer("prior_millibits", "before anything is compared", null="an exact rule", unit="1/1000 bit"),
        integer(
            "rarity_millibits", "how rare the shared values are", null="an exact rule", unit="1/1000 bit"
        ),
        integer(
            "support_millibits",
            "whether the guardian named lives there",
            null="an exact rule",
            unit="1/1000 bit",
        ),
        integer(
            "relative_millibits",
            "taken off because a relative would look like this too",
            null="an exact rule",
            unit="1/1000 bit",
        ),
        integer(
            "rivals_millibits", "taken off for rivals and for nobody", null="an exact rule", unit="1/1000 bit"
        ),
        text(
            "held_back",
            "why a heavy pair is not joined unseen: sex, number or thin (no date of birth, and neither address nor"
            " telephone agrees)",
            null="nothing speaks against it",
        ),
    ),
    key=("subject_id", "place"),
)

MATCH_FIELD = Table(
    zone=Zone.IDENTITY,
    name="match_field",
    grain="one field of one pattern of comparison met in a run: what it weighs",
    columns=(
        identifier("pattern", "how each field compares, packed (linkage/levels.py)"),
        integer("place", "the order in which fields are told"),
        text(
            "field", "surname, given_name, birth_date, sex, address, phone, or together: what changed at once"
        ),
        text("comparison", "how the field compares, in words; never a value", null="no words needed"),
        integer("same_millibits", "for one person against strangers", unit="1/1000 bit"),
        integer("relative_millibits", "for a relative against strangers", unit="1/1000 bit"),
    ),
    key=("pattern", "place"),
)

REVIEW_DECISION = Table(
    zone=Zone.IDENTITY,
    name="review_decision",
    grain="one decision of a person about two ids; append-only, a later row for the same two takes its place",
    columns=(
        identifier("sequence", "counts up; the later of two rows for one pair counts"),
        identifier("one_id", "a record's (subject) id or a person's, the smaller of the two"),
        identifier("other_id", "the other"),
        text("decision", "same, different, unsure (cannot tell), or undo (as if nothing had been decided)"),
        text("reason", "why, in the words of whoever decided"),
        text("decided_by", "who decided"),
        day("known_from", "day from which it counts"),
    ),
    key=("sequence",),
)

REVIEW_CONFLICT = Table(
    zone=Zone.IDENTITY,
    name="review_conflict",
    grain="one contradiction that a run met among decisions, or between them and the records",
    columns=(
        text(
            "kind",
            "two_people: chained to two of the register; different: chained together and told apart;"
            " two_links: decided the same, but their in-house keys or names lead to two people;"
            " cut: decided different, but both led to one person",
        ),
        identifier("one_id", "one of the two ids that show it"),
        identifier("other_id", "the other"),
        integer("members", "how many ids it concerns"),
    ),
    key=("kind", "one_id", "other_id"),
)

PERSON_LINEAGE = Table(
    zone=Zone.IDENTITY,
    name="person_lineage",
    grain="records that stood on one person in the run before and stand on another now",
    columns=(
        identifier("old_person_id", "the person in the run before"),
        identifier("new_person_id", "the person now"),
        text(
            "reason",
            "joined: the old person's records all stand on the new one, and the old id is gone; split: only some do, or"
            " they went to several",
        ),
        text("rule", "the rule that put them on the new person; the first by name where several did"),
        integer("records", "how many"),
        text("earlier_run_id", "the run before"),
    ),
    key=("old_person_id", "new_person_id"),
)

LINK_VERSION = Table(
    zone=Zone.IDENTITY,
    name="link_version",
    grain="one version of what weighing rests on; append-only, made by `tsunagu link learn` and by the first run",
    columns=(
        text("version_id", "hash of the day, of all its numbers and of its place in the order of learning"),
        integer("number", "counts up in the order of learning"),
        day("as_of", "day whose knowledge it was learned from"),
        text("basis_hash", "hash of the files and decisions known then"),
        text("content_hash", "canonical hash of its parameters and frequencies"),
        text("frequency_hash", "canonical hash of its frequencies"),
        text("earlier_version_id", "the version in force before it", null="the first for its day"),
        text("program_version", "program that learned it"),
    ),
    key=("version_id",),
)

LINK_PARAMETER = Table(
    zone=Zone.IDENTITY,
    name="link_parameter",
    grain="one number of one version",
    columns=(
        text("kind", "what it is (linkage/model.py)"),
        text("name", "the field, system, rule or kind of value it is about; empty where there is one only"),
        integer("place", "the level, age (1 for children) or position"),
        identifier("value", "shares (log2) and odds in 1/1000 bit; or a count"),
    ),
    key=("kind", "name", "place"),
)

LINK_FREQUENCY = Table(
    zone=Zone.IDENTITY,
    name="link_frequency",
    grain="one value that at least two records had when the version was learned",
    columns=(
        text("kind", "surname, birth, phone, site, ...; within a decade of birth as given|<decade>"),
        identifier("value_key", "keyed hash of the value"),
        integer("people", "records that had it"),
    ),
    key=("kind", "value_key"),
)

LINK_SPELLING = Table(
    zone=Zone.IDENTITY,
    name="link_spelling",
    grain="one spelling of somebody of the register, with what it is found by; worked out anew wherever it is missing",
    columns=(
        identifier("spelling_key", "hash of the spelling as written"),
        text("surname", "comparable form", null="not given"),
        text("given", "comparable form", null="not given"),
        text("surname_sound", "loose reading", null="not known"),
        text("given_sound", "loose reading", null="not known"),
        integer("birth", "date of birth as YYYYMMDD", null="not given"),
        text("town", "words of the address", null="not given"),
        integer("number_1", "first number of the address", null="none"),
        integer("number_2", "second number", null="none"),
        integer("number_3", "third number", null="none"),
        identifier("phone", "1 and the digits", null="not given"),
        text("words", "rarest shared words of an address in Latin letters, parted by spaces", null="none"),
    ),
    key=("spelling_key",),
)

LINK_NIGHT = Table(
    zone=Zone.IDENTITY,
    name="link_night",
    grain="one segment of identity.record or of a table of facts that the run whose links the next night builds on had read",
    columns=(
        text("run_id", "the run"),
        day("as_of", "its day"),
        text("segment", "path of the segment"),
    ),
)

LINK_REACH = Table(
    zone=Zone.IDENTITY,
    name="link_reach",
    grain="one way by which somebody else's change can reach a person or a record; some may be out of date",
    columns=(
        identifier("owner_id", "a person's or a record's (subject) id"),
        text(
            "kind",
            "key: an exact key; home: a household ever lived in, or the mother's; number: the person whose in-house number a"
            " record carries; spelling: see link_spelling; waits: a record that the exact keys left",
        ),
        identifier(
            "reach_key", "keyed hash of the key, id of the household, person or spelling; 0 for waits"
        ),
    ),
    key=("owner_id", "kind", "reach_key"),
)
