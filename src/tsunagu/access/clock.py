"""What time it is at the desk, asked in one place: rights hold by Japan's dates, and pages lock by the minute."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def read_now() -> datetime:
    """This moment, aware; whatever the day of a demo."""
    return timezone.now()


def read_today() -> date:
    """Today in Japan; in a fictional city the day its demo stands on, if it was started with one."""
    demo_day: date | None = settings.DEMO_DAY
    return demo_day or timezone.localdate()
