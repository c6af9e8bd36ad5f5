"""Undo instead of "are you sure": what was done says so on the next page, with the button that takes it back."""

from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

_KEY = "undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done, in words without any name, and the form that takes it back; no button when `address` is empty."""

    words: str
    address: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def offer_undo(request: HttpRequest, undo: Undo) -> None:
    """Show it on the next whole page, once; what is offered later takes its place."""
    request.session[_KEY] = asdict(undo)


def take_undo(request: HttpRequest) -> Undo | None:
    """What is offered, for the frame to show; it is not offered again."""
    kept = request.session.pop(_KEY, None)
    return Undo(**kept) if kept else None
