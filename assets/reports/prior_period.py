"""Revenue of a period for what was performed before it (ASC 606-10-50-12A; IFRS 15.116(c))."""

from __future__ import annotations

import polars as pl

from assets.ledger.accounts import CONTRA_REVENUE, Account
from lakehouse.tables import gold

_BY = ["book", "legal_entity_id", "currency", "accounting_period", "service_period"]


def prior_period_revenue(journal: pl.LazyFrame) -> pl.DataFrame:
    """gold.prior_period_revenue: revenue posted after the period in which it was performed."""
    accounts = [Account.REVENUE.value, *(account.value for account in CONTRA_REVENUE)]
    is_revenue = pl.col("account") == Account.REVENUE.value
    credit = -pl.col("amount")
    late = journal.filter(pl.col("account").is_in(accounts) & (pl.col("service_period") < pl.col("accounting_period")))
    rows = late.group_by(_BY).agg(
        gross_revenue=credit.filter(is_revenue).sum(),
        contra_revenue=credit.filter(~is_revenue).sum(),
        net_revenue=credit.sum(),
    )
    moved = pl.any_horizontal(pl.col("gross_revenue", "contra_revenue") != 0)
    return gold.PRIOR_PERIOD_REVENUE.conform(rows.filter(moved).collect().sort(_BY))
