"""What an edited workbook would change: in words, as files of the overlay, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tsunagu.catalog.loading import Entry
from tsunagu.catalog.municipality import Kind
from tsunagu.catalog.workbooks.differences import Difference
from tsunagu.catalog.workbooks.sheets import CellFault
from tsunagu.catalog.workbooks.yaml_lines import YamlLines

Entries = Mapping[tuple[Kind, str], Entry]
"""The municipality's own entries."""


@dataclass(slots=True)
class Change:
    """What a workbook would change.

    `replaced`: shipped entries that would read differently from now on. `left`: entries that the workbook does not
    mention, and that stay as they are. `files`: what would be written, each line with the cell it came from; `kept`:
    files that stay, with the cells where their problems can be corrected.
    """

    differences: list[Difference] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    files: dict[str, YamlLines] = field(default_factory=dict)
    kept: dict[str, YamlLines] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """What would be written, by path below the overlay's `definitions/`."""
        return {name: lines.text for name, lines in self.files.items()}
