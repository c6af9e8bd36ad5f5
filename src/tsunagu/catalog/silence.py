"""The silence watch: after how many days without anybody seeing a child it must be said aloud, by age.

It is no pack: it has no points, and no pack's result quietens it.
"""

from typing import Self

from pydantic import Field, model_validator

from tsunagu.catalog.words import Adoption, Definition, Identifier, PositiveDays, Title


class SilenceBand(Definition):
    """One stage of childhood: by completed months, or by school year of the cohort (1 = 小1 … 9 = 中3).

    A missing bound is open. By school year, because a child of six may still be at nursery.
    """

    title: Title
    to_age_months: int | None = Field(default=None, ge=0, le=240)
    first_school_year: int | None = Field(default=None, ge=-6, le=12)
    last_school_year: int | None = Field(default=None, ge=-6, le=12)
    listed_after_days: PositiveDays | None = None
    """From this many days unseen the child stands on the silence list; none = no source sees this stage."""
    urgent_after_days: PositiveDays | None = None
    """From this many days unseen the child stands at its top; none = nobody does for the days alone."""
    unless_in_nursery: bool = False
    """True: a child enrolled in a nursery is not listed; it is seen there, though no record says when."""
    listed_if_in_no_school: bool = False
    """True: a registered child on no school's list is listed, when the lists are there and nobody has seen it."""

    @property
    def is_open(self) -> bool:
        """Whether the band takes every child."""
        return self.to_age_months is self.first_school_year is self.last_school_year is None

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if self.urgent_after_days is not None and self.urgent_after_days < (self.listed_after_days or 0):
            raise ValueError("urgent_after_days は listed_after_days 以上にします")
        if self.urgent_after_days is not None and self.listed_after_days is None:
            raise ValueError("urgent_after_days は listed_after_days といっしょに書きます")
        return self


class SilenceWatch(Definition):
    """`indicator` is a `days_since` indicator over sightings. The first band that fits a child counts.

    A child whose age is not known falls into the band that speaks soonest.
    """

    id: Identifier
    version: int = Field(ge=1)
    title: Title
    indicator: Identifier
    overdue_birth_days: PositiveDays
    """Days after the end of the month a birth was expected in, from which a missing birth is said aloud."""
    bands: tuple[SilenceBand, ...] = Field(min_length=1)
    adoption: Adoption = Adoption()

    @model_validator(mode="after")
    def _check_bands(self) -> Self:
        if not self.bands[-1].is_open:
            raise ValueError("最後の区分には年齢を書かず、残りの全員が入るようにします")
        if all(band.listed_after_days is None for band in self.bands):
            raise ValueError("listed_after_days のある区分が一つは要ります")
        return self

    @property
    def soonest(self) -> SilenceBand:
        """The band that speaks soonest."""
        watched = [band for band in self.bands if band.listed_after_days is not None]
        return min(watched, key=lambda band: band.listed_after_days or 0)
