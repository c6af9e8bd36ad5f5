"""What time it is, asked in one place: rights hold by Japan's dates, and pages lock by the minute."""

from datetime import date, datetime

from django.utils import timezone


def read_now() -> datetime:
    """This moment, aware."""
    return timezone.now()


def read_today() -> date:
    """Today in Japan."""
    return timezone.localdate(read_now())
