"""The revenue waterfall: a row for each period of booking, a column for each period of recognition, as a long table.

Booked is what invoices put into revenue or its deferral, tax excluded; what a customer's balance paid of it does not lower
it (https://docs.stripe.com/revenue-recognition/reports/waterfall).
"""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import CONTRA_REVENUE, Account
from assets.ledger.postings import NONE
from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency"]
_OF = [*_BY, "obligation_id"]
_CELL = [*_BY, "booked_period", "recognised_period"]
_DEFERRAL = (Account.DEFERRED_REVENUE.value, Account.UNBILLED_ACCOUNTS_RECEIVABLE.value)
_MOVES = ("booked", "recognised", "taken_back", "released", "scheduled")


def revenue_waterfall(journal: pl.LazyFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """gold.revenue_waterfall.

    `schedule`: rows of gold.recognition_schedule with `book` that are not posted yet. A line is booked in the first period
    in which its invoice was posted, one that no invoice defers in the first in which it is earned. What is still deferred
    of a booked period is `remaining`.
    """
    account, credit = pl.col("account"), -pl.col("amount")
    invoiced = pl.col("event_kind").is_in(["invoice", "opening"])
    earned = pl.col("event_kind") == "recognition"
    contra = [a.value for a in CONTRA_REVENUE]
    posted = (
        journal.filter((pl.col("obligation_id") != NONE) & account.is_in([Account.REVENUE.value, *contra, *_DEFERRAL]))
        .group_by(*_OF, recognised_period="accounting_period")
        .agg(
            booked=credit.filter(invoiced & account.is_in(_DEFERRAL)).sum(),
            recognised=credit.filter(account == Account.REVENUE.value).sum(),
            taken_back=credit.filter(account.is_in(contra)).sum(),
            released=credit.filter(~invoiced & ~earned & account.is_in(_DEFERRAL)).sum(),
            drawn=credit.filter(earned & account.is_in(_DEFERRAL)).sum(),
        )
        .collect()
    )
    to_come = schedule.group_by(*_OF, recognised_period="accounting_period").agg(scheduled=pl.col("amount").sum())
    first = posted.filter(pl.col("booked") != 0).group_by(_OF).agg(booked_period=pl.col("recognised_period").min())
    # What was posted and taken out again leaves no trace of the period in which it was.
    every = pl.concat([posted, to_come], how="diagonal").with_columns(pl.col(*_MOVES, "drawn").fill_null(0))
    moves = every.filter(pl.any_horizontal(pl.col(*_MOVES, "drawn") != 0))
    told = moves.join(first, on=_OF, how="left")
    # What waits for its invoice is earned, and nothing of it is booked that could remain.
    told = told.with_columns(drawn=pl.when(pl.col("booked_period").is_not_null()).then("drawn"))
    both = told.with_columns(pl.coalesce("booked_period", pl.col("recognised_period").min().over(_OF)))
    return cumulated(both.group_by(_CELL).agg(pl.col(*_MOVES, "drawn").sum()))


def cumulated(cells: pl.DataFrame) -> pl.DataFrame:
    """gold.revenue_waterfall of what moved in each cell; `drawn` is what recognition took off the deferral, negative."""
    moved = pl.col("booked") + pl.col("released") + pl.col("drawn")
    rows = cells.sort(_CELL).with_columns(remaining=moved.cum_sum().over(*_BY, "booked_period"))
    kept = rows.filter(pl.any_horizontal(pl.col(*_MOVES, "drawn") != 0))
    return gold.REVENUE_WATERFALL.conform(kept.drop("drawn"))


def cells_of(waterfall: pl.DataFrame) -> pl.DataFrame:
    """What moved in each cell of gold.revenue_waterfall, as `cumulated` takes it."""
    group = [*_BY, "booked_period"]
    ordered = waterfall.sort(_CELL)
    moved = pl.col("remaining") - pl.col("remaining").shift(1).over(group).fill_null(0)
    drawn = moved - pl.col("booked") - pl.col("released")
    return ordered.with_columns(drawn=drawn).select(*_CELL, *_MOVES, "drawn")


def of_cells(cells: list[pl.DataFrame]) -> pl.DataFrame:
    """gold.revenue_waterfall of the sum of several parts."""
    return cumulated(pl.concat(cells).group_by(_CELL).agg(pl.col(*_MOVES, "drawn").sum()))
