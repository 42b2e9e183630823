"""What accounts move by in each month, in their natural direction, at the precision of the journal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import CREDIT_NATURED, Account

Moves = dict[str, dict[str, str]]


def moves(journal: pl.DataFrame, amount: str = "amount") -> Moves:
    """Net change of each account by accounting month, zeros left out; an example has one currency."""
    rows = journal.group_by("account", "accounting_period").agg(pl.col(amount).sum().alias("moved"))
    found: Moves = {}
    for account, period, moved in rows.sort("account", "accounting_period").iter_rows():
        sign = -1 if Account(account) in CREDIT_NATURED else 1
        if moved:
            found.setdefault(account, {})[f"{period:%Y-%m}"] = str(sign * moved)
    return found


def labelled(moved: Moves, printed: dict[str, Any]) -> Moves:
    """The same by counted months, M1, M2 ..., where the source counts them."""
    if not any(month.startswith("M") for by_month in printed.values() for month in by_month):
        return moved
    first = min((index(month) for by_month in moved.values() for month in by_month), default=0)
    return {a: {f"M{index(m) - first + 1}": value for m, value in by.items()} for a, by in moved.items()}


def index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def total(moved: Moves, account: str) -> str:
    return str(sum((Decimal(v) for v in moved.get(account, {}).values()), Decimal(0)))
