"""Purposes and code lists."""

from datetime import date

from pydantic import Field

from tsunagu.catalog.words import Adoption, Definition, Identifier, Title


class Purpose(Definition):
    """A purpose of use. None is active until the municipality chooses it."""

    id: Identifier
    title: Title
    description: str = Field(min_length=1)
    coordinator: str = Field(min_length=1)
    review_on: date
    adoption: Adoption = Adoption()


class Code(Definition):
    """One code: its canonical id, how people read it, and how source systems write it."""

    id: Identifier
    title: Title
    written: tuple[str, ...] = Field(min_length=1)


class CodeList(Definition):
    """A closed list of codes; a value written otherwise is a row problem."""

    id: Identifier
    title: Title
    codes: tuple[Code, ...] = Field(min_length=1)
