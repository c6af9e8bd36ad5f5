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


def read_moment(on_date: date) -> datetime:
    """This moment, on the day that counts as today: the same as now, but for a demo, whose day stands still."""
    now = timezone.localtime(read_now())
    return now.replace(year=on_date.year, month=on_date.month, day=on_date.day)
