"""Days of the company's calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def month_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def later_in_month(day: date, days: int) -> date:
    """Some days later, but no later than the last day of the month: systems that lag do not move the cut-off here."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return min(day + timedelta(days=days), last)
