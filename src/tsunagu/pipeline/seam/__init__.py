"""The seam: the only door through which the desk learns from the analytic half, and tells it something.

Plain frozen dataclasses and Arrow tables go through; no table, file or connection of the store does.
"""

from tsunagu.pipeline.seam.listed import ChildResult, Difficulty, PackResult, Silence, list_children
from tsunagu.pipeline.seam.opening import PurposeRefusedError, Seam, open_seam
from tsunagu.pipeline.seam.runs import PackRun, RunDescription, describe_run

__all__ = [
    "ChildResult",
    "Difficulty",
    "PackResult",
    "PackRun",
    "PurposeRefusedError",
    "RunDescription",
    "Seam",
    "Silence",
    "describe_run",
    "list_children",
    "open_seam",
]
