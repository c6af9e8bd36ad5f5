"""The Django application of this package."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """From what was noticed to what was decided and done."""

    name = "tsunagu.cases"
    label = "cases"
    verbose_name = "支援"
