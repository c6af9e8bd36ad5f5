"""Counting in months."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day some months later (earlier when negative); the month's last day when there is no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def get_month(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def end_month(month: date) -> date:
    """The first day after the month."""
    return add_months(get_month(month), 1)


def list_months(last: date, count: int) -> tuple[date, ...]:
    """So many months up to and including that of `last`, the earliest first."""
    return tuple(add_months(get_month(last), place - count + 1) for place in range(count))


def add_days(day: date, days: int) -> date:
    """So many days later."""
    return day + timedelta(days=days)
