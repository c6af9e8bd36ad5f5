"""The three-valued result: a value, nothing happened, or unknown with its reason."""

from enum import StrEnum


class Knowledge(StrEnum):
    """What we may say about an indicator for one child."""

    VALUE = "value"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class UnknownReason(StrEnum):
    """Why an indicator is unknown. Not the same as "did not happen"."""

    NOT_LOADED = "not_loaded"
    MOVED_IN_LATER = "moved_in_later"
    NOT_APPLICABLE = "not_applicable"
    NEW_SCHOOL_YEAR = "new_school_year"
    STALE = "stale"
    NOT_LINKED = "not_linked"
