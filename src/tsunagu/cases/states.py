"""Where a child stands with us, as far as the decisions tell it. Nothing else is guessed: no decision, no state beyond `NEW`."""

from collections.abc import Mapping
from enum import StrEnum

from tsunagu.pipeline.seam import OutcomeKind


class CaseState(StrEnum):
    """What the decision in force says of a child."""

    NEW = "new"
    """Nobody has decided anything."""
    WATCHED = "watched"
    UNDER_WAY = "under_way"
    SUPPORTED = "supported"
    """Somebody helps already."""
    CLOSED = "closed"


STATES: Mapping[OutcomeKind, CaseState] = {
    OutcomeKind.WATCH: CaseState.WATCHED,
    OutcomeKind.OFFER: CaseState.UNDER_WAY,
    OutcomeKind.VISIT: CaseState.UNDER_WAY,
    OutcomeKind.COUNCIL: CaseState.UNDER_WAY,
    OutcomeKind.CHILD_GUIDANCE: CaseState.UNDER_WAY,
    OutcomeKind.ALREADY_SUPPORTED: CaseState.SUPPORTED,
    OutcomeKind.NO_SUPPORT: CaseState.CLOSED,
    OutcomeKind.DATA_ERROR: CaseState.CLOSED,
}


def get_state(outcome: str | None) -> CaseState:
    """What a decision makes of the child; None: there is none."""
    return CaseState.NEW if outcome is None else STATES[OutcomeKind(outcome)]
