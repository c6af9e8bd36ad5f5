"""What a municipality writes about itself: who it is, what it chose, adopted and narrowed."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from tsunagu.catalog.words import Definition, Identifier, Role


class Kind(StrEnum):
    """Kinds of definition. A `use` is one row of an item's register, named `<item>:<purpose>`."""

    PURPOSE = "purpose"
    CODES = "codes"
    ITEM = "item"
    USE = "use"
    FEED = "feed"
    INDICATOR = "indicator"
    PACK = "pack"
    SILENCE = "silence"
    ROLE = "role"

    @property
    def label(self) -> str:
        """What an officer calls it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.PURPOSE: "目的",
    Kind.CODES: "コード表",
    Kind.ITEM: "項目",
    Kind.USE: "使いみち",
    Kind.FEED: "ファイルの定義",
    Kind.INDICATOR: "指標",
    Kind.PACK: "判定のきまり",
    Kind.SILENCE: "見守りの途切れ",
    Kind.ROLE: "役割の権限",
}


class Municipality(Definition):
    """`municipality.yaml`. No purpose is active until it stands here."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    name: Annotated[str, StringConstraints(min_length=1)]
    active_purposes: tuple[Identifier, ...] = ()
    parameters: dict[Identifier, str] = Field(default_factory=dict)
    """Local amounts and thresholds, as text; the rule that reads one types it."""


class LocalAdoption(Definition):
    """One line of `adoptions.yaml`: a shipped example made the municipality's own, exactly as it reads now.

    `fingerprint` pins the content: when a new version of Tsunagu changes the entry, it must be looked at again.
    """

    kind: Kind
    id: str = Field(min_length=1)
    adopted_by: str = Field(min_length=1)
    adopted_on: date
    review_on: date
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")] | None = None


class Narrowing(Definition):
    """One line of `narrowings.yaml`: a use taken away, or given to fewer people, or kept for a shorter time."""

    item: Identifier
    purpose: Identifier
    remove_use: bool = False
    remove_recipients: tuple[Role, ...] = ()
    retain_years: int | None = Field(default=None, gt=0)
    because: str = Field(min_length=1)
