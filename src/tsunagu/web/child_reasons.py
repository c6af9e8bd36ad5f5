"""気づきの理由: what the packs of the run say of one child, read for its page; never a score, never a percentage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.access.session import Acting
from tsunagu.cases.models import ListedChild, ReceivedRun, Result

Words = Mapping[str, str]
_RAISING = ("floor", "raises")


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason in words, as the seam gives it. `feeds`: the source data it rests on."""

    kind: str
    indicator: str
    title: Words
    strength: Words
    strength_word: str
    value: Words
    comparison: Words
    origin: Words
    remark: Words
    feeds: tuple[str, ...]
    items: tuple[str, ...] = ()
    """Which items of the register it rests on."""

    @property
    def can_be_judged(self) -> bool:
        """Whether somebody who knows the child can say if it is right: what is not known cannot be."""
        return bool(self.indicator) and self.kind != "unknown"


@dataclass(frozen=True, slots=True)
class PackView:
    """What one pack says of the child."""

    pack: str
    version: int
    title: Words
    level: Words
    need_level: str
    headline: Words
    class_title: Words
    expires_on: date
    withheld: int
    reasons: tuple[ReasonView, ...]

    @property
    def raising(self) -> list[ReasonView]:
        """What speaks for somebody looking, red flags first."""
        return [one for kind in _RAISING for one in self.reasons if one.kind == kind]

    @property
    def protective(self) -> list[ReasonView]:
        """What supports the child."""
        return [one for one in self.reasons if one.kind == "protective"]

    @property
    def unknown(self) -> list[ReasonView]:
        """What is not known, which is not the same as nothing."""
        return [one for one in self.reasons if one.kind == "unknown"]

    @property
    def others(self) -> list[ReasonView]:
        """What was looked at and weighs nothing."""
        return [one for one in self.reasons if one.kind == "value"]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Everything the current run says of the child for the purpose in force. `listed` None: it does not list it.

    `expired_on`: the first day on which the run does not count any more, where that has come; then nothing is shown.
    """

    listed: ListedChild | None = None
    packs: tuple[PackView, ...] = ()
    is_received: bool = False
    expired_on: date | None = None

    @property
    def is_silent(self) -> bool:
        """Whether the silence watch lists the child."""
        return self.listed is not None and "silence" in self.listed.kinds


def read_reasons(acting: Acting, person_id: int) -> Reasons:
    """What the row policies show of it."""
    rows = Result.objects.filter(person_id=person_id).order_by("-is_listed", "pack")
    run = ReceivedRun.objects.filter(purpose=acting.purpose, is_current=True).first()
    return Reasons(
        listed=ListedChild.objects.filter(person_id=person_id).first(),
        packs=tuple(_view_pack(row) for row in rows),
        is_received=run is not None,
        expired_on=run.expires_on if run and run.expires_on <= acting.on_date else None,
    )


def _view_pack(row: Result) -> PackView:
    told = row.results
    return PackView(
        pack=row.pack,
        version=row.version,
        title=told["title"],
        level=told["level"],
        need_level=row.need_level,
        headline=told["headline"],
        class_title=told["class_title"],
        expires_on=row.expires_on,
        withheld=len(told["withheld"]),
        reasons=_view_reasons(told["reasons"]),
    )


def _view_reasons(reasons: Sequence[Mapping[str, Any]]) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(
            kind=one["row"]["kind"],
            indicator=one["row"]["indicator"] or "",
            title=one["title"],
            strength=one["strength"],
            strength_word=one["row"]["strength"] or "",
            value=one["value"],
            comparison=one["comparison"],
            origin=one["origin"],
            remark=one["remark"],
            items=tuple(one["items"]),
            feeds=tuple(feed for feed in (one["row"]["feeds"] or "").split(",") if feed),
        )
        for one in reasons
    )
