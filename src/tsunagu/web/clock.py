"""What time it is, asked in one place: pages lock by the minute, whatever the day of a demo."""

from datetime import datetime

from django.utils import timezone


def read_now() -> datetime:
    """This moment, aware."""
    return timezone.now()
