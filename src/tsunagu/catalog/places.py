"""What a municipality calls its schools, facilities and districts: words for screens, by the codes in its files."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from tsunagu.catalog.problems import DefinitionProblem
from tsunagu.catalog.validation import build_model
from tsunagu.catalog.words import Definition
from tsunagu.catalog.yaml_text import read_yaml

FILE_NAME = "places.yaml"
_Code = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(min_length=1)]


class PlaceKind(StrEnum):
    """What a code may stand for."""

    SCHOOL = "school"
    FACILITY = "facility"
    DISTRICT = "district"


class PlaceNames(Definition):
    """`places.yaml`, which may be missing: the names of places, which no result rests on.

    A code without a name is shown as it stands in the departments' files.
    """

    schools: dict[_Code, _Name] = Field(default_factory=dict)
    """学校コード → name."""
    facilities: dict[_Code, _Name] = Field(default_factory=dict)
    """施設コード of nurseries → name."""
    districts: dict[_Code, _Name] = Field(default_factory=dict)
    """町字コード of the resident register → name."""

    def find_name(self, kind: PlaceKind, code: str) -> str | None:
        """What a place is called; None: nobody wrote it down."""
        return self._list_names(kind).get(code)

    def _list_names(self, kind: PlaceKind) -> Mapping[str, str]:
        if kind is PlaceKind.SCHOOL:
            return self.schools
        return self.facilities if kind is PlaceKind.FACILITY else self.districts


def read_place_names(home: Path, problems: list[DefinitionProblem]) -> PlaceNames:
    """Read `places.yaml` of a home; problems are added to the list."""
    if not (home / FILE_NAME).is_file():
        return PlaceNames()
    document = read_yaml(home / FILE_NAME, FILE_NAME)
    names = build_model(PlaceNames, document.data, document, ()) if document.data else None
    problems.extend(document.problems)
    return names or PlaceNames()
