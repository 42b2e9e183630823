"""Revenue of a period for what was performed before it (ASC 606-10-50-12A; IFRS 15.116(c))."""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import CONTRA_REVENUE, Account
from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency", "accounting_period", "service_period"]


def prior_period_revenue(journal: pl.LazyFrame) -> pl.DataFrame:
    """gold.prior_period_revenue: net revenue posted after the period in which it was performed, by why."""
    accounts = [Account.REVENUE.value, *(account.value for account in CONTRA_REVENUE)]
    credit = -pl.col("amount")
    late = journal.filter(pl.col("account").is_in(accounts) & (pl.col("service_period") < pl.col("accounting_period")))
    rows = late.group_by(_BY).agg(
        corrections=credit.filter(pl.col("is_correction")).sum(),
        caught_up=credit.filter(~pl.col("is_correction")).sum(),
        net_revenue=credit.sum(),
    )
    moved = pl.any_horizontal(pl.col("corrections", "caught_up") != 0)
    return gold.PRIOR_PERIOD_REVENUE.conform(rows.filter(moved).collect().sort(_BY))
