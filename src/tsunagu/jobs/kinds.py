"""The kinds of work there are, how far a piece of it is, and who may ask for it."""

from enum import StrEnum

from tsunagu.catalog.roles import Right

NAME_LENGTH = 32


class Kind(StrEnum):
    """One task of the worker each; see `tasks`."""

    FETCH_CHILD = "fetch_child"
    """One child who is on no list, for one purpose. Whether the asker may see the child is for the task to ask."""
    LOAD_DIRECTORY = "load_directory"
    RECEIVE_RUN = "receive_run"
    RETURN_DECISIONS = "return_decisions"
    CHECKPOINT = "checkpoint"
    LOAD_FILES = "load_files"
    RUN_ANALYSIS = "run_analysis"
    DRAFT_MAPPING = "draft_mapping"
    KEEP_MAPPING = "keep_mapping"


class State(StrEnum):
    """How far a piece of work is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    """It said in its own words why it could not be done; nothing was changed."""
    FAILED = "failed"
    """A fault of ours."""
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.REFUSED, State.FAILED, State.CANCELLED})

# What one must have the right to, in order to ask for it. Kinds that are not here only the clock asks for; a child may
# be asked for by anybody, and is looked at with the asker's own rights.
RIGHTS: dict[Kind, Right] = {
    Kind.LOAD_DIRECTORY: Right.RUN_ANALYSIS,
    Kind.RECEIVE_RUN: Right.RUN_ANALYSIS,
    Kind.RETURN_DECISIONS: Right.RUN_ANALYSIS,
    Kind.LOAD_FILES: Right.LOAD_DATA,
    Kind.RUN_ANALYSIS: Right.RUN_ANALYSIS,
    Kind.DRAFT_MAPPING: Right.LOAD_DATA,
    Kind.KEEP_MAPPING: Right.APPROVE_MAPPING,
}
