"""The closed vocabulary and the building blocks that every definition shares."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
"""Lower-case English words joined by underscores."""


class Definition(BaseModel):
    """A frozen piece of a definition; an unknown word is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Definition):
    """A title people read. Japanese is required, English comes second."""

    ja: Annotated[str, StringConstraints(min_length=1)]
    en: str = ""


GifName = Annotated[str, StringConstraints(pattern=r"^(ed|pd):[0-9]+(\.[0-9]+)* \S+$")]
"""A name of the Government Interoperability Framework's education data model: its number, a space, its words."""


class Status(StrEnum):
    """Shipped entries are examples; a municipality adopts them under its own name."""

    EXAMPLE = "example"
    ADOPTED = "adopted"


class Adoption(Definition):
    """Who made an entry the municipality's own, and when it must be looked at again."""

    status: Status = Status.EXAMPLE
    adopted_by: str | None = None
    adopted_on: date | None = None
    review_on: date | None = None


class Department(StrEnum):
    """The departments whose files come in, as folders under `definitions/feeds/`."""

    RESIDENT = "resident"
    EDUCATION = "education"
    HEALTH = "health"
    BENEFITS = "benefits"
    CHILDCARE = "childcare"
    WELFARE = "welfare"


class Role(StrEnum):
    """Who may receive something (DESIGN's access table)."""

    COORDINATOR = "coordinator"
    CASEWORKER = "caseworker"
    PUBLIC_HEALTH_NURSE = "public_health_nurse"
    SCHOOL_SOCIAL_WORKER = "school_social_worker"
    SCHOOL = "school"
    COUNCIL_MEMBER = "council_member"
    CHILD_GUIDANCE_CENTER = "child_guidance_center"
    SUPERVISOR = "supervisor"
    DATA_HOLDER = "data_holder"
    ANALYST = "analyst"
    AUDITOR = "auditor"


class ValueType(StrEnum):
    """Types a fact's value may have. `code` needs a code list; `yen`, `days` … carry their unit."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    YEAR_MONTH = "year_month"
    YEN = "yen"


PositiveDays = Annotated[int, Field(gt=0, le=36600)]


class WordError(ValueError):
    """What a model's own check finds: a stable code and what to do, beside the Japanese sentence."""

    def __init__(self, what: str, *, code: str = "bad_value", todo: str = "この値を直してください。") -> None:
        """`what` says in Japanese what is wrong."""
        self.code = code
        self.todo = todo
        super().__init__(what)
