"""Intakes as whoever acts may see them: one of them, the list, and those that may be about the same child."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from tsunagu.access.auditing import record, record_refusal
from tsunagu.access.clock import read_moment
from tsunagu.access.permission import do_by_right
from tsunagu.access.session import Acting
from tsunagu.audit.rows import Outcome
from tsunagu.cases.intake_models import Intake, IntakeStep, StepKind, Urgency
from tsunagu.catalog.roles import Right
from tsunagu.japanese import fold_kana, fold_name, list_query_keys, parse_date
from tsunagu.trail.recording import Act
from tsunagu.vocabulary.dates import JST
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import show_id

_LISTED_DAYS = 30
"""How long an intake that is over stays in the list, and is compared with a new one."""
_ALIKE_PERCENT, _FEWEST_KEYS = 60, 2
_PLACE_KEYS = 4


class IntakeNotFoundError(TsunaguError):
    """No such intake, or not one of theirs: one answer for both."""

    exit_code = ExitCode.NOT_FOUND

    @classmethod
    def make(cls) -> Self:
        """With its words."""
        return cls(
            "その受付は見つからないか、見ることができません。",
            why="どちらであるかは、お答えできません。",
            todo="利用目的を確かめてください。急ぐときは、今日の当番か係長に相談してください。",
        )


class Turn(StrEnum):
    """Whose it is now."""

    ANYBODY = "anybody"
    DUTY = "duty"
    DEPUTY = "deputy"
    RECEIVED = "received"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class IntakeState:
    """An intake with what followed. `steps`: those in force, in their order. `at`: the moment for which it is said."""

    intake: Intake
    steps: tuple[IntakeStep, ...]
    at: datetime

    @property
    def receipt(self) -> IntakeStep | None:
        """Who has it now; whoever has left has it no more."""
        receipts = [one for one in self.steps if one.kind == StepKind.RECEIPT and one.staff.is_active]
        return receipts[-1] if receipts else None

    @property
    def end(self) -> IntakeStep | None:
        """By what the clock is over."""
        return next((one for one in self.steps if one.kind in (StepKind.SIGHTING, StepKind.CLOSING)), None)

    @property
    def turn(self) -> Turn:
        """Whose it is."""
        if self.end is not None:
            return Turn.OVER
        if self.receipt is not None:
            return Turn.RECEIVED
        if self.at < self.intake.duty_at:
            return Turn.ANYBODY
        return Turn.DUTY if self.at < self.intake.deputy_at else Turn.DEPUTY

    @property
    def is_overdue(self) -> bool:
        """Whether the child should have been seen by now."""
        return self.end is None and self.at >= self.intake.due_at

    @property
    def is_urgent(self) -> bool:
        """Whether it stands above all others."""
        return self.end is None and (self.is_overdue or self.intake.urgency == Urgency.NOW)


class Alikeness(StrEnum):
    """In what an intake is like what is being typed, the surest first."""

    SAME_CHILD = "same_child"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    SIMILAR = "similar"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Described:
    """A child as it is told."""

    person_id: int | None
    name: str = ""
    kana: str = ""
    born: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class AlikeIntake:
    """An intake that may be about the same child, and why."""

    state: IntakeState
    likenesses: tuple[Alikeness, ...]


def read_day(at: datetime) -> date:
    """The day in Japan."""
    return at.astimezone(JST).date()


def open_intake(acting: Acting, intake_id: UUID) -> IntakeState:
    """One intake; recorded.

    Raises:
        IntakeNotFoundError: there is none, or it is not theirs; recorded as refused.
        NotRecordedError: no audit row, so nothing was read.
    """
    found = find_state(acting, intake_id)
    if found is None:
        record_refusal(acting, Act("case.intake.open", Outcome.REFUSED, "intake", str(intake_id)))
        raise IntakeNotFoundError.make()
    person_id = found.intake.person_id
    kind, number = ("intake", str(intake_id)) if person_id is None else ("child", show_id(person_id))
    record(Act("case.intake.open", Outcome.READ, kind, number))
    return found


def find_state(acting: Acting, intake_id: UUID) -> IntakeState | None:
    """One intake as it stands, for whatever is to be recorded by whoever asks."""
    return next(iter(_read_states(acting, pk=intake_id)), None)


def list_intakes(acting: Acting) -> list[IntakeState]:
    """All whose clock runs, the nearest first; then those that were over in the last weeks, the latest first.

    Raises:
        RightMissingError: no role of the day takes intakes.
        NotRecordedError: no audit row, so nothing was read.
    """
    do_by_right(acting, Right.TAKE_INTAKE, Act("case.intake.list", Outcome.READ, "purpose", acting.purpose))
    found = _read_recent(acting)
    running = sorted((one for one in found if one.end is None), key=lambda one: one.intake.due_at)
    over = sorted((one for one in found if one.end), key=lambda one: one.intake.received_at, reverse=True)
    return [*running, *over]


def list_of_child(acting: Acting, person_id: int) -> list[IntakeState]:
    """Those of one child whose clock runs; for its page, whose opening is recorded."""
    return [one for one in _read_states(acting, person_id=person_id) if one.end is None]


def list_alike(acting: Acting, told: Described) -> list[AlikeIntake]:
    """Intakes of late that may be about the same child, the likest first, those whose clock runs before the others."""
    found = []
    for state in _read_recent(acting):
        likenesses = tuple(_compare(told, state.intake))
        if likenesses:
            found.append(AlikeIntake(state, likenesses))
    order = list(Alikeness)
    return sorted(found, key=lambda one: (one.state.end is not None, order.index(one.likenesses[0])))


def _read_recent(acting: Acting) -> list[IntakeState]:
    since = read_moment(acting.on_date) - timedelta(days=_LISTED_DAYS)
    found = _read_states(acting)
    return [one for one in found if one.end is None or one.intake.received_at >= since]


def _read_states(acting: Acting, **asked: Any) -> list[IntakeState]:
    intakes = list(Intake.objects.filter(**asked).select_related("staff"))
    if not intakes:
        return []
    steps: dict[UUID, list[IntakeStep]] = {}
    for step in IntakeStep.objects.filter(intake__in=[one.pk for one in intakes]).select_related("staff"):
        steps.setdefault(step.intake_id, []).append(step)
    at = read_moment(acting.on_date)
    return [IntakeState(one, keep_in_force(steps.get(one.pk, ())), at) for one in intakes]


def keep_in_force(steps: Sequence[IntakeStep]) -> tuple[IntakeStep, ...]:
    """What was not taken back by whoever wrote it, in its order."""
    back = {(one.about, one.staff_id) for one in steps if one.kind == StepKind.TAKING_BACK}
    kept = [one for one in steps if one.kind != StepKind.TAKING_BACK and (one.pk, one.staff_id) not in back]
    return tuple(sorted(kept, key=lambda one: (one.recorded_at, one.happened_at)))


def _compare(told: Described, intake: Intake) -> Iterable[Alikeness]:
    if told.person_id is not None and told.person_id == intake.person_id:
        yield Alikeness.SAME_CHILD
    mine, other = _fold_names(told.name, told.kana), _fold_names(intake.name, intake.kana)
    if mine & other:
        yield Alikeness.NAME
    if _is_same_day(told.born, intake.born):
        yield Alikeness.BIRTH_DATE
    if not mine & other and any(_are_alike(one, two, _FEWEST_KEYS) for one in mine for two in other):
        yield Alikeness.SIMILAR
    if _are_alike(fold_name(told.place) or "", fold_name(intake.place) or "", _PLACE_KEYS):
        yield Alikeness.PLACE


def _fold_names(name: str, kana: str) -> set[str]:
    """A name and its reading in comparable forms; a name is often told in kana alone."""
    return {one for one in (fold_name(name), fold_kana(name), fold_kana(kana)) if one}


def _is_same_day(one: str, other: str) -> bool:
    first, second = (parse_date(text) if text.strip() else None for text in (one, other))
    return bool(
        first
        and second
        and first.precision == second.precision == "day"
        and first.earliest == second.earliest
    )


def _are_alike(one: str, other: str, fewest: int) -> bool:
    """Whether most of the shorter one's pairs of letters stand in the other."""
    first, second = (set(list_query_keys(text)) if len(text) > 1 else set() for text in (one, other))
    shorter = min(first, second, key=len)
    shared = len(first & second)
    return shared >= fewest and shared * 100 >= len(shorter) * _ALIKE_PERCENT
