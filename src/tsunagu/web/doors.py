"""Who may open which page: every view stands behind one door, and behind `STAFF` when it says nothing."""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

from django.http.response import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_ATTRIBUTE = "tsunagu_door"
_BY_ITSELF = "tsunagu_asked_by_itself"


class Door(IntEnum):
    """From the widest to the narrowest."""

    ANYONE = 0
    SIGNED_IN = 1
    """Also while the page is locked."""
    FIRST_PASSWORD = 2
    """Also with a password somebody else gave them: where they choose their own."""
    PASSWORD = 3
    """Also before the second step is set up: where it is set up."""
    STAFF = 4
    ADMINISTRATORS = 5


def behind(door: Door) -> Callable[[View], View]:
    """Put a view behind a door."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, door)
        return view

    return mark


def get_door(view: Callable[..., HttpResponseBase]) -> Door:
    """The door of a view."""
    found: Door = getattr(view, _ATTRIBUTE, Door.STAFF)
    return found


def asked_by_itself(view: View) -> View:
    """A view that an open page asks again and again: whoever has left the desk does not count as being there."""
    setattr(view, _BY_ITSELF, True)
    return view


def is_asked_by_itself(view: Callable[..., HttpResponseBase]) -> bool:
    """Whether an open page asks it again and again."""
    return bool(getattr(view, _BY_ITSELF, False))
