"""How long work tells whoever waits how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called with a stage's Japanese title, units done and units in all."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Tell."""


def tell_nobody(stage: str, done: int, total: int, /) -> None:
    """A `Progress` for callers that do not wait."""
