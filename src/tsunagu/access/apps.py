"""The Django application of this package."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Staff and their rights."""

    name = "tsunagu.access"
    label = "access"
    verbose_name = "職員と権限"
