"""Where the numbers of a contract stand in gold: allocations by day, revenue by span, balances by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from tests.assets.revenue_facts import CREDIT_NATURED, Account
from tests.vectors.example import Books

PREFIX = "test:"


def allocated(books: Books, on: str, column: str = "allocated_amount") -> dict[str, Any]:
    """What each obligation has by the allocation in force on a day."""
    rows = books["price_allocations"].filter(pl.col("valid_from") <= date.fromisoformat(on)).sort("valid_from")
    last = rows.group_by("obligation_id", maintain_order=True).agg(pl.col(column).last())
    return {name.removeprefix(PREFIX): value for name, value in last.iter_rows()}


def revenue(books: Books, since: str, until: str, of: str | None = None) -> Decimal:
    """Revenue by the schedule of months from one to another, both included (YYYY-MM)."""
    rows = books["recognition_schedule"].filter(
        (pl.col("accounting_period") >= date.fromisoformat(f"{since}-01"))
        & (pl.col("accounting_period") <= date.fromisoformat(f"{until}-01"))
    )
    if of is not None:
        rows = rows.filter(obligation_id=PREFIX + of)
    return Decimal(rows.get_column("amount").sum() or 0)


def balance(books: Books, account: str, until: str) -> Decimal:
    """Balance of an account at the end of a month, in its natural direction."""
    rows = books["journal"].filter(
        (pl.col("account") == account) & (pl.col("accounting_period") <= date.fromisoformat(f"{until}-01"))
    )
    sign = -1 if Account(account) in CREDIT_NATURED else 1
    return sign * Decimal(rows.get_column("amount").sum() or 0)


def progress(books: Books, month: str, column: str = "progress") -> Any:
    """A measure of the contract's one obligation at the end of a month."""
    rows = books["obligation_progress"].filter(pl.col("month") <= date.fromisoformat(f"{month}-01")).sort("month")
    values = rows.get_column(column)
    return values[-1] if len(values) else None


def contract_price(books: Books) -> Decimal:
    return Decimal(books["contracts"].get_column("transaction_price").sum())
