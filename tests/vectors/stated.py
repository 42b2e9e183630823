"""What a source states of a movement: a day, an amount, both, or several of either; days may be months only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.vectors.example import UnreadableExample

_DAYS, _AMOUNTS = ("date", "day", "at", "on"), ("amount", "total", "value")


def movements(stated: Any, otherwise_day: str, otherwise_amount: str = "0") -> list[tuple[str, str]]:
    """Days and amounts: of "2019-02-01", "9.00", ["2019-02-01", "9.00"], {"date": ..., "amount": ...}, a list of such, or
    True for all of it at once. An amount of nothing is no movement."""
    if stated is None or stated is False:
        return []
    if isinstance(stated, list) and any(isinstance(part, list | dict) for part in stated):
        return [pair for part in stated for pair in movements(part, otherwise_day, otherwise_amount)]
    day, amount = otherwise_day, otherwise_amount
    parts = [stated[k] for k in (*_DAYS, *_AMOUNTS) if k in stated] if isinstance(stated, dict) else stated
    for part in [] if parts is True else parts if isinstance(parts, list) else [parts]:
        if is_amount(part):
            amount = str(part)
        else:
            day = day_of(str(part))
    return [(day, amount)] if Decimal(amount) else []


def is_amount(stated: Any) -> bool:
    return str(stated).lstrip("-").replace(".", "", 1).isdigit()


def day_of(stated: str) -> str:
    """A day of a month that may be named without one."""
    day = stated[:10]
    if len(day) == 7:
        return f"{day}-01"
    if len(day) != 10:
        raise UnreadableExample(f"{stated!r} is neither a day nor an amount")
    return day


def days(stated: Any) -> str | None:
    """The day of the only movement, if there is one."""
    found = movements(stated, "", "1")
    return found[0][0] if found else None
