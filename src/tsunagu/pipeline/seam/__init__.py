"""The seam: the only door through which the desk learns from the analytic half, and tells it something.

Plain frozen dataclasses and Arrow tables go through; no table, file or connection of the store does.
"""

from tsunagu.judgement.explain import Reason
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.data_state.timing import Freshness
from tsunagu.pipeline.disclosure import Disclosure, Figure
from tsunagu.pipeline.explain import ChildNotFoundError
from tsunagu.pipeline.manifest import RunNotFoundError
from tsunagu.pipeline.seam.child import (
    ChildHead,
    ChildRecord,
    ContactPoint,
    ContactPoints,
    Covered,
    Fact,
    FactValue,
    ReasonNeededError,
    Relative,
    fetch_child,
    fetch_contact_points,
    list_heads,
    list_households,
)
from tsunagu.pipeline.seam.data_state import (
    Basis,
    DataOverview,
    FeedOverview,
    FeedProblem,
    MatchShare,
    MonthMark,
    describe_data_state,
)
from tsunagu.pipeline.seam.directory import DIRECTORY, list_directory
from tsunagu.pipeline.seam.files import FileLook, list_feed_titles, look_at_file
from tsunagu.pipeline.seam.listed import ChildResult, Difficulty, PackResult, Silence, list_children
from tsunagu.pipeline.seam.mappings import MappingRow, MappingRows, read_mapping, write_answers
from tsunagu.pipeline.seam.opening import PurposeRefusedError, Seam, open_seam
from tsunagu.pipeline.seam.problems import (
    DeliveredFile,
    ProblemKind,
    RowProblem,
    list_delivered_files,
    list_row_problems,
    write_problem_book,
)
from tsunagu.pipeline.seam.recording import (
    Contact,
    ContactWay,
    Correction,
    DecisionsRefusedError,
    Entry,
    LinkDecision,
    Outcome,
    OutcomeKind,
    Recorded,
    StopUse,
    TakingBack,
    record_decisions,
)
from tsunagu.pipeline.seam.review import (
    ComparedField,
    Comparison,
    ReviewPair,
    ReviewQueue,
    is_review_hidden,
    list_review_pairs,
)
from tsunagu.pipeline.seam.runs import PackRun, RunDescription, describe_run
from tsunagu.pipeline.seam.search_keys import key_birth, key_child, read_search_key
from tsunagu.pipeline.wording import show_figure, show_grade

__all__ = [
    "DIRECTORY",
    "Basis",
    "ChildHead",
    "ChildNotFoundError",
    "ChildRecord",
    "ChildResult",
    "ComparedField",
    "Comparison",
    "Contact",
    "ContactPoint",
    "ContactPoints",
    "ContactWay",
    "Correction",
    "Covered",
    "DataOverview",
    "DecisionsRefusedError",
    "DeliveredFile",
    "Difficulty",
    "Disclosure",
    "Entry",
    "Fact",
    "FactValue",
    "FeedOverview",
    "FeedProblem",
    "Figure",
    "FileLook",
    "Freshness",
    "LinkDecision",
    "MappingRow",
    "MappingRows",
    "MatchShare",
    "MonthMark",
    "Outcome",
    "OutcomeKind",
    "PackResult",
    "PackRun",
    "Phrase",
    "ProblemKind",
    "PurposeRefusedError",
    "Reason",
    "ReasonNeededError",
    "Recorded",
    "Relative",
    "ReviewPair",
    "ReviewQueue",
    "RowProblem",
    "RunDescription",
    "RunNotFoundError",
    "Seam",
    "Silence",
    "StopUse",
    "TakingBack",
    "describe_data_state",
    "describe_run",
    "fetch_child",
    "fetch_contact_points",
    "is_review_hidden",
    "key_birth",
    "key_child",
    "list_children",
    "list_delivered_files",
    "list_directory",
    "list_feed_titles",
    "list_heads",
    "list_households",
    "list_review_pairs",
    "list_row_problems",
    "look_at_file",
    "open_seam",
    "read_mapping",
    "read_search_key",
    "record_decisions",
    "show_figure",
    "show_grade",
    "write_answers",
    "write_problem_book",
]
