"""The drafted reading of an unknown file, for people to answer at the desk before another person lets it be used."""

from collections.abc import Mapping
from pathlib import Path

from tsunagu.intake.drafting.answering import MappingRow, MappingRows, answer_mapping, read_mapping_rows
from tsunagu.pipeline.seam.opening import Seam

__all__ = ["MappingRow", "MappingRows", "read_mapping", "write_answers"]


def read_mapping(seam: Seam, path: Path) -> MappingRows:
    """A draft's workbook as rows.

    Raises:
        UnreadableWorkbookError: it is none.
    """
    return read_mapping_rows(seam.catalog, path)


def write_answers(seam: Seam, path: Path, answers: Mapping[tuple[str, int], Mapping[str, str]]) -> None:
    """Put answers into a draft's workbook, all of them or none.

    Raises:
        UnreadableWorkbookError: it is none.
        WorkbookFaultsError: an answer that cannot be.
    """
    answer_mapping(seam.catalog, path, answers)
