"""The Django application of this package."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    """Staff and their rights."""

    name = "tsunagu.access"
    label = "access"
    verbose_name = "職員と権限"

    def ready(self) -> None:
        """Bind what asks for rights to every change of the tables."""
        pre_migrate.connect(_close, sender=self)
        post_migrate.connect(_write, sender=self)


def _close(using: str, **_: Any) -> None:
    from tsunagu.access.row_policies import close_right_policies

    close_right_policies(using)


def _write(using: str, **_: Any) -> None:
    from tsunagu.access.row_policies import write_right_policies

    write_right_policies(using)
