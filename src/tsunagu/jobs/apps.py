"""The Django application of this package."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The queue of long work."""

    name = "tsunagu.jobs"
    label = "jobs"
    verbose_name = "時間のかかる仕事"
