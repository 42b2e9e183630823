"""Seconds since 1970 in UTC, in which Stripe tells time, and the calendar arithmetic of billing cycles."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

HOUR, DAY = 3_600, 86_400
EPOCH = date(1970, 1, 1)
# Whatever begins within the first 58 minutes of an hour and takes less than two minutes never crosses midnight,
# so a business action and all its events fall into one accounting day.
SECONDS_OF_AN_HOUR_IN_USE = 3_480


def month_start(start: date, months_later: int) -> int:
    """First second of the month that many months after the month of `start`."""
    months = start.year * 12 + start.month - 1 + months_later
    return (date(months // 12, months % 12 + 1, 1) - EPOCH).days * DAY


def day_of(moment: int) -> date:
    """Calendar day in UTC."""
    return EPOCH + timedelta(days=moment // DAY)


def add_months(anchor: int, months: int) -> int:
    """Same time of day that many months later; the last day of a month that is too short (Stripe's anchor rule)."""
    day = day_of(anchor)
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    target = date(year, month, min(day.day, monthrange(year, month)[1]))
    return (target - EPOCH).days * DAY + anchor % DAY


def spoken_day(moment: int) -> str:
    """Day as Stripe prints it on an invoice line, such as 05 Mar 2025."""
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y")
