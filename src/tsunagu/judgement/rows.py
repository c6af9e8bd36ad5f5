"""Rows of finished results, read back for explaining."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tsunagu.store.engine import Engine, read_sql

_PACKAGE = "tsunagu.judgement"


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One row of `runs.judgement`."""

    person_id: int
    pack: str
    pack_version: int
    purpose: str
    need_level: str
    overall_class: str | None
    points: int
    filled_items: int
    blank_items: int
    unknown_items: int
    red_flag: bool
    is_listed: bool
    expires_on: date


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One row of `runs.reason`."""

    person_id: int
    pack: str
    part: str
    kind: str
    indicator: str | None
    points: int
    strength: str | None
    is_certain_minimum: bool
    value: float | None
    text_value: str | None
    is_lower_bound: bool
    threshold: float | None
    direction: str | None
    cohort_median: float | None
    cohort_p90: float | None
    unknown_reason: str | None
    latest_event_on: date | None
    latest_known_from: date | None
    evidence_rows: int | None
    feeds: str | None


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """One row of `runs.silence`."""

    person_id: int
    state: str
    why: str | None
    last_seen_on: date | None
    latest_known_from: date | None
    feeds: str | None
    days_unseen: int | None
    is_partly_known: bool
    band: str | None
    listed_after_days: int | None
    is_listed: bool
    is_urgent: bool


def list_judgement_rows(engine: Engine, person_ids: Sequence[int]) -> list[JudgementRow]:
    """The judgements of some children, read from the view `runs.judgement`."""
    return [JudgementRow(*row) for row in _read(engine, "judgement_rows", person_ids)]


def list_reason_rows(engine: Engine, person_ids: Sequence[int]) -> list[ReasonRow]:
    """The reasons of some children, read from the view `runs.reason`."""
    return [ReasonRow(*row) for row in _read(engine, "reason_rows", person_ids)]


def list_silence_rows(engine: Engine, person_ids: Sequence[int]) -> list[SilenceRow]:
    """How long some children have not been seen, read from the view `runs.silence`."""
    return [SilenceRow(*row) for row in _read(engine, "silence_rows", person_ids)]


def _read(engine: Engine, name: str, person_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    return engine.list_rows(read_sql(_PACKAGE, name), person_ids=list(person_ids))
